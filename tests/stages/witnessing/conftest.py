"""A project with a key, two timestamp authorities on loopback and a trust folder, and a bag that is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.timestamp_authority import Running, run_authority


@dataclass
class Sealing:
    """The project with what seals need; `run` and `json` of the project take the options from `trust` and `key`."""

    project: Project
    authorities: tuple[Running, Running]

    @property
    def folder(self) -> Path:
        return self.project.folder

    def seal(self, *bags: str, code: int = 0, more: tuple[str, ...] = ()) -> None:
        got, out, err = self.project.run("seal", *bags, "--key", "anna.key", *more)
        assert got == code, (out, err)

    def verify(self, bag: str) -> tuple[int, list[str]]:
        """Exit code, and the codes of the findings."""
        code, document = self.project.json("verify", bag)
        findings = document["bags"][0]["findings"] if "bags" in document else document["findings"]
        return code, sorted({one["code"] for one in findings})


@pytest.fixture(scope="session")
def authorities() -> Iterator[tuple[Running, Running]]:
    with run_authority("one") as one, run_authority("two") as two:
        yield one, two


@pytest.fixture
def sealing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authorities: tuple[Running, Running]) -> Sealing:
    monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", "words of the key")
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, monkeypatch).start()
    write_bag(folder / "bag", some_files(3))
    for words in (("keys", "new", "anna.key"), ("trust", "init", "Our archive", "--trust", "trust"),
                  ("trust", "add-key", "anna", "anna.key.pub", "--trust", "trust")):  # fmt: skip
        assert project.run(*words)[0] == 0, words
    for name, one in zip(("one", "two"), authorities, strict=True):
        (folder / f"{name}.pem").write_bytes(one.authority.root.pem)
        (folder / f"{name}-mid.pem").write_bytes(one.authority.mid.pem)
        code, out, err = project.run(
            "trust", "add-authority", name, f"{name}.pem", f"{name}-mid.pem", "--operator", name, "--url", one.url,
            "--trust", "trust",
        )  # fmt: skip
        assert code == 0, (out, err)
    text = (folder / "archive.toml").read_text()
    (folder / "archive.toml").write_text(text + '\n[seal]\ntrust = "trust"\n')
    assert project.run("config", "--trust", ".")[0] == 0
    return Sealing(project, authorities)
