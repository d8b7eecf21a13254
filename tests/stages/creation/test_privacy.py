"""Private fields and the place of the source reach nothing but metadata/restricted/: every byte is searched."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.stages.validation import validate
from tests.support.making import make, plant
from tests.support.needing import needs

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


@needs("unzip")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_what_is_unpacked_from_a_bag_of_a_closed_source_is_for_its_owner_alone(kind: str, tmp_path: Path) -> None:
    made = []
    for place, mode in (("one", 0o700), ("two", 0o750), ("three", 0o755)):
        source = plant(tmp_path / place / "letters", {"letter.txt": b"A letter\n", "sub/b.txt": b"b\n"})
        source.chmod(mode)
        made.append(Path(make(source, tmp_path / f"out-{place}", serialize=kind).bag))
    assert [stat.S_IMODE(bag.stat().st_mode) & 0o077 for bag in made[:2]] == [0, 0]
    assert made[0].read_bytes() == made[1].read_bytes()
    words = {"zip": ["unzip", "-q"], "tar": ["tar", "-xpf"]}[kind]
    for bag, expected in ((made[0], {0o600}), (made[2], {0o644})):
        folder = bag.parent / "unpacked"
        folder.mkdir()
        subprocess.run([*words, str(bag)], cwd=folder, check=True)
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == expected
        assert validate(str(folder / "letters")).verdict == validate(str(bag)).verdict == "valid"
    assert stat.S_IMODE((made[0].parent / "unpacked/letters").stat().st_mode) == 0o700
