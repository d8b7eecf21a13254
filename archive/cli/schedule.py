"""`archive schedule`."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.errors import UsageError
from archive.formats.naming import escape, path_fields

if TYPE_CHECKING:
    from archive.stages.auditing.timer import Timer


@click.command("schedule")
@click.option("--weekly", "rhythm", flag_value="weekly", help="Once a week, in the night to Sunday's morning.")
@click.option("--daily", "rhythm", flag_value="daily", help="Every night.")
@click.option("--cron", is_flag=True, help="A line for cron instead of a systemd timer.")
@click.option("--install", is_flag=True, help="Write the systemd units for this user instead of printing them.")
@click.option("--budget", metavar="2h|500GB", help="Passed on to the audit.")
@click.option("--notify", is_flag=True, help="Passed on to the audit: one summary a run.")
@json_option
def command(rhythm: str | None, budget: str | None, notify: bool, **given: bool) -> int:
    """Print, or install, the timer that runs the audit regularly.

    An audit that did not run is an alarm of its own: `archive audit status` ends with 4 when files are overdue.

    \b
    Example:
      archive schedule --weekly --budget 4h --notify
      archive schedule --daily --install
    """
    from archive.stages.auditing.amounts import parse_budget
    from archive.stages.auditing.timer import NAME, Timer

    if rhythm is None:
        raise UsageError("say how often", remedy="--weekly or --daily")
    cron, install = given["cron"], given["install"]
    if cron and install:
        raise UsageError("--install writes systemd units", remedy="Add the line that --cron prints with crontab -e")
    parse_budget(budget or "")
    settings = current_settings()
    program = shutil.which("archive")
    words = [program] if program else [sys.executable, "-m", "archive"]
    words += ["audit", "--quiet", *(["--budget", budget] if budget else []), *(["--notify"] if notify else [])]
    timer = Timer(rhythm, os.path.abspath(settings.folder), tuple(words))
    written = _install(timer) if install else []
    if given["as_json"]:
        show_json({
            "schema": "archive.schedule/1", "rhythm": rhythm, **path_fields(timer.folder, "folder"),
            "command": list(timer.words), "kind": "cron" if cron else "systemd",
            "cron_line": timer.cron_line().rstrip("\n") if cron else None,
            "service": None if cron else timer.service(), "timer": None if cron else timer.timer(),
            "written": [path_fields(path) for path in written],
        })  # fmt: skip
        return 0
    if cron:
        show(timer.cron_line().rstrip("\n"))
    elif install:
        for path in written:
            show(f"wrote {escape(path)}")
        show(f"next: systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer")
    else:
        show(f"# {NAME}.service\n{timer.service()}\n# {NAME}.timer\n{timer.timer()}".rstrip("\n"))
    return 0


def _install(timer: Timer) -> list[str]:
    from archive.stages.auditing.timer import install_units

    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return install_units(timer, os.path.join(base, "systemd", "user"))
