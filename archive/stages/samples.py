"""The sample collections as bags, alone or as a small archive with a damaged file, to learn audits and repair on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.config import load_settings, variable_of
from archive.errors import ExistsError, UsageError, from_os_error
from archive.ledger.book import ledger_address, open_ledger
from archive.model.build import Progress
from archive.model.deposit import DepositState
from archive.model.finding import Severity
from archive.model.validation import ValidationReport
from archive.project_file import NAME
from archive.resources import seeds_path
from archive.settings import Settings
from archive.stages.auditing.holdings import add_holding
from archive.stages.creation.workflow import create
from archive.stages.depositing.workflow import deposit
from archive.stages.project import distrust_project, start_project
from archive.storage.atomic import write_output
from archive.storage.clock import Clock
from archive.storage.removing import remove_tree
from archive.targets.registry import open_target

PLACE = "second-disk"
"""The place, and the folder, of the second copies."""
BAGS = "bags"
DAMAGED = "press-release"
"""The bag whose first original is changed."""

_LEDGER, _JOURNAL, _QUARANTINE = "ledger.sqlite3", "deposits", "quarantine"
_SETTINGS = f"""\
# Settings of a sample archive, made by archive demo --archive. Remove the folder when you have seen enough.

[create]
organization = "Sample Archive"
operator = "A. Learner"

[ledger]
url = "{_LEDGER}"

[deposit]
journal = "{_JOURNAL}"

[audit]
max_age = "90d"
quarantine = "{_QUARANTINE}"

# In a real archive the second copy is on another disk, or on a server in another town.
[places.{PLACE}]
url = "dir:{PLACE}"
"""
_LEADING_OUT = tuple(variable_of(name) for name in ("ledger.url", "deposit.journal", "audit.quarantine"))
"""Variables that outweigh archive.toml, and would take the sample archive's records out of its folder."""


@dataclass(frozen=True, slots=True)
class SampleBag:
    """A bag of a sample collection, and what validating it said."""

    path: str
    validation: ValidationReport


@dataclass(frozen=True, slots=True)
class SampleArchive:
    """A small archive in `folder`: its bags, and the file (below `folder`) of which one byte was changed."""

    folder: str
    ledger: str
    bags: tuple[SampleBag, ...]
    damaged: str

    @property
    def session(self) -> tuple[tuple[str, ...], ...]:
        """The commands to type, one after the other, each as its words."""
        bag = f"{BAGS}/{DAMAGED}"
        return (
            ("cd", self.folder),
            ("archive", "status"),
            ("archive", "audit"),
            ("archive", "repair", bag, "--from", PLACE, "--yes"),
            ("archive", "audit", bag),
            ("archive", "status"),
        )


def sample_names() -> list[str]:
    """The names of the sample collections, in order."""
    return sorted(entry.name for entry in seeds_path().iterdir() if entry.is_dir())


def make_sample_bag(
    sample: str, folder: str, *, name: str, settings: Settings, clock: Clock, progress: Progress
) -> SampleBag:
    """Make the bag `name` of the collection `sample` in `folder`.

    Raises `UsageError` when the settings do not allow it, and what `create` raises.
    """
    report = create([str(seeds_path(sample))], folder, name=name, settings=settings, clock=clock, progress=progress)
    if report.validation is None:
        why = next(one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED))
        raise UsageError(
            f"the settings in use do not allow this sample: {why.message}",
            subject=sample,
            remedy="Run it in another folder, or see archive config --origin",
        )
    return SampleBag(report.bag, report.validation)


def make_sample_archive(
    folder: str, *, environ: Mapping[str, str], clock: Clock, progress: Progress, tell: Callable[[str], None]
) -> SampleArchive:
    """Make a whole small archive in `folder`, which is empty or does not exist yet.

    It has archive.toml and a ledger, a bag of each sample collection, a copy of each in a place of the same folder, and
    one file that has changed since. Outside of `folder` only the record is written that the project is trusted, as
    `archive init` writes it; when anything fails, both are removed. `tell` is given a line before each step. Raises
    `ExistsError`, `UsageError` and other `ArchiveError`.
    """
    for name in _LEADING_OUT:
        if environ.get(name):
            raise UsageError(
                "this variable would take records of the sample archive elsewhere", subject=name,
                remedy=f"Run: unset {name}",
            )  # fmt: skip
    folder = os.path.abspath(folder)
    existed = os.path.isdir(folder)
    try:
        if existed and os.listdir(folder):
            raise ExistsError("this folder is not empty", subject=folder, remedy="Name a folder that does not exist")
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, folder) from error
    try:
        return _make_in(folder, environ, clock, progress, tell)
    except BaseException:
        distrust_project(folder, environ)
        remove_tree(folder)
        if existed:
            os.mkdir(folder)
        raise


def _make_in(
    folder: str, environ: Mapping[str, str], clock: Clock, progress: Progress, tell: Callable[[str], None]
) -> SampleArchive:
    tell(f"writing {NAME} and an empty ledger")
    write_output(os.path.join(folder, NAME), [_SETTINGS.encode()])
    started = start_project(folder, None, clock=clock, environ=environ)
    if started.untrusted:
        raise UsageError(f"the project cannot be recorded as trusted: {started.untrusted}", subject=folder)
    settings = load_settings(folder, environ)
    settings.require("ledger", "deposit", "audit", f"places.{PLACE}")
    made = []
    for number, sample in enumerate(samples := sample_names(), 1):
        tell(f"{number} of {len(samples)}: making a bag of {sample}, and a second copy")
        to = os.path.join(folder, BAGS)
        bag = make_sample_bag(sample, to, name=sample, settings=settings, clock=clock, progress=progress)
        _keep(bag.path, settings, clock, progress)
        made.append(bag)
    tell(f"changing one byte of {DAMAGED}")
    damaged = _damage(os.path.join(folder, BAGS, DAMAGED, "data", "original"))
    return SampleArchive(folder, started.ledger, tuple(made), os.path.relpath(damaged, folder))


def _keep(bag: str, settings: Settings, clock: Clock, progress: Progress) -> None:
    """Make the bag a holding, and its copy in the place another one."""
    ledger = open_ledger(ledger_address(settings))
    try:
        add_holding(ledger, settings, bag, clock)
    finally:
        ledger.close()
    target = open_target(PLACE, settings, clock=clock)
    try:
        sent = deposit(bag, target, at=PLACE, settings=settings, clock=clock, progress=progress)
    finally:
        target.close()
    if sent.state is not DepositState.ACCEPTED:
        why = next((one.message for one in sent.findings if one.severity is Severity.ERROR), sent.state.value)
        raise UsageError(f"the second copy was not made: {why}", subject=bag)


def _damage(folder: str) -> str:
    """Change one bit in the middle of the first file in `folder`, and leave its size and date as they were: its path.

    Raises `StorageError`.
    """
    path = os.path.join(folder, min(os.listdir(folder)))
    try:
        state = os.stat(path)
        with open(path, "r+b") as file:
            file.seek(state.st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    except OSError as error:
        raise from_os_error(error, path) from error
    return path
