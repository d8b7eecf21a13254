"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import drafts, folders, jobs, new, overview

ROUTES = (*overview.ROUTES, *jobs.ROUTES, *folders.ROUTES, *new.ROUTES, *drafts.ROUTES)
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
