"""A place to seal bags in: two timestamp authorities that run, a trust folder that pins them, a key, and bags."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.audit_projects import Project, write_bag
from tests.support.timestamp_authority import Running, run_authority

PASSPHRASE = "correct horse"


@dataclass
class SealingPlace(Project):
    """A working folder with `anna.key`, the trust folder `trust`, and authorities by name."""

    authorities: dict[str, Running] = field(default_factory=dict)

    def bag(self, name: str = "bag", files: dict[str, bytes] | None = None) -> Path:
        """A valid bag."""
        folder = self.folder / name
        write_bag(folder, files or {"a.txt": b"alpha", "b/c.txt": name.encode()})
        return folder

    def seal(self, *arguments: str) -> tuple[int, str, str]:
        """archive seal with the key and the trust folder."""
        return self.run("seal", *arguments, "--key", "anna.key", "--trust", "trust")

    def sealed(self, name: str = "bag") -> Path:
        """A bag with a complete seal."""
        folder = self.bag(name)
        code, out, err = self.seal(name)
        assert code == 0, out + err
        return folder

    def verify(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """archive verify with the trust folder: exit code and document."""
        code, out, err = self.run("verify", *arguments, "--trust", "trust", "--json")
        assert out, err
        return code, json.loads(out)

    def codes(self, *arguments: str) -> tuple[int, list[str]]:
        """The exit code of archive verify, and the codes of its findings."""
        code, document = self.verify(*arguments)
        return code, sorted({one["code"] for one in document["findings"]})

    def add_authority(self, name: str, running: Running, *, operator: str = "", url: bool = True) -> None:
        """Pin a running authority."""
        self.authorities[name] = running
        root = self.folder / f"{name}.pem"
        root.write_bytes(running.authority.root.pem)
        address = ["--url", running.url] if url else []
        code, out, err = self.run(
            "trust", "add-authority", name, str(root), "--operator", operator or name.title(), "--trust", "trust",
            *address,
        )  # fmt: skip
        assert code == 0, out + err


@contextlib.contextmanager
def sealing_place(folder: Path, monkeypatch: pytest.MonkeyPatch, **properties: Any) -> Iterator[SealingPlace]:
    """A place whose authorities are called one and two; `properties` are those of `make_authority`."""
    monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", PASSPHRASE)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    os.makedirs(folder, exist_ok=True)
    place = SealingPlace(folder, monkeypatch)
    for words in (
        ("keys", "new", "anna.key"),
        ("trust", "init", "Our archive", "--trust", "trust"),
        ("trust", "add-key", "anna", "anna.key.pub", "--trust", "trust"),
    ):
        code, out, err = place.run(*words)
        assert code == 0, out + err
    with run_authority("One", **properties) as one, run_authority("Two", **properties) as two:
        place.add_authority("one", one)
        place.add_authority("two", two)
        for running in place.authorities.values():
            running.behaviour.requests.clear()
            running.behaviour.fetched.clear()
        yield place
