"""Places: one table for deposits, holdings and audits; the two older tables are read as places."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.config import load_settings
from archive.errors import UsageError
from archive.model.audience import Audience
from archive.places import address_of, audience_of, options_of, place_at, root_of
from archive.settings import Settings


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def load(folder: Path, text: str, environ: dict[str, str]) -> Settings:
    (folder / "archive.toml").write_text(text)
    return load_settings(folder, environ, trusted=True)


@pytest.mark.parametrize(
    ("table", "address", "root", "audience"),
    [
        ('url = "dir:far"', "dir:{}/far", "{}/far", "ourselves"),
        ('url = "far"', "dir:{}/far", "{}/far", "ourselves"),
        ('url = "/mnt/far"', "dir:/mnt/far", "/mnt/far", "ourselves"),
        ('url = "dir:///mnt/far"', "dir:/mnt/far", "/mnt/far", "ourselves"),
        ('url = "ocfl:repository"', "ocfl:{}/repository", "{}/repository", "ourselves"),
        ('url = "s3://vault/in/"', "s3://vault/in/", "s3://vault/in", "ourselves"),
        ('root = "/mnt/vault"', "dir:/mnt/vault", "/mnt/vault", "ourselves"),
        ('root = "s3://vault"', "s3://vault", "s3://vault", "ourselves"),
        ('url = "sftp://host/in"', "sftp://host/in", "sftp://host/in", "ourselves"),
        ('url = "SFTP://me@host/~/in/"', "SFTP://me@host/~/in/", "sftp://host/~/in", "ourselves"),
        ('url = "sftp://host/in"\nroot = "/mnt/host"', "sftp://host/in", "/mnt/host", "ourselves"),
        ('url = "invenio+https://zenodo.org"', "invenio+https://zenodo.org", "invenio+https://zenodo.org", "public"),
        ('url = "sword+https://host/sd"', "sword+https://host/sd", "sword+https://host/sd", "public"),
        ('url = "shelves:one"', "shelves:one", "shelves://one", "public"),
        ('url = "dir:far"\naudience = "public"', "dir:{}/far", "{}/far", "public"),
        (
            'url = "sword+https://host/sd"\naudience = "named"',
            "sword+https://host/sd",
            "sword+https://host/sd",
            "named",
        ),
    ],
)
def test_what_a_table_means(
    tmp_path: Path, environ: dict[str, str], table: str, address: str, root: str | None, audience: str
) -> None:
    settings = load(tmp_path, f"[places.there]\n{table}\n", environ)
    assert address_of(settings, "there") == address.format(tmp_path)
    assert root_of(settings, "there") == (None if root is None else root.format(tmp_path))
    assert audience_of(settings, "there") is Audience(audience)


def test_older_tables_are_places(tmp_path: Path, environ: dict[str, str]) -> None:
    older = '[targets.vault]\nurl = "s3://v/in"\nendpoint = "https://e"\n[locations.vault]\nroot = "s3://v"\n'
    settings = load(tmp_path, older + '[locations.disk]\nroot = "disk"\n', environ)
    assert sorted(settings.places) == ["disk", "vault"]
    assert (address_of(settings, "vault"), root_of(settings, "vault")) == ("s3://v/in", "s3://v")
    assert options_of(settings, "vault") == {"name": "vault", "endpoint": "https://e"}
    assert place_at(settings, f"{tmp_path}/disk/bag") == "disk"
    assert place_at(settings, "s3://v/elsewhere/bag") == "vault"
    assert place_at(settings, "s3://vv/bag") is None


def test_the_longest_root_holds_a_bag(tmp_path: Path, environ: dict[str, str]) -> None:
    settings = load(tmp_path, '[places.disk]\nurl = "disk"\n[places.ocfl]\nurl = "ocfl:disk/ocfl"\n', environ)
    assert place_at(settings, f"{tmp_path}/disk/ocfl/object") == "ocfl"
    assert place_at(settings, f"{tmp_path}/disk/oc") == "disk"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[targets.v]\nendpoint = "a"\n[locations.v]\nendpoint = "b"\n', "locations.v.endpoint contradicts"),
        ('[places.v]\naudience = "friends"\n', "places.v.audience must be one of ourselves, named, public"),
        ("[places.v]\naudience = 3\n", "places.v.audience must be a text"),
        ("[places]\nv = 3\n", r"\[places.v\] must be a table"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, environ: dict[str, str], text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load(tmp_path, text, environ)


def test_what_is_no_place_may_be_seen_by_everybody() -> None:
    assert audience_of(Settings(), "dir:/mnt/x") is Audience.PUBLIC
    assert audience_of(Settings(), "invenio+https://zenodo.org") is Audience.PUBLIC
