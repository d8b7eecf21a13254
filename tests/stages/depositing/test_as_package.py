"""A place with `as` gets packages: made once, judged by rights as bags are, told by receipts, brought back whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.stages.exporting.formats import FORMATS
from tests.cli.test_json_schemas import validator_of
from tests.support.audit_projects import Project
from tests.support.exporting import with_tag_file
from tests.support.making import contents, plant

PLACES = """
[places.sips]
url = "dir:sips"
as = "eark-sip"
[places.public]
url = "dir:shown"
as = "rocrate"
audience = "public"
[places.crates]
url = "ocfl:repository"
as = "rocrate"
[places.bags]
url = "dir:bags-of-others"
as = "bag"
[places.none]
url = "dir:nothing"
as = "eark-sipp"
"""
CLOSED = 'title = "Letters"\n[rights]\naccess = "closed"\n'
PRIVATE = 'title = "Letters"\ncontributor = { value = "Witness A", private = true }\n[rights]\naccess = "open"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    started = Project(folder, monkeypatch).start()
    with (folder / "archive.toml").open("a") as file:
        file.write(PLACES)
        file.writelines(f'[places.as-{kind}]\nurl = "dir:as-{kind}"\nas = "{kind}"\n' for kind in FORMATS)
    return started


def make(project: Project, description: str = 'title = "Letters"\n', **files: bytes) -> Path:
    plant(project.folder / "letters", {**files, "a.txt": b"alpha", "description.toml": description.encode()})
    code, out, err = project.run("create", "letters", "--to", "bags", "--pdfa", "none", "--hold", "-q")
    assert code == 0, out + err
    return project.folder / "bags" / "letters"


def deposit(project: Project, *words: str) -> tuple[int, dict[str, Any]]:
    code, document = project.json("deposit", "bags/letters", *words)
    validator_of("archive.deposit-1").validate(document)
    (one,) = document["deposits"]
    return code, one


@pytest.mark.parametrize("kind", [one for one in FORMATS if one != "bag"])
def test_a_package_of_each_format_arrives_and_comes_back(kind: str, project: Project) -> None:
    bag = make(project)
    before = contents(bag)
    code, planned = deposit(project, f"as-{kind}", "--dry-run")
    assert (code, planned["state"], planned["format"]) == (0, "planned", kind)
    assert not (project.folder / f"as-{kind}").exists()
    assert list(project.folder.rglob("*.zip")) == []
    code, done = deposit(project, f"as-{kind}")
    assert (code, done["state"], done["lost"]) == (0, "accepted", planned["lost"])
    receipt = done["receipt"]
    validator_of("archive.receipt-1").validate(receipt)
    (sent,) = (project.folder / f"as-{kind}").iterdir()
    assert (receipt["format"], receipt["identifier"], receipt["bag"]) == (kind, sent.name, "letters")
    assert receipt["fingerprint"] == hashlib.sha512(sent.read_bytes()).hexdigest()
    assert planned["plan"]["bytes"] == receipt["size"] == sent.stat().st_size
    code, report = project.json("export", "bags/letters", "--as", kind, "--to", "out", "--zip")
    assert Path(project.folder / report["package"]).read_bytes() == sent.read_bytes()
    code, again = deposit(project, f"as-{kind}")
    assert (code, again["already"]) == (0, True)
    assert list((project.folder / "deposits").rglob("*.zip")) == []
    code, back = project.json("retrieve", f"as-{kind}", sent.name, "--to", "back")
    assert code == 0, back
    assert Path(back["path"]).read_bytes() == sent.read_bytes()
    assert Path(back["path"]).stat().st_mode & 0o077 == 0
    assert contents(bag) == before


def test_a_package_is_no_holding_and_no_copy(project: Project) -> None:
    make(project)
    assert deposit(project, "as-bag")[1]["state"] == "accepted"
    assert deposit(project, "sips")[1]["state"] == "accepted"
    _, held = project.json("holdings", "list")
    assert len(held["holdings"]) == 2
    transfers = [one for one in project.json("events", "bags/letters")[1]["events"] if one["type"] == "transfer"]
    assert len(transfers) == 2
    _, status = project.json("status")
    assert (status["holdings"], status["deposits"]["accepted"]) == (2, 2)
    assert [one["copies"] for one in status["copies"]["short"]] == [2]


def test_a_package_comes_back_from_a_repository_and_becomes_the_bag(project: Project) -> None:
    bag = make(project)
    _, done = deposit(project, "crates")
    identifier = done["receipt"]["identifier"]
    code, back = project.json("retrieve", "crates", identifier, "--to", "back")
    assert (code, back["verdict"]) == (0, "valid")
    code, report = project.json("import", back["path"], "--to", "again")
    assert (code, report["rebuilt"]) == (0, True)
    assert contents(project.folder / report["bag"]) == contents(bag)


def test_another_package_under_the_same_name_is_told(project: Project) -> None:
    make(project)
    _, done = deposit(project, "sips")
    sent = Path(done["receipt"]["location"])
    project.run("export", "bags/letters", "--as", "eark-aip", "--to", "out", "--zip")
    (other,) = (project.folder / "out").iterdir()
    sent.write_bytes(other.read_bytes())
    code, back = project.json("retrieve", "sips", sent.name, "--to", "back")
    assert code != 0
    assert back["path"].endswith(".different")
    code, again = deposit(project, "sips")
    assert (code, again["state"]) == (1, "failed")


def test_rights_and_audience_decide_as_for_bags(project: Project) -> None:
    make(project, CLOSED)
    code, refused = deposit(project, "public")
    assert (code, refused["state"], refused["format"]) == (5, "refused", "rocrate")
    assert not (project.folder / "shown").exists()
    code, kept = deposit(project, "sips")
    assert (code, kept["state"]) == (0, "accepted")
    assert "DEP-130" in {one["code"] for one in kept["findings"]}


def test_private_fields_forbid_only_formats_that_hold_them(project: Project) -> None:
    make(project, PRIVATE)
    (project.folder / "archive.toml").write_text(
        (project.folder / "archive.toml").read_text() + 'audience = "public"\n'
    )  # the last table is that of the format rocrate
    _, refused = deposit(project, "as-rocrate")
    assert refused["state"] == "refused"
    with (project.folder / "archive.toml").open("a") as file:
        file.write('[places.open]\nurl = "dir:open"\nas = "eark-sip"\naudience = "public"\n')
    _, done = deposit(project, "open")
    assert done["state"] == "accepted", done
    assert "private fields" in {one["what"] for one in done["lost"]}
    with zipfile.ZipFile(done["receipt"]["location"]) as packed:
        assert not [name for name in packed.namelist() if "metadata/restricted" in name]
        assert not [name for name in packed.namelist() if b"Witness A" in packed.read(name)]


def test_a_name_that_the_format_cannot_hold_is_refused(project: Project) -> None:
    make(project, **{"tab\there.txt": b"x"})
    code, refused = deposit(project, "as-dspace-saf")
    assert (code, refused["state"]) == (5, "refused")
    assert [one["code"] for one in refused["findings"]] == ["FCH-203"]


def test_an_unknown_format_and_the_format_of_bags(project: Project) -> None:
    bag = make(project)
    code, document = project.json("deposit", "bags/letters", "none")
    assert code == 2
    assert "eark-sip" in json.dumps(document)
    assert not (project.folder / "nothing").exists()
    _, done = deposit(project, "bags")
    assert "format" not in done
    assert contents(project.folder / "bags-of-others" / "letters") == contents(bag)


def test_a_changed_bag_is_another_package(project: Project) -> None:
    bag = make(project)
    assert deposit(project, "crates")[1]["state"] == "accepted"
    with_tag_file(bag, "metadata/notes.txt", b"more\n")
    _, done = deposit(project, "crates")
    assert (done["state"], done["already"]) == ("accepted", False)
    assert done["receipt"]["version"] == "v2"
