"""Holey bags of our own, from a table and from a whole bag: every verb agrees on them, and so does bdbag."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ExistsError, FormatError, UsageError
from archive.settings import Settings
from archive.stages.exporting.holey import export_holey
from archive.stages.fetching.completing import complete
from archive.stages.validation import validate
from tests.support.audit_projects import Project, pack_tar
from tests.support.file_server import Served, serve
from tests.support.making import CLOCK, contents, make

FILES = {"a.txt": b"alpha" * 50, "deep/100%.bin": b"beta" * 1000, "deep/\u0628 \u064a.txt": b"third"}
FETCH = Settings().with_flags("fetch", schemes=["http"], private=["127.0.0.1"], retries=0)


@pytest.fixture
def server() -> Iterator[Served]:
    with serve() as served:
        yield served


def table(folder: Path, served: Served, *columns: str) -> Path:
    from urllib.parse import quote

    columns = columns or ("sha256", "md5")
    lines = [",".join(("url", "length", "filename", *columns))]
    for name, content in FILES.items():
        address = f"/{quote(name)}"
        served.files[address] = content
        digests = (hashlib.new(one, content).hexdigest() for one in columns)
        lines.append(",".join((served.base + address, str(len(content)), name, *digests)))
    path = folder / "remote.csv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def fill(bag: Path) -> int:
    return complete(str(bag), settings=FETCH, environ={}).exit_code


def test_a_bag_from_a_table_alone(tmp_path: Path, server: Served) -> None:
    report = make([], tmp_path / "out", name="remote", fetch_from=str(table(tmp_path, server)))
    bag = tmp_path / "out" / "remote"
    assert (report.created, report.outcome.value, report.files) == (True, "intact", 3)
    assert report.algorithms == ("sha256",)
    assert {one.code for one in validate(str(bag)).findings} == {"BAG-413", "BAG-418"}
    assert fill(bag) == 0
    assert validate(str(bag)).verdict == "valid"
    assert {
        name.removeprefix("data/"): text for name, text in contents(bag).items() if name.startswith("data/")
    } == FILES


def test_a_bag_with_files_here_and_there(tmp_path: Path, server: Served) -> None:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "deep" / "own.txt").write_text("own")
    report = make(tmp_path / "src", tmp_path / "out", fetch_from=str(table(tmp_path, server)), algorithms=["md5"])
    assert (report.created, report.files, report.algorithms) == (True, 4, ("md5",))
    assert fill(tmp_path / "out" / "src") == 0


def test_the_same_path_twice_is_refused(tmp_path: Path, server: Served) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_text("another")
    with pytest.raises(UsageError, match="same path"):
        make(tmp_path / "src", tmp_path / "out", fetch_from=str(table(tmp_path, server)))
    assert not (tmp_path / "out").exists()


def test_algorithms_that_the_table_lacks(tmp_path: Path, server: Served) -> None:
    with pytest.raises(UsageError, match="no sha512 digests"):
        make([], tmp_path / "out", name="x", fetch_from=str(table(tmp_path, server)), algorithms=["sha512"])
    (tmp_path / "t.csv").write_text("url,length,filename,colour\nhttps://example.org/a,1,a,abcdef12\n")
    with pytest.raises(UsageError, match="not a digest"):
        make([], tmp_path / "out", name="x", fetch_from=str(tmp_path / "t.csv"))


DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("url,length,sha256\n", "no column filename"), ("url,length,filename\nhttps://e.org/a,1,a\n", "digests"),
        ("url,length,filename,sha256\n", "names no file"),
        (f"url,length,filename,sha256\nhttps://e.org/a,-,a,{DIGEST}\n", "whole number"),
        (f"url,length,filename,sha256\nhttps://e.org/a b,1,a,{DIGEST}\n", "URL"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,../a,{DIGEST}\n", "path"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,/a,{DIGEST}\n", "path"),
        ("url,length,filename,sha256\nhttps://e.org/a,1,a,xyz\n", "hexadecimal"),
        (f"url,length,filename,md5,sha256\nhttps://e.org/a,1,a,,{DIGEST}\n", "no md5 digest"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,a,{DIGEST}\nhttps://e.org/b,1,a,{DIGEST}\n", "already"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,a,{DIGEST}\nhttps://e.org/b,1,a/b,{DIGEST}\n", "file in line"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,a/b,{DIGEST}\nhttps://e.org/b,1,a,{DIGEST}\n", "folder"),
        (f"url,length,filename,sha256\nhttps://e.org/a,1,{DIGEST}\n", "cells"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_said_with_its_line(tmp_path: Path, rows: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(rows)
    with pytest.raises(FormatError, match=words):
        make([], tmp_path / "out", name="x", fetch_from=str(tmp_path / "t.csv"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("packed", [False, True])
def test_an_exported_bag_is_filled_from_where_the_whole_one_is(tmp_path: Path, server: Served, packed: bool) -> None:
    made = make_source(tmp_path)
    whole = tmp_path / "bags" / "src"
    report = export_holey(
        str(pack_tar(whole, tmp_path / "src.tar") if packed else whole), f"{server.base}/bags/src/",
        str(tmp_path / "sent"), settings=Settings(),
    )  # fmt: skip
    bag = tmp_path / "sent" / "src"
    assert (report.placed, report.files, report.verdict) == (True, made, "still to be fetched")
    assert not [name for name in contents(bag) if name.startswith("data/")]
    before, after = contents(whole), contents(bag)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"fetch.txt", "tagmanifest-sha256.txt", "tagmanifest-sha512.txt"}
    from urllib.parse import quote

    server.files = {f"/bags/src/{quote(name)}": text for name, text in before.items()}
    assert fill(bag) == 0
    assert {name: text for name, text in contents(bag).items() if name not in changed} == {
        name: text for name, text in before.items() if name not in changed
    }
    assert validate(str(bag)).verdict == "valid"


def make_source(folder: Path) -> int:
    from tests.support.making import plant

    return make(plant(folder / "src", FILES), folder / "bags").files


def test_a_damaged_bag_is_not_exported(tmp_path: Path) -> None:
    make_source(tmp_path)
    (tmp_path / "bags" / "src" / "data" / "a.txt").write_text("changed")
    report = export_holey(
        str(tmp_path / "bags" / "src"), "https://example.org/x", str(tmp_path / "sent"), settings=Settings()
    )
    assert (report.placed, report.outcome.value) == (False, "damaged")
    assert not (tmp_path / "sent").exists()


def test_an_export_never_replaces_and_needs_an_address(tmp_path: Path) -> None:
    make_source(tmp_path)
    bag = str(tmp_path / "bags" / "src")
    with pytest.raises(ExistsError):
        export_holey(bag, "https://example.org/x", str(tmp_path / "bags"), settings=Settings())
    for address in ("ftp://e.org/x", "nowhere", "https://u:p@e.org/", "https://e.org/?x=1", "https://e.org/#x"):
        with pytest.raises(UsageError):
            export_holey(bag, address, str(tmp_path / "sent"), settings=Settings())


def test_show_audit_and_profiles_agree(tmp_path: Path, server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, monkeypatch).start()
    make([], folder, name="remote", fetch_from=str(table(tmp_path, server)))
    code, shown = project.json("show", "remote")
    assert (code, {one["code"] for one in shown["findings"]}, len(shown["findings"])) == (0, {"FCH-109"}, 3)
    profile = {
        "BagIt-Profile-Info": {
            "BagIt-Profile-Identifier": "https://example.org/p.json", "Source-Organization": "x", "Version": "1",
            "External-Description": "x", "BagIt-Profile-Version": "1.4.0",
        },
        "Manifests-Required": ["sha256"], "Allow-Fetch.txt": False, "Accept-BagIt-Version": ["1.0"],
    }  # fmt: skip
    (folder / "p.json").write_text(json.dumps(profile))
    assert project.run("validate", "remote", "--profile", "p.json")[0] == 1
    (folder / "p.json").write_text(json.dumps(profile | {"Allow-Fetch.txt": True}))
    assert project.run("validate", "remote", "--profile", "p.json")[0] == 4
    assert fill(folder / "remote") == 0
    assert project.run("validate", "remote", "--profile", "p.json")[0] == 0
    assert project.run("holdings", "add", "remote")[0] == 0
    assert project.audit()[0] == 0


def bdbag(*words: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "bdbag"
    return subprocess.run(
        [program, *map(str, words)], env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, check=False
    )


def test_bdbag_fills_ours(tmp_path: Path, server: Served) -> None:
    make([], tmp_path / "out", name="remote", fetch_from=str(table(tmp_path, server)), clock=CLOCK)
    bag = tmp_path / "out" / "remote"
    done = bdbag("--resolve-fetch", "all", bag, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert validate(str(bag)).verdict == "valid"


def test_we_fill_one_of_bdbag(tmp_path: Path, server: Served) -> None:
    entries = []
    for number, (name, content) in enumerate({"a.txt": b"alpha" * 50, "deep/b.bin": b"beta" * 1000}.items()):
        server.files[f"/{number}"] = content
        entries.append({
            "url": f"{server.base}/{number}", "length": len(content), "filename": name,
            "sha256": hashlib.sha256(content).hexdigest(),
        })  # fmt: skip
    (tmp_path / "remote.json").write_text(json.dumps(entries))
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "here.txt").write_text("here")
    done = bdbag(
        tmp_path / "bag", "--checksum", "sha256", "--remote-file-manifest", tmp_path / "remote.json", home=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert validate(str(tmp_path / "bag")).outcome.value == "not checked"
    assert fill(tmp_path / "bag") == 0
    assert validate(str(tmp_path / "bag")).outcome.value == "intact"


def test_a_full_bag_is_exported_and_filled(tmp_path: Path, server: Served) -> None:
    """PREMIS describes files that are still to be fetched, and agrees with the manifests on them."""
    from tests.support.making import plant

    make(
        plant(tmp_path / "src", FILES),
        tmp_path / "bags",
        plain=False,
        settings=Settings().with_flags("render", pdfa="none"),
    )
    whole = tmp_path / "bags" / "src"
    report = export_holey(str(whole), f"{server.base}/x", str(tmp_path / "sent"), settings=Settings())
    assert report.placed, report.findings
    bag = tmp_path / "sent" / "src"
    assert {one.code for one in validate(str(bag)).findings} == {"BAG-413", "BAG-418"}
    from urllib.parse import quote

    server.files = {f"/x/{quote(name)}": text for name, text in contents(whole).items()}
    assert fill(bag) == 0
    assert validate(str(bag)).verdict == "valid"
    lines = (bag / "fetch.txt").read_text().splitlines()
    premis = bag / "metadata" / "preservation" / "premis.xml"
    assert len(lines) == 3
    premis.write_text(premis.read_text().replace("data/original/a.txt", "data/original/z.txt"))
    assert validate(str(bag)).outcome.value == "damaged"
