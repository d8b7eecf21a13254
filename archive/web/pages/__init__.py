"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import bag, bag_actions, bags, check, drafts, folders, jobs, new, overview

ROUTES = (
    *overview.ROUTES, *jobs.ROUTES, *folders.ROUTES, *new.ROUTES, *drafts.ROUTES, *bags.ROUTES, *bag.ROUTES,
    *bag_actions.ROUTES, *check.ROUTES,
)  # fmt: skip
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
