"""An option of bagit.py, bdbag or DART is answered with the one that does it here."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archive.cli.app import group
from archive.cli.foreign_options import find_own
from tests.support.audit_projects import Project


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--validate", "bag"), "archive validate BAG"),
        (("create", "x", "--to", "y", "--sha256"), "--algorithm sha256"),
        (("create", "x", "--contact-name", "A"), "--bag-info 'Contact-Name=VALUE'"),
        (("create", "x", "--archiver", "tgz"), "--serialize"),
        (("create", "x", "--remote-file-manifest", "f.json"), "--fetch-from"),
        (("validate", "bag", "--fast"), "--depth quick"),
        (("validate", "bag", "--completeness-only"), "--depth complete"),
        (("--resolve-fetch", "all", "bag"), "archive fetch BAG"),
        (("create", "x", "--output-dir", "y"), "--to DIR"),
        (("--workflow", "w.json"), "archive.toml"),
    ],
)
def test_the_error_names_ours(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = Project(tmp_path, monkeypatch).run(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert err.rstrip().endswith("--help.")


def test_a_folder_in_the_place_of_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my papers").mkdir()
    code, _out, err = Project(tmp_path, monkeypatch).run("my papers")
    assert code == 2
    assert "archive create 'my papers' --to DIR" in err
    (tmp_path / "my papers" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    code, _out, err = Project(tmp_path, monkeypatch).run("my papers")
    assert code == 2
    assert "archive validate 'my papers'" in err


def options_of_peers() -> list[str]:
    """The long options that the peers' own help names."""
    found: set[str] = set()
    for name in ("bagit.py", "bdbag"):
        done = subprocess.run(
            [Path(sys.executable).parent / name, "--help"], capture_output=True, text=True, check=True
        )
        found |= {
            word.strip("[],=") for word in shlex.split(done.stdout, posix=False) if word.startswith(("--", "[--"))
        }
    return sorted(one for one in found if one.isascii())


def test_every_option_of_the_peers_is_answered_or_ours() -> None:
    own = {"--help", "--version", "--quiet", "--debug", "--host"}
    context = click.Context(group)
    for name in ("create", "validate", "fetch"):
        command = group.get_command(context, name)
        assert command is not None
        own |= {option for parameter in command.params for option in parameter.opts}
    names = options_of_peers()
    assert len(names) > 30
    assert [name for name in names if name not in own and not find_own(name)] == []
