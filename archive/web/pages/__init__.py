"""The pages of the desk, one module each: it takes a `Visit`, calls the library and answers with a template."""

from archive.web.pages import (
    bag,
    bag_actions,
    bags,
    check,
    checks,
    drafts,
    folders,
    jobs,
    new,
    overview,
    places,
    settings,
)

ROUTES = (
    *overview.ROUTES, *jobs.ROUTES, *folders.ROUTES, *new.ROUTES, *drafts.ROUTES, *bags.ROUTES, *bag.ROUTES,
    *bag_actions.ROUTES, *check.ROUTES, *checks.ROUTES, *places.ROUTES, *settings.ROUTES,
)  # fmt: skip
"""Every page's paths."""

UPLOADS = frozenset({"/new/upload", "/check/upload"})
"""The paths that take files, whose bodies may be large."""
