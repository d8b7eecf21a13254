"""The words of the report in one language: states, events, deeds, findings, amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from archive.ledger.deeds import Deed, DeedKind
from archive.ledger.history import LifeEvent
from archive.ledger.seal_events import SEALED, VALIDATED
from archive.model.finding import Finding, Severity
from archive.reporting.html.markup import Child, element, escape_text, name
from archive.translation import Translator

_LEADING_WORD = re.compile(r"\A[^{}:]{1,24}: ")


@dataclass(frozen=True, slots=True)
class Words:
    """A translator with the phrases that several parts of the report share."""

    speaking: Translator

    def text(self, message: str, **facts: Child) -> Markup:
        """A translated text with facts in it: names from outside, or numbers that are in the language already."""
        return escape_text(message).format(**{key: _child(value) for key, value in facts.items()})

    def count(self, value: int) -> str:
        return self.speaking.number(value)

    def size(self, value: int) -> str:
        return self.speaking.size(value)

    def day(self, seconds: int) -> str:
        return self.speaking.day(day_of(seconds))

    def bags(self, count: int) -> str:
        return self.speaking.ngettext("{count} bag", "{count} bags", count).format(count=self.count(count))

    def files(self, count: int) -> str:
        return self.speaking.ngettext("{count} file", "{count} files", count).format(count=self.count(count))

    def state(self, state: str) -> str:
        """The state of a bag."""
        gettext = self.speaking.gettext
        return {
            "intact": gettext("intact"), "damaged": gettext("damaged"), "not checked": gettext("not checked"),
            "never checked": gettext("never checked"), "away": gettext("not reachable"),
            "missing": gettext("missing"), "unreadable": gettext("unreadable"), "extra": gettext("added"),
        }.get(state, state)  # fmt: skip

    def severity(self, severity: Severity) -> str:
        gettext = self.speaking.gettext
        return {
            Severity.ERROR: gettext("Damaged"), Severity.UNCHECKED: gettext("Not checked"),
            Severity.WARNING: gettext("Warning"), Severity.NOTE: gettext("Note"),
        }[severity]  # fmt: skip

    def event(self, event: LifeEvent) -> str:
        """What happened, in a word or two."""
        gettext = self.speaking.gettext
        if event.kind == "transfer" and "receipt" in event.detail:
            return gettext("deposited")
        return {
            "fixity check": gettext("checked"), "accession": gettext("added to the archive"),
            "replication": gettext("added as a copy"), "message digest calculation": gettext("checksums recorded"),
            "transfer": gettext("moved"), "modification": gettext("new version"),
            "deaccession": gettext("taken out of the checks"), "dissemination": gettext("copy given or exported"),
            "recovery": gettext("repaired"), SEALED: gettext("sealed"), VALIDATED: gettext("seals verified"),
        }.get(event.kind, event.kind)  # fmt: skip

    def event_detail(self, event: LifeEvent) -> Markup:
        """What an event says beyond its kind. Places are left out, for they may hold names of hosts or people."""
        if event.kind == "fixity check":
            found = [f"{self.files(count)}: {self.state(word)}" for word, count in sorted(event.counts.items())]
            shown: list[Child] = [self.speaking.listed(found)]
            shown += [part for one in event.names for part in ("; ", name(one))]
            return element("span", *shown)
        return self.deed_detail(event.detail)

    def deed(self, kind: DeedKind) -> str:
        gettext = self.speaking.gettext
        return {
            DeedKind.REPAIRED: gettext("Repairs"), DeedKind.SEALED: gettext("Seals"),
            DeedKind.DEPOSITED: gettext("Deposits"), DeedKind.UPDATED: gettext("New versions"),
            DeedKind.GIVEN: gettext("Copies given or exported"),
            DeedKind.RETIRED: gettext("Bags taken out of the checks"),
        }[kind]  # fmt: skip

    def deed_detail(self, detail: Mapping[str, Any]) -> Markup:
        """The facts of a deed that can be shown to everyone: neither persons nor folders of this computer."""
        gettext = self.speaking.gettext
        receipt = detail.get("receipt")
        if isinstance(receipt, Mapping):
            scheme, _colon, rest = str(detail.get("target", "")).partition(":")
            label = (
                f"{scheme}:{rest.rstrip('/').rpartition('/')[2]}" if scheme in ("dir", "ocfl") else f"{scheme}:{rest}"
            )
            identifier = str(receipt.get("identifier", "") or detail.get("identifier", ""))
            return self.text(gettext("in {place} as {identifier}"), place=name(label), identifier=name(identifier))
        if isinstance(detail.get("replaced"), list):
            return self.text(self.files(len(detail["replaced"])))
        if isinstance(detail.get("seal"), int):
            signers = ", ".join(map(str, detail.get("signers", ())))
            words = gettext("seal {number} by {signers}") if signers else gettext("seal {number}")
            return self.text(words, number=self.count(detail["seal"]), signers=name(signers))
        if isinstance(detail.get("format"), str):
            return self.text(gettext("as {format}"), format=name(detail["format"]))
        if isinstance(detail.get("files"), int):
            return self.text(self.files(detail["files"]))
        return Markup()

    def deed_bag(self, deed: Deed) -> str:
        receipt = deed.detail.get("receipt")
        return deed.bag or (str(receipt.get("bag", "")) if isinstance(receipt, Mapping) else "")

    def seal(self, seal: Mapping[str, Any] | None) -> Markup:
        """What the ledger knows of a bag's newest seal."""
        gettext = self.speaking.gettext
        if seal is None:
            return Markup(gettext("no"))  # noqa: S704 - a text of the catalogue
        signers = ", ".join(map(str, seal.get("signers", ())))
        parts = [self.text(gettext("by {signers}"), signers=name(signers)) if signers else self.text(gettext("yes"))]
        if isinstance(seal.get("proven"), int):
            parts.append(self.text(gettext("proven since {day}"), day=self.day(seal["proven"])))
        elif seal.get("complete") is False:
            parts.append(self.text(gettext("waits for timestamps")))
        if isinstance(seal.get("until"), int):
            parts.append(self.text(gettext("to be renewed before {day}"), day=self.day(seal["until"])))
        return self.text(gettext(", ")).join(parts)

    def finding(self, finding: Finding) -> Markup:
        """The sentence of a finding without the word at its beginning, which the severity says already."""
        return Markup(finding.message_in(self._sentence, _named))  # noqa: S704 - text and facts are escaped

    def remedy(self, finding: Finding) -> Markup:
        return Markup(finding.remedy_in(self._template, _named))  # noqa: S704 - text and facts are escaped

    def _sentence(self, title: str) -> str:
        return _LEADING_WORD.sub("", self._template(title), count=1)

    def _template(self, text: str) -> str:
        return str(escape_text(self.speaking.gettext(text)))


def _named(text: str) -> str:
    return str(name(text))


def day_of(seconds: int) -> date:
    """The day of a time in seconds since the epoch, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _child(value: Child) -> Markup:
    return value if isinstance(value, Markup) else escape_text(str("" if value is None else value))
