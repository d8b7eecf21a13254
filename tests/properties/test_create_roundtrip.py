"""Any tree of any names survives create and validate with no finding: in a folder, a zip and a tar, and in place."""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.formats.bagpath import unsafe_reason
from archive.settings import Settings
from archive.stages.validation import validate
from tests.support.making import codes, contents, make, plant

KEEP = Settings().with_flags("create", junk="keep")
NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12),
    st.sampled_from([
        "%", "%25", "%0A", "100%", " ", "a ", " a", "\n", "a\rb", "~", "~root", "*", "-rf", "\u2028", "\u0085",
        "\u00a0", "\ufeff", "\u202etxt.exe",
        "\U0001f468\u200d\U0001f469", "bagit.txt", "manifest-sha256.txt", "data", "...",
        "COM1", "a\\b", ".hidden", "\x7f", "\x1b[2J", "\u0645\u0644\u0641", "e\u0301", "metadata", "fetch.txt", "a:b",
    ]),
).filter(lambda name: name not in (".", "..") and len(name.encode()) <= 200)  # fmt: skip
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.binary(max_size=60), max_size=7)


def fits(tree: dict[str, bytes]) -> bool:
    """No file is also a folder; no two names that some system would make one; no way out; no bag already."""
    tops = {path.partition("/")[0] for path in tree}
    if "bagit.txt" in tops and any(top == "data" or top.startswith("manifest-") for top in tops):
        return False
    parts: set[str] = set()
    for path in tree:
        split = path.split("/")
        parts.update("/".join(split[: end + 1]) for end in range(len(split)))
    if any(
        f"{path}/" in other + "/" and other != path and other.startswith(f"{path}/") for path in tree for other in tree
    ):
        return False
    folded = {unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold()) for part in parts}
    return len(folded) == len(parts) and not any(unsafe_reason(f"data/{path}".encode()) for path in tree)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(TREES.filter(fits), st.sampled_from(["", "zip", "tar", "in place", "portable"]))
def test_any_tree_survives(tree: dict[str, bytes], way: str) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        if way == "portable":
            os.environ["ARCHIVE_PORTABLE"] = "1"
        src = plant(folder / "src", tree)
        in_place = way == "in place"
        serialize = way if way in ("zip", "tar") else None
        report = make(
            src, "" if in_place else folder / "out", in_place=in_place, serialize=serialize, name="src", settings=KEEP
        )
        assert report.created, [finding.message for finding in report.findings]
        assert codes(report) <= {"SRC-120", "SRC-122", "SRC-134", "BAG-507"}
        judged = validate(str(src) if in_place else report.bag)
        assert (judged.verdict, {one.code for one in judged.findings} - {"BAG-507"}) == ("valid", set())
        if serialize is None:
            assert contents(Path(report.bag) / "data") == tree
    finally:
        os.environ.pop("ARCHIVE_PORTABLE", None)
        shutil.rmtree(folder)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("abcdefg"), st.binary(min_size=1, max_size=40), min_size=2), st.data())
def test_any_single_damage_is_found(tree: dict[str, bytes], data: st.DataObject) -> None:
    """The last line feed of a tag manifest says nothing and is covered by nothing; all else is."""
    folder = Path(tempfile.mkdtemp())
    try:
        bag = Path(make(plant(folder / "src", tree), folder / "out").bag)
        victim = data.draw(st.sampled_from(sorted(path for path in bag.rglob("*") if path.is_file())))
        content = victim.read_bytes()
        harm = data.draw(st.sampled_from(["bit", "cut", "gone", "added", "renamed"]))
        if harm == "bit":
            place = data.draw(st.integers(0, len(content) - 1))
            victim.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        elif harm == "cut":
            victim.write_bytes(content[: -2 if victim.name.startswith("tagmanifest") else -1])
        elif harm == "gone":
            victim.unlink()
        elif harm == "added":
            (bag / "data/another").write_bytes(b"")
        else:
            victim.rename(victim.with_name("renamed"))
        report = validate(str(bag))
        assert report.findings, (victim.name, harm)
        if not (harm in ("gone", "renamed") and victim.name.startswith("tagmanifest")):
            assert not report.ok, (victim.name, harm)
    finally:
        shutil.rmtree(folder)
