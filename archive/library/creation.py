"""`create`, `describe` and `render`: from files to bags, descriptions and renditions."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from archive.errors import FormatError, UsageError
from archive.formats.naming import path_text
from archive.library.arguments import (
    StrPath,
    optional_path,
    optional_text,
    path_list,
    plain_text,
    rely_on,
    whole_number,
)
from archive.library.progress import Cancellation, watch
from archive.library.reports import CreationReport, RenderingReport, Suggestions, report_as
from archive.model.build import Progress
from archive.model.description import Description
from archive.model.finding import Severity
from archive.settings import Settings


def create(
    sources: StrPath | Sequence[StrPath],
    to: StrPath,
    *,
    name: str | None = None,
    description: StrPath | Mapping[str, Any] | Description | None = None,
    replace_description: bool = False,
    plain: bool = False,
    in_place: bool = False,
    dry_run: bool = False,
    clean_partial: bool = False,
    wrap_bag: bool = False,
    accept_damaged_delivery: bool = False,
    fetch_from: StrPath | None = None,
    algorithms: Sequence[str] | None = None,
    profile: StrPath | None = None,
    serialize: Literal["", "zip", "tar", "tar.gz", "tar.zst"] | None = None,
    links: Literal["refuse", "follow"] | None = None,
    exclude: Sequence[str] | None = None,
    copy: Literal["auto", "reflink", "copy"] | None = None,
    operator: str | None = None,
    organization: str | None = None,
    keep_infected: bool | None = None,
    junk: Literal["exclude", "keep"] | None = None,
    bag_info: Mapping[str, str | Sequence[str]] | None = None,
    pdfa: Literal["3a", "2a", "none"] | None = None,
    normalise: StrPath | None = None,
    encoding: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> CreationReport:
    """Wrap `sources` in a bag in the folder `to`: what `archive create` does, with the same settings and safety.

    `description` is a description file, a dict with the tables of a description.toml, or a `Description`; with
    `replace_description` it is used although the source has one. A source that
    is a bag is refused unless `wrap_bag`; checksums that a delivery brings are checked first, and
    `accept_damaged_delivery` goes on although they differ. `fetch_from` is a table of files that stay elsewhere and are
    named in fetch.txt. A setting left at None keeps the value of `settings`, or of
    the working folder's when there are none; `bag_info` replaces fields of the same name only. The report's `created`
    is True only when the bag is in its place and was validated. Raises `UsageError`, `SourceError`, `StorageError` and
    their kinds, and `CancelledError`; then nothing is at the destination and the source is as it was.
    """
    from archive.stages.creation import workflow
    from archive.storage.clock import system_clock

    chosen = (
        with_bag_info(rely_on(settings), field_lists(bag_info or {}))
        .with_flags(
            "create",
            algorithms=_tuple(algorithms),
            profile=optional_path(profile),
            serialize=serialize,
            links=links,
            exclude=_tuple(exclude),
            copy=copy,
            operator=operator,
            organization=organization,
            keep_infected=keep_infected,
            junk=junk,
        )
        .with_flags(
            "render",
            pdfa=pdfa,
            normalise=optional_path(normalise),
            encoding=_encoding(encoding),
        )
    )
    with _description_file(description) as path:
        made = workflow.create(
            path_list(sources),
            path_text(to),
            name=optional_text("name", name),
            description=path,
            replace_description=replace_description,
            plain=plain,
            in_place=in_place,
            settings=chosen,
            clock=system_clock(),
            dry_run=dry_run,
            clean_partial=clean_partial,
            wrap_bag=wrap_bag,
            accept_damaged=accept_damaged_delivery,
            fetch_from=optional_path(fetch_from),
            progress=watch(progress, cancellation),
        )
    return report_as(CreationReport, made)


def create_group(
    sources: StrPath | Sequence[StrPath],
    to: StrPath,
    *,
    max_size: int | None = None,
    max_files: int | None = None,
    name: str | None = None,
    description: StrPath | Mapping[str, Any] | Description | None = None,
    replace_description: bool = False,
    plain: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> tuple[CreationReport, ...]:
    """Make a group of bags of `sources` in the folder `to`: what `archive create --max-size --max-files` does.

    `max_size` is in bytes. Where one bag is enough there is one, as `create` makes it. Either all bags take their place
    or none does. Raises as `create`, and `UsageError` where one file alone is too large.
    """
    from archive.stages.creation import group
    from archive.storage.clock import system_clock

    with _description_file(description) as path:
        made = group.create_group(
            path_list(sources),
            path_text(to),
            bounds=group.Bounds(whole_number("max_size", max_size), whole_number("max_files", max_files)),
            name=optional_text("name", name),
            description=path,
            replace_description=bool(replace_description),
            plain=plain,
            settings=rely_on(settings),
            clock=system_clock(),
            dry_run=dry_run,
            progress=watch(progress, cancellation),
        )
    return tuple(report_as(CreationReport, one) for one in made)


def describe(
    sources: StrPath | Sequence[StrPath],
    *,
    to: StrPath | None = None,
    accept_suggestions: bool = False,
    settings: Settings | None = None,
) -> Suggestions:
    """Suggestions for a description of `sources`, from what the files say of themselves.

    With `accept_suggestions` they are values, marked as inferred. Nothing is suggested where a person has written a
    value already. The text is written to the new file `to`, if given. Raises `NotFoundError`, `UsageError`,
    `ExistsError`, `StorageError`, and `FormatError` when the description that is there cannot be read.
    """
    from archive.stages.description.conversation import accept_all
    from archive.stages.description.suggesting import draft, write_draft
    from archive.storage.atomic import write_output

    written = optional_path(to)
    made = draft(path_list(sources), rely_on(settings))
    if accept_suggestions:
        made = replace(made, suggestions=accept_all(made.suggestions))
    text = write_draft(made)
    if written is not None:
        write_output(written, [text.encode("utf-8")], remedy="Choose another name")
    return Suggestions(made.suggestions, text, made.read, made.left, written, made.files, made.encodings)


def load_description(path: StrPath) -> Description:
    """The description in a description.toml or metadata.csv, with its findings.

    Raises `NotFoundError`, `UsageError`, `StorageError`, and `FormatError` when something in it is wrong.
    """
    from archive.stages.description.loading import read_description_file

    file = path_text(path)
    description, findings = read_description_file(file)
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    if wrong:
        raise FormatError(wrong[0].message, subject=file, remedy=wrong[0].remedy)
    return replace(description, findings=tuple(findings))


def render(
    files: StrPath | Sequence[StrPath],
    to: StrPath,
    *,
    pdfa: Literal["3a", "2a"] | None = None,
    title: str | None = None,
    language: str | None = None,
    encoding: str | None = None,
    direction: Literal["ltr", "rtl"] | None = None,
    alternative: str | None = None,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> RenderingReport:
    """Make PDF/A renditions of `files` in the folder `to`: what `archive render` does.

    `language` is a BCP 47 tag, `encoding` a name that Python's codecs know, `alternative` the alternative text of a
    picture. Raises `UsageError`, `StorageError` and their kinds; a file without a rendition is in the report.
    """
    from archive.formats.language import require_language
    from archive.renditions.single_files import render_files
    from archive.stages.scanning.loose_files import kinds_of
    from archive.storage.clock import system_clock

    chosen = rely_on(settings).with_flags("render", pdfa=pdfa, encoding=_encoding(encoding))
    made = render_files(
        path_list(files),
        path_text(to),
        title=optional_text("title", title),
        language=require_language(optional_text("language", language)),
        direction=direction,
        alternative=optional_text("alternative", alternative),
        identify=lambda paths: kinds_of(paths, chosen),
        settings=chosen,
        clock=system_clock(),
        dry_run=dry_run,
        progress=watch(progress, cancellation),
    )
    return report_as(RenderingReport, made)


def with_bag_info(settings: Settings, fields: Mapping[str, Sequence[str]]) -> Settings:
    """The settings with these fields for bag-info.txt; they replace those of the same name, in any case."""
    if not fields:
        return settings
    replaced = {label.lower() for label in fields}
    kept: dict[str, Any] = {k: v for k, v in settings.create.bag_info.items() if k.lower() not in replaced}
    return settings.with_flags("create", bag_info={**kept, **{label: list(values) for label, values in fields.items()}})


def _encoding(name: object) -> str | None:
    from archive.formats.encodings import require_encoding

    return require_encoding(optional_text("encoding", name))


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    """The values; a single text is one value, not its letters."""
    return None if values is None else (values,) if isinstance(values, str) else tuple(values)


def field_lists(bag_info: Mapping[str, str | Sequence[str]]) -> dict[str, Sequence[str]]:
    if not isinstance(bag_info, Mapping):
        raise TypeError(f"bag_info is a dict of texts, not {type(bag_info).__name__}")
    return {
        plain_text("a label of bag_info", label): [
            plain_text(f"bag_info {label}", one) for one in ([value] if isinstance(value, str) else value)
        ]
        for label, value in bag_info.items()
    }


@contextlib.contextmanager
def _description_file(description: StrPath | Mapping[str, Any] | Description | None) -> Iterator[str | None]:
    """The path of a description file with this content: what is in the bag verbatim must be bytes that can be read."""
    if not isinstance(description, (Mapping, Description)):
        yield optional_path(description)
        return
    if isinstance(description, Description):
        from archive.formats.description_writing import write_description

        text = write_description(description.statements)
    else:
        import tomli_w

        try:
            text = tomli_w.dumps(description)
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(f"this dict is not the content of a description.toml: {error}") from error
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "description.toml")
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        yield path
