"""Damaged files of every format that the library reads: an answer or an `ArchiveError`, nothing else."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import archive
from tests.support.bag_drafts import draft, write_folder, write_tar, write_zip
from tests.support.documents import samples
from tests.support.making import ROOT
from tests.support.office_documents import spreadsheet
from tests.support.patient import SETTINGS, answers


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a letter and a bag."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear Sir,\n\nyours\n", encoding="utf-8")
    write_folder(draft(), tmp_path / "bag")
    return tmp_path


def files_to_damage(folder: Path) -> dict[str, bytes]:
    """A file of each format that the library reads."""
    tar = write_tar(draft(), folder / "bag.tar").read_bytes()
    store = sqlite3.connect(folder / "store.sqlite")
    store.execute("CREATE TABLE t (a)")
    store.commit()
    store.close()
    found = {name: content for name, content in samples().items() if content}
    found |= {path.name: path.read_bytes() for path in (ROOT / "tests/samples").iterdir()}
    return found | {
        "bag.zip": write_zip(draft(), folder / "bag.zip").read_bytes(), "bag.tar": tar,
        "bag.tar.gz": gzip.compress(tar), "bag.tar.bz2": bz2.compress(tar), "bag.tar.xz": lzma.compress(tar),
        "sheet.ods": spreadsheet(), "store.sqlite": (folder / "store.sqlite").read_bytes(),
        "description.toml": (ROOT / "seeds/press-release/description.toml").read_bytes(),
        "metadata.csv": b"filename,dc.title,dc.language\nobjects/letter.txt,T,en\n",
        "rows.csv": b"source,name\nletter.txt,a\n",
        "profile.json": b'{"BagIt-Profile-Info":{"Version":"1"},"Bag-Info":{"A":{"required":true,"values":["x"]}}}',
    }  # fmt: skip


def damaged(content: bytes, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    yield content[: len(content) // 2]
    for count in (1, 20):
        made = bytearray(content)
        for _ in range(count):
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
        yield bytes(made)
    place = chance.randrange(len(content))
    yield content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :]


def calls_on(path: Path) -> dict[str, Callable[[], object]]:
    """Every public function that reads a file, with this one."""
    return {
        "validate": lambda: archive.validate(path, settings=SETTINGS),
        "show": lambda: archive.show(path, settings=SETTINGS).to_json(),
        "open_bag": lambda: _read_all(path),
        "load_description": lambda: archive.load_description(path),
        "describe": lambda: archive.describe(path, settings=SETTINGS),
        "profile": lambda: archive.validate("bag", profile=path, settings=SETTINGS),
        "rows": lambda: archive.create_from_csv(path, "made", dry_run=True, settings=SETTINGS),
        "create": lambda: archive.create(path, "made", dry_run=True, settings=SETTINGS),
        "described": lambda: archive.create("letter.txt", "made", description=path, dry_run=True, settings=SETTINGS),
        "deposit": lambda: archive.deposit(path, "ocfl:repository", dry_run=True, settings=SETTINGS),
    }


def test_a_damaged_file_of_any_format_is_judged_or_refused(here: Path) -> None:
    (here / "in").mkdir()
    for name, content in files_to_damage(here).items():
        path = here / "in" / name
        calls = calls_on(path)
        if name.endswith(".pdf"):  # each call would start veraPDF; the mutated PDFs have a test of their own
            del calls["validate"], calls["deposit"]
        for number, made in enumerate(damaged(content, zlib.crc32(name.encode()))):
            path.write_bytes(made)
            for label, call in calls.items():
                with answers(f"{label}({name}, version {number})"):
                    call()
            path.unlink()


def _read_all(path: Path) -> None:
    with archive.open_bag(path, settings=SETTINGS) as bag:
        for file in bag.payload():
            with contextlib.suppress(archive.ArchiveError):
                list(file.chunks())
        for tag in bag.tag_files():
            bag.read_tag(tag)
        assert bag.info() is not None
        assert bag.findings is not None
        list(bag.premis_events())
        assert bag.description is not None


def test_a_damaged_ledger_is_a_ledger_error(here: Path) -> None:
    settings = replace(SETTINGS, folder=str(here))
    with archive.Ledger.start(settings=settings) as ledger:
        ledger.add("bag")
        ledger.audit(["bag"], workers=1)
    content = (here / "ledger.sqlite3").read_bytes()
    store = sqlite3.connect(here / "ledger.sqlite3")
    store.execute("UPDATE runs SET options = '{\"a\"'")
    store.commit()
    store.close()
    spoiled = (here / "ledger.sqlite3").read_bytes()
    for number, made in enumerate((spoiled, *damaged(content, 5), *damaged(content, 6))):
        for path in here.glob("ledger.sqlite3*"):
            path.unlink()
        (here / "ledger.sqlite3").write_bytes(made)
        with answers(f"open, version {number}"), archive.Ledger.open(settings=settings) as ledger:
            for read in (
                ledger.holdings, ledger.status, ledger.history, ledger.verify, ledger.witness,
                lambda: ledger.history("bag"), lambda: ledger.report().to_html(), lambda: ledger.events("bag"),
                lambda: ledger.premis("bag"), lambda: ledger.history(troubled=True),
            ):  # fmt: skip
                with answers(f"read, version {number}"):
                    read()
