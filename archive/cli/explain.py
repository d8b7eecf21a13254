"""`archive explain CODE`."""

from __future__ import annotations

import difflib
import re

import click

from archive.cli.console import show, show_json
from archive.cli.options import json_option
from archive.errors import UsageError
from archive.model.codes import all_kinds
from archive.model.finding import FindingKind, Severity
from archive.reporting.finding import severity_word
from archive.reporting.language import gettext


@click.command("explain")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@json_option
def command(codes: tuple[str, ...], as_json: bool) -> int:
    """Explain a finding: what it means, the clause it rests on, what to do. Without a code, list them all.

    \b
    Example:
      archive explain BAG-204
    """
    kinds = all_kinds()
    chosen = [_find(code, kinds) for code in codes] or list(kinds.values())
    if as_json:
        from archive.reporting.explanation import explanation_document

        show_json(explanation_document(chosen))
    elif codes:
        show("\n\n".join(_prose(kind) for kind in chosen))
    else:
        show("\n".join(f"{kind.code:<12} {_word(kind):<9} {_plain(gettext(kind.title))}" for kind in chosen))
    return 0


def _find(code: str, kinds: dict[str, FindingKind]) -> FindingKind:
    found = kinds.get(code.upper())
    if found is None:
        near = difflib.get_close_matches(code.upper(), kinds, 1)
        remedy = f"Did you mean {near[0]}?" if near else "`archive explain` lists all codes"
        raise UsageError("there is no such code", subject=code, remedy=remedy)
    return found


def _word(kind: FindingKind) -> str:
    return gettext("unchecked") if kind.severity is Severity.UNCHECKED else severity_word(kind.severity)


def _plain(text: str) -> str:
    """`text` with the names of its facts in angle brackets, as nothing has happened yet."""
    return re.sub(r"\{(\w+)(?:!r|:,)?\}", r"<\1>", text)


def _prose(kind: FindingKind) -> str:
    head = f"{kind.code} ({_word(kind)}): {_plain(gettext(kind.title))}"
    rule = gettext("Rests on: {clause}").format(clause=kind.clause)
    to_do = gettext("What to do:")
    return f"{head}\n\n{gettext(kind.explanation)}\n\n{rule}\n{to_do} {_plain(gettext(kind.remedy))}"
