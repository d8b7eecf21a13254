"""`archive show`: every value of the description comes back, from a folder, a zip and a tar; and single records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from archive.cli.app import run
from archive.formats.description_toml import read_description
from archive.formats.statements import statement_fields
from archive.resources import metadata_path, seeds_path

Printed = pytest.CaptureFixture[str]
NAMES = sorted(path.name for path in seeds_path().iterdir())

LOOSE = b'<!-- a --><event xmlns="http://www.loc.gov/premis/v3"><eventType>x</eventType></event>'
NAMELESS = (
    b'<premis xmlns="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    b'<object xsi:type="file"><storage><contentLocation><contentLocationType>bag path, base64</contentLocationType>'
    b"<contentLocationValue>!!</contentLocationValue></contentLocation></storage></object><event/><agent/><rights/></premis>"
)


@pytest.fixture(scope="module")
def bags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds as bags without renditions: folders, and one zip and one tar."""
    place = tmp_path_factory.mktemp("bags")
    for name in NAMES:
        assert run(["create", str(seeds_path(name)), "--to", str(place), "--pdfa", "none", "--quiet"]) == 0
    for kind in ("zip", "tar"):
        given = ["create", str(seeds_path("mixed-folder")), "--to", str(place), "--name", kind, "--serialize", kind]
        assert run([*given, "--pdfa", "none", "--quiet"]) == 0
    return place


def show(subject: Path, capsys: Printed) -> dict[str, object]:
    capsys.readouterr()
    assert run(["show", str(subject), "--json"]) == 0
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize("name", NAMES)
def test_every_value_comes_back_with_its_language_and_source(name: str, bags: Path, capsys: Printed) -> None:
    document = show(bags / name, capsys)
    schema = json.loads(metadata_path("reports", "archive.show-1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    told, _ = read_description(seeds_path(name, "description.toml").read_bytes())
    expected = [statement_fields(one) for one in told.statements]
    for fields in expected:
        if "about" in fields:
            fields["about"] = f"data/original/{fields['about']}"
    shown = document["statements"]
    assert isinstance(shown, list)
    assert [one for one in shown if one["source"] == "person"] == expected


def test_english_arabic_and_both_in_one_field(tmp_path: Path, capsys: Printed) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("x")
    both = "Statement (2013) — بيان [OPCW] رقم 5"
    (source / "description.toml").write_text(
        'title = { en = "Statement", ar = "بيان" }\n'
        f'description = {{ value = "{both}", language = "mul", certainty = "uncertain", source = "document",'
        ' by = "cover / الغلاف" }\n'
    )
    assert run(["create", str(source), "--to", str(tmp_path), "--name", "b", "--pdfa", "none", "--quiet"]) == 0
    shown = show(tmp_path / "b", capsys)["statements"]
    assert isinstance(shown, list)
    assert shown[:3] == [
        {"property": "title", "value": "Statement", "language": "en", "direction": "ltr", "certainty": "certain",
         "source": "person"},
        {"property": "title", "value": "بيان", "language": "ar", "direction": "rtl", "certainty": "certain",
         "source": "person"},
        {"property": "description", "value": both, "language": "mul", "direction": "ltr", "certainty": "uncertain",
         "source": "document", "by": "cover / الغلاف"},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["zip", "tar"])
def test_an_archive_is_shown_as_the_folder_is(name: str, bags: Path, capsys: Printed) -> None:
    folder, archive = show(bags / "mixed-folder", capsys), show(bags / f"{name}.{name}", capsys)
    for key in ("files", "formats", "size", "restricted"):
        assert folder[key] == archive[key]
    assert archive["serialization"] != "folder"


def test_files_formats_events_and_rights_in_words(bags: Path, capsys: Printed) -> None:
    assert run(["show", str(bags / "mixed-folder")]) == 0
    shown = capsys.readouterr().out
    assert "title: زيارة ميدانية إلى مدرسة، تشرين الأول 2019  [ar]" in shown
    assert "data/original/100% of rooms.txt, 128 bytes, Plain Text File" in shown
    assert "(fmt/11)" in shown
    assert "message digest calculation: success, 7 files; by muniment" in shown
    assert "basis: license" in shown
    assert "Payload-Oxum: " in shown
    assert shown.rstrip().endswith(f"archive validate {bags / 'mixed-folder'}")


def test_a_plain_bag_is_shown_by_its_files(tmp_path: Path, capsys: Printed) -> None:
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "a.txt").write_text("abc")
    assert run(["create", str(source), "--to", str(tmp_path), "--name", "b", "--plain", "--quiet"]) == 0
    document = show(tmp_path / "b", capsys)
    assert document["statements"] == []
    assert document["files"] == [
        {"path": "data/sub/a.txt", "size": 3, "format": None, "puid": None, "modified": None, "digests": []}
    ]


@pytest.mark.parametrize("path", ["metadata/preservation/premis.xml", "metadata/descriptive/dcterms.xml"])
def test_a_single_record_is_shown(path: str, bags: Path, capsys: Printed) -> None:
    record = bags / "mixed-folder" / path
    assert show(record, capsys)["schema"] == "archive.record/1"
    assert run(["show", str(record)]) == 0
    assert "To check it:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (("metadata/preservation/premis.xml", b"<premis"), 1),
        (("metadata/preservation/premis.xml", b"<!DOCTYPE x><x/>"), 1),
        (("metadata/preservation/premis.xml", LOOSE), 0),
        (("metadata/preservation/premis.xml", NAMELESS), 0),
        (("metadata/preservation/premis.xml", b"<html/>"), 0),
        (("metadata/descriptive/statements.json", b"{"), 1),
        (("bag-info.txt", b"\xff\xfe no colon"), 1),
    ],
)
def test_broken_records_end_in_words(
    damage: tuple[str, bytes], code: int, bags: Path, tmp_path: Path, capsys: Printed
) -> None:
    bag = tmp_path / "b"
    shutil.copytree(bags / "press-release", bag)
    (bag / damage[0]).write_bytes(damage[1])
    capsys.readouterr()
    assert run(["show", str(bag)]) == code
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert "internal error" not in printed.err


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, 10), (b"", 2), (b"text", 2), (b"<x", 1), (b"<!DOCTYPE x><x/>", 1), (b"PK\x03\x04", 1)],
)
def test_what_cannot_be_shown(content: bytes | None, code: int, tmp_path: Path, capsys: Printed) -> None:
    subject = tmp_path / "x"
    if content is not None:
        subject.write_bytes(content)
    assert run(["show", str(subject)]) in (code, 10)
    assert capsys.readouterr().err.startswith("error: ")


def test_a_folder_that_is_no_bag(tmp_path: Path, capsys: Printed) -> None:
    assert run(["show", str(tmp_path)]) == 10
    assert "no bagit.txt" in capsys.readouterr().err


def test_values_that_reorder_the_screen_are_escaped(tmp_path: Path, capsys: Printed) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("x")
    (source / "description.toml").write_text('title = "a\\u2067b\\u2069c"\n')
    assert run(["create", str(source), "--to", str(tmp_path), "--name", "b", "--pdfa", "none", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["show", str(tmp_path / "b")]) == 0
    assert "\u2067" not in capsys.readouterr().out
