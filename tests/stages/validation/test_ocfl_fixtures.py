"""Objects named after the codes that a validator must tell of them, by both specifications, beside ocfl-py's verdict.

Each name begins with codes, as the names of published fixtures do: all of them must be told.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive.cli.app import run
from archive.model.finding import Outcome
from archive.stages.validation import validate
from archive.stages.validation.ocfl.ocfl import is_ocfl, validate_ocfl
from tests.support.needing import need
from tests.support.ocfl_building import (
    ALPHA,
    STATES,
    Build,
    add_line,
    call_content_stuff,
    declare,
    in_places,
    in_version,
    lower,
    on_disk,
    only_declared,
    raise_case,
    rename_in_sidecar,
    renew,
    signed,
    type_of,
)  # fmt: skip
from tests.support.ocfl_objects import edit, sign, write_object, write_root
from tests.support.ocfl_published import BAD, BOTH, GOOD, OF_ONE_SPECIFICATION

WRONG: dict[str, Build] = {
    "E001 file called like a version": on_disk(lambda o: (o / "v9").write_text("x")),
    "E001 logs that are a file": on_disk(lambda o: (o / "logs").write_text("x")),
    "E001 extra sidecar": on_disk(lambda o: (o / "inventory.json.md5").write_text("0" * 32 + " inventory.json\n")),
    "E001_E046 folder v0": on_disk(lambda o: (o / "v0").mkdir()),
    "E003_E063 empty": lambda folder, _: folder.mkdir(),
    "E003_E001 declaration without equals sign": declare("0ocfl_object_1.0"),
    "E003_E004_E006 declaration without version": declare("0=ocfl_object_"),
    "E003_E006 declaration of a root": declare("0=ocfl_1.0"),
    "E007 empty declaration": declare("", ""),
    "E007 declaration of another version": declare("", "ocfl_object_9.0\n"),
    "E023_E092 content under another name": on_disk(lambda o: (o / "v1/content/a.txt").rename(o / "v1/content/z")),
    "E033 inventory of version 1 is no JSON": on_disk(lambda o: sign(o / "v1", b"{")),
    "E038 newer specification than is known": in_places("", "v2", type=type_of("2.0")),
    "E038 version 1 by no specification": in_places("v1", type=type_of("9.9")),
    "E040 head is not the newest": in_places("", "v2", head="v1"),
    "E041_E106 manifest null": signed(lambda inventory: inventory.update(manifest=None)),
    "E048_E050_E054 version block is bare": signed(lambda i: i["versions"].update(v1={"state": {"x": []}, "user": {}})),
    "E049 date and time with a space": in_version(created="2019-01-01 02:03:04Z"),
    "E049_E050_E054 version block of other values": in_version(created="yesterday", state=["x"], user="me"),
    "E050 digest twice in a state": signed(lambda i: i["versions"]["v1"]["state"].update({ALPHA.upper(): ["z"]})),
    "E050_E107 digest of no version": signed(lambda i: i["manifest"].update({"0" * 128: ["v1/content/x"]})),
    "E054 user null": in_version(user=None),
    "E058 no sidecar in version 1": on_disk(lambda o: (o / "v1/inventory.json.sha512").unlink()),
    "E060_E064 root inventory changed": on_disk(lambda o: add_line(o / "inventory.json")),
    "E061 empty sidecar": on_disk(lambda o: (o / "inventory.json.sha512").write_text("")),
    "E061 sidecar of another file": on_disk(rename_in_sidecar),
    "E063 inventory in capitals": on_disk(lambda o: (o / "inventory.json").rename(o / "INVENTORY.json")),
    "E063 nothing but a declaration": only_declared,
    "E092_W002 content in another folder": on_disk(lambda o: (o / "v1/content").rename(o / "v1/data")),
    "E094 message null": in_version(message=None),
    "E103 an older specification after a newer": lower,
}  # fmt: skip

RIGHT: dict[str, Build] = {
    "no content": on_disk(lambda o: None, states=({},)),
    "digests in capitals": signed(raise_case),
    "content called stuff": call_content_stuff,
    "extensions empty": on_disk(lambda o: (o / "extensions").mkdir()),
    "ten versions": on_disk(lambda o: None, states=tuple({"a": str(n).encode()} for n in range(9))),
    "time with a zone": in_version(created="2019-01-01T02:03:04.123456+05:30"),
    "specification renewed": renew,
    "W001_W004_W005 as published": on_disk(
        lambda o: None, algorithm="sha256", identifier="bb123cd4567", names="v{:04}".format
    ),
    "W009 address": in_version(user={"name": "x", "address": "1 Example Way"}),
    "W011 other message": on_disk(lambda o: edit(o, "v1", change=lambda i: i["versions"]["v1"].update(message="x"))),
}

STOPPED = {"E041_E106 manifest null", "E041_no_manifest", "E049_E050_E054 version block of other values"}
"""Where ocfl-py ends without a verdict."""


def told(folder: Path) -> tuple[bool, set[str]]:
    report = validate_ocfl(str(folder))
    return report.verdict == "valid", {finding.code.removeprefix("OCFL-") for finding in report.findings}


def named(name: str) -> set[str]:
    return set(re.findall(r"[EW]\d{3}", name))


_ASK = """
import contextlib, io, json, logging, sys
from ocfl.validator import Validator
logging.disable(logging.CRITICAL)
words = []
for folder in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            words.append(bool(Validator().validate_object(folder)))
        except (TypeError, AttributeError):
            words.append(None)
print(json.dumps(words))
"""


def words_of_ocfl_py(*folders: Path) -> list[bool | None]:
    """Its verdict on each; None where it gives none. It has an environment of its own."""
    python = Path(need("ocfl-py"), "python")
    command = [python, "-W", "ignore", "-c", _ASK, *folders]
    words: list[bool | None] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return words


@pytest.mark.parametrize("specification", ["1.0", "1.1"])
@pytest.mark.parametrize("name", WRONG)
def test_every_code_of_the_name_is_told(name: str, specification: str, tmp_path: Path) -> None:
    WRONG[name](tmp_path / "o", specification)
    valid, codes = told(tmp_path / "o")
    assert not valid
    assert named(name) <= codes
    assert is_ocfl(str(tmp_path / "o")) or name == "E003_E063 empty"


@pytest.mark.parametrize("specification", ["1.0", "1.1"])
@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_valid_with_its_warnings_and_no_more(name: str, specification: str, tmp_path: Path) -> None:
    RIGHT[name](tmp_path / "o", specification)
    assert told(tmp_path / "o") == (True, named(name))


def published(table: dict[str, Build]) -> list[tuple[str, str]]:
    return [(name, one) for name in table for one in BOTH if OF_ONE_SPECIFICATION.get(name, one) == one]


@pytest.mark.parametrize(("name", "specification"), published(BAD))
def test_a_published_bad_object_is_invalid_with_its_codes(name: str, specification: str, tmp_path: Path) -> None:
    BAD[name](tmp_path / "o", specification)
    judge = validate_ocfl if name.endswith("_empty") else validate
    report = judge(str(tmp_path / "o"))
    assert report.outcome is Outcome.DAMAGED
    assert named(name) <= {finding.code.removeprefix("OCFL-") for finding in report.findings}


@pytest.mark.parametrize(("name", "specification"), published(GOOD))
def test_a_published_good_object_is_valid_with_its_warnings(name: str, specification: str, tmp_path: Path) -> None:
    GOOD[name](tmp_path / "o", specification)
    assert told(tmp_path / "o") == (True, named(name))


@pytest.mark.parametrize("specification", BOTH)
def test_ocfl_py_has_the_same_verdicts(specification: str, tmp_path: Path) -> None:
    every = {**WRONG, **RIGHT, **BAD, **GOOD}
    built = {}
    for number, (name, build) in enumerate(every.items()):
        built[name] = tmp_path / str(number)
        build(built[name], specification)
    words = dict(zip(built, words_of_ocfl_py(*built.values()), strict=True))
    right = {*RIGHT, *GOOD}
    assert words == {name: None if name in STOPPED else name in right for name in built}


def write_many(folder: Path, count: int) -> list[Path]:
    """A root with that many objects by layout 0004, and the places of its objects."""
    root = write_root(
        folder, layout={"extensionName": "0004-hashed-n-tuple-storage-layout", "tupleSize": 2, "numberOfTuples": 2}
    )
    places = []
    for number in range(count):
        identifier = f"urn:example:{number}"
        whole = hashlib.sha256(identifier.encode()).hexdigest()
        places.append(write_object(root / whole[:2] / whole[2:4] / whole, STATES, identifier=identifier))
    return places


def exit_of(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    """The exit code of `archive validate --json` and its one document."""
    code = run(["validate", "--json", "--quiet", *map(str, words)])
    return code, json.loads(capsys.readouterr().out)


def test_a_root_and_its_objects_have_the_same_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = write_many(tmp_path / "r", 40)
    root, first, last = tmp_path / "r", places[0], places[-1]
    assert exit_of(capsys, root)[0] == exit_of(capsys, root, "--strict")[0] == 0
    assert exit_of(capsys, first, last, "--strict")[0] == 0
    edit(first, "v1", change=lambda i: i["versions"]["v1"].update(message="another"))
    for subject in (root, first):
        assert exit_of(capsys, subject)[0] == 0
        code, document = exit_of(capsys, subject, "--strict")
        assert code == 3
        assert "OCFL-W011" in json.dumps(document)
    assert exit_of(capsys, last, "--strict")[0] == 0
    (last / "v1" / "content" / "a.txt").write_text("Alpha")
    for subject in (root, last):
        code, document = exit_of(capsys, subject)
        assert code == 1
        assert "OCFL-E092" in json.dumps(document)
    assert exit_of(capsys, first)[0] == 0
    assert exit_of(capsys, first, last)[0] == 1


def test_every_damaged_object_of_a_root_is_told_by_its_path(tmp_path: Path) -> None:
    places = write_many(tmp_path / "r", 30)
    for place in places[::3]:
        (place / "v1" / "content" / "a.txt").write_text("Alpha")
    for place in places[1::3]:
        (place / "inventory.json.sha512").unlink()
    report = validate_ocfl(str(tmp_path / "r"))
    found = {(finding.code, finding.subject) for finding in report.findings}
    expected = {("OCFL-E092", str(p.relative_to(tmp_path / "r") / "v1/content/a.txt")) for p in places[::3]}
    expected |= {("OCFL-E058", str(p.relative_to(tmp_path / "r") / "inventory.json.sha512")) for p in places[1::3]}
    assert found == expected
    assert report.facts["objects"] == 30
