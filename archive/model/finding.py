"""Findings: what a check found, as data.

Every kind of finding has a stable code, a class that decides its severity, the clause it rests on and a remedy. They
are declared once, in `archive.model.codes`, and explained by `archive explain CODE`. A finding adds subject and facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import Enum
from string import Formatter
from types import MappingProxyType

from archive.model.light import light_dataclass

Fact = str | int | bool | tuple[str, ...]


class Severity(Enum):
    """How grave a finding is. ERROR makes its subject damaged; UNCHECKED means that something could not be checked."""

    ERROR = "error"
    UNCHECKED = "unchecked"
    WARNING = "warning"
    NOTE = "note"


class Tells(Enum):
    """What a finding tells of its subject; how grave it is follows from that."""

    LOSS = "something that was whole by its own record is gone, changed or added"
    RULE = "a rule is broken, and may have been from the beginning"
    PROFILE = "a profile that was asked for is not met"
    NO_CLAIM = "the subject does not claim to be what was asked"
    UNREAD = "something could not be checked"
    ADVICE = "something should be otherwise, and breaks nothing"
    NOTE = "something is good to know"

    @property
    def severity(self) -> Severity:
        return _SEVERITIES.get(self, Severity.ERROR)


_SEVERITIES = {Tells.UNREAD: Severity.UNCHECKED, Tells.ADVICE: Severity.WARNING, Tells.NOTE: Severity.NOTE}


class Outcome(Enum):
    """The three outcomes, never mixed."""

    INTACT = "intact"
    DAMAGED = "damaged"
    NOT_CHECKED = "not checked"


@light_dataclass(frozen=True, slots=True)
class FindingKind:
    """One sort of finding. `title` and `remedy` may name facts and `{subject}` in braces; the rest is prose."""

    code: str
    tells: Tells
    clause: str
    title: str
    explanation: str
    remedy: str

    @property
    def severity(self) -> Severity:
        return self.tells.severity

    def at(self, subject: str, *, line: int | None = None, **facts: Fact) -> Finding:
        """A finding of this kind about `subject` (a path as in the bag, surrogateescape where not UTF-8)."""
        return Finding(self, subject, line, MappingProxyType(facts))


@light_dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` counts from 1 within `subject`; `facts` hold what was expected and what was found."""

    kind: FindingKind
    subject: str
    line: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def message(self) -> str:
        """The sentence for this finding: unescaped, so that a presenter escapes it once for its own medium."""
        return self._fill(self.kind.title)

    @property
    def remedy(self) -> str:
        """What to do about this finding: unescaped, as `message`."""
        return self._fill(self.kind.remedy)

    def message_in(self, translate: Callable[[str], str], show: Callable[[str], str] = str) -> str:
        """`message` in another language: `translate` gives the sentence with its braces, which are then filled.

        The subject and each fact pass through `show`, which may escape or mark up what is not in that language. Facts
        may be English prose. Raises KeyError where the translation names a fact that the finding does not have.
        """
        return _Shown(show).vformat(translate(self.kind.title), (), self._values())

    def remedy_in(self, translate: Callable[[str], str], show: Callable[[str], str] = str) -> str:
        """`remedy` in another language, as `message_in`."""
        return _Shown(show).vformat(translate(self.kind.remedy), (), self._values())

    def _fill(self, text: str) -> str:
        return text.format(**self._values())

    def _values(self) -> dict[str, Fact]:
        shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in self.facts.items()}
        return {"subject": self.subject, **shown}

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore, (self.kind, self.subject, self.line, dict(self.facts)))


class _Shown(Formatter):
    """Fills braces, and passes each value through `show` once it is text."""

    def __init__(self, show: Callable[[str], str]) -> None:
        self._show = show

    def format_field(self, value: object, format_spec: str) -> str:
        return self._show(str(super().format_field(value, format_spec)))


def _restore(kind: FindingKind, subject: str, line: int | None, facts: dict[str, Fact]) -> Finding:
    return Finding(kind, subject, line, MappingProxyType(facts))


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """The outcome that follows from `findings`: damage outweighs what could not be checked."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Outcome.DAMAGED
    if Severity.UNCHECKED in severities:
        return Outcome.NOT_CHECKED
    return Outcome.INTACT
