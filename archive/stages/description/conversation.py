"""A description as a conversation: what is asked, in which order, what an answer becomes, and the file between.

Answers are kept in the file after each question, so a conversation can be interrupted and continued. Nothing here
reads a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from archive.formats.description_checks import judge_statement
from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.formats.edtf import is_day
from archive.model.description import ALTERNATIVE_TEXT, RIGHTS, Access, Certainty, Statement
from archive.model.finding import Severity

UNFINISHED = "# Unfinished: run archive describe with the same --to again to continue."
_SKIPPED = "# Left out: "
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".bmp")
_STUBS = (
    ("alternative", "another title"), ("subject", "what it is about"), ("abstract", "a summary"),
    ("publisher", "who published it"), ("issued", "when it was published, as 2024-03-14"),
    ("spatial", "a place"), ("temporal", "a period, as 2011/2013"), ("identifier", "an identifier of your own"),
)  # fmt: skip
_ARCHIVAL_STUBS = (
    ("reference", "reference code"), ("repository", "repository code"), ("level", "fonds, series, file, item"),
    ("custodial_history", "who kept it before"), ("acquisition", "from whom it was received"),
    ("scope", "what it contains"), ("arrangement", "how it is ordered"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the property it asks for, its words, a hint, the file it is about, and whether ; parts answers."""

    term: str
    words: str
    hint: str = ""
    about: str | None = None
    several: bool = False

    @property
    def key(self) -> str:
        """The question's name in the file."""
        return self.term if self.about is None else f"{self.term} {self.about}"


_PACKAGE = (
    Question("title", "Title"),
    Question("creator", "Who made it", "a person or an organization; several with ; between", several=True),
    Question("created", "When it was made", "2023-11-15, 2023-11, 2023, 2023-11-15~ (about), 2011/2013"),
    Question("language", "Its language", "a language tag such as en or ar; several with ; between", several=True),
    Question("accessRights", "Who may see it", ", ".join(one.value for one in Access)),
    Question("available", "Until when it is embargoed", "a day, as 2030-01-01"),
    Question(
        "rights", "Rights", "http://rightsstatements.org/vocab/InC/1.0/, the address of a licence, or a sentence"
    ),
)  # fmt: skip


@dataclass(slots=True)
class Conversation:
    """What has been answered and what is still to be asked. `files` are the sources' files by relative name."""

    suggestions: Sequence[Statement]
    files: Sequence[str]
    answers: list[Statement] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def open_questions(self) -> Iterator[Question]:
        """The questions that have no answer yet; what has been answered meanwhile decides about later ones."""
        pictures = [name for name in self.files if name.lower().endswith(_PICTURES)]
        alternatives = (
            Question(ALTERNATIVE_TEXT, f"What {name} shows", "in a sentence; ? opens the file", about=name)
            for name in pictures
        )
        for question in (*_PACKAGE, *alternatives):
            if question.key in self.skipped or self._has(question):
                continue
            if question.term == "available" and not self._is_embargoed():
                continue
            yield question

    def suggested(self, question: Question) -> tuple[Statement, ...]:
        """What the files say in answer to a question."""
        return tuple(one for one in self.suggestions if one.property == question.term and one.about == question.about)

    def accept(self, question: Question) -> None:
        """Take the suggestions as a person's word."""
        self.answers += [replace(one, certainty=Certainty.CERTAIN) for one in self.suggested(question)]

    def leave_out(self, question: Question) -> None:
        """Remember that there is no answer."""
        self.skipped.append(question.key)

    def answer(self, question: Question, text: str) -> str | None:
        """Take an answer, unless it cannot be taken: then what is wrong with it, in words."""
        parts = [part.strip() for part in text.split(";")] if question.several else [text.strip()]
        made = [Statement(question.term, part, about=question.about) for part in parts if part]
        for one in made:
            if one.property == "accessRights" and one.value not in {access.value for access in Access}:
                return f"write one of {question.hint}"
            if one.property == "available" and not is_day(one.value):
                return "write a day of the calendar, as 2030-01-01"
            for finding in judge_statement(one, "", None):
                if finding.severity is Severity.ERROR:
                    return f"{finding.message}. {finding.remedy}"
        self.answers += made
        return None if made else "write something, or - to leave it out"

    def write(self, *, finished: bool) -> str:
        """The description.toml so far, with commented lines for what was not asked."""
        head = [] if finished else [UNFINISHED]
        head += [f"{_SKIPPED}{key}" for key in self.skipped if "\n" not in key]
        head.append("# How to write a description: docs/description.md")
        package = [one for one in self.answers if one.about is None]
        keys = {prop: key for key, prop in RIGHTS.items()}
        rights = [one for one in package if one.property in ("accessRights", "available", "rights")]
        lines = list(head)
        lines.append(write_description([one for one in package if one not in rights]).rstrip())
        lines += [f'# {key} = ""  # {hint}' for key, hint in _STUBS if not any(one.property == key for one in package)]
        if rights:
            written = [f"{keys[one.property]} = {_value_of(one)}" for one in rights]
            lines.append("\n[rights]\n" + "\n".join(written))
        lines.append("\n# [archival]")
        lines += [f'# {key} = ""  # {hint}' for key, hint in _ARCHIVAL_STUBS]
        files = write_description([one for one in self.answers if one.about is not None]).rstrip()
        return "\n".join(line for line in (*lines, f"\n{files}" if files else "") if line) + "\n"

    def _has(self, question: Question) -> bool:
        return any(one.property == question.term and one.about == question.about for one in self.answers)

    def _is_embargoed(self) -> bool:
        return any(
            one.property == "accessRights" and one.value == Access.EMBARGOED.value and one.about is None
            for one in self.answers
        )


def accept_all(suggestions: Sequence[Statement]) -> tuple[Statement, ...]:
    """The suggestions as values that are asserted, marked as inferred: a script took them, and no person read them."""
    return tuple(replace(one, certainty=Certainty.INFERRED) for one in suggestions)


def continue_from(content: bytes, suggestions: Sequence[Statement], files: Sequence[str]) -> Conversation | None:
    """The conversation that an unfinished file holds; None for a file that is not one."""
    text = content.decode("utf-8", "replace")
    if not text.startswith(UNFINISHED):
        return None
    description, findings = read_description(content)
    if any(one.severity is Severity.ERROR and one.line is not None for one in findings):
        return None
    skipped = [line.removeprefix(_SKIPPED) for line in text.splitlines() if line.startswith(_SKIPPED)]
    return Conversation(suggestions, files, list(description.statements), skipped)


def _value_of(one: Statement) -> str:
    return write_description([replace(one, property="title")]).strip().partition(" = ")[2]
