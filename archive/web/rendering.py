"""Templates: Jinja2 with everything escaped, texts from the catalogues, numbers and dates in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from markupsafe import escape as escape_html

from archive.formats.naming import escape
from archive.model.codes import all_kinds
from archive.model.finding import Finding
from archive.reporting.finding import finding_fields
from archive.translation import LANGUAGES, Translator, translator
from archive.web.description_fields import BY_TERM, field_of_key

if TYPE_CHECKING:
    from archive.web.visit import Visit


_QUOTED = re.compile(r"\{(\w+)!r\}")


@cache
def _environment(language: str) -> Environment:
    """The templates of one language. A name that a template uses but was not passed is an error."""
    made = Environment(
        loader=PackageLoader("archive.web", "templates"), autoescape=True, undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    speaking = translator(language)
    made.install_gettext_callables(speaking.gettext, speaking.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        number=speaking.number, size=speaking.size, duration=speaking.duration, age=speaking.age,
        day=lambda when: speaking.day(_moment(when).date()),
        moment=lambda when: speaking.moment(_moment(when)), name=show_name, address=_address,
    )  # fmt: skip
    made.globals.update(
        languages=LANGUAGES,
        finding_text=lambda finding: _filled(finding, "title", speaking),
        finding_remedy=lambda finding: _filled(finding, "remedy", speaking),
        finding_words=lambda finding: _filled(_as_fields(finding, speaking), "title", speaking),
        finding_advice=lambda finding: _filled(_as_fields(finding, speaking), "remedy", speaking),
        finding_place=_place_of,
        fields_by_term=BY_TERM,
        duration=speaking.duration,
        language_name=speaking.language_name,
        explanation_of=lambda code: speaking.gettext(all_kinds()[code].explanation) if code in all_kinds() else "",
    )
    return made


def render(template: str, visit: Visit, facts: Mapping[str, Any]) -> str:
    """The page `template` for a visit. `facts` are the names that it uses beside `visit`, `desk` and `language`."""
    found = _environment(visit.translator.language).get_template(template)
    return found.render(
        visit=visit, desk=visit.desk, language=visit.translator.language, direction=visit.translator.direction, **facts
    )


def show_name(text: object) -> Markup:
    """A name from outside: control and bidirectional characters visible, kept apart from the text around it."""
    return Markup("<bdi>{}</bdi>").format(escape(str(text)))


def _address(path: str) -> str:
    """A path as a value in an address, also one that is not UTF-8."""
    return quote(path, safe="", errors="surrogateescape")


def _moment(when: datetime | float | str) -> datetime:
    if isinstance(when, datetime):
        return when
    if isinstance(when, str):
        return datetime.fromisoformat(when)
    return datetime.fromtimestamp(when, UTC)


def _filled(finding: Mapping[str, Any], part: str, speaking: Translator) -> Markup:
    """The sentence or the remedy of a finding of a JSON document, in the reader's language, with its facts.

    Where a text does not go with the facts, as that of a plugin's finding, it is shown as the document has it.
    """
    shown = {"title": "message", "remedy": "remedy"}[part]
    kind = all_kinds().get(finding["code"])
    if kind is None:
        return show_name(finding[shown])
    facts = {name: _fact(value, speaking) for name, value in {**finding["facts"], "subject": finding["path"]}.items()}
    try:
        text = _QUOTED.sub(r"“{\1}”", speaking.gettext(getattr(kind, part)))  # Python's quotes would quote markup
        return escape_html(text).format(**facts)
    except (KeyError, IndexError, ValueError):
        return show_name(finding[shown])


def _as_fields(finding: Finding, speaking: Translator) -> Mapping[str, Any]:
    """A finding about a description as its JSON, with the label of the field in the place of its key."""
    fields = finding_fields(finding)
    field = field_of_key(str(finding.facts.get("key", "")))
    return fields if field is None else {**fields, "facts": {**fields["facts"], "key": speaking.gettext(field.label)}}


def _place_of(finding: Mapping[str, Any]) -> str:
    """The subject of a finding of a JSON document, where its sentence does not name it."""
    kind = all_kinds().get(finding["code"])
    return "" if kind is None or "{subject}" in kind.title else finding["path"] or ""


def _fact(value: object, speaking: Translator) -> Markup | str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return speaking.number(value)
    return show_name(", ".join(map(str, value)) if isinstance(value, list) else value)
