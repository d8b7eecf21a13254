"""The rhythm of audits: a systemd timer with its service, or a line for cron."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from dataclasses import dataclass, field

from archive.errors import ExistsError, UsageError, from_os_error
from archive.storage.atomic import write_output

_SECRETS = """\
# The password of the mail account that audits use (smtp_user under [notify]):
"""
_CALENDAR = {"daily": "*-*-* 02:30:00", "weekly": "Sun *-*-* 02:30:00", "monthly": "*-*-01 02:30:00"}
_CRON = {"daily": "30 2 * * *", "weekly": "30 2 * * 0", "monthly": "30 2 1 * *"}


@dataclass(frozen=True, slots=True)
class Timer:
    """What runs the audits: `rhythm` is "daily", "weekly" or "monthly", `folder` holds archive.toml. `words` is the
    command.

    `secrets` is the file with the mail password, "" where none is needed; `variables` are those of this session that
    the audit needs as well. `first` is a command that runs before the audit, whatever becomes of it; `alarm` one that
    runs when the unit fails, with its name added. Raises `UsageError` for a folder whose name no unit can hold.
    """

    rhythm: str
    folder: str
    words: tuple[str, ...]
    secrets: str = ""
    variables: tuple[tuple[str, str], ...] = field(default=())
    first: tuple[str, ...] = ()
    alarm: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if re.search(r"[\x00-\x1f\x7f]|\\$", self.folder):
            raise UsageError("a timer cannot use a folder whose name has such characters", subject=self.folder)

    @property
    def name(self) -> str:
        """The name of both units: the project's folder in plain letters, and a digest of its path."""
        plain = unicodedata.normalize("NFKD", os.path.basename(self.folder)).encode("ascii", "ignore").decode("ascii")
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-")
        digest = hashlib.sha256(os.fsencode(os.path.realpath(self.folder))).hexdigest()[:8]
        return "-".join(part for part in ("muniment-audit", slug, digest) if part)

    def service(self) -> str:
        """The systemd service unit. Exit codes 1, 3 and 4 are results and show as failed: an alarm."""
        extra = self._surroundings()
        failing = f"OnFailure={self.name}-failed.service\n" if self.alarm else ""
        if self.first:
            extra += f"ExecStartPre=-{_command_line(self.first)}\n"
        return (
            "[Unit]\n"
            f"Description=Fixity audit of {self.folder.replace('%', '%%')}\n"
            f"{failing}"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"{extra}"
            f"ExecStart={_command_line(self.words)}\n"
            "KillSignal=SIGINT\n"
            "TimeoutStopSec=120\n"
            "Nice=10\n"
            "IOSchedulingClass=idle\n"
        )

    def failure(self) -> str:
        """The systemd service unit that tells people that the other one failed."""
        return (
            "[Unit]\n"
            f"Description=Alert that the fixity audit of {self.folder.replace('%', '%%')} failed\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"{self._surroundings()}"
            f"ExecStart={_command_line((*self.alarm, f'{self.name}.service'))}\n"
        )

    def _surroundings(self) -> str:
        """The lines of [Service] that say where a command runs and with which variables."""
        lines = f"WorkingDirectory={self.folder.replace('%', '%%')}\n"
        lines += "".join(f"Environment={_quote_unit(f'{name}={value}')}\n" for name, value in self.variables)
        return lines + (f"EnvironmentFile=-{self.secrets.replace('%', '%%')}\n" if self.secrets else "")

    def timer(self) -> str:
        """The systemd timer unit; a run that was missed is made up for."""
        return (
            "[Unit]\n"
            f"Description={self.rhythm.capitalize()} fixity audit of {self.folder.replace('%', '%%')}\n"
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
        words = shlex.join(self.words)
        if self.first:
            words = f"{{ {shlex.join(self.first)} || true; {words}; }}"
        if self.secrets:
            quoted = shlex.quote(self.secrets)
            words = f"set -a && {{ [ ! -r {quoted} ] || . {quoted}; }} && set +a && {words}"
        variables = "".join(f"export {name}={shlex.quote(value)} && " for name, value in self.variables)
        command = f"cd {shlex.quote(self.folder)} && {variables}{words}"
        return f"{_CRON[self.rhythm]} {command}".replace("%", "\\%") + "\n"


def install_units(timer: Timer, folder: str) -> list[str]:
    """Write the units into `folder`, over older ones of the same project; their paths.

    Raises `ExistsError` when a unit of that name belongs to another project, and `StorageError`.
    """
    written = []
    units = [(f"{timer.name}.service", timer.service()), (f"{timer.name}.timer", timer.timer())]
    if timer.alarm:
        units.append((f"{timer.name}-failed.service", timer.failure()))
    try:
        os.makedirs(folder, exist_ok=True)
        _check_free(os.path.join(folder, units[0][0]), timer)
    except OSError as error:
        raise from_os_error(error, folder) from error
    for name, content in units:
        path = os.path.join(folder, name)
        write_output(path, [content.encode("utf-8", "surrogateescape")], replace=True)
        written.append(path)
    return written


def keep_secrets(path: str, password: str) -> bool:
    """Make the file for the mail password, readable by its owner only, unless it is there; True when it is new.

    `password` is written into it; where it is empty, the user has to do that. Raises `UsageError` and `StorageError`.
    """
    if os.path.lexists(path):
        return False
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, path) from error
    if any(ord(one) < 0x20 for one in password):
        raise UsageError("ARCHIVE_SMTP_PASSWORD contains a control character", remedy="Write the password file by hand")
    line = f"ARCHIVE_SMTP_PASSWORD={shlex.quote(password)}" if password else "#ARCHIVE_SMTP_PASSWORD="
    write_output(path, [f"{_SECRETS}{line}\n".encode("utf-8", "surrogateescape")], mode=0o600)
    return True


def _check_free(path: str, timer: Timer) -> None:
    """Raise `ExistsError` when the service at `path` is not this project's, and OSError."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read(1 << 16).splitlines()
    except FileNotFoundError:
        return
    if f"WorkingDirectory={timer.folder.replace('%', '%%')}" not in lines:
        raise ExistsError(
            "this unit belongs to another project and is not replaced", subject=path, remedy="Remove it first"
        )


def _command_line(words: tuple[str, ...]) -> str:
    return " ".join(_quote_unit(word) for word in words)


def _quote_unit(word: str) -> str:
    """A word of ExecStart=: quoted, with systemd's own specifiers and variables taken literally."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if escaped and all(one.isalnum() or one in "/._-=+:%$" for one in escaped) else f'"{escaped}"'
