"""Reports keep to the JSON Schemas of the command line, findings come as they are found, values have types."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

import archive
from archive.library.reports import Document
from archive.model.record import EventView
from archive.resources import metadata_path, seeds_path
from archive.testing import make_bag


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    files = metadata_path("reports").glob("*.json")
    return {path.name: json.loads(path.read_text("utf-8")) for path in files}


def made_reports(here: Path) -> Iterator[tuple[str, Document]]:
    """Every kind of report, each with its schema."""
    (here / "letter.txt").write_text("A letter.\n")
    yield "creation", archive.create("letter.txt", "bags", pdfa="none")
    yield "creation", archive.create("letter.txt", "bags", name="planned", pdfa="none", dry_run=True)
    yield "validation", archive.validate("bags/letter")
    yield "rendering", archive.render("letter.txt", "renditions", dry_run=True)
    yield "description", archive.describe("letter.txt", to="draft.toml")
    yield "show", archive.show("bags/letter")  # type: ignore[misc]
    yield "record", archive.show("bags/letter/metadata/preservation/premis.xml")  # type: ignore[misc]
    yield "deposit", archive.deposit("bags/letter", "dir:sent")
    yield "deposit", archive.deposit("bags/letter", "dir:elsewhere", dry_run=True)
    yield "retrieval", archive.retrieve("dir:sent", "letter", "back")
    shutil.copytree("bags/letter", "copy")
    with archive.Ledger.start() as ledger:
        ledger.add("bags/letter")
        yield "audit", ledger.audit(workers=1)
        (here / "bags/letter/metadata/preservation/premis.xml").write_text("damaged")
        damaged = next((here / "bags/letter/data/original").iterdir())
        damaged.write_text("A lettre.\n")
        yield "audit", ledger.audit(["bags/letter"], workers=1)
        yield "audit", ledger.status()
        yield "status", ledger.overview()
        yield "deposits", ledger.deposits()
        yield "audit", ledger.history()
        yield "audit", ledger.history("bags/letter", troubled=True)
        yield "audit", ledger.verify([ledger.witness()])
        yield "report", ledger.report()
        planned = ledger.repair("bags/letter", "copy", dry_run=True)
        assert not planned.done
        assert damaged.read_text() == "A lettre.\n"
        yield "repair", planned
        refused = ledger.repair("bags/letter", "copy", confirm=lambda plan: not plan.replaced)
        assert not refused.done
        repaired = ledger.repair("bags/letter", "copy")
        assert repaired.done
        assert damaged.read_text() == "A letter.\n"
        yield "repair", repaired
        assert {event.kind for event in ledger.events("bags/letter")} >= {"fixity check"}


def test_every_report_keeps_to_its_schema(here: Path, schemas: dict[str, dict[str, Any]]) -> None:
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    for name, report in made_reports(here):
        document = report.to_dict()
        schema = schemas[f"archive.{name}-1.json"]
        jsonschema.Draft202012Validator(schema, registry=registry).validate(document)
        assert document["schema"] == f"archive.{name}/1"
        assert json.loads(report.to_json()) == json.loads(json.dumps(document))
        assert report.to_json(indent=None).isprintable()


def test_findings_come_once_and_as_they_are_found(here: Path) -> None:
    files = {f"{number}.bin": bytes([number]) * (1 << 20) for number in range(4)}
    bag = Path(make_bag(here, files))
    (bag / "data" / "0.bin").write_bytes(b"damaged")
    (bag / "data" / "extra.bin").write_bytes(b"extra")
    told: list[archive.Finding] = []
    report = archive.validate(bag, on_finding=told.append)
    assert sorted(map(str, told)) == sorted(map(str, report.findings))
    assert len(report.errors) >= 2


def test_a_finding_comes_before_the_last_byte_is_read(here: Path) -> None:
    bag = make_bag(here, {f"{number}.bin": bytes([number]) * (1 << 20) for number in range(8)})
    (Path(bag) / "bag-info.txt").write_text("Payload-Oxum: nonsense\n")
    read: list[int] = []
    told_at: list[int] = []
    progress = archive.CallbackProgress(lambda label, done, total: read.append(done))
    archive.validate(bag, workers=1, progress=progress, on_finding=lambda _: told_at.append(read[-1] if read else 0))
    assert told_at[0] < read[-1]


def test_each_subject_has_its_findings(here: Path) -> None:
    bag = Path(make_bag(here))
    (bag / "data" / "extra.bin").write_bytes(b"extra")
    (here / "note.txt").write_text("no bag")
    told: list[str] = []
    answers = dict(
        archive.validate_each([bag, here / "note.txt"], on_finding=lambda subject, finding: told.append(subject))
    )
    assert set(told) == {str(bag)}
    assert isinstance(answers[str(here / "note.txt")], archive.UsageError)


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_a_bag_is_read_alike_wherever_it_is_kept(here: Path, form: Any) -> None:
    source = seeds_path("press-release")
    report = archive.create(source, "bags", pdfa="none", serialize="" if form == "folder" else form)
    with archive.open_bag(report.bag) as bag:
        (file,) = bag.payload()
        assert len(b"".join(file.chunks())) == file.size
        with file.open() as stream:
            assert len(stream.read(10)) == 10
        assert set(file.digests) == set(bag.algorithms())
        assert any(statement.property == "title" for statement in bag.description)
        events = list(bag.premis_events())
        assert events
        assert all(isinstance(event, EventView) for event in events)
        assert bag.profile == ()
        assert bag.read_tag("no/such/file") is None
        assert bag.validate(depth=archive.Depth.COMPLETE).verdict == "complete"
    with pytest.raises(archive.UsageError, match="closed"):
        list(bag.payload())


def test_two_files_of_a_tar_are_not_read_at_once(here: Path) -> None:
    files = {name: name.encode() * (3 << 20) for name in ("a", "b")}
    report = archive.create(_folder(here / "two", files), "bags", plain=True, serialize="tar")
    with archive.open_bag(report.bag) as bag:
        one, two = bag.payload()
        first, second = one.chunks(), two.chunks()
        next(first)
        next(second)
        with pytest.raises(archive.UsageError, match="another file"):
            list(first)
        assert {name: b"".join(file.chunks()) for name, file in (("a", one), ("b", two))} == files


@pytest.mark.parametrize("serialize", ["", "zip"])
def test_two_files_of_a_folder_or_zip_are(here: Path, serialize: Any) -> None:
    files = {name: name.encode() * (3 << 20) for name in ("a", "b")}
    report = archive.create(_folder(here / "two", files), "bags", plain=True, serialize=serialize)
    with archive.open_bag(report.bag) as bag:
        one, two = sorted(bag.payload(), key=lambda file: file.path)
        both = list(zip(one.chunks(), two.chunks(), strict=True))
        assert [b"".join(pieces) for pieces in zip(*both, strict=True)] == [files["a"], files["b"]]


def test_what_is_not_a_bag_is_refused(here: Path) -> None:
    (here / "folder").mkdir()
    with pytest.raises(archive.NotABagError), archive.open_bag(here / "folder"):
        pass


@pytest.mark.parametrize("kind", ["file", "dict", "Description"])
def test_a_description_is_a_file_a_dict_or_a_description(here: Path, kind: str) -> None:
    (here / "letter.txt").write_text("A letter.\n")
    (here / "given.toml").write_text('title = "A letter of May"\nlanguage = "en"\n')
    given: Any = {"file": "given.toml", "dict": {"title": "A letter of May", "language": "en"}}.get(kind)
    report = archive.create(
        "letter.txt", "bags", pdfa="none", description=given or archive.load_description("given.toml")
    )
    with archive.open_bag(report.bag) as bag:
        titles = [statement.value for statement in bag.description if statement.property == "title"]
    assert titles == ["A letter of May"]


def test_programs_have_the_trust_rules_of_the_command_line(here: Path) -> None:
    bag = make_bag(here / "bags")
    (here / "archive.toml").write_text('[ledger]\nurl = "postgresql://db.example.org/stolen"\n')
    with pytest.warns(UserWarning, match="ledger.url"), pytest.raises(archive.UsageError, match="does not count"):
        archive.Ledger.open()
    with pytest.warns(UserWarning, match="archive.toml"), pytest.raises(archive.UsageError):
        archive.deposit(bag, "dir:out")
    with pytest.warns(UserWarning, match="archive.toml"):
        assert archive.validate(bag).ok


def _folder(path: Path, files: dict[str, bytes]) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path
