"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import jobs, overview

ROUTES = (*overview.ROUTES, *jobs.ROUTES)
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
