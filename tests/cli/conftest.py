"""What the tests of the commands around audits begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


@pytest.fixture
def pair(project: Project, tmp_path: Path) -> tuple[Path, Path]:
    """A bag and its copy, both held."""
    bag = write_bag(tmp_path / "a" / "one", some_files(8))
    copy = tmp_path / "b" / "one"
    shutil.copytree(bag, copy)
    project.run("holdings", "add", str(bag), str(copy))
    return bag, copy
