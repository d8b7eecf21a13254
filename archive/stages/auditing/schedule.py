"""The timer of a project's audits: put together from its settings, and whether it is installed for this user."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from archive.errors import UsageError
from archive.formats.amounts import parse_budget
from archive.project_file import configuration_folder, record_path
from archive.settings import Settings
from archive.stages.auditing.timer import Timer

RHYTHMS = ("daily", "weekly", "monthly")


def plan_timer(
    settings: Settings, rhythm: str, environ: Mapping[str, str], *, budget: str = "", notify: bool = False,
    cron: bool = False,
) -> Timer:  # fmt: skip
    """The timer that runs `archive audit` at this rhythm. Raises `UsageError` for a wrong rhythm or budget.

    Where [seal] trust is set, seals that wait for stamps are completed before the audit. Settings that do not count
    are an error: a timer would go without them unseen.
    """
    if rhythm not in RHYTHMS:
        raise UsageError(f"an interval must be one of {', '.join(RHYTHMS)}", subject=rhythm[:40])
    parse_budget(budget)
    settings.require("ledger", "places", "audit", "notify", "seal.trust")
    program = shutil.which("archive")
    words = [program] if program else [sys.executable, "-P", "-m", "archive"]
    first = (*words, "seal", "--complete", "--quiet") if settings.seal.trust else ()
    alarm = (*words, "notify", "--failure") if notify else ()
    words += ["audit", "--quiet", *(["--budget", budget] if budget else []), *(["--notify"] if notify else [])]
    secrets = _secrets_file(settings.folder, environ) if notify or not cron else ""
    return Timer(rhythm, os.path.abspath(settings.folder), tuple(words), secrets, _variables(environ), first, alarm)


def units_folder(environ: Mapping[str, str]) -> str:
    """Where systemd looks for the units of this user."""
    return os.path.join(os.path.dirname(configuration_folder(environ)), "systemd", "user")


def is_installed(timer: Timer, environ: Mapping[str, str]) -> bool:
    """Whether the project's timer has been written to the user's units."""
    return os.path.isfile(os.path.join(units_folder(environ), f"{timer.name}.timer"))


def _secrets_file(folder: str, environ: Mapping[str, str]) -> str:
    """Where the mail password of the project's audits is kept: in the user's configuration folder."""
    name = Path(record_path(folder, environ)).stem
    return os.path.join(configuration_folder(environ), "passwords", f"{name}.env")


def _variables(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the timer's session must share with this one: where the user's settings are, if not in the usual place."""
    base = environ.get("XDG_CONFIG_HOME", "")
    return (("XDG_CONFIG_HOME", base),) if os.path.isabs(base) else ()
