"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import checks, jobs, overview, places, settings

ROUTES = (*overview.ROUTES, *jobs.ROUTES, *checks.ROUTES, *places.ROUTES, *settings.ROUTES)
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
