"""Any tree of any names is valid as bagged, in a folder, a zip and a tar; any single damage to it is found."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from archive.formats.zip_records import other_readings
from archive.model.finding import Severity
from archive.stages.validation import validate
from tests.support.bag_drafts import Files, draft, write_folder, write_tar, write_zip

EXAMPLES = 400 if os.environ.get("ARCHIVE_LONG_TESTS") else 40
NAMES = st.text(st.characters(exclude_characters="/\x00", exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..")
)
TREES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=40), max_size=6)
QUIET = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bag_of(tree: dict[str, bytes]) -> Files:
    """A right bag of the tree, less what would be both a file and a folder."""
    folders = {"/".join(path.split("/")[:end]) for path in tree for end in range(1, path.count("/") + 1)}
    return draft({b"data/" + path.encode(): content for path, content in tree.items() if path not in folders})


def has_twins(files: Files) -> bool:
    """Whether some tool unpacks two of these names of a zip as one: Info-ZIP leaves out control characters."""
    readers: dict[bytes, bytes] = {}
    return any(
        readers.setdefault(one, path) != path
        for path in files
        for one in (path, *other_readings(path, path, utf8=True))
    )


@QUIET
@given(TREES)
@example({"\x1f": b"", "\x1e": b""})
def test_any_tree_is_valid_in_every_form(tree: dict[str, bytes]) -> None:
    files = bag_of(tree)
    assume(not has_twins(files))
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        forms = [
            write_folder(files, root / "bag"),
            write_tar(files, root / "bag.tar"),
            write_zip(files, root / "bag.zip"),
        ]
        for form in forms:
            report = validate(str(form))
            assert report.verdict == "valid", (form.name, report.findings)
            assert {f.code for f in report.findings} <= {"BAG-504", "BAG-505", "BAG-507"}


def damage(files: Files, draw: st.DrawFn) -> tuple[str, Files]:
    """One change to one file: a bit, a cut, a longer end, gone, added, renamed, or two exchanged."""
    changed = dict(files)
    paths = sorted(path for path in files if not path.startswith(b"tagmanifest-"))
    path = draw(st.sampled_from(paths))
    content = files[path]
    kind = draw(st.sampled_from(["bit", "cut", "longer", "gone", "added", "renamed", "swapped"]))
    if kind == "bit" and content:
        place = draw(st.integers(0, len(content) - 1))
        flipped = content[place] ^ (1 << draw(st.integers(0, 7)))
        changed[path] = content[:place] + bytes([flipped]) + content[place + 1 :]
    elif kind == "cut" and content:
        changed[path] = content[: draw(st.integers(0, len(content) - 1))]
    elif kind == "longer":
        changed[path] = content + draw(st.binary(min_size=1, max_size=3))
    elif kind == "gone":
        del changed[path]
    elif kind == "renamed":
        changed[path + b"-renamed"] = changed.pop(path)
    elif kind == "swapped":
        other = draw(st.sampled_from(paths))
        changed[path], changed[other] = files[other], content
    else:
        changed[b"data/added by damage"] = content
    return kind, changed


@QUIET
@given(TREES, st.data())
def test_any_single_damage_is_found(tree: dict[str, bytes], data: st.DataObject) -> None:
    files = bag_of(tree)
    kind, changed = data.draw(st.composite(lambda draw: damage(files, draw))())
    with tempfile.TemporaryDirectory() as place:
        bag = write_folder(changed, Path(place) / "bag")
        report = validate(str(bag))
        shutil.rmtree(bag)
    severe = [f for f in report.findings if f.severity in (Severity.ERROR, Severity.UNCHECKED)]
    assert bool(severe) == (changed != files), (kind, report.findings)
