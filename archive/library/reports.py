"""The reports that the library returns: those of the model, which also become JSON as the command line prints it.

`to_dict` gives the document as `--json` prints it, described by the JSON Schemas in `metadata/reports/`; `to_json` is
the same as text.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar, cast

from archive.model import (
    audit,
    creation,
    deposit,
    export,
    fetching,
    imported,
    placed,
    record,
    rendering,
    seal,
    sealing,
    update,
    validation,
    working_copy,
)
from archive.model.description import Statement
from archive.model.light import light_dataclass

Model = TypeVar("Model")


class Document:
    """What every report can do."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values; its first member is `schema`."""
        raise NotImplementedError

    def to_json(self, *, indent: int | None = 2) -> str:
        """The report as JSON text, in which control and bidirectional characters are escaped."""
        from archive.formats.json_text import json_text

        return json_text(self.to_dict(), indent=indent)


class ValidationReport(Document, validation.ValidationReport):
    """What `validate` found; see `archive.model.validation.ValidationReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive validate --json` prints it for one subject."""
        from archive.reporting.validation import validation_document

        return validation_document([self], [], _code_of(self))


class VerificationReport(Document, seal.VerificationReport):
    """What `verify` found; see `archive.model.seal.VerificationReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive verify --json` prints it for one bag."""
        from archive.reporting.seal_json import verification_document

        code = _code_of(self)
        return verification_document([(self, code)], [], code)


class SealingReport(Document, sealing.SealingReport):
    """What came of sealing, completing or renewing one bag; see `archive.model.sealing.SealingReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive seal --json` prints it for one bag."""
        from archive.reporting.sealing import sealing_document

        return sealing_document([(self.bag, self)], self.exit_code)


class CreationReport(Document, creation.CreationReport):
    """What `create` did; see `archive.model.creation.CreationReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive create --json` prints it."""
        from archive.reporting.creation import creation_document

        return creation_document(self)


class UpdateReport(Document, update.UpdateReport):
    """What `update` did; see `archive.model.update.UpdateReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive update --json` prints it."""
        from archive.reporting.update import update_document

        return update_document(self)


class RenderingReport(Document, rendering.RenderingReport):
    """What `render` made; see `archive.model.rendering.RenderingReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive render --json` prints it."""
        from archive.reporting.rendering import rendering_document

        return rendering_document(self, _code_of(self))


class RecordView(Document, record.RecordView):
    """What `show` read from one XML record; see `archive.model.record.RecordView`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The record as `archive show --json` prints it."""
        from archive.stages.showing.records import record_fields

        return record_fields(self)


class DepositReport(Document, deposit.DepositReport):
    """What became of a deposit; see `archive.model.deposit.DepositReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive deposit --json` prints it for one bag."""
        from archive.model.exits import exit_of_deposit
        from archive.reporting.deposit import deposit_document

        return deposit_document([self], [], exit_of_deposit(self))


class RetrievalReport(Document, deposit.RetrievalReport):
    """What `retrieve` brought back; see `archive.model.deposit.RetrievalReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive retrieve --json` prints it."""
        from archive.reporting.deposit import retrieval_document

        return retrieval_document(self, _code_of(self))


class FetchReport(Document, fetching.FetchReport):
    """What `fetch` brought; see `archive.model.fetching.FetchReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive fetch --json` prints it."""
        from archive.reporting.fetching import fetch_document

        return fetch_document(self)


class PlacedReport(Document, placed.PlacedReport):
    """A bag that was exported, unpacked or joined; see `archive.model.placed.PlacedReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive export`, `unpack` and `join` print it with --json."""
        from archive.reporting.placed import placed_document

        return placed_document(self)


class ExportReport(Document, export.ExportReport):
    """A package that was exported from a bag; see `archive.model.export.ExportReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive export --as` prints it with --json."""
        from archive.reporting.export import export_document

        return export_document(self)


class ImportReport(Document, imported.ImportReport):
    """A bag that was made from a package of another system; see `archive.model.imported.ImportReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive import` prints it with --json."""
        from archive.reporting.imported import import_document

        return import_document(self)


class WorkingCopyReport(Document, working_copy.WorkingCopyReport):
    """A copy that was given to a person; see `archive.model.working_copy.WorkingCopyReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive export --for` prints it with --json."""
        from archive.reporting.working_copy import working_copy_document

        return working_copy_document(self)


class AuditReport(Document, audit.AuditReport):
    """What one audit did; see `archive.model.audit.AuditReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive audit --json` prints it."""
        from archive.reporting.audit import audit_document

        return audit_document(self)


@light_dataclass(frozen=True, slots=True)
class Suggestions(Document):
    """What `describe` suggests: values as statements, and the text of a description.toml with them.

    `read` and `left` count the files that were read and those that were not; `written` is the file of the text. `files`
    are the names of those that were read, relative to their source, and `encodings` pairs each that is not UTF-8 with
    the encoding that it is likely in.
    """

    statements: tuple[Statement, ...]
    text: str
    read: int
    left: int
    written: str | None = None
    files: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The suggestions as `archive describe --json` prints them."""
        from archive.reporting.description import suggestions_document

        return suggestions_document(
            self.statements, self.written, read=self.read, left=self.left, files=self.files, encodings=self.encodings
        )


@light_dataclass(frozen=True, slots=True)
class Repair(Document):
    """What a repair did. Paths of files are relative to the bag; `refused` pairs a path with the reason.

    `holding` and `copy` are the addresses of the bag and its copy. `damaged` pairs each path that was not intact with
    the word "damaged" or "missing". `kept` is the folder that holds the damaged files, None when there are none. `done`
    is False after a dry run, or when it was not confirmed; then `replaced` names what would be replaced.
    """

    holding: str
    copy: str
    damaged: tuple[tuple[str, str], ...]
    replaced: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    unreadable: tuple[str, ...]
    kept: str | None
    done: bool

    def to_dict(self) -> dict[str, Any]:
        """The repair as `archive repair --json` prints it."""
        from archive.reporting.repair import repair_document

        return repair_document(
            holding=self.holding, copy=self.copy, replaced=self.replaced if self.done else (), refused=self.refused,
            unreadable=self.unreadable, kept=self.kept, planned=None if self.done else self.replaced,
        )  # fmt: skip


def report_as(kind: type[Model], made: Any) -> Model:
    """`made`, a report of the model, as the report `kind` of the library that extends it."""
    return kind(**{field.name: getattr(made, field.name) for field in fields(cast(Any, kind))})


def _code_of(report: Any) -> int:
    from archive.model.exits import exit_of
    from archive.model.finding import outcome_of

    return exit_of(report.outcome if hasattr(report, "outcome") else outcome_of(report.findings))
