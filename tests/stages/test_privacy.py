"""Private fields and the place of the source reach nothing but metadata/restricted/: every byte is searched."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SECRETS = ("Zaynab Secretname", "Case 4711/Z", "زينب السرية", "hidden-contributor@example.org", "quiet note on it")
DESCRIPTION = """
title = "Open title"
creator = "Example Archive"
contributor = { value = "hidden-contributor@example.org", private = true, note = "quiet note on it" }
[rights]
access = "restricted"
reviewer = { value = "Zaynab Secretname", private = true }
[private]
witness = { en = "Zaynab Secretname", ar = "زينب السرية" }
case_number = "Case 4711/Z"
[files."letter.txt".private]
author = "Zaynab Secretname"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    """A bag, the folder it was made from, and everything that the commands printed."""
    source = tmp_path_factory.mktemp("very-own-source-place") / "letters"
    source.mkdir()
    (source / "letter.txt").write_text("A letter\n\nNothing of note.\n")
    (source / "description.toml").write_text(DESCRIPTION)
    out = tmp_path_factory.mktemp("out")
    printed = b""
    for arguments in (
        ["create", "letters", "--to", str(out), "--pdfa", "none", "--events"],
        ["create", "letters", "--to", str(out), "--name", "second", "--pdfa", "none", "--json", "--serialize", "zip"],
        ["validate", str(out / "letters")],
        ["validate", str(out / "letters"), "--json"],
        ["show", str(out / "letters")],
        ["show", str(out / "letters"), "--json"],
        ["describe", "--check", "letters/description.toml"],
        ["describe", "--check", "letters/description.toml", "--json"],
        ["describe", "letters"],
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "archive", *arguments], capture_output=True, cwd=source.parent, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode()
        printed += ran.stdout + ran.stderr
    return out / "letters", source, printed


def every_file(bag: Path) -> dict[str, bytes]:
    return {
        os.path.relpath(os.path.join(folder, name), bag): Path(folder, name).read_bytes()
        for folder, _, names in os.walk(bag)
        for name in names
    }


@pytest.mark.parametrize("secret", SECRETS)
def test_a_private_value_stands_only_in_the_restricted_folder(secret: str, made: tuple[Path, Path, bytes]) -> None:
    bag, _, printed = made
    forms = {secret.encode(), secret.encode("utf-16-le"), secret.encode("unicode_escape")}
    holding = {path for path, content in every_file(bag).items() if any(form in content for form in forms)}
    assert holding == {"metadata/restricted/description.toml"}
    assert not any(form in printed for form in forms)


def test_the_restricted_file_is_word_for_word_and_the_public_part_is_whole(made: tuple[Path, Path, bytes]) -> None:
    files = every_file(made[0])
    assert files["metadata/restricted/description.toml"].decode() == DESCRIPTION
    public = files["metadata/descriptive/description.toml"].decode()
    assert "Open title" in public
    assert "Example Archive" in public
    assert 'access = "restricted"' in public or 'accessRights = "restricted"' in public


def test_the_place_of_the_source_stands_nowhere(made: tuple[Path, Path, bytes]) -> None:
    bag, source, printed = made
    assert "very-own-source-place" in str(source)
    needle = b"very-own-source-place"
    assert [path for path, content in every_file(bag).items() if needle in content] == []
    assert needle not in printed
    with zipfile.ZipFile(io.BytesIO((bag.parent / "second.zip").read_bytes())) as packed:
        assert not any(needle in packed.read(name) for name in packed.namelist())


def test_host_and_login_stand_nowhere(made: tuple[Path, Path, bytes]) -> None:
    host = os.uname().nodename
    for path, content in every_file(made[0]).items():
        if len(host) >= 8:
            assert host.encode() not in content, path
        assert b"/home/" not in content
        assert b"/root" not in content


def test_a_private_title_does_not_come_back_as_a_heading(tmp_path: Path) -> None:
    from tests.support.described import describe_folder

    source = tmp_path / "bag-name"
    source.mkdir()
    (source / "Zaynab Secretname.txt").write_text("Zaynab Secretname\n\nText\n")
    (source / "description.toml").write_text('title = { value = "Zaynab Secretname", private = true }\n')
    made = describe_folder(source, tmp_path)
    assert ("External-Description", "bag-name") in made.facts.bag_info
    assert b"Zaynab" not in made.tags["metadata/descriptive/dc.xml"]
