"""roc-validator judges our crates, and refuses spoilt ones; a crate without its one file is the bag again."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from archive.errors import UsageError
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from archive.stages.exporting.rocrate import DESCRIPTOR, encode_id
from archive.stages.validation import validate
from tests.support.exporting import SEEDS, seed_bag, tree_of, with_tag_file
from tests.support.making import CLOCK, contents, make, plant
from tests.support.needing import need

_JUDGE = """
import importlib.util, json, os, sys
from rocrate_validator.services import validate
from rocrate_validator.utils.http import HttpRequester

(folder,) = sys.argv[1:]
(package,) = importlib.util.find_spec("rocrate").submodule_search_locations
with open(os.path.join(package, "data", "ro-crate.jsonld"), encoding="utf-8") as file:
    CONTEXT = file.read()


class Answer:
    # The JSON-LD context comes from the package rocrate, not over the network: that of 1.3, which has all terms of 1.2.
    status_code, text, content, from_cache, ok = 200, CONTEXT, CONTEXT.encode(), False, True
    headers = {"Content-Type": "application/ld+json"}

    def json(self):
        return json.loads(CONTEXT)

    def raise_for_status(self):
        pass


HttpRequester.__getattr__ = lambda self, name: lambda url, **options: Answer()
result = validate({
    "rocrate_uri": folder, "profile_identifier": "ro-crate-1.2", "requirement_severity": "REQUIRED",
    "enable_profile_inheritance": True,
})
issues = list(result.get_issues())
print(f"judged: {len(issues)} issues")
for issue in issues:
    print(issue.check.identifier, " ".join(issue.message.split()))
"""


def judge(crate: Path) -> list[str]:
    """The REQUIRED issues that roc-validator finds."""
    python = os.path.join(need("roc-validator"), "python")
    home = crate.parent / "home"
    home.mkdir(exist_ok=True)
    ran = subprocess.run(
        [python, "-c", _JUDGE, str(crate)], capture_output=True, text=True, check=False, cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    count, *issues = ran.stdout[ran.stdout.index("judged: ") :].splitlines()
    assert count == f"judged: {len(issues)} issues", ran.stdout
    return issues


def export_crate(bag: Path, to: Path) -> Path:
    report = export(str(bag), "rocrate", str(to), settings=Settings(), clock=CLOCK)
    assert report.placed, report.findings
    return Path(report.package)


def graph_of(crate: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((crate / DESCRIPTOR).read_bytes())
    entities = {one["@id"]: one for one in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    return entities


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crate_is_accepted_and_is_the_bag_with_one_file_more(seed: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags")
    crate = export_crate(bag, tmp_path / "crates")
    assert judge(crate) == []
    assert validate(str(crate)).verdict == "valid"
    tree = contents(crate)
    del tree[DESCRIPTOR]
    added = f"  {DESCRIPTOR}\n".encode()
    for name in (one for one in tree if one.startswith("tagmanifest-")):
        tree[name] = b"".join(line for line in tree[name].splitlines(keepends=True) if not line.endswith(added))
    assert tree == contents(bag)


def test_the_graph_agrees_with_the_files(tmp_path: Path) -> None:
    crate = export_crate(seed_bag("mixed-folder", tmp_path / "bags"), tmp_path / "crates")
    entities, tree = graph_of(crate), contents(crate)
    root = entities["./"]
    files = {unquote(one["@id"]): one for one in entities.values() if one["@type"] == "File"}
    assert {unquote(one["@id"]) for one in root["hasPart"]} == set(files)
    apart = {one for one in tree if one in {"bagit.txt", DESCRIPTOR} or "manifest-" in one}
    assert set(files) == set(tree) - apart
    digests = {
        path: digest
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
        for digest, path in (line.split("  ", 1) for line in (crate / name).read_text("utf-8").splitlines())
    }
    for path, entity in files.items():
        assert entity["contentSize"] == str(len(tree[path]))
        assert entity["sha256"] == digests[path.replace("%", "%25")]
    assert root["name"] == "Field visit to a school, October 2019"
    assert root["alternateName"]["@language"] == "ar"
    assert root["license"]["@id"] in entities
    assert "data/original/100%25%20of%20rooms.txt" in entities


def test_an_identifier_is_a_relative_uri_that_keeps_other_scripts() -> None:
    assert encode_id("data/a b#c?d%e[1].txt") == "data/a%20b%23c%3Fd%25e%5B1%5D.txt"
    assert encode_id("data/\u0631.txt") == "data/\u0631.txt"
    assert encode_id("a:b\x7f\x85") == "a%3Ab%7F%C2%85"


def _lose_a_file(crate: Path) -> None:
    (crate / "data" / "original" / "windows.png").unlink()


def _write_a_raw_identifier(crate: Path) -> None:
    text = (crate / DESCRIPTOR).read_text("utf-8")
    (crate / DESCRIPTOR).write_text(text.replace("interview%20notes", "interview notes"), "utf-8")


def _use_an_unknown_term(crate: Path) -> None:
    text = (crate / DESCRIPTOR).read_text("utf-8")
    (crate / DESCRIPTOR).write_text(text.replace('"sha256"', '"sha257"'), "utf-8")


@pytest.mark.parametrize("spoil", [_lose_a_file, _write_a_raw_identifier, _use_an_unknown_term])
def test_the_judge_refuses_a_spoilt_crate(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    crate = export_crate(seed_bag("mixed-folder", tmp_path / "bags"), tmp_path / "crates")
    spoil(crate)
    assert judge(crate)


def test_a_plain_bag_becomes_a_crate_and_a_crate_does_not(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "bags", algorithms=["md5"])
    crate = export_crate(tmp_path / "bags" / "src", tmp_path / "crates")
    assert judge(crate) == []
    with pytest.raises(UsageError, match="RO-Crate already"):
        export_crate(crate, tmp_path / "again")


def test_private_fields_are_not_described_and_seals_stay_out(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    (bag / "seal" / "0001").mkdir(parents=True)
    (bag / "seal" / "0001" / "seal.json").write_text("{}")
    report = export(str(bag), "rocrate", str(tmp_path / "crates"), settings=Settings(), clock=CLOCK)
    tree = tree_of(report)
    assert b"fields.toml" not in tree[DESCRIPTOR]
    assert not [name for name in tree if name.startswith("seal/")]
    assert [one.count for one in report.lost if "seals" in one.what] == [1]
    assert "seals" in graph_of(Path(report.package))[DESCRIPTOR]["description"]


def test_a_bag_without_a_day_is_refused(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "bags", algorithms=["sha256"])
    bag = tmp_path / "bags" / "src"
    lines = (bag / "bag-info.txt").read_text().splitlines(keepends=True)
    with_tag_file(bag, "bag-info.txt", "".join(one for one in lines if "Bagging-Date" not in one).encode())
    with pytest.raises(UsageError, match="Bagging-Date"):
        export_crate(bag, tmp_path / "crates")
    assert not (tmp_path / "crates").exists()
