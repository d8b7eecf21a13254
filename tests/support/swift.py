"""OpenStack Swift with s3api for tests: one account, container, object and proxy server, memcached, one device.

Swift has a virtual environment of its own, for its libraries do not go together with ours. Its programs are looked for
in the folder that MUNIMENT_TESTS_SWIFT names, else in `~/.cache/muniment-tests/swift/bin`; memcached comes from the
system, and so does liberasurecode.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

KEY, SECRET = "test:tester", "swift-fixture-secret"

_PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
user = {user}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth container-quotas bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
dns_compliant_bucket_names = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = {secret} .admin
[filter:container-quotas]
use = egg:swift#container_quotas
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
"""

_STORAGE = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
devices = {folder}/nodes
mount_check = false
user = {user}
disable_fallocate = true
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""


@dataclass(slots=True)
class Swift:
    """A running store: one key pair, and its proxy server, which is what clients talk to, to stop and start."""

    programs: Path
    folder: Path
    ports: Mapping[str, int]
    key: str = KEY
    secret: str = SECRET
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return self.ports["proxy"]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the proxy server again, at the same address as before. Raises RuntimeError."""
        self.launch("proxy")
        self.wait()

    def launch(self, kind: str) -> None:
        """Start one of the servers, without waiting for it."""
        command = [self.programs / "python", self.programs / f"swift-{kind}-server", f"{kind}-server.conf", "-v"]
        environment = {**os.environ, "SWIFT_DIR": str(self.folder), "PYTHONWARNINGS": "ignore"}
        with (self.folder / f"{kind}.log").open("ab") as log:
            self.processes[kind] = subprocess.Popen(
                command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until every server answers. Raises RuntimeError."""
        for kind, port in self.ports.items():
            _await(port, self.folder / f"{kind}.log")

    def stop(self, kind: str = "proxy") -> None:
        """Kill one of the servers."""
        if (process := self.processes.pop(kind, None)) is not None:
            process.kill()
            process.wait()

    def limit(self, bucket: str, size: int | None) -> None:
        """Give a bucket a quota in bytes, or none."""
        told = httpx.get(f"{self.endpoint}/auth/v1.0", headers={"X-Auth-User": KEY, "X-Auth-Key": SECRET})
        quota = {"X-Container-Meta-Quota-Bytes": "" if size is None else str(size)}
        headers = {"X-Auth-Token": told.headers["X-Auth-Token"], **quota}
        httpx.post(f"{told.headers['X-Storage-Url']}/{bucket}", headers=headers).raise_for_status()

    def files(self) -> list[Path]:
        """The files on its disk in which objects' bytes stand."""
        return sorted((self.folder / "nodes").rglob("objects/**/*.data"))


@contextlib.contextmanager
def start_swift(programs: Path, folder: Path) -> Iterator[Swift]:
    """Serve from `folder` until the block ends. Raises RuntimeError when a server does not start."""
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    (folder / "nodes" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = one\ndefault = yes\n"
    )
    ports = dict(zip(("account", "container", "object", "proxy", "memcached"), _free_ports(5), strict=True))
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for kind in ("account", "container", "object"):
        builder = str(folder / f"{kind}.builder")
        ring = [str(programs / "python"), str(programs / "swift-ring-builder"), builder]
        for step in (["create", "4", "1", "1"], ["add", f"r1z1-127.0.0.1:{ports[kind]}/d1", "1"], ["rebalance"]):
            subprocess.run([*ring, *step], check=False, **quiet)
        text = _STORAGE.format(port=ports[kind], folder=folder, user=user, kind=kind)
        (folder / f"{kind}-server.conf").write_text(text)
    (folder / "proxy-server.conf").write_text(
        _PROXY.format(port=ports["proxy"], folder=folder, user=user, memcached=ports["memcached"], secret=SECRET)
    )
    memcached = ["memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-m", "16", "-u", user]
    swift = Swift(programs, folder, ports)
    try:
        swift.processes["memcached"] = subprocess.Popen(memcached, **quiet)
        for kind in ("account", "container", "object", "proxy"):
            swift.launch(kind)
        swift.wait()
        yield swift
    finally:
        for kind in list(swift.processes):
            swift.stop(kind)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _await(port: int, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"it did not answer in time: {log.read_text()[-2000:] if log.exists() else port}")
