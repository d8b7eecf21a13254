"""A real OpenSSH server for tests, on a free port of the loopback interface, with keys of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.needing import need


@dataclass(slots=True)
class SshServer:
    """A running server: its port, files that a client needs, and how to stop and start it again."""

    port: int
    folder: Path
    user: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def key_file(self) -> Path:
        return self.folder / "client"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    def start(self) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([need("sshd"), "-D", "-f", str(self.folder / "config")], **quiet)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
                return
            time.sleep(0.05)
        raise RuntimeError("sshd did not answer in time")

    def stop(self) -> None:
        """End the server and the sessions it has started."""
        if self.process is not None:
            for child in _children(self.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, 9)
            self.process.kill()
            self.process.wait()
            self.process = None


def _children(parent: int) -> list[int]:
    """The processes that `parent` started, and theirs, from /proc."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found += [*_children(int(entry.name)), int(entry.name)]
    return found


@contextlib.contextmanager
def start_sshd(folder: Path, *, internal: str = "internal-sftp") -> Iterator[SshServer]:
    """Serve SFTP until the block ends. `folder` gets keys and configuration."""
    need("sshd")
    keygen = need("ssh-keygen")
    folder.mkdir(exist_ok=True)
    for name in ("host", "client", "stranger"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "authorized").write_text((folder / "client.pub").read_text())
    host = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}\n")
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'authorized'}\n"
        f"PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
        f"Subsystem sftp {internal}\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server = SshServer(port, folder, getpass.getuser())
    server.start()
    try:
        yield server
    finally:
        server.stop()
