"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import bag, bag_actions, bags, check, jobs, overview

ROUTES = (*overview.ROUTES, *jobs.ROUTES, *bags.ROUTES, *bag.ROUTES, *bag_actions.ROUTES, *check.ROUTES)
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
