"""The rhythm of audits: a systemd timer with its service, or a line for cron."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass

from archive.errors import from_os_error

NAME = "muniment-audit"
_CALENDAR = {"daily": "*-*-* 02:30:00", "weekly": "Sun *-*-* 02:30:00"}
_CRON = {"daily": "30 2 * * *", "weekly": "30 2 * * 0"}


@dataclass(frozen=True, slots=True)
class Timer:
    """What runs the audits: `rhythm` is "daily" or "weekly", `folder` holds archive.toml, `words` is the command."""

    rhythm: str
    folder: str
    words: tuple[str, ...]

    def service(self) -> str:
        """The systemd service unit. Exit codes 1, 3 and 4 are results and show as failed: an alarm."""
        command = " ".join(_quote_unit(word) for word in self.words)
        return (
            "[Unit]\n"
            "Description=Fixity audit of the archive\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"WorkingDirectory={self.folder.replace('%', '%%')}\n"
            f"ExecStart={command}\n"
            "KillSignal=SIGINT\n"
            "TimeoutStopSec=120\n"
            "Nice=10\n"
            "IOSchedulingClass=idle\n"
        )

    def timer(self) -> str:
        """The systemd timer unit; a run that was missed is made up for."""
        return (
            "[Unit]\n"
            f"Description={self.rhythm.capitalize()} fixity audit of the archive\n"
            "\n"
            "[Timer]\n"
            f"OnCalendar={_CALENDAR[self.rhythm]}\n"
            "RandomizedDelaySec=30min\n"
            "Persistent=true\n"
            "\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        )

    def cron_line(self) -> str:
        """One line for a crontab. A percent sign there means a new line, so it is escaped."""
        command = f"cd {shlex.quote(self.folder)} && {shlex.join(self.words)}"
        return f"{_CRON[self.rhythm]} {command}".replace("%", "\\%") + "\n"


def install_units(timer: Timer, folder: str) -> list[str]:
    """Write both units into `folder`, over older ones of ours: gives their paths. Raises `StorageError`."""
    written = []
    for name, content in ((f"{NAME}.service", timer.service()), (f"{NAME}.timer", timer.timer())):
        path = os.path.join(folder, name)
        try:
            os.makedirs(folder, exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(content)
        except OSError as error:
            raise from_os_error(error, path) from error
        written.append(path)
    return written


def _quote_unit(word: str) -> str:
    """A word of ExecStart=: quoted, with systemd's own specifiers and variables taken literally."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if escaped and all(one.isalnum() or one in "/._-=+:%$" for one in escaped) else f'"{escaped}"'
