"""Whatever is handed to the library: an answer or an `ArchiveError`; `TypeError` for a type that was never allowed.

Three tables: what a caller gives as a path or name, what a damaged file holds, and what a setting or other argument
may not be. None may make the library wait, as a pipe without a writer does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import archive
from tests.support.bag_drafts import draft, write_folder
from tests.support.making import ROOT, archive_unprivileged
from tests.support.patient import SETTINGS, answers


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a letter, a bag, and things that are not what is wanted.

    It is removed at once: what pytest removes folders with does not go as deep as some of these.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear Sir,\n\nyours\n", encoding="utf-8")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    write_folder(draft(), tmp_path / "bag")
    yield tmp_path
    subprocess.run(["rm", "-rf", "--", *tmp_path.iterdir()], check=True)


PATHS: dict[str, Any] = {
    "empty": "", "missing": "missing", "below a file": "letter.txt/below", "pipe": "pipe", "folder": "folder",
    "empty file": "empty", "device": "/dev/null", "full device": "/dev/full", "zero byte": "a\0b",
    "long name": "x" * 300, "long path": "x/" * 3000, "deep path": "x/" * 1500,
    "bytes that are no UTF-8": "\udcff\udcfe",
    "newline": "a\nb", "loop": "loop", "dangling": "dangling", "no bytes at all": "\ud800", "version": "bag#v1",
    "large version": "x#v99999999999999999999", "bucket": "s3://", "odd host": "s3://[::", "odd port": "s3://b:x/y",
    "scheme": "ocfl:", "sftp": "sftp://h:99999/x", "tilde": "~nobody/x", "path object": Path("missing"),
    "path object with a zero byte": Path("a\0b"),
}  # fmt: skip
TYPES: dict[str, Any] = {"None": None, "number": 5, "bytes": b"bag", "list of numbers": [5], "object": object()}


def calls_with(path: Any) -> dict[str, Callable[[], object]]:
    """Every public function that takes a path or a name, with this one."""

    def bag(read: Callable[[archive.Bag], object]) -> Callable[[], object]:
        def run() -> object:
            with archive.open_bag("bag", settings=SETTINGS) as opened:
                return read(opened)

        return run

    def opened() -> object:
        with archive.open_bag(path, settings=SETTINGS) as found:
            return [*found.payload()]

    plain: dict[str, Any] = {"settings": SETTINGS, "dry_run": True}
    return {
        "open_bag": opened,
        "validate": lambda: archive.validate(path, settings=SETTINGS),
        "validate_each": lambda: list(archive.validate_each([path], settings=SETTINGS)),
        "validate profile": lambda: archive.validate("bag", profile=path, settings=SETTINGS),
        "show": lambda: archive.show(path, settings=SETTINGS),
        "load_description": lambda: archive.load_description(path),
        "load_settings": lambda: archive.load_settings(path),
        "describe": lambda: archive.describe(path, settings=SETTINGS),
        "describe to": lambda: path == "pipe" or archive.describe("letter.txt", to=path, settings=SETTINGS),
        "create": lambda: archive.create(path, "made", **plain),
        "create to": lambda: archive.create("letter.txt", path, name="n", **plain),
        "create name": lambda: archive.create("letter.txt", "made", name=path, **plain),
        "create description": lambda: archive.create("letter.txt", "made", description=path, **plain),
        "create_from_csv": lambda: archive.create_from_csv(path, "made", **plain),
        "create_from_csv to": lambda: archive.create_from_csv("empty", path, **plain),
        "render": lambda: archive.render(path, "drawn", **plain),
        "render to": lambda: archive.render("empty", path, settings=SETTINGS),
        "deposit": lambda: archive.deposit(path, "ocfl:repository", **plain),
        "deposit target": lambda: archive.deposit("bag", path, **plain),
        "deposit identifier": lambda: archive.deposit("bag", "ocfl:repository", identifier=path, **plain),
        "retrieve target": lambda: archive.retrieve(path, "x", "back", settings=SETTINGS),
        "retrieve": lambda: archive.retrieve("ocfl:repository", path, "back", settings=SETTINGS),
        "retrieve to": lambda: archive.retrieve("ocfl:repository", "x", path, settings=SETTINGS),
        "retrieve name": lambda: archive.retrieve("ocfl:repository", "x", "back", name=path, settings=SETTINGS),
        "Ledger.open": lambda: archive.Ledger.open(path, settings=SETTINGS).close(),
        "verify": lambda: archive.verify(path, settings=SETTINGS),
        "verify trust": lambda: archive.verify("bag", trust=path, settings=SETTINGS),
        "verify expect": lambda: archive.verify("bag", expect=path, settings=SETTINGS),
        "seal": lambda: list(archive.seal(path, keys="empty", settings=SETTINGS)),
        "seal keys": lambda: list(archive.seal("bag", keys=path, passphrase="x", settings=SETTINGS)),
        "seal trust": lambda: list(archive.seal("bag", keys="empty", trust=path, settings=SETTINGS)),
        "complete_seal": lambda: archive.complete_seal(path, settings=SETTINGS),
        "renew_seal": lambda: archive.renew_seal(path, keys="empty", settings=SETTINGS),
        "read_tag": bag(lambda one: one.read_tag(path)),
        "stream": bag(lambda one: list(one.stream(path))),
    }


@pytest.mark.parametrize("what", PATHS)
def test_any_text_may_be_given_as_a_path_or_name(what: str, here: Path) -> None:
    wrong = (TypeError,) if isinstance(PATHS[what], Path) else ()
    for name, call in calls_with(PATHS[what]).items():
        takes_text = name in ("create name", "deposit identifier", "retrieve", "retrieve name", "verify expect")
        with answers(f"{name}({what})", *(wrong if takes_text else ())):
            call()


@pytest.mark.parametrize("what", TYPES)
def test_a_wrong_type_is_a_type_error(what: str, here: Path) -> None:
    for name, call in calls_with(TYPES[what]).items():
        with answers(f"{name}({what})", TypeError):
            call()


def test_a_path_object_is_as_good_as_a_text(here: Path) -> None:
    shutil.copy(ROOT / "seeds/press-release/description.toml", here)
    assert archive.validate(Path("bag"), settings=SETTINGS).verdict == "valid"
    with archive.open_bag(Path("bag"), settings=SETTINGS) as bag:
        assert bag.path == "bag"
    assert archive.load_settings(Path(".")).folder == str(here)
    made = archive.create(Path("letter.txt"), Path("made"), description=Path("description.toml"), settings=SETTINGS)
    assert made.created


WRONG: dict[str, Any] = {
    "text": "x", "empty": "", "zero byte": "a\0b", "no bytes": "\ud800", "number": 5, "negative": -1, "huge": 10**40,
    "list": [], "list of numbers": [5], "dict": {}, "dict of numbers": {5: 5}, "true": True, "half": 0.5,
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_value_of_any_other_argument_is_refused(what: str, here: Path) -> None:
    value = WRONG[what]
    for name in ("depth", "workers", "settings", "progress", "cancellation"):
        with answers(f"validate {name}={what}", TypeError):
            archive.validate("bag", **{"settings": SETTINGS, name: value})
    for name in (
        "algorithms", "profile", "serialize", "links", "exclude", "copy", "operator", "organization", "keep_infected",
        "junk", "bag_info", "pdfa", "normalise", "encoding", "description", "progress", "cancellation",
    ):  # fmt: skip
        with answers(f"create {name}={what}", TypeError):
            archive.create("letter.txt", "made", dry_run=True, settings=SETTINGS, **{name: value})
    for name in ("pdfa", "title", "language", "encoding", "direction", "alternative"):
        with answers(f"render {name}={what}", TypeError):
            archive.render("letter.txt", "drawn", dry_run=True, settings=SETTINGS, **{name: value})
    with archive.Ledger.start(settings=replace(SETTINGS, folder=str(here))) as ledger:
        ledger.add("bag")
        for name in ("budget", "max_age", "sample", "seed", "locations", "rate", "engine", "scheduler"):
            with answers(f"audit {name}={what}", TypeError):
                ledger.audit(**{"workers": 1, name: value})
        for name, call in {
            "limit": lambda: ledger.history(limit=value),
            "since": lambda: ledger.report(since=value).to_html(),
            "age": lambda: ledger.status(max_age=value),
            "overview": lambda: ledger.overview(max_age=value),
            "deposits": lambda: ledger.deposits(value),
            "add_below": lambda: list(ledger.add_below(value)),
            "verify": lambda: ledger.verify(value),
            "add": lambda: ledger.add(value),
            "find": lambda: ledger.find(value),
            "repair": lambda: ledger.repair("bag", value),
        }.items():
            with answers(f"{name}={what}", TypeError):
                call()


@pytest.mark.parametrize("url", ["ocfl:r", "dir:d", "sftp://h/x", "s3://b/x", "webdav+http://127.0.0.1:9/x"])
def test_a_wrong_option_of_a_target_is_refused(url: str, here: Path) -> None:
    for option in ("port", "seconds", "part_size", "credentials", "known_hosts", "form", "endpoint", "region", "url"):
        for what, value in {**WRONG, "address": "http://["}.items():
            chosen = replace(SETTINGS, places={"t": {"url": url, option: value}})
            with answers(f"{url} {option}={what}"):
                archive.deposit("bag", "t", dry_run=True, settings=chosen)


def test_one_text_is_one_value_and_not_its_letters(here: Path) -> None:
    report = archive.create("letter.txt", "made", algorithms="sha256", exclude="*.tmp", plain=True, settings=SETTINGS)  # type: ignore[arg-type]
    assert report.created
    assert sorted(path.name for path in here.glob("made/*/manifest-*")) == ["manifest-sha256.txt"]


METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"><amdSec ID="a">'
    '<digiprovMD ID="d"><mdRef LOCTYPE="URL" MDTYPE="PREMIS" xlink:href="{0}"/></digiprovMD></amdSec><fileSec><fileGrp>'
    '<file ID="f"><FLocat LOCTYPE="URL" xlink:href="{0}"/></file></fileGrp></fileSec>'
    "<structMap><div/></structMap></mets>"
)


@pytest.mark.parametrize("href", ["http://[", "%00", "a%00b", "//", "?", "#", "%ff%fe", "x" * 5000])
def test_a_record_with_an_odd_reference_is_shown(href: str, here: Path) -> None:
    (here / "mets.xml").write_text(METS.format(href), encoding="utf-8")
    for call in (archive.show, archive.validate):
        with answers(f"{call.__name__} {href[:20]}"):
            call("mets.xml", settings=SETTINGS)


def test_what_may_not_be_read_is_an_error_with_words(here: Path) -> None:
    """In a process without the power of root to read what is closed: no exit 70, which stands for internal error."""
    (here / "letter.txt").chmod(0)
    (here / "bag/bag-info.txt").chmod(0)
    (here / "folder").chmod(0)
    for words in (
        ("validate", "letter.txt"), ("validate", "bag"), ("validate", "folder"), ("show", "bag"),
        ("show", "letter.txt"),
        ("describe", "letter.txt"), ("describe", "folder"), ("create", "letter.txt", "--to", "made", "--dry-run"),
        ("create", "folder", "--to", "made"), ("deposit", "bag", "ocfl:repository", "--dry-run"),
    ):  # fmt: skip
        ran = archive_unprivileged(*words, cwd=here)
        assert ran.returncode not in (0, 70), (words, ran.stderr)
        assert b"Traceback" not in ran.stderr


def test_a_source_that_is_a_pipe_is_refused_at_once(here: Path) -> None:
    with pytest.raises(archive.UsageError, match="neither a file nor a folder"):
        archive.create("pipe", "made")


def test_a_very_deep_folder_is_described(here: Path) -> None:
    place = "/".join("d" for _ in range(1200))
    os.makedirs(here / "deep")
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir("deep")
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
        Path("a.txt").write_text("text\n", encoding="utf-8")
    finally:
        os.fchdir(before)
        os.close(before)
    assert archive.describe("deep", settings=SETTINGS).read == 1, place[:20]
