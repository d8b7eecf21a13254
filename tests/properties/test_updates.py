"""Any sequence of updates ends where a fresh creation of the final state does, but for history; old versions return."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.formats.premis_scanning import scan_record
from archive.model.update import Changes
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.stages.updating.workflow import update
from archive.stages.validation import validate
from tests.support.making import CLOCK, contents, plant, snapshot

NAMES = st.sampled_from(["a.txt", "b.csv", "d/a.txt", "d/e/\u0628.txt", "100%.txt", "x y", "d2/q&.xml", "n\ufb01.txt"])
BYTES = st.sampled_from([b"", b"alpha\n", b"beta,1\n", b"<q/>", b"\x00\x01", b"g" * 2000])
STATES = st.dictionaries(NAMES, BYTES, min_size=1, max_size=5)
STEPS = st.lists(STATES, min_size=1, max_size=3)
HISTORY = {"isVersionOf", "replaces", "identifier", "hasFormat"}


def chosen(folder: Path) -> Settings:
    settings = Settings(folder=str(folder)).with_flags("render", pdfa="none")
    return settings.with_flags("identify", formats="table", virus="none")


def changes_between(before: dict[str, bytes], after: dict[str, bytes], new: Path) -> Changes:
    """Renames for content that moved, then what is left as removals, replacements and additions."""
    gone = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    renamed: list[tuple[str, str]] = []
    for name in list(fresh):
        old = next((one for one in gone if before[one] == after[name]), None)
        if old is not None:
            renamed.append((old, name))
            gone.remove(old)
            fresh.remove(name)
    replaced = [name for name in after if name in before and before[name] != after[name]]
    plant(new, {f"{number}": after[name] for number, name in enumerate((*replaced, *fresh))})
    places = {name: str(new / str(number)) for number, name in enumerate((*replaced, *fresh))}
    return Changes(
        remove=tuple(gone),
        rename=tuple(renamed),
        replace=tuple((name, places[name]) for name in replaced),
        add=tuple((places[name], name) for name in fresh),
    )


def words_of(bag: Path) -> tuple[list[tuple[Any, ...]], set[str]]:
    """The statements but for history, as a multiset; the media types, whose order is that in which they came."""
    document = json.loads((bag / "metadata/descriptive/statements.json").read_bytes())
    said = [
        (one["property"], one["value"], one.get("about"), one.get("by"))
        for one in document["statements"]
        if one["property"] not in HISTORY and one["property"] != "format"
    ]
    return sorted(said, key=str), {one["value"] for one in document["statements"] if one["property"] == "format"}


def objects_of(bag: Path) -> dict[str, bytes]:
    """The file objects of this version: their formats by bag path."""
    content = (bag / "metadata/preservation/premis.xml").read_bytes()
    return {path: file.format for path, file in scan_record([content]).files.items()}


@given(first=STATES, steps=STEPS, further=st.sampled_from([(), ("md5",), ("sha1", "md5")]))
@settings(max_examples=40, deadline=None)
def test_updates_end_where_a_fresh_creation_ends(
    first: dict[str, bytes], steps: list[dict[str, bytes]], further: tuple[str, ...]
) -> None:
    """The first update adds manifests of the algorithms `further`."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        create(
            [str(plant(folder / "v0", first))], str(folder / "bags"), name="bag", settings=chosen(folder), clock=CLOCK
        )
        bag = folder / "bags" / "bag"
        state, kept = first, []
        for number, after in enumerate(steps, 1):
            changes = changes_between(state, after, folder / f"new{number}")
            if changes.empty:
                continue
            if not kept:
                changes = replace(changes, add_algorithms=further)
            before = snapshot(bag)
            report = update(str(bag), changes, settings=chosen(folder), clock=CLOCK)
            assert report.updated, report
            assert report.kept is not None
            kept.append((Path(report.kept), before))
            state = after
            judged = validate(str(bag))
            assert (judged.verdict, [f.code for f in judged.findings if f.severity.value == "error"]) == ("valid", [])
            assert not [f for f in judged.findings if f.code.startswith("PRM")], judged.findings
        for path, before in kept:
            assert snapshot(path) == before
            assert validate(str(path)).verdict == "valid"
        fresh = folder / "fresh"
        create([str(plant(folder / "final", state))], str(fresh), name="bag", settings=chosen(folder), clock=CLOCK)
        assert contents(bag / "data") == contents(fresh / "bag" / "data")
        for manifest in ("manifest-sha256.txt", "manifest-sha512.txt"):
            lines = [sorted((one / manifest).read_bytes().splitlines()) for one in (bag, fresh / "bag")]
            assert lines[0] == lines[1]
        for name in further if kept else ():
            digests = {path: hashlib.new(name, content).hexdigest() for path, content in contents(bag / "data").items()}
            listed = (bag / f"manifest-{name}.txt").read_text(encoding="utf-8").splitlines()
            assert sorted(line.split(maxsplit=1)[0] for line in listed) == sorted(digests.values())
        assert words_of(bag) == words_of(fresh / "bag")
        assert objects_of(bag) == objects_of(fresh / "bag")
        shutil.rmtree(folder / "bags")
