"""E-ARK packages that were written by hand: two levels of METS, several representations and several agents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.settings import Settings
from archive.stages.importing.importing import import_package
from archive.stages.showing.contents import Contents
from archive.stages.showing.subjects import read_subject
from archive.stages.validation import validate
from tests.support.eark_by_hand import FILES, NAME, package_by_hand
from tests.support.eark_judge import judge_eark
from tests.support.making import CLOCK, contents, snapshot
from tests.support.needing import needs

PLAIN = Settings().with_flags("render", pdfa="none")
FRONT = "data/original/"


@needs("java", "commons-ip")
def test_commons_ip_calls_the_package_valid(tmp_path: Path) -> None:
    package = package_by_hand(tmp_path)
    assert judge_eark(package, tmp_path / "reports") == []
    (package / "representations/access/data/one.txt").write_bytes(b"one, for readinG\n")
    assert judge_eark(package, tmp_path / "reports") != []


def test_the_package_becomes_a_bag_with_all_that_both_levels_say(tmp_path: Path) -> None:
    package = package_by_hand(tmp_path)
    before = snapshot(package)
    assert validate(str(package)).verdict == "valid"
    shown = read_subject(str(package))
    assert isinstance(shown, Contents)
    report = import_package(str(package), str(tmp_path / "bags"), settings=PLAIN, clock=CLOCK)
    assert report.placed, report.findings
    assert (Path(report.bag).name, report.rebuilt, snapshot(package) == before) == (NAME, False, True)
    tree = contents(Path(report.bag))
    assert {name.removeprefix(FRONT): content for name, content in tree.items() if name.startswith(FRONT)} == {
        f"{name}/{path}": content for name, files in FILES.items() for path, content in files.items()
    }  # fmt: skip
    kept = {name.removeprefix("metadata/imported/") for name in tree if name.startswith("metadata/imported/")}
    assert {"METS.xml", "representations/master/METS.xml", "representations/access/METS.xml"} < kept
    said = json.loads(tree["metadata/descriptive/statements.json"])["statements"]
    titles = {one["value"] for one in said if one["property"] == "title"}
    assert {"Letters to the ministry", "Letters, master", "Letters, access"} == titles
    provenance = " ".join(one["value"] for one in said if one["property"] == "provenance")
    for name in ("State Archive", "Ministry of Works", "A. Haddad", "B. Nasser"):
        assert name in provenance
    record = tree["metadata/preservation/premis.xml"].decode()
    for name in FILES:
        (event,) = (one for one in re.findall(r"<event>.*?</event>", record, re.DOTALL) if f"scanned as {name}" in one)
        assert event.count("<linkingAgentIdentifier>") == 3
        (about,) = re.findall(r"<linkingObjectIdentifierValue>([^<]*)<", event)
        (file,) = (one for one in re.findall(r"<object .*?</object>", record, re.DOTALL) if f"Value>{about}<" in one
                   and 'type="premis:file"' in one)  # fmt: skip
        assert f"{FRONT}{name}/{next(iter(FILES[name]))}" in file
    for name in ("A. Haddad", "State Archive", "scanner 3"):
        assert record.count(f"<agentName>{name}</agentName>") == 1


def test_an_inner_mets_that_only_a_pointer_leads_to_is_followed(tmp_path: Path) -> None:
    package = package_by_hand(tmp_path)
    mets = package / "METS.xml"
    text = re.sub(r'<fileGrp ID="[^"]*" USE="Representations/[^"]*".*?</fileGrp>', "", mets.read_text("utf-8"))
    assert "Representations/master" in text
    mets.write_text(text, "utf-8")
    report = import_package(str(package), str(tmp_path / "bags"), settings=PLAIN, clock=CLOCK)
    assert report.placed, report.findings
    assert report.files == 3


@pytest.mark.parametrize("spoilt", [
    "representations/master/data/two.txt", "representations/access/METS.xml",
    "representations/master/metadata/preservation/premis.xml",
])  # fmt: skip
def test_a_file_that_either_level_lists_must_be_as_listed(tmp_path: Path, spoilt: str) -> None:
    package = package_by_hand(tmp_path)
    content = (package / spoilt).read_bytes()
    (package / spoilt).write_bytes(content[:-1] + b" ")
    assert not validate(str(package)).ok
    report = import_package(str(package), str(tmp_path / "bags"), settings=PLAIN, clock=CLOCK)
    assert (report.placed, (tmp_path / "bags").exists()) == (False, False)
