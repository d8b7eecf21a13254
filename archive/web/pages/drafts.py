"""New bag, second step: a draft with its preview and its description, until it becomes a bag."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from archive.errors import NotFoundError
from archive.formats.description_writing import write_description
from archive.model.codes import description as codes
from archive.model.description import Statement
from archive.model.finding import Finding, Severity
from archive.stages.validation.bags.profiles import shipped_profiles
from archive.web.description_fields import BY_TERM, COMMON_LANGUAGES, Group, field_of_key
from archive.web.description_form import DescriptionForm, take_form
from archive.web.drafts import Draft
from archive.web.making import (
    FORMS,
    LEVELS,
    name_problem,
    options_of,
    require_source,
    start_making,
    start_preview,
    target_of,
)
from archive.web.pictures import open_picture
from archive.web.previews import REMEDIES, Preview
from archive.web.visit import Visit, action, page

FILES_A_PAGE = 25
_ABOUT_END = (codes.NO_END, codes.BAD_UNTIL, codes.UNTIL_WITHOUT_EMBARGO)
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the description check found: the finding, and the anchor of its field, or ""."""

    finding: Finding
    anchor: str


def show_draft(visit: Visit) -> Response:
    """The draft's page; its bag's job while that runs."""
    desk = visit.desk
    draft = desk.drafts.find(visit.values["id"])
    making = desk.drafts.job(draft.making)
    if making is not None and (not making.state.has_ended or desk.drafts.settle(draft)):
        return visit.go(f"/jobs/{making.id}")
    settings = desk.settings
    preview, job = desk.drafts.preview(draft), desk.drafts.job(draft.preview)
    findings = draft.description()[1]
    form = _form_of(draft, preview, wanted=visit.text("add"))
    names = form.file_names()
    last = max(1, math.ceil(len(names) / FILES_A_PAGE))
    number = min(visit.number("files", 1), last)
    problems = [_problem(one) for one in findings if one.severity is not Severity.NOTE]
    return visit.show(
        "draft.html", draft=draft, preview=preview, preview_job=job, making=making, form=form, fields=form.fields(),
        groups={one.value: one for one in Group}, languages_offered=COMMON_LANGUAGES,
        file_views=form.files(names[(number - 1) * FILES_A_PAGE :][:FILES_A_PAGE]), files_page=number, files_last=last,
        problems=problems, is_wrong=any(one.finding.severity is Severity.ERROR for one in problems),
        name_problem=name_problem(settings, draft), target=target_of(settings, draft), levels=LEVELS, forms=FORMS,
        profiles=shipped_profiles(), key=settings.seal.key, remedies=REMEDIES, settings=settings,
    )  # fmt: skip


def save_draft(visit: Visit) -> Response:
    """Keep what was typed; then show the page again, start a new preview, or make the bag, as the button says."""
    desk = visit.desk
    draft = desk.drafts.find(visit.values["id"])
    making = desk.drafts.job(draft.making)
    if making is not None and not making.state.has_ended:
        return visit.go(f"/jobs/{making.id}")
    here, wish = f"/new/{draft.id}", visit.text("do", "save")
    if draft.is_editable and visit.text("revision"):
        if visit.text("revision") != draft.revision:
            return visit.show("draft_changed.html", status=409, draft=draft)
        preview = desk.drafts.preview(draft)
        made = take_form(visit.form, draft.description()[0], _suggested(draft, preview))
        content = write_description(made.statements, hints=made.hints).encode()
        if content or draft.description_bytes():
            desk.drafts.save(draft, content)
    draft = desk.drafts.save(
        replace(
            draft,
            name=visit.text("name", draft.name),
            options=options_of(
                visit.text("pdfa"), visit.text("serialize"), visit.text("profile"), seal=visit.text("seal") == "1"
            ),
        )
    )
    if wish == "create":
        return _make(visit, draft)
    if wish == "preview":
        start_preview(desk, draft)
        return visit.go(here)
    word, _sep, value = wish.partition("=")
    if word == "add" and value in BY_TERM:
        return visit.go(f"{here}?add={value}#{BY_TERM[value].anchor}")
    if word == "files" and value.isascii() and value.isdecimal():
        return visit.go(f"{here}?files={value}#files")
    return visit.go(f"{here}?saved=1")


def _make(visit: Visit, draft: Draft) -> Response:
    settings = visit.desk.settings
    wrong = any(one.severity is Severity.ERROR for one in draft.description()[1]) and draft.description_arguments()
    lacking = draft.options.seal and (bool(draft.options.serialize) or not settings.seal.key)
    if wrong or lacking or name_problem(settings, draft):
        return visit.go(f"/new/{draft.id}?refused=1")
    return visit.go(f"/jobs/{start_making(visit.desk, draft, visit.text('passphrase'))}")


def discard_draft(visit: Visit) -> Response:
    visit.desk.drafts.discard(visit.values["id"])
    return visit.go("/new")


def show_picture(visit: Visit) -> Response:
    """A picture of the draft's source, for its thumbnail. Raises `NotFoundError` for anything else."""
    draft = visit.desk.drafts.find(visit.values["id"])
    source = require_source(visit.desk.settings, draft)
    found = open_picture(source, visit.text("name"))
    if found is None:
        raise NotFoundError("no such picture", subject=visit.text("name"))
    return StreamingResponse(
        iter(lambda: found.file.read(_CHUNK), b""), media_type=found.mime,
        headers={"content-security-policy": "default-src 'none'; sandbox", "content-disposition": "inline"},
    )  # fmt: skip


def _suggested(draft: Draft, preview: Preview | None) -> tuple[Statement, ...]:
    """What the files suggest. The staging folder's name is not the person's, so it is not a title."""
    found = preview.suggested if preview is not None else ()
    if draft.uploaded and os.path.basename(draft.source) == "files":
        return tuple(one for one in found if one.by != "name of the folder")
    return found


def _form_of(draft: Draft, preview: Preview | None, *, wanted: str) -> DescriptionForm:
    names: Sequence[str] = preview.fields["names"] if preview is not None else ()
    encodings = [(one["file"], one["encoding"]) for one in preview.fields["encodings"]] if preview is not None else []
    return DescriptionForm(
        draft.description()[0], _suggested(draft, preview), names=names, encodings=encodings, wanted=wanted
    )


def _problem(finding: Finding) -> Problem:
    """A finding with the field that it is about: by its key, which the check names as description.toml does."""
    key = "until" if finding.kind in _ABOUT_END else str(finding.facts.get("key", ""))
    field = field_of_key(key)
    return Problem(finding, "" if field is None else field.anchor)


ROUTES = (
    Route("/new/{id}", page(show_draft)),
    Route("/new/{id}", action(save_draft), methods=["POST"]),
    Route("/new/{id}/discard", action(discard_draft), methods=["POST"]),
    Route("/new/{id}/picture", page(show_picture)),
)
