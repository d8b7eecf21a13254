"""ocfl-py judges what we write, and we judge what ocfl-py makes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from archive.stages.validation.ocfl.ocfl import validate_ocfl
from tests.support.deposit_bags import send, settings_in, write_bag
from tests.support.needing import need
from tests.support.ocfl_objects import write_object

_VALIDATE = """
import logging, sys
from ocfl.validator import Validator
logging.disable(logging.CRITICAL)
good = Validator().validate_object(sys.argv[1])
print("accepted" if good else "refused")
"""
_BUILD = """
import sys, ocfl
source, target, algorithm, specification = sys.argv[1:]
made = ocfl.Object(
    identifier="urn:example:made", digest_algorithm=algorithm, spec_version=specification, fixity=["md5"]
)
said = ocfl.VersionMetadata(message="made", name="A", address="mailto:a@example.org")
made.build(srcdir=source, versions_metadata={1: said, 2: said}, objdir=target)
"""


@pytest.fixture(scope="module")
def python() -> str:
    """The interpreter that has ocfl-py. Its pins do not go with boto3's, so it has an environment of its own."""
    return os.path.join(need("ocfl-py"), "python")


def _ask(python: str, script: str, *arguments: str) -> str:
    command = [python, "-W", "ignore", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def accepts(python: str, folder: Path) -> bool:
    """The word of ocfl-py on one object."""
    return _ask(python, _VALIDATE, str(folder)).splitlines()[-1] == "accepted"


def test_what_we_write_is_valid_to_ocfl_py(python: str, tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    send(write_bag(tmp_path / "one" / "bag"), settings)
    send(write_bag(tmp_path / "two" / "bag", {"صباح +.txt": b"new", "b": b"b"}), settings)
    (declaration,) = (tmp_path / "root").glob("*/*/*/*/0=ocfl_object_1.1")
    assert accepts(python, declaration.parent)
    (declaration.parent / "v1" / "content" / "bagit.txt").write_text("changed")
    assert not accepts(python, declaration.parent)


@pytest.mark.parametrize("algorithm", ["sha512", "sha256"])
@pytest.mark.parametrize("specification", ["1.0", "1.1"])
def test_what_ocfl_py_writes_is_valid_to_us(python: str, tmp_path: Path, algorithm: str, specification: str) -> None:
    for version, content in (("v1", b"one"), ("v2", b"two")):
        (tmp_path / "source" / version / "sub").mkdir(parents=True)
        (tmp_path / "source" / version / "sub" / "صباح +&.txt").write_bytes(content)
        (tmp_path / "source" / version / "same.txt").write_bytes(b"same")
    _ask(python, _BUILD, str(tmp_path / "source"), str(tmp_path / "object"), algorithm, specification)
    report = validate_ocfl(str(tmp_path / "object"))
    codes = {finding.code for finding in report.findings} - {"OCFL-W004"}
    if specification == "1.1":
        assert (report.verdict, codes) == ("valid", set())
    else:
        assert codes == {"OCFL-E038"}, "ocfl-py 2.1 declares 1.0 and names 1.1 in the inventory; 3.5.1 forbids it"


CHANGES = {
    "content": lambda o: (o / "v1/content/a.txt").write_bytes(b"x"),
    "missing": lambda o: (o / "v1/content/a.txt").unlink(),
    "extra": lambda o: (o / "v1/content/new.txt").write_bytes(b"x"),
    "declaration": lambda o: (o / "0=ocfl_object_1.1").write_text("x"),
    "sidecar": lambda o: (o / "inventory.json.sha512").write_text("x"),
    "no inventory": lambda o: (o / "inventory.json").unlink(),
    "file in version": lambda o: (o / "v1/file").write_bytes(b"x"),
    "nothing": lambda o: None,
}


@pytest.mark.parametrize("change", CHANGES)
def test_both_say_the_same(python: str, change: str, tmp_path: Path) -> None:
    folder = write_object(tmp_path / "o", [{"a.txt": b"a", "b/c.txt": b"c"}, {"a.txt": b"a2"}])
    CHANGES[change](folder)
    assert accepts(python, folder) == (validate_ocfl(str(folder)).verdict == "valid")
