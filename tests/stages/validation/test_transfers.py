"""Archivematica transfers are judged by checksum lists and table, in folders and archives, and are shown."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

import archive
from archive.cli.app import run
from tests.support.making import plant


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def transfer(tmp_path: Path) -> Path:
    one, two = b"number,date\n1,2026\n", b"words\n"
    lists = f"{sha256(one)}  ../objects/a b.csv\n{sha256(two)}  ../objects/sub/b.txt\n"
    table = "filename,dc.title,dc.language\nobjects,Letters,en\nobjects/sub,Part,\nobjects/a b.csv,Table,\n"
    return plant(
        tmp_path / "letters",
        {"objects/a b.csv": one, "objects/sub/b.txt": two, "metadata/checksum.sha256": lists.encode(),
         "metadata/metadata.csv": table.encode(), "processingMCP.xml": b"<processingMCP/>"},
    )  # fmt: skip


def judge(path: Path) -> tuple[str, set[str]]:
    report = archive.validate(path)
    return report.verdict, {one.code for one in report.findings}


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_a_whole_transfer_is_valid_and_a_spoilt_one_is_not(transfer: Path, form: str) -> None:
    def packed() -> Path:
        if form == "folder":
            return transfer
        made = shutil.make_archive(
            str(transfer.parent / f"packed/{transfer.name}"), form, transfer.parent, transfer.name
        )
        return Path(made)

    (transfer.parent / "packed").mkdir()
    before = archive.validate(packed())
    assert (before.verdict, before.facts["format"]) == ("valid", "Archivematica transfer")
    assert {one.code for one in before.findings} == {"PKG-105"}, "the metadata has no checksums"
    (transfer / "objects/a b.csv").write_bytes(b"number,date\n1,2027\n")
    assert judge(packed()) == ("invalid", {"PKG-102", "PKG-105"})


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [("metadata/checksum.sha256", b"x" * 64 + b"  ../objects/a b.csv\n", "PKG-204"),
     ("metadata/checksum.md5", b"0" * 32 + b"  ../../etc/passwd\n", "PKG-203"),
     ("metadata/checksum.md5", b"0" * 32 + b"  ../objects/gone\n", "PKG-101"),
     ("metadata/checksum.md5", b"0" * 32 + b"  objects/sub/b.txt\n", "PKG-102"),
     ("metadata/metadata.csv", b"filename,dc.title\nobjects/gone,X\n", "PKG-101"),
     ("metadata/metadata.csv", b"filename;dc.title\nobjects/gone;\n", "PKG-101"),
     ("metadata/metadata.csv", "filename,dc.title\nobjects,Caf\u00e9\n".encode("cp1252"), "PKG-204"),
     ("metadata/metadata.csv", b"title\nX\n", "PKG-204"), ("metadata/metadata.csv", b'filename,"\nobjects', "PKG-204"),
     ("metadata/premis.xml", b"<premis", "PKG-204")],
)  # fmt: skip
def test_what_is_wrong_is_named(transfer: Path, path: str, content: bytes, code: str) -> None:
    plant(transfer, {path: content})
    verdict, codes = judge(transfer)
    assert verdict == "invalid"
    assert code in codes


def test_lists_and_tables_are_read_as_create_reads_them(transfer: Path) -> None:
    """A path in a list may have backslashes or be the sender's; objects/ goes before the list's own folder."""
    one, two = (transfer / "objects/a b.csv").read_bytes(), (transfer / "objects/sub/b.txt").read_bytes()
    lists = f"{sha256(one)}  C:\\scans\\a b.csv\n{sha256(two)}  sub\\b.txt\n"
    table = "filename;dc.title\nobjects/;Letters\na b.csv;Table\n"
    plant(transfer, {"metadata/checksum.sha256": lists.encode(), "metadata/metadata.csv": table.encode("utf-16")})
    plant(transfer, {"metadata/a b.csv": b"beside the list"})
    assert judge(transfer) == ("valid", {"PKG-105"})
    said = {(one["value"], one.get("about")) for one in archive.show(transfer).to_dict()["statements"]}
    assert said == {("Letters", None), ("Table", "objects/a b.csv")}
    bag = archive.create(transfer, to=transfer.parent / "bags", pdfa="none")
    assert bag.created


def test_what_only_looks_alike_is_no_transfer(transfer: Path) -> None:
    (transfer / "other").mkdir()
    plant(transfer, {"other/file": b"x"})
    with pytest.raises(archive.NotABagError):
        archive.validate(transfer)


def test_it_is_shown_and_made_into_a_bag_by_create(transfer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(transfer)]) == 0
    said = capsys.readouterr().out
    assert "Archivematica transfer" in said
    assert "title: Letters" in said
    assert run(["import", str(transfer), "--to", str(transfer.parent / "bags")]) == 2
    assert "archive create FOLDER" in capsys.readouterr().err
    assert run(["create", str(transfer), "--to", str(transfer.parent / "bags"), "--pdfa", "none", "-q"]) == 0
