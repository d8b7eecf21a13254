"""The virus check: ClamAV over every payload file, by clamd where it answers, else by clamscan.

What was not scanned is never called clean: without a scanner, or with one that has no signatures, there is no check
and no event. The scanner's own limits on size apply and are part of its settings, not of muniment's.
"""

from __future__ import annotations

import array
import itertools
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from archive.errors import InfectedError, SourceError, StorageError, UsageError
from archive.model.build import FileRecord, Originals, Tool, VirusCheck
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.scanning import clamd as protocol

_SOCKETS = ("/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock", "/tmp/clamd.socket")  # noqa: S108
_SECONDS = 300
_CHUNK = 1 << 16
_LIMITS = "Heuristics.Limits.Exceeded"
_FOUND = re.compile(rb"(?P<path>.+): (?P<name>\S+) FOUND")
_FAILED = re.compile(rb"(?:WARNING: |ERROR: )?(?P<path>/.+): (?P<why>[^:]+)")
_NO_SIGNATURES = b"No supported database files"
_KNOWN = re.compile(rb"^Known viruses: (\d+)", re.MULTILINE)
_SCANNED = re.compile(rb"^Scanned files: (\d+)", re.MULTILINE)


def check_viruses(build: Originals, settings: Settings) -> VirusCheck | None:
    """Scan every payload file of `build`; None when no check was done.

    As `scan`, and raises `InfectedError` when a file is named and `settings.create.keep_infected` is off.
    """
    check = scan(build, settings)
    if check is not None and check.infected and not settings.create.keep_infected:
        path, name = check.infected[0]
        more = f" and {len(check.infected) - 1} more" if len(check.infected) > 1 else ""
        raise InfectedError(f"the virus scanner reports: {name}{more}", subject=path, remedy=codes.INFECTED.remedy)
    return check


def scan(files: Originals, settings: Settings) -> VirusCheck | None:
    """What the virus scanner says of `files`; None when no check was done.

    `settings.identify.virus`: "auto" scans where ClamAV is there with signatures, "require" raises `UsageError` where
    it is not, "none" scans nothing. A file that the scanner passed over is in `unscanned`, and raises `SourceError`
    under "require".
    """
    wish = settings.identify.virus
    if wish == "none":
        return None
    check = _check_by_clamd(files, settings) or _check_by_clamscan(files, settings)
    if check is None and wish == "require":
        raise UsageError(
            "a virus check is required, but neither clamd nor clamscan with signatures is there",
            subject="identify.virus",
            remedy="Start clamd, or install clamscan and its signatures (freshclam), or set identify.virus to auto",
        )
    if check is not None and check.unscanned and wish == "require":
        path, reason = check.unscanned[0]
        raise SourceError(
            f"the virus scanner could not scan it: {reason}",
            subject=path,
            remedy="Raise the scanner's limits, or set identify.virus to auto",
        )
    return check


def judge_scan(check: VirusCheck, settings: Settings) -> Iterator[Finding]:
    """What a real run would say of the files that the scanner names or could not scan."""
    kind = codes.INFECTED_KEPT if settings.create.keep_infected else codes.INFECTED
    for path, name in check.infected:
        yield kind.at(path, name=name)
    for path, reason in check.unscanned:
        yield codes.NOT_SCANNED.at(path, reason=reason)


class _Outcome:
    """What one scan gave so far."""

    def __init__(self) -> None:
        self.files = 0
        self.infected: list[tuple[str, str]] = []
        self.unscanned: list[tuple[str, str]] = []

    def take(self, path: str, text: str, *, scanned: bool) -> None:
        """Record what the scanner said of a file that is not simply clean."""
        if scanned and not text.startswith(_LIMITS):
            self.files += 1
            self.infected.append((path, text))
        else:
            self.unscanned.append((path, text))

    def check_by(self, tool: Tool) -> VirusCheck:
        return VirusCheck(tool, self.files, tuple(self.infected), tuple(self.unscanned))


class _NotThereError(Exception):
    """No clamd answers."""


def _check_by_clamd(build: Originals, settings: Settings) -> VirusCheck | None:
    address = settings.tools.clamd
    for candidate in (address,) if address else _SOCKETS:
        try:
            tool = _ask_version(candidate)
        except _NotThereError:
            continue
        return _scan_by_clamd(build, candidate, tool)
    return None


def _ask_version(address: str) -> Tool:
    try:
        with _connect(address) as connection:
            connection.sendall(protocol.VERSION)
            version = protocol.read_version(_receive(connection).decode("utf-8", "replace"))
    except OSError as error:
        raise _NotThereError from error
    if version is None:
        raise _NotThereError
    return Tool("ClamAV clamd", version[0], version[1] or "signatures without a date")


@contextmanager
def _connect(address: str) -> Iterator[socket.socket]:
    host, _, port = address.rpartition(":")
    if host and port.isdigit() and "/" not in address:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS) as connection:
            yield connection
        return
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_SECONDS)
        connection.connect(address)
        yield connection


def _receive(connection: socket.socket) -> bytes:
    """One answer, to its NUL or to the end."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _CHUNK:
        part = connection.recv(4096)
        if not part:
            break
        answer += part
    return answer


def _scan_by_clamd(build: Originals, address: str, tool: Tool) -> VirusCheck:
    outcome = _Outcome()
    waiting = build.records()
    try:
        while _scan_session(build, address, waiting, outcome):
            continue
    except OSError as error:
        raise StorageError(
            f"clamd stopped answering: {error.strerror or error}", remedy="Check clamd's log, then run again"
        ) from error
    return outcome.check_by(tool)


def _scan_session(build: Originals, address: str, waiting: Iterator[FileRecord], outcome: _Outcome) -> bool:
    """Scan in one session until there is no file left (False), or clamd ended the session over a file (True)."""
    with _connect(address) as connection:
        send = _send_descriptor if connection.family == socket.AF_UNIX else _send_content
        connection.sendall(protocol.BEGIN)
        for record in waiting:
            try:
                send(connection, build, record.path)
                answer = _receive(connection)
            except (BrokenPipeError, ConnectionResetError):
                answer = _receive_last(connection)
            word, text = protocol.read_answer(answer)
            if word is protocol.Word.OK:
                outcome.files += 1
            else:
                outcome.take(record.path, text, scanned=word is protocol.Word.FOUND)
            if word is protocol.Word.ERROR:
                return True
        connection.sendall(protocol.END)
    return False


def _receive_last(connection: socket.socket) -> bytes:
    """What clamd said before it closed its end during sending; empty when nothing is left of it."""
    try:
        return _receive(connection)
    except OSError:
        return b""


def _send_descriptor(connection: socket.socket, build: Originals, path: str) -> None:
    with build.open(path) as stream:
        connection.sendall(protocol.DESCRIPTOR)
        passed = array.array("i", [stream.fileno()])
        connection.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed.tobytes())])


def _send_content(connection: socket.socket, build: Originals, path: str) -> None:
    connection.sendall(protocol.STREAM)
    with build.open(path) as stream:
        for framed in protocol.frame_chunks(iter(lambda: stream.read(_CHUNK), b"")):
            connection.sendall(framed)


def _check_by_clamscan(build: Originals, settings: Settings) -> VirusCheck | None:
    program = settings.tools.clamscan or shutil.which("clamscan")
    if not program:
        return None
    version = _ask_clamscan(program)
    if version is None:
        return None
    with tempfile.TemporaryDirectory(prefix="muniment-scan-") as folder:
        listed, links = _write_list(build, folder)
        if not listed:
            return None
        output, errors, code = _run(
            [program, "--stdout", "--suppress-ok-results", "--follow-file-symlinks=2", "--max-filesize=2000M",
             "--max-scansize=2000M", "--alert-exceeds-max=yes", f"--file-list={folder}/files"],
        )  # fmt: skip
    known = _KNOWN.search(output)
    if _NO_SIGNATURES in output + errors or known is None or known.group(1) == b"0":
        return None
    scanned = _SCANNED.search(output)
    if code not in (0, 1) or scanned is None:
        raise StorageError(
            f"the virus scanner failed (exit code {code})",
            subject=os.path.basename(program),
            remedy="Run it by hand, or set identify.virus to none",
        )
    outcome = _Outcome()
    outcome.files = listed
    _take_output(outcome, build, output, links)
    return outcome.check_by(
        Tool("ClamAV clamscan", version[0], version[1] or f"signatures known: {known.group(1).decode()}")
    )


def _ask_clamscan(program: str) -> tuple[str, str | None] | None:
    try:
        output, _errors, code = _run([program, "--version"])
    except StorageError:
        return None
    return protocol.read_version(output.decode("utf-8", "replace")) if code == 0 else None


def _run(command: list[str]) -> tuple[bytes, bytes, int]:
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise StorageError(f"the program cannot be started: {error.strerror}", subject=command[0]) from error
    return done.stdout, done.stderr, done.returncode


def _write_list(build: Originals, folder: str) -> tuple[int, dict[bytes, str]]:
    """Write the list of files for clamscan, one a line: their number, and the links made for names with a line end."""
    links: dict[bytes, str] = {}
    count = 0
    with open(os.path.join(folder, "files"), "wb") as listing:
        for record in build.records():
            place = os.path.abspath(build.locate(record.path))
            if b"\n" in place or b"\r" in place:
                link = os.path.join(os.fsencode(folder), b"link-%d" % len(links))
                os.symlink(place, link)
                links[link] = record.path
                place = link
            listing.write(place + b"\n")
            count += 1
    return count, links


def _take_output(outcome: _Outcome, build: Originals, output: bytes, links: dict[bytes, str]) -> None:
    """Read clamscan's lines into `outcome`. They name files by paths of this computer, which reach no record."""
    said: dict[bytes, tuple[str, bool]] = {}
    for line in output.partition(b"----------- SCAN SUMMARY")[0].splitlines():
        if found := _FOUND.fullmatch(line):
            said[found["path"]] = (found["name"].decode("utf-8", "replace"), True)
        elif (failed := _FAILED.fullmatch(line)) and failed["why"] != b"Empty file":
            said[failed["path"]] = (failed["why"].decode("utf-8", "replace"), False)
    others = ((os.path.abspath(build.locate(record.path)), record.path) for record in build.records() if said)
    for place, path in itertools.chain(links.items(), others):
        told = said.pop(place, None)
        if told is not None:
            outcome.files -= 1
            outcome.take(path, told[0], scanned=told[1])
    for name, scanned in said.values():
        outcome.take("data", name, scanned=scanned)
