"""Describing, in a real tree: what stands in the records, and what must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import FormatError, NotFoundError, UsageError
from archive.formats.premis_reading import read_agent, read_event, read_object
from archive.formats.statements import read_statements
from archive.model.build import RenditionResult, RenditionStatus, Tool, VirusCheck
from archive.model.codes import description as codes
from archive.model.description import Certainty, Origin
from archive.resources import metadata_path, seeds_path
from archive.settings import Settings
from archive.stages.description.layout import is_description
from archive.stages.description.loading import load_description
from archive.storage.clock import Clock
from tests.support.described import PREMIS, Described, describe_folder, schema

DC = "metadata/descriptive/dc.xml"
DCTERMS = "metadata/descriptive/dcterms.xml"
STATEMENTS = "metadata/descriptive/statements.json"
PDF = b"%PDF-1.7\n%%EOF\n"
VERAPDF = Tool("veraPDF", "1.28.1")
SEEDS = sorted(path.name for path in seeds_path().iterdir())


def folder(place: Path, **files: str | bytes) -> Path:
    place.mkdir()
    for name, content in files.items():
        path = place / name.replace("__", "/").replace("_txt", ".txt").replace("_toml", ".toml").replace("_csv", ".csv")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def rendition(name: str, **more: object) -> RenditionResult:
    fields: dict[str, object] = {
        "source": f"data/original/{name}", "status": RenditionStatus.MADE, "path": f"data/preservation/{name}.pdf",
        "claims": ("PDF/A-3a", "PDF/UA-1"), "validated": True, "validator": VERAPDF, "maker": Tool("muniment", "0.1.0"),
        "pages": 2,
    }  # fmt: skip
    return RenditionResult(**{**fields, **more})  # type: ignore[arg-type]


def check_records(made: Described) -> None:
    schema("premis.xsd").assertValid(made.premis)
    schema("oai_dc.xsd").assertValid(made.xml(DC))
    for path in made.tags:
        if path == DCTERMS or path.startswith("metadata/descriptive/files/"):
            schema("qualifieddc.xsd").assertValid(made.xml(path))
    check_links(made)


def check_links(made: Described) -> None:
    """Every link resolves, both ways where there are two; no entity stands alone; event types are in the vocabulary."""
    root = made.premis
    objects = [read_object(one) for one in root.findall("p:object", PREMIS)]
    events = [read_event(one) for one in root.findall("p:event", PREMIS)]
    agents = [read_agent(one) for one in root.findall("p:agent", PREMIS)]
    there = {one.identifiers[0].value for one in (*objects, *events, *agents)}
    there |= {one.text for one in root.iterfind(".//p:rightsStatementIdentifierValue", PREMIS)}
    assert len(there) == len(objects) + len(events) + len(agents) + len(root.findall(".//p:rightsStatement", PREMIS))
    links = {
        one.text
        for one in root.iter()
        if (str(one.tag).endswith("IdentifierValue") and "}linking" in str(one.tag)) or "}related" in str(one.tag)
        if str(one.tag).endswith("Value")
    }
    assert links <= there
    from_objects = {(o.identifiers[0].value, e.value) for o in objects for e in o.events}
    from_events = {(o.value, e.identifiers[0].value) for e in events for o in e.objects}
    assert from_objects == from_events
    inverse = {"is source of": "has source", "is represented by": "represents", "has part": "is part of"}
    told = {(o.identifiers[0].value, r.subtype, t.value) for o in objects for r in o.relationships for t in r.objects}
    back = {value: key for key, value in inverse.items()}
    assert {(b, inverse.get(how) or back[how], a) for a, how, b in told} == told
    assert {a.identifiers[0].value for a in agents} == {
        one.text for one in root.iterfind(".//p:linkingAgentIdentifierValue", PREMIS)
    }
    vocabulary = json.loads(metadata_path("vocabularies", "premis-event-types.json").read_text())
    assert {event.type for event in events} <= {term["label"] for term in vocabulary["terms"]}
    assert all(event.agents and event.objects for event in events)


def types(made: Described) -> list[str | None]:
    return [read_event(one).type for one in made.premis.findall("p:event", PREMIS)]


@pytest.mark.parametrize("name", SEEDS)
def test_the_records_of_every_seed_are_sound(name: str, tmp_path: Path) -> None:
    made = describe_folder(seeds_path(name), tmp_path)
    check_records(made)
    assert made.facts.findings == ()
    told = made.tags["metadata/descriptive/description.toml"]
    assert told == seeds_path(name, "description.toml").read_bytes()


def test_everything_that_happened_is_an_event_in_order(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", a_txt="A title\n\nText\n", b_txt="x", c_txt="y")
    (source / "d.pdf").write_bytes(PDF)
    virus = VirusCheck(
        Tool("ClamAV", "1.4.3", "daily 27300"),
        3,
        (("data/original/b.txt", "Test.Sig"),),
        (("data/original/c.txt", "size"),),
    )
    made = describe_folder(
        source,
        tmp_path,
        settings=Settings().with_flags("create", operator="Op-7", organization="Example Archive"),
        virus=virus,
        renditions=(
            rendition("a.txt"),
            rendition("b.txt", validated=None, validator=None),
            rendition("c.txt", status=RenditionStatus.NONE, path=None, reason="no"),
            rendition("d.pdf", status=RenditionStatus.KEPT, path=None),
        ),
        made={"data/preservation/a.txt.pdf": PDF, "data/preservation/b.txt.pdf": PDF},
    )
    check_records(made)
    assert types(made) == [
        "ingestion", "message digest calculation", "virus check", "virus check", "format identification", "validation",
        "normalization", "message digest calculation", "format identification", "validation",
        "normalization",
        "information package creation", "fixity check",
    ]  # fmt: skip
    events = [read_event(one) for one in made.premis.findall("p:event", PREMIS)]
    assert [event.outcomes for event in events if event.type == "virus check"] == [("success",), ("fail",)]
    assert [len(event.objects) for event in events] == [1, 4, 2, 1, 4, 1, 4, 2, 2, 1, 1, 1, 2]
    agents = {read_agent(one).names[0]: read_agent(one) for one in made.premis.findall("p:agent", PREMIS)}
    assert set(agents) == {"muniment", "Op-7", "Example Archive", "ClamAV", "siegfried", "veraPDF"}
    assert agents["ClamAV"].notes == ("daily 27300",)
    assert "DROID_SignatureFile" in agents["siegfried"].notes[0]


def test_nothing_is_an_event_that_did_not_happen(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", a_txt="A whole sentence.")
    made = describe_folder(source, tmp_path, settings=Settings().with_flags("identify", formats="none"))
    check_records(made)
    assert types(made) == [
        "ingestion", "message digest calculation", "virus check", "information package creation", "fixity check",
    ]  # fmt: skip
    scan = [read_event(one) for one in made.premis.findall("p:event", PREMIS)][2]
    assert (scan.outcomes, scan.outcome_notes) == (("warning",), ("not checked",))
    assert made.premis.findtext(".//p:formatName", None, PREMIS) == "unknown"


def test_only_a_validated_rendition_conforms_to_a_standard(tmp_path: Path) -> None:
    for number, (validated, validator) in enumerate(((True, VERAPDF), (False, VERAPDF), (None, None))):
        work = tmp_path / str(number)
        work.mkdir()
        source = folder(work / "in", a_txt="x")
        made = describe_folder(
            source,
            work,
            renditions=(rendition("a.txt", validated=validated, validator=validator),),
            made={"data/preservation/a.txt.pdf": PDF},
        )
        text = made.tags[DCTERMS].decode()
        assert "conformsTo" not in text
        assert "application/pdf" not in text
        renditions = {
            one.findtext("p:originalName", "", PREMIS): one.findtext(".//p:objectIdentifierValue", "", PREMIS)
            for one in made.premis.findall("p:object", PREMIS)
        }
        assert f">urn:uuid:{renditions['a.txt.pdf']}</dcterms:hasFormat>" in text
        statements, _ = read_statements(made.tags[STATEMENTS])
        about = [one for one in statements if one.about == "data/preservation/a.txt.pdf"]
        assert [s.value for s in about if s.property == "isFormatOf"] == ["data/original/a.txt"]
        assert ("ISO 19005-3:2012 (PDF/A-3a)" in [s.value for s in about]) is (validated is True)
        assert ("conformsTo" in [s.property for s in about]) is (validated is True)
        check_records(made)


@pytest.mark.parametrize(
    ("files", "title", "source", "extraction"),
    [
        ({"a_txt": "A heading\n\nText\n"}, "A heading", Origin.DOCUMENT, True),
        ({"my_letter_txt": "No heading here. It is all one text.\n"}, "my_letter", Origin.PROGRAM, False),
        ({"a_txt": "A heading\n\nText\n", "b_txt": "x"}, "in", Origin.PROGRAM, False),
    ],
)
def test_without_a_description_the_title_is_a_heading_or_a_name(
    files: dict[str, str], title: str, source: Origin, extraction: bool, tmp_path: Path
) -> None:
    made = describe_folder(folder(tmp_path / "in", **files), tmp_path)
    check_records(made)
    [finding] = made.facts.findings
    assert finding.kind is codes.NO_TITLE
    [found] = [s for s in read_statements(made.tags[STATEMENTS])[0] if s.property == "title"]
    assert (found.value, found.certainty, found.source) == (title, Certainty.INFERRED, source)
    assert ("metadata extraction" in types(made)) is extraction
    assert made.xml(DC).findtext("{http://purl.org/dc/elements/1.1/}title") == title
    assert ("External-Description", title) in made.facts.bag_info


def test_a_suggested_title_stands_in_and_stays_marked(tmp_path: Path) -> None:
    text = 'title = { value = "Maybe", certainty = "suggested", by = "a heading" }\ncreator = "C"\n'
    made = describe_folder(folder(tmp_path / "in", a_txt="x", description_toml=text), tmp_path)
    titles = [s for s in read_statements(made.tags[STATEMENTS])[0] if s.property == "title"]
    assert [(s.value, s.certainty) for s in titles] == [("Maybe", Certainty.SUGGESTED), ("Maybe", Certainty.INFERRED)]


def test_files_that_are_described_have_records_of_their_own(tmp_path: Path) -> None:
    text = (
        'title = "T"\n[files."sub/b.txt"]\ntitle = { ar = "ب" }\ncreated = 2024\n[files."gone.txt"]\ntitle = "x"\n'
        '[files."a.txt".rights]\naccess = "closed"\n'
    )
    made = describe_folder(folder(tmp_path / "in", a_txt="x", sub__b_txt="y", description_toml=text), tmp_path)
    check_records(made)
    assert [finding.kind for finding in made.facts.findings] == [codes.NO_SUCH_FILE]
    assert {path for path in made.tags if "/files/" in path} == {
        "metadata/descriptive/files/0001.xml", "metadata/descriptive/files/0002.xml",
    }  # fmt: skip
    assert "ب" in made.tags["metadata/descriptive/files/0002.xml"].decode()
    assert "isPartOf" in made.tags["metadata/descriptive/files/0002.xml"].decode()
    linked = [read_object(one) for one in made.premis.findall("p:object", PREMIS)]
    assert [one.original_name for one in linked if one.rights] == ["a.txt"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    once = describe_folder(seeds_path("mixed-folder"), _made(tmp_path / "1"))
    again = describe_folder(seeds_path("mixed-folder"), _made(tmp_path / "2"))
    other = describe_folder(seeds_path("mixed-folder"), _made(tmp_path / "3"), clock=Clock(1))
    assert once.tags == again.tags
    assert once.tags[STATEMENTS] != other.tags[STATEMENTS]


def _made(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize("algorithms", [("sha256", "sha512"), ("md5", "sha1", "sha3256", "blake2b")])
def test_every_manifest_s_digest_stands_in_premis(algorithms: tuple[str, ...], tmp_path: Path) -> None:
    made = describe_folder(folder(tmp_path / "in", a_txt="x"), tmp_path, algorithms=algorithms)
    check_records(made)
    view = read_object(made.premis.findall("p:object", PREMIS)[2])
    assert len(view.fixity) == len(algorithms)


# Finding the description


def test_what_is_a_description() -> None:
    assert is_description("description.toml")
    assert is_description("metadata.csv")
    assert not is_description("Description.toml")
    assert not is_description("description.toml.txt")


def test_it_lies_in_the_folder_or_beside_the_file_or_elsewhere(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", a_txt="x", description_toml='title = "In"\n[files."a.txt"]\ntitle = "A"\n')
    told = load_description([str(source)], None)
    assert told is not None
    assert told.title_text() == "In"
    assert told.title_text("data/original/a.txt") == "A"
    beside = load_description([str(source / "a.txt")], None)
    assert beside is not None
    assert beside.title_text() == "In"
    other = folder(tmp_path / "out", a_txt="x")
    (tmp_path / "d.toml").write_text('title = "Out"\n[files."a.txt"]\ntitle = "B"\n')
    elsewhere = load_description([str(other)], str(tmp_path / "d.toml"))
    assert elsewhere is not None
    assert elsewhere.title_text("data/original/a.txt") == "B"
    assert load_description([str(other)], None) is None


def test_with_several_sources_names_are_below_their_own_folder(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", a_txt="x", description_toml='[files."a.txt"]\ntitle = "A"\n')
    two = folder(tmp_path / "two", a_txt="y")
    told = load_description([str(one), str(two)], None)
    assert told is not None
    assert told.title_text("data/original/one/a.txt") == "A"


def test_two_descriptions_are_refused_since_one_would_be_lost(tmp_path: Path) -> None:
    source = folder(
        tmp_path / "in", a_txt="x", description_toml='title = "T"\n', metadata_csv="filename,dc.title\n,T\n"
    )
    with pytest.raises(UsageError, match="two descriptions"):
        load_description([str(source)], None)
    single = folder(tmp_path / "single", a_txt="x", description_toml='title = "T"\n')
    (tmp_path / "d.toml").write_text('title = "Out"\n')
    with pytest.raises(UsageError, match="another was named"):
        load_description([str(single)], str(tmp_path / "d.toml"))
    assert load_description([str(single)], str(single / "description.toml")) is not None


def test_a_broken_description_stops_with_its_line(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", a_txt="x", description_toml='title = "T"\nissued = "soon"\ntitel = "x"\n')
    with pytest.raises(FormatError, match=r"\(line 2\); and 1 more"):
        load_description([str(source)], None)
    with pytest.raises(NotFoundError):
        load_description([str(source)], str(tmp_path / "none.toml"))
    with pytest.raises(UsageError):
        load_description([str(folder(tmp_path / "b", a_txt="x"))], str(tmp_path))


def test_a_table_describes_the_package_and_its_files(tmp_path: Path) -> None:
    table = "filename,dc.title,dc.date,Box\nobjects,T,c. 1990,\nobjects/a.txt,A,1990,7\n"
    made = describe_folder(folder(tmp_path / "in", a_txt="x", metadata_csv=table), tmp_path)
    check_records(made)
    assert made.tags["metadata/descriptive/metadata.csv"] == table.encode()
    assert [finding.kind for finding in made.facts.findings] == [codes.OTHER_COLUMN, codes.DATE_AS_WRITTEN]
    statements, _ = read_statements(made.tags[STATEMENTS])
    assert {(s.property, s.value, s.about) for s in statements if s.source is Origin.PERSON} == {
        ("title", "T", None), ("date", "c. 1990", None), ("title", "A", "data/original/a.txt"),
        ("date", "1990", "data/original/a.txt"), ("other.Box", "7", "data/original/a.txt"),
    }  # fmt: skip
    assert b"c. 1990" not in made.tags[DCTERMS]
