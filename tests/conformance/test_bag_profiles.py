"""BagIt Profiles 1.4: each rule kept and broken, wrong profiles refused, and the shipped ones held to their bags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model.finding import Outcome
from archive.resources import metadata_path
from archive.stages.validation import validate
from archive.stages.validation.bags.profiles import load_profile, shipped_profiles
from tests.support.bag_drafts import draft, seal, write_folder, write_tar, write_zip
from tests.support.profile_cases import CASES, WRONG, profile, write_profile


@pytest.mark.parametrize("name", CASES)
def test_a_rule_is_held(name: str, tmp_path: Path) -> None:
    tree, make, form, codes = CASES[name]
    rules = write_profile(tree, tmp_path)
    if form == "folder":
        bag = write_folder(make(), tmp_path / "bag")
    elif form == "zip":
        bag = write_zip(make(), tmp_path / "bag.zip")
    else:
        bag = write_tar(make(), tmp_path / f"bag.{form}", compression=form.partition(".")[2])
    report = validate(str(bag), profile=str(rules))
    assert {finding.code for finding in report.findings} == set(codes.split()), report.findings
    assert (report.outcome is Outcome.INTACT) == (codes in ("", "BAG-612", "BAG-613"))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_profile_is_refused_in_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(WRONG[name])
    with pytest.raises(UsageError, match="profile"):
        load_profile(str(path))


@pytest.mark.parametrize("name", ["https://example.org/p.json", "nothing-of-this-name", "/"])
def test_a_profile_that_is_no_local_file_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        load_profile(name)


def test_the_shipped_profiles_are_named_and_read() -> None:
    assert shipped_profiles() == ("aptrust", "beyond-the-repository", "muniment")
    for name in shipped_profiles():
        assert load_profile(name).identifier
        tree = json.loads(metadata_path("profiles", f"{name}.json").read_bytes())
        assert tree["BagIt-Profile-Info"]["BagIt-Profile-Version"] == "1.4.0"


APTRUST = b"Title: A press release\nAccess: Institution\nStorage-Option: Standard\n"


def aptrust_bag(info: bytes = APTRUST, algorithm: str = "md5") -> dict[bytes, bytes]:
    return draft(algorithms=[algorithm], info=b"Source-Organization: Archive\n", extra={b"aptrust-info.txt": info})


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        (aptrust_bag(), set()),
        (aptrust_bag(algorithm="sha256"), {"BAG-605"}),
        (aptrust_bag(b"Access: Institution\n"), {"BAG-602"}),
        (aptrust_bag(b"Title: \nAccess: Institution\n"), {"BAG-602"}),
        (aptrust_bag(b"Title: x\nAccess: Everybody\n"), {"BAG-603"}),
        (aptrust_bag(b"Title: x\nAccess: Institution\nStorage-Option: Shelf\n"), {"BAG-603"}),
        (aptrust_bag(b"Title: x\nTitle: y\nAccess: Institution\n"), {"BAG-604"}),
        (draft(algorithms=["md5"], info=b"Source-Organization: Archive\n"), {"BAG-602", "BAG-609"}),
    ],
)
def test_aptrust(files: dict[bytes, bytes], codes: set[str], tmp_path: Path) -> None:
    report = validate(str(write_tar(files, tmp_path / "bag.tar")), profile="aptrust")
    found = {finding.code for finding in report.findings if finding.severity.value == "error"}
    assert found == codes


def test_beyond_the_repository(tmp_path: Path) -> None:
    info = b"Source-Organization: A\nBagging-Date: 2026-11-24\nPayload-Oxum: 2310.3\n"
    report = validate(str(write_folder(draft(info=info), tmp_path / "bag")), profile="beyond-the-repository")
    assert report.outcome is Outcome.INTACT
    report = validate(str(write_folder(draft(info=b"X: y\n"), tmp_path / "other")), profile="beyond-the-repository")
    missing = sorted(str(f.facts["label"]) for f in report.findings if f.code == "BAG-602")
    assert missing == ["Bagging-Date", "Payload-Oxum", "Source-Organization"]


def test_our_own_profile_wants_both_digests_and_nothing_to_fetch(tmp_path: Path) -> None:
    info = b"Bagging-Date: 2026-11-24\nBag-Software-Agent: test\nPayload-Oxum: 2310.3\n"
    good = draft(info=info, extra={b"metadata/descriptive/note.txt": b"x"})
    assert validate(str(write_folder(good, tmp_path / "good")), profile="muniment").verdict == "valid"
    bad = seal({**draft(info=info, algorithms=["sha256"]), b"stray.txt": b"x"})
    report = validate(str(write_folder(bad, tmp_path / "bad")), profile="muniment")
    assert {f.code for f in report.errors if f.code > "BAG-6"} == {"BAG-605", "BAG-610"}


def test_a_profile_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(profile()).encode())
    assert load_profile(str(path)).serialization == "optional"
