"""`update`: the next version of a bag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_path, path_list, plain_text, rely_on
from archive.library.creation import field_lists
from archive.library.progress import Cancellation, watch
from archive.library.reports import UpdateReport, report_as
from archive.model.build import Progress
from archive.settings import Settings


def update(
    bag: StrPath,
    *,
    add: StrPath | Sequence[StrPath] | Mapping[str, StrPath] = (),
    remove: StrPath | Sequence[StrPath] = (),
    replace: Mapping[str, StrPath] | None = None,
    rename: Mapping[str, str] | None = None,
    description: StrPath | None = None,
    add_algorithms: Sequence[str] = (),
    drop_algorithms: Sequence[str] = (),
    bag_info: Mapping[str, str | Sequence[str]] | None = None,
    profile: StrPath | None = None,
    accept_changes: bool = False,
    render_again: bool = False,
    keep_old: StrPath | None = None,
    discard_old: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> UpdateReport:
    """Make the next version of the bag in the folder `bag`: what `archive update` does, with the same safety.

    Paths in the bag are relative to its originals, or begin with data/. `add` are files and folders, or a dict of their
    places in the bag; `replace` maps a file of the bag to the file with its new content, `rename` old paths to new
    ones; `bag_info` replaces fields of the same name, and an empty value takes one out. `keep_old` is the folder for
    the old version, by default that of `settings`. The report's `updated` is True only when the new version is in its
    place and was validated; an old version that is not valid is refused, with its findings in the report. Raises
    `UsageError`, `NotFoundError`, `NotABagError`, `LockedError`, `StorageError` and their kinds, and `CancelledError`.
    """
    from archive.model.update import Changes
    from archive.stages.updating import workflow
    from archive.storage.clock import system_clock

    added: tuple[tuple[str, str | None], ...]
    if isinstance(add, Mapping):
        added = tuple((path_text(source), plain_text("a place", place)) for place, source in add.items())
    else:
        added = tuple((source, None) for source in _paths(add))
    changes = Changes(
        add=added,
        remove=tuple(_paths(remove)),
        replace=tuple((plain_text("a path", path), path_text(file)) for path, file in (replace or {}).items()),
        rename=tuple((plain_text("a path", old), plain_text("a path", new)) for old, new in (rename or {}).items()),
        description=optional_path(description),
        add_algorithms=_names(add_algorithms),
        drop_algorithms=_names(drop_algorithms),
        bag_info={label: [value for value in values if value] for label, values in field_lists(bag_info or {}).items()},
        profile=optional_path(profile),
        accept_changes=bool(accept_changes),
        render_again=bool(render_again),
    )
    made = workflow.update(
        path_text(bag),
        changes,
        discard_old=bool(discard_old),
        settings=rely_on(settings, "update", "ledger").with_flags("update", keep_old=optional_path(keep_old)),
        clock=system_clock(),
        dry_run=bool(dry_run),
        progress=watch(progress, cancellation),
    )
    return report_as(UpdateReport, made)


def _paths(given: StrPath | Sequence[StrPath]) -> list[str]:
    return [] if not isinstance(given, str) and isinstance(given, Sequence) and not given else path_list(given)


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(plain_text("an algorithm", one) for one in given)
