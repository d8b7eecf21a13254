"""Whose `archive.toml` counts: the search for it, the user's trust, and what an untrusted one may do."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from archive.config import SECTIONS, describe_settings, load_settings, needs_of
from archive.errors import UsageError
from archive.project_file import configuration_folder, find_project_file, record_path
from archive.settings import CLASH, Needs, Settings
from archive.stages.project import distrust_project, trust_project
from archive.targets.registry import open_target
from tests.support.needing import needs

TRUSTED = {
    "tools.libreoffice",
    "create.links", "create.keep_infected", "render.drawing_seconds",
    "render.seconds", "render.memory_mb", "render.workers", "identify.virus",
    "tools.verapdf", "tools.java", "tools.ghostscript", "tools.ocrmypdf", "tools.clamd", "tools.clamscan",
    "audit.workers", "audit.scheduler",
    "fetch.schemes", "fetch.private", "fetch.hosts", "fetch.workers", "fetch.largest", "seal.trust", "seal.key",
    "witness.to",
    "notify.mail_to", "notify.mail_from", "notify.smtp_host", "notify.smtp_user", "notify.webhook",
    "notify.heartbeat", "notify.name", "deposit.workers", "desk.roots", "desk.largest_upload",
}  # fmt: skip
INSIDE = {"create.profile", "render.fonts", "render.normalise", "ledger.url", "deposit.journal", "update.keep_old"} | {
    "audit.quarantine",
    "desk.bags",
}
FREE_TEXT = {
    "create.algorithms", "create.exclude", "create.operator", "create.organization", "create.bag_info",
    "audit.max_age", "audit.budget", "audit.rate", "render.encoding",
}  # fmt: skip
"""Settings without choices that are harmless: none names a program, a path, an address or a credential."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    (tmp_path / "config").mkdir()
    return {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "archive.toml").write_text(text)


def load(folder: Path, environ: dict[str, str], **flags: Any) -> Settings:
    return load_settings(str(folder), environ, **flags)


def test_each_setting_says_what_it_takes_to_count() -> None:
    for section in SECTIONS:
        for entry in fields(type(getattr(Settings(), section))):
            assert isinstance(entry.metadata["needs"], Needs), f"{section}.{entry.name}"
    for name, _variable, _help, choices, default in describe_settings():
        expected = Needs.TRUST if name in TRUSTED else Needs.INSIDE if name in INSIDE else Needs.NOTHING
        assert needs_of(name) is expected, name
        if expected is Needs.NOTHING and not choices and isinstance(default, (str, tuple, dict)):
            assert name in FREE_TEXT, f"{name}: does it name a program, a path, an address or a credential?"


@pytest.mark.parametrize("name", sorted(TRUSTED))
def test_what_needs_trust_is_refused_with_the_way_to_trust(folder: Path, environ: dict[str, str], name: str) -> None:
    section, _, key = name.partition(".")
    default = next(row[-1] for row in describe_settings() if row[0] == name)
    chosen = {"create.links": '"follow"', "identify.virus": '"none"'}.get(name)
    shown = chosen or {bool: "true", int: "7", str: '"x"', tuple: '["x"]', dict: "{x = {}}"}[type(default)]
    write(folder, f"[{section}]\n{key} = {shown}\n[render]\npage = 'letter'\n" if section != "render" else
          f"[render]\n{key} = {shown}\npage = 'letter'\n")  # fmt: skip
    settings = load(folder, environ)
    assert getattr(getattr(settings, section), key) == default
    assert settings.render.page == "letter"
    assert list(settings.refused) == [name]
    assert f"archive config --trust {folder}" in settings.explain_refusals()[0]
    with pytest.raises(UsageError, match="archive config --trust") as caught:
        settings.require(section)
    assert caught.value.exit_code == 2
    trust_project(str(folder), environ)
    settings = load(folder, environ)
    assert getattr(getattr(settings, section), key) != default
    assert not settings.refused
    settings.require(section)
    assert distrust_project(str(folder), environ)
    assert list(load(folder, environ).refused) == [name]
    assert not distrust_project(str(folder), environ)


def test_a_variable_or_flag_counts_whatever_the_file_says(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[tools]\njava = './java'\n[ledger]\nurl = '/elsewhere/l.sqlite3'\n")
    settings = load(folder, {**environ, "ARCHIVE_TOOLS_JAVA": "/usr/bin/java"})
    assert settings.tools.java == "/usr/bin/java"
    assert list(settings.refused) == ["ledger.url"]
    assert not settings.with_flags("ledger", url="mine.sqlite3").refused


@pytest.mark.parametrize(
    ("section", "key", "value", "counts"),
    [
        ("ledger", "url", "fixity.sqlite3", True),
        ("ledger", "url", "below/fixity.sqlite3", True),
        ("ledger", "url", "sqlite:///fixity.sqlite3", True),
        ("ledger", "url", "sqlite:////elsewhere/fixity.sqlite3", False),
        ("ledger", "url", "postgresql://db.example.org/x", False),
        ("ledger", "url", "../fixity.sqlite3", False),
        ("ledger", "url", "~/fixity.sqlite3", False),
        ("ledger", "url", "out/fixity.sqlite3", False),
        ("deposit", "journal", "/elsewhere", False),
        ("deposit", "journal", "journals", True),
        ("deposit", "journal", "out", False),
        ("create", "profile", "aptrust", True),
        ("create", "profile", "/elsewhere/profile.json", False),
        ("render", "fonts", ["fonts/a.ttf"], True),
        ("render", "fonts", ["fonts/a.ttf", "../b.ttf"], False),
        ("render", "fonts", ["a\\u0000b"], False),
    ],
)
def test_paths_count_inside_the_project(
    folder: Path, environ: dict[str, str], section: str, key: str, value: Any, counts: bool
) -> None:
    (folder.parent / "outside").mkdir()
    (folder / "out").symlink_to("../outside")
    write(folder, f"[{section}]\n{key} = {json.dumps(value)}\n".replace("\\\\u", "\\u"))
    settings = load(folder, environ)
    assert (f"{section}.{key}" not in settings.refused) is counts
    assert not load(folder, environ, trusted=True).refused


def test_a_planted_link_under_a_default_name_is_refused(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[render]\npage = 'letter'\n")
    (folder / "deposits").symlink_to("..")
    with pytest.raises(UsageError, match=r"deposit\.journal"):
        load(folder, environ).require("deposit")


def test_targets_and_locations_of_a_stranger_do_not_count(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[targets.shelf]\nurl = 'dir:shelf'\n[locations.disk]\nroot = '/mnt'\n")
    settings = load(folder, environ)
    assert not settings.places
    assert set(settings.refused) == {"places.shelf", "places.disk"}
    assert load(folder, environ, trusted=True).places


def test_a_project_never_replaces_a_target_of_the_user(folder: Path, environ: dict[str, str]) -> None:
    own = Path(configuration_folder(environ))
    write(own, "[targets.vault]\nurl = 'webdav+https://own.example.org/x'\ncredentials = '~/secret.toml'\n")
    write(folder, "[targets.vault]\nurl = 'webdav+https://other.example.org/x'\n")
    settings = load(folder, environ)
    assert settings.places["vault"]["url"] == "webdav+https://own.example.org/x"
    assert settings.origins["places.vault"].startswith("user file")
    assert settings.refused
    trusted = load(folder, environ, trusted=True)
    assert "vault" not in trusted.places
    with pytest.raises(UsageError, match="another name"):
        trusted.require("places.vault")


def test_the_search_ends_at_the_home_folder(tmp_path: Path, environ: dict[str, str]) -> None:
    write(tmp_path, "[render]\npage = 'letter'\n")
    below = tmp_path / "home" / "papers"
    below.mkdir()
    assert load(below, environ).render.page == "a4"
    write(tmp_path / "home", "[render]\npage = 'letter'\n")
    assert load(below, environ).render.page == "letter"
    (tmp_path / "elsewhere").mkdir()
    assert load(tmp_path / "elsewhere", environ).render.page == "letter"


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_the_search_ends_at_a_folder_that_everybody_can_write_to(
    tmp_path: Path, environ: dict[str, str], mode: int
) -> None:
    shared = tmp_path / "shared"
    write(shared, "[render]\npage = 'letter'\n")
    write(tmp_path, "[render]\npdfa = '2a'\n")
    (shared / "mine").mkdir()
    shared.chmod(mode)
    settings = load(shared / "mine", environ)
    assert (settings.render.page, settings.render.pdfa, settings.passed_over) == ("a4", "3a", "")
    settings = load(shared, environ)
    assert (settings.render.page, settings.passed_over) == ("a4", str(shared / "archive.toml"))
    assert "everyone can write" in settings.explain_refusals()[0]
    trust_project(str(shared), environ)
    assert load(shared, environ).render.page == "letter"
    write(shared, "[render]\npage = 'letter'\npdfa = 'none'\n")
    assert load(shared, environ).render.pdfa == "3a"


def test_the_search_ends_at_a_mount_point(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[render]\npage = 'letter'\n")
    (tmp_path / "disk" / "below").mkdir(parents=True)
    monkeypatch.setattr(os.path, "ismount", lambda path: str(path) == str(tmp_path / "disk"))
    assert load(tmp_path / "disk" / "below", environ).render.page == "a4"
    write(tmp_path / "disk", "[render]\npage = 'letter'\n")
    assert load(tmp_path / "disk" / "below", environ).render.page == "letter"


def test_edits_stay_trusted_while_only_the_owner_can_write(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "")
    trust_project(str(folder), environ)
    write(folder, "[tools]\njava = 'x'\n")
    assert not load(folder, environ).refused


def test_where_others_can_write_a_change_needs_trust_again(
    folder: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.project_file._is_own_group", lambda number: False)
    write(folder, "[tools]\njava = 'x'\n")
    trust_project(str(folder), environ)
    folder.chmod(0o775)
    assert not load(folder, environ).refused
    write(folder, "[tools]\njava = 'y'\n")
    assert "others can write" in load(folder, environ).refused["tools.java"]
    trust_project(str(folder), environ)
    assert not load(folder, environ).refused


@needs("root")
def test_a_file_of_another_user_is_trusted_only_as_it_was_seen(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    os.chown(folder / "archive.toml", 12345, 12345)
    assert "belongs to another user" in load(folder, environ).refused["tools.java"]
    trust_project(str(folder), environ)
    assert not load(folder, environ).refused
    write(folder, "[tools]\njava = 'y'\n")
    assert "belongs to another user" in load(folder, environ).refused["tools.java"]


def test_another_folder_under_the_same_path_is_not_trusted(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    trust_project(str(folder), environ)
    folder.rename(folder.with_name("away"))
    write(folder, "[tools]\njava = 'evil'\n")
    assert "not the one that you trusted" in load(folder, environ).refused["tools.java"]


def test_trust_cannot_be_forged_from_within_the_folder(
    folder: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    inside = {**environ, "XDG_CONFIG_HOME": str(folder / ".config")}
    trust_project(str(folder), inside)
    assert load(folder, environ).refused
    relative = {**environ, "XDG_CONFIG_HOME": ".config"}
    monkeypatch.chdir(folder)
    assert load(folder, relative).refused


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"folder": 1}', b"[" * 100_000])
def test_a_damaged_record_is_no_trust(folder: Path, environ: dict[str, str], content: bytes) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    path = Path(trust_project(str(folder), environ))
    path.write_bytes(content)
    assert load(folder, environ).refused


def test_a_record_that_others_can_write_to_is_no_trust(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    path = Path(trust_project(str(folder), environ))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    path.chmod(0o666)
    assert load(folder, environ).refused


def test_a_folder_reached_through_a_link_is_the_same_project(folder: Path, environ: dict[str, str]) -> None:
    write(folder, "[tools]\njava = 'x'\n")
    link = folder.with_name("link")
    link.symlink_to(folder)
    trust_project(str(link), environ)
    assert record_path(str(link), environ) == record_path(str(folder), environ)
    assert not load(folder, environ).refused
    assert not load(link, environ).refused


def test_the_users_own_file_is_no_project(environ: dict[str, str]) -> None:
    own = Path(configuration_folder(environ))
    write(own, "[tools]\njava = 'x'\n")
    settings = load(own, environ)
    assert settings.tools.java == "x"
    assert not settings.refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"a = " + b"1" * 5000, "not readable TOML"),
        (b"# " + b"x" * (1 << 20), "at most"),
    ],
)
def test_a_hostile_file_is_a_clear_error(folder: Path, environ: dict[str, str], content: bytes, words: str) -> None:
    (folder / "archive.toml").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        load(folder, environ)


def test_a_pipe_is_not_read(folder: Path, environ: dict[str, str]) -> None:
    os.mkfifo(folder / "archive.toml")
    assert find_project_file(str(folder), environ)[0] is None


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ("[targets.vault]", "[targets.Vault]"),
        ("[targets.vault]", "[targets.VAULT]"),
        ('[targets."va-ult"]', '[targets."va.ult"]'),
        ("[locations.vault]", "[targets.Vault]"),
        ("[locations.vault]", "[places.Vault]"),
        ("[places.vault]", "[targets.Vault]"),
        ("[targets.vault]", "[locations.vault]"),
    ],
)
def test_no_project_takes_a_name_that_finds_your_credentials(
    folder: Path, environ: dict[str, str], own: str, theirs: str
) -> None:
    place = {"t": "url = 's3://mine/x'", "p": "url = 's3://mine/x'", "l": "root = 's3://mine/x'"}
    Path(environ["XDG_CONFIG_HOME"], "muniment").mkdir()
    Path(environ["XDG_CONFIG_HOME"], "muniment", "archive.toml").write_text(f"{own}\n{place[own[1]]}\n")
    write(folder, f"{theirs}\n{place[theirs[1]]}\n")
    trust_project(str(folder), environ)
    settings = load(folder, environ)
    name = theirs.strip("[]").replace('"', "").partition(".")[2]
    assert settings.refused == {f"places.{name}": CLASH}
    assert name not in settings.places or name == own.strip("[]").partition(".")[2]


@pytest.mark.parametrize(
    "line", ["endpoint = 5", "key_file = 7", "port = '22'", "seconds = true", "plain_http = 'no'", "url = 3"]
)
def test_an_option_of_another_kind_is_named(folder: Path, environ: dict[str, str], line: str) -> None:
    for table in ("places.v", "targets.v", "locations.v"):
        write(folder, f"[{table}]\n{line}\n")
        with pytest.raises(UsageError, match=f"{table}.{line.partition(' ')[0]} must be "):
            load(folder, environ)


@pytest.mark.parametrize("rest", ["host.example:99999/x", "[::1/x", "alice:private-word"])
@pytest.mark.parametrize("scheme", ["sftp", "webdav+https", "sword+https", "invenio+https"])
def test_an_address_that_cannot_be_read_is_not_repeated(scheme: str, rest: str) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        open_target(f"{scheme}://{rest}", Settings(), environ={})
    assert "private-word" not in str(caught.value)
