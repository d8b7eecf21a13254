"""Settings: each with its value, its origin and what it means; the few that an archivist changes, as a form."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from archive.config import needs_of, variable_of
from archive.errors import ArchiveError
from archive.project_file import NAME
from archive.reporting.settings import setting_rows
from archive.settings import Settings
from archive.stages.settings_change import EDITABLE, change_settings, mark_of_file
from archive.web.visit import Visit, action, page


def show_settings(visit: Visit) -> Response:
    return _show(visit, {}, None)


def _show(visit: Visit, given: Mapping[str, str], problem: tuple[str, ArchiveError] | None) -> Response:
    settings = visit.desk.settings
    try:
        mark = mark_of_file(visit.desk.folder)
    except ArchiveError:
        mark = ""
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in setting_rows(settings):
        name = row["name"]
        refused = settings.refused.get(name, "")
        sections.setdefault(name.partition(".")[0], []).append({**row, "refused": refused, "needs": needs_of(name)})
    return visit.show(
        "settings.html", status=200 if problem is None else 400, sections=sections, mark=mark, problem=problem,
        fields={name: given.get(name, _text_of(settings, name)) for name in EDITABLE}, path=_path(visit),
        by_variable=[name for name in EDITABLE if variable_of(name) in os.environ], refused=settings.refused,
        saved=bool(visit.query.get("saved")),
    )  # fmt: skip


def _text_of(settings: Settings, name: str) -> str:
    section, _dot, key = name.partition(".")
    return str(getattr(getattr(settings, section), key))


def _path(visit: Visit) -> str:
    return os.path.join(visit.desk.folder, NAME)


def save_settings(visit: Visit) -> Response:
    """Write what was changed in the form; what was not touched stays as it is in the file."""
    settings = visit.desk.settings
    given = {name: visit.text(name) for name in EDITABLE if name in visit.form}
    changed = {name: value for name, value in given.items() if value != _text_of(settings, name)}
    for name, value in changed.items():
        try:
            change_settings(visit.desk.folder, {name: value}, os.environ, dry_run=True)
        except ArchiveError as error:
            return _show(visit, given, (name, error))
    if changed:
        try:
            change_settings(visit.desk.folder, changed, os.environ, mark=visit.text("mark"))
        except ArchiveError as error:
            return _show(visit, given, ("", error))
    return visit.go("/settings?saved=1")


ROUTES = (
    Route("/settings", page(show_settings)),
    Route("/settings/save", action(save_settings), methods=["POST"]),
)
