"""A kill between the last rename and the removal of the empty working folder: the next run clears it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.model.deposit import DepositState
from archive.targets import folder as directory
from archive.targets.sftp import SftpTarget
from tests.support.deposit_bags import send, settings_in, write_bag
from tests.support.sshd import SshServer, start_sshd


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    with start_sshd(tmp_path / "sshd") as running:
        yield running


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.server
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_over_sftp(server: SshServer, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"key_file": server.key_file, "known_hosts": server.known_hosts, "user": server.user}
    url = f"sftp://127.0.0.1:{server.port}{tmp_path}/far"
    judge(tmp_path, form, SftpTarget, "_remove_working", monkeypatch, url=url, **options)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_in_a_folder(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(tmp_path, form, directory, "remove_tree", monkeypatch, url=f"dir:{tmp_path}/far")


def judge(tmp_path: Path, form: str, place: object, name: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Stop where the folder would be removed; a dry run leaves it, the same command removes it."""
    (tmp_path / "far").mkdir()
    bag = write_bag(tmp_path / "bag")
    settings = settings_in(tmp_path / "project", form=form, **options)
    with monkeypatch.context() as patched:
        patched.setattr(place, name, _stop)
        with pytest.raises(KeyboardInterrupt):
            send(bag, settings)
    left = sorted(path.name for path in (tmp_path / "far").iterdir())
    assert [name[-5:] for name in left] == [".part", f"g.{form}"]
    assert send(bag, settings, dry_run=True).already
    assert len(list((tmp_path / "far").iterdir())) == 2
    assert send(bag, settings).state is DepositState.ACCEPTED
    assert [path.name for path in (tmp_path / "far").iterdir()] == [f"bag.{form}"]
