"""A new version of a bag: what changes, what stays, what is refused, and that the old one comes back as it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.errors import ArchiveError, ExistsError, LockedError, NotFoundError, UsageError
from archive.model.finding import Outcome
from archive.model.update import Changes, UpdateReport
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.stages.updating.workflow import update
from archive.stages.validation import validate
from archive.storage.clock import Clock
from tests.support.making import CLOCK, contents, make, plant, snapshot

FILES = {"a.txt": b"alpha\n", "sub/b.txt": b"beta\n", "sub/deep/\u0628.txt": b"g" * 3000, "100%.txt": b"%"}


def settings_for(folder: Path, **render: str) -> Settings:
    return (
        Settings(folder=str(folder))
        .with_flags("render", pdfa=render.get("pdfa", "none"))
        .with_flags("identify", formats="table", virus="none")
    )


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A described bag without renditions."""
    source = plant(tmp_path / "source", FILES)
    (source / "description.toml").write_text(
        'title = "Letters"\n[rights]\nholder = "A"\naccess = "open"\n[files."a.txt"]\ntitle = "First"\n'
    )
    report = create([str(source)], str(tmp_path / "bags"), settings=settings_for(tmp_path), clock=CLOCK)
    assert report.created
    return tmp_path / "bags" / "source"


@pytest.fixture
def plain_bag(tmp_path: Path) -> Path:
    make(plant(tmp_path / "plain", FILES), tmp_path / "bags")
    return tmp_path / "bags" / "plain"


def run(bag: Path, *, settings: Settings | None = None, clock: Clock = CLOCK, **changes: object) -> UpdateReport:
    discard, dry = bool(changes.pop("discard_old", False)), bool(changes.pop("dry_run", False))
    chosen = settings or settings_for(bag.parent.parent)
    return update(str(bag), Changes(**changes), discard_old=discard, dry_run=dry, settings=chosen, clock=clock)  # type: ignore[arg-type]


def originals(bag: Path) -> dict[str, bytes]:
    return contents(bag / "data" / "original")


def assert_valid(bag: Path) -> None:
    report = validate(str(bag))
    assert (report.verdict, [str(f.message) for f in report.findings if f.code != "BAG-503"]) == ("valid", [])


def test_every_change_of_the_payload_at_once(bag: Path, tmp_path: Path) -> None:
    before = snapshot(bag)
    new = plant(tmp_path / "new", {"c.txt": b"gamma\n", "more/d.txt": b"delta\n"})
    report = run(
        bag,
        add=((str(new / "c.txt"), None), (str(new / "more"), "annex/")),
        remove=("sub/deep",),
        replace=(("a.txt", str(new / "c.txt")),),
        rename=(("sub/b.txt", "letters/b.txt"),),
    )
    assert report.updated
    assert report.version == 2
    assert originals(bag) == {
        "a.txt": b"gamma\n", "c.txt": b"gamma\n", "annex/more/d.txt": b"delta\n", "letters/b.txt": b"beta\n",
        "100%.txt": b"%",
    }  # fmt: skip
    assert_valid(bag)
    kept = Path(report.kept or "")
    assert kept == tmp_path / "old-versions" / "source.v1"
    assert snapshot(kept) == before
    assert [path.name for path in bag.parent.iterdir()] == ["source"]
    info = (bag / "bag-info.txt").read_text()
    assert "Bag-Version: 2\n" in info
    assert "External-Description: Letters\n" in info
    terms = (bag / "metadata/descriptive/dcterms.xml").read_text()
    assert "isVersionOf" in terms
    assert "#v1</" in terms


def test_what_is_said_stays_and_the_record_keeps_all(bag: Path, tmp_path: Path) -> None:
    old = (bag / "metadata/preservation/premis.xml").read_text()
    words = (bag / "metadata/descriptive/description.toml").read_bytes()
    run(bag, replace=(("a.txt", str(plant(tmp_path / "n", {"x": b"new"}) / "x")),), discard_old=True)
    new = (bag / "metadata/preservation/premis.xml").read_text()
    for tag in ("objectIdentifierValue", "eventIdentifierValue", "agentIdentifierValue"):
        before = {part.split("<")[0] for part in old.split(f"<{tag}>")[1:]}
        after = {part.split("<")[0] for part in new.split(f"<{tag}>")[1:]}
        assert before <= after
        assert tag == "agentIdentifierValue" or before < after
    assert ">modification<" in new
    assert new.count("bag path in an earlier version") == 1
    assert (bag / "metadata/descriptive/description.toml").read_bytes() == words
    assert_valid(bag)


def test_several_versions_and_every_metadata_change(bag: Path, tmp_path: Path) -> None:
    described = tmp_path / "new.toml"
    described.write_text('title = "Other"\n[rights]\nlicense = "CC-BY-4.0"\n[files."sub/b.txt"]\ntitle = "B"\n')
    for version, changes in enumerate(
        (
            {"description": str(described)},
            {"add_algorithms": ("md5",)},
            {"drop_algorithms": ("sha512",), "bag_info": {"Contact-Name": ["Z"]}},
            {"bag_info": {"Contact-Name": []}},
            {"rename": (("sub", "below"),)},
            {"remove": ("below/b.txt",)},
        ),
        2,
    ):
        report = run(bag, **changes)
        assert report.updated, report
        assert report.version == version
        assert_valid(bag)
    info = (bag / "bag-info.txt").read_text()
    assert "External-Description: Other" in info
    assert "Contact-Name" not in info
    assert sorted(path.name for path in bag.glob("manifest-*")) == ["manifest-md5.txt", "manifest-sha256.txt"]
    assert "CC-BY-4.0" in (bag / "metadata/descriptive/dcterms.xml").read_text()
    assert sorted(path.name for path in (tmp_path / "old-versions").iterdir()) == [f"source.v{n}" for n in range(1, 7)]
    assert ">metadata modification<" in (bag / "metadata/preservation/premis.xml").read_text()


def test_edits_made_by_hand_are_refused_then_taken_and_each_is_named(bag: Path) -> None:
    data = bag / "data" / "original"
    (data / "a.txt").write_bytes(b"edited\n")
    (data / "extra.txt").write_bytes(b"extra\n")
    (data / "sub" / "b.txt").unlink()
    (bag / "metadata/descriptive/description.toml").write_text('title = "By hand"\n')
    (bag / "metadata/descriptive/description.toml").chmod(0o644)
    before = snapshot(bag)
    refused = run(bag, rename=(("100%.txt", "q.txt"),))
    assert not refused.updated
    assert refused.outcome is Outcome.DAMAGED
    assert refused.before is not None
    assert {"BAG-201", "BAG-202", "BAG-301"} <= {finding.code for finding in refused.before.findings}
    assert snapshot(bag) == before
    taken = run(bag, accept_changes=True)
    assert taken.updated
    assert taken.accepted == (
        ("data/original/a.txt", "changed"), ("metadata/descriptive/description.toml", "changed"),
        ("data/original/extra.txt", "added"), ("data/original/sub/b.txt", "removed"),
    )  # fmt: skip
    assert_valid(bag)
    assert "External-Description: By hand" in (bag / "bag-info.txt").read_text()
    assert "changed by hand and accepted: data/original/a.txt" in (bag / "metadata/preservation/premis.xml").read_text()


def test_edits_go_together_with_every_other_change(bag: Path, tmp_path: Path) -> None:
    top = bag / "data" / "original"
    (top / "a.txt").write_text("by hand\n")
    (top / "new.txt").write_text("added by hand\n")
    (top / "gone.txt").write_text("added by hand, and not wanted\n")
    (top / "sub/deep/\u0628.txt").unlink()
    new = plant(tmp_path / "n", {"x": b"replaced\n"}) / "x"
    report = run(
        bag,
        accept_changes=True,
        add_algorithms=("md5", "sha1"),
        rename=(("a.txt", "letters/a.txt"),),
        remove=("gone.txt",),
        replace=(("sub/b.txt", str(new)),),
    )
    assert report.updated, report
    assert originals(bag) == {
        "letters/a.txt": b"by hand\n", "new.txt": b"added by hand\n", "sub/b.txt": b"replaced\n", "100%.txt": b"%",
    }  # fmt: skip
    assert_valid(bag)
    for path in bag.glob("manifest-*"):
        assert len(path.read_text().splitlines()) == 4, path
    assert {what for _path, what in report.accepted} == {"added", "changed", "removed"}


@pytest.mark.parametrize("what", ["changed", "added"])
def test_a_rendition_that_was_edited_by_hand_is_never_taken(what: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"a.txt": b"alpha\n", "b.txt": b"beta\n"})
    settings = settings_for(tmp_path, pdfa="3a")
    create([str(source)], str(tmp_path / "bags"), settings=settings, clock=CLOCK)
    bag = tmp_path / "bags" / "source"
    edited = bag / "data" / "preservation" / {"changed": "a.txt.pdf", "added": "own.pdf"}[what]
    edited.write_bytes(b"%PDF-1.7 by hand\n")
    with pytest.raises(UsageError, match="renditions follow them") as refused:
        run(bag, settings=settings, accept_changes=True)
    assert "--render-again" in (refused.value.remedy or "")
    edited.unlink()
    assert run(bag, settings=settings, accept_changes=what == "changed", render_again=True).updated
    assert set(contents(bag / "data" / "preservation")) == {"a.txt.pdf", "b.txt.pdf"}
    assert_valid(bag)


def test_other_damage_is_not_taken_for_an_edit(bag: Path) -> None:
    with (bag / "metadata/preservation/premis.xml").open("ab") as file:
        file.write(b"\n")
    report = run(bag, accept_changes=True)
    assert not report.updated
    assert report.outcome is Outcome.DAMAGED


def lie(bag: Path, old: str, new: str) -> None:
    """Change the bag's PREMIS and make its tag manifests right."""
    from hashlib import sha256, sha512

    path = bag / "metadata/preservation/premis.xml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    for name, make_digest in (("sha256", sha256), ("sha512", sha512)):
        manifest = bag / f"tagmanifest-{name}.txt"
        lines = [
            f"{make_digest(path.read_bytes()).hexdigest()}  metadata/preservation/premis.xml"
            if line.endswith("premis.xml")
            else line
            for line in manifest.read_text().splitlines()
        ]
        manifest.write_text("\n".join(lines) + "\n")


def test_an_old_record_that_lies_is_named_and_nothing_changes(bag: Path, tmp_path: Path) -> None:
    lie(bag, "<size>5</size>", "<size>6</size>")
    before = snapshot(bag)
    report = run(bag, add=((str(plant(tmp_path / "n", {"x": b"x"}) / "x"), None),))
    assert not report.updated
    assert report.before is not None
    assert "PRM-133" in {finding.code for finding in report.before.findings}
    assert snapshot(bag) == before


def test_a_lie_about_what_the_update_drops_is_found_too(bag: Path, tmp_path: Path) -> None:
    lie(bag, "<size>5</size>", "<size>6</size>")
    before = snapshot(bag)
    gone = [path for path in FILES if len(FILES[path]) == 5]
    file = plant(tmp_path / "n", {"x": b"x"}) / "x"
    for dry_run in (True, False):
        for changes in ({"remove": tuple(gone)}, {"replace": tuple((path, str(file)) for path in gone)}):
            report = run(bag, dry_run=dry_run, **changes)
            assert not report.updated
            assert report.before is not None
            assert "PRM-133" in {finding.code for finding in report.before.findings}
            assert report.outcome is Outcome.DAMAGED
    assert snapshot(bag) == before


def test_an_object_that_lacks_is_found_though_its_file_goes(bag: Path) -> None:
    name = next(iter(FILES))
    lie(bag, f">data/original/{name}</contentLocationValue>", ">data/original/other</contentLocationValue>")
    report = run(bag, remove=(name,))
    assert not report.updated
    assert report.before is not None
    assert not report.before.ok


def test_a_plain_bag(plain_bag: Path, tmp_path: Path) -> None:
    (plain_bag / "notes.txt").write_text("mine\n")
    report = run(plain_bag, add=((str(plant(tmp_path / "n", {"x": b"x"}) / "x"), "y.txt"),), remove=("a.txt",))
    assert report.updated
    assert contents(plain_bag / "data") == {**{k: v for k, v in FILES.items() if k != "a.txt"}, "y.txt": b"x"}
    assert (plain_bag / "notes.txt").read_text() == "mine\n"
    assert_valid(plain_bag)
    with pytest.raises(UsageError, match="plain bag"):
        run(plain_bag, render_again=True)


def test_renditions_follow_their_originals(tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"a.txt": b"alpha\n", "b.txt": b"beta\n", "c.txt": b"gamma\n"})
    settings = settings_for(tmp_path, pdfa="3a")
    create([str(source)], str(tmp_path / "bags"), settings=settings, clock=CLOCK)
    bag = tmp_path / "bags" / "source"
    before = contents(bag / "data" / "preservation")
    report = run(
        bag,
        settings=settings,
        replace=(("a.txt", str(plant(tmp_path / "n", {"x": b"other\n"}) / "x")),),
        rename=(("b.txt", "z.txt"),),
        remove=("c.txt",),
    )
    assert report.updated, report
    after = contents(bag / "data" / "preservation")
    assert set(after) == {"a.txt.pdf", "z.txt.pdf"}
    assert after["z.txt.pdf"] == before["b.txt.pdf"]
    assert after["a.txt.pdf"] != before["a.txt.pdf"]
    assert_valid(bag)
    assert run(bag, settings=settings, render_again=True).updated
    assert_valid(bag)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"remove": ("nothing.txt",)}, NotFoundError),
        ({"replace": (("nothing.txt", "{new}"),)}, NotFoundError),
        ({"replace": (("a.txt", "{new}-not"),)}, NotFoundError),
        ({"rename": (("a.txt", "sub/b.txt"),)}, ExistsError),
        ({"rename": (("a.txt", "sub"),)}, ExistsError),
        ({"add": (("{new}", "a.txt"),)}, ExistsError),
        ({"add": (("{new}", "a.txt/b"),)}, ExistsError),
        ({"add": (("{new}", "../out"),)}, UsageError),
        ({"add": (("{new}", "data/preservation/x"),)}, UsageError),
        ({"add_algorithms": ("sha999",)}, ArchiveError),
        ({"drop_algorithms": ("md5",)}, UsageError),
        ({"drop_algorithms": ("sha256", "sha512")}, UsageError),
        ({"remove": ("data/original",)}, UsageError),
        ({"bag_info": {"Payload-Oxum": ["1.1"]}}, UsageError),
        ({"bag_info": {"Bag-Version": ["9"]}}, UsageError),
        ({"accept_changes": True}, UsageError),
        ({}, UsageError),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    changes: dict[str, object], kind: type[ArchiveError], bag: Path, tmp_path: Path
) -> None:
    new = plant(tmp_path / "n", {"x": b"x"}) / "x"

    def fill(value: object) -> object:
        if isinstance(value, str):
            return value.replace("{new}", str(new))
        return tuple(map(fill, value)) if isinstance(value, tuple) else value

    before = snapshot(bag)
    with pytest.raises(kind):
        run(bag, **{key: fill(value) for key, value in changes.items()})
    assert snapshot(bag) == before
    assert [path.name for path in bag.parent.iterdir()] == ["source"]


def test_places_for_the_old_version(bag: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path).with_flags("update", keep_old=str(bag.parent))
    with pytest.raises(UsageError, match="never kept among the bags"):
        run(bag, settings=settings, remove=("a.txt",))
    inside = settings_for(tmp_path).with_flags("update", keep_old=str(bag / "old"))
    with pytest.raises(UsageError, match="inside a bag"):
        run(bag, settings=inside, remove=("a.txt",))
    assert run(bag, remove=("a.txt",), discard_old=True).kept is None
    assert not (tmp_path / "old-versions").exists()


def test_a_dry_run_writes_nothing(bag: Path) -> None:
    before = snapshot(bag.parent)
    report = run(bag, remove=("a.txt",), dry_run=True)
    assert (report.dry_run, report.updated, report.removed) == (True, False, ("data/original/a.txt",))
    assert snapshot(bag.parent) == before


def test_archives_are_refused_with_the_way_to_go(tmp_path: Path) -> None:
    make(plant(tmp_path / "plain", FILES), tmp_path / "bags", serialize="zip")
    with pytest.raises(UsageError, match="never changed") as refused:
        run(tmp_path / "bags" / "plain.zip", remove=("a.txt",))
    assert "archive unpack" in (refused.value.remedy or "")


def test_a_sealed_bag_says_that_the_new_version_needs_its_own(bag: Path) -> None:
    (bag / "seal" / "0001").mkdir(parents=True)
    (bag / "seal" / "0001" / "stamped.sha512").write_text("x\n")
    report = run(bag, remove=("a.txt",))
    assert report.sealed
    assert not (bag / "seal").exists()
    assert (Path(report.kept or "") / "seal/0001/stamped.sha512").exists()


def test_another_update_at_work_is_waited_for_by_nobody(bag: Path) -> None:
    import fcntl

    descriptor = os.open(bag, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(LockedError):
            run(bag, remove=("a.txt",))
    finally:
        os.close(descriptor)


def test_statements_say_the_new_version_only_once(bag: Path) -> None:
    for name in ("a.txt", "100%.txt"):
        run(bag, remove=(name,), discard_old=True)
    document = json.loads((bag / "metadata/descriptive/statements.json").read_bytes())
    said = [(one["property"], one["value"]) for one in document["statements"]]
    assert [prop for prop, _value in said].count("isVersionOf") == 1
    assert [value for prop, value in said if prop == "replaces"] == [f"{document['identifier']}#v2"]
    with open_bag(str(bag)) as opened:
        assert sum(tag.label == "Bag-Version" for tag in opened.info) == 1
