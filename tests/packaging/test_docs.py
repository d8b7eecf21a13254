"""The reference pages, the manual pages and the examples of JSON are as the program would write them now."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.needing import needs


@pytest.fixture
def writers(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package that writes the pages."""
    monkeypatch.syspath_prepend(str(checkout / ".ci"))
    return importlib.import_module("docs_pages")


def test_the_reference_pages_are_current(writers: ModuleType, checkout: Path) -> None:
    pages = checkout / "docs"
    old = [name for name, write in writers.PAGES.items() if (pages / name).read_text("utf-8") != write()]
    assert old == [], "run .ci/write-docs"


def test_the_manual_pages_are_current(writers: ModuleType, checkout: Path) -> None:
    pages = importlib.import_module(f"{writers.__name__}.manual").manual_pages()
    assert {path.name: path.read_text("utf-8") for path in (checkout / "docs" / "man").iterdir()} == pages, (
        "run .ci/write-man"
    )


@needs("groff")
def test_groff_has_nothing_against_the_manual_pages(checkout: Path) -> None:
    pages = sorted((checkout / "docs" / "man").glob("*.1"))
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-z", *pages], capture_output=True, text=True, check=True,
        timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    shown = subprocess.run(
        [shutil.which("groff") or "", "-man", "-Tutf8", "-P-c", str(checkout / "docs" / "man" / "archive-repair.1")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    for words in ("archive repair", "--from COPY", "EXIT STATUS", "EXAMPLES"):
        assert words in re.sub(".\b", "", shown.stdout)


def test_every_json_document_has_an_example_that_keeps_to_its_schema(writers: ModuleType, checkout: Path) -> None:
    check = importlib.import_module(f"{writers.__name__}.examples").check_example
    examples = {path.stem: path for path in (checkout / "docs" / "examples").glob("*.json")}
    assert examples.keys() == {path.stem for path in (checkout / "metadata" / "reports").glob("*.json")}
    for name, path in examples.items():
        text = path.read_text("utf-8")
        check(name, json.loads(text))
        assert str(checkout) not in text


@pytest.mark.parametrize("folder", ["arabic-statement", "mixed-folder", "press-release"])
def test_the_events_of_a_bag_are_documented(folder: str, checkout: Path) -> None:
    from lxml import etree

    record = etree.parse(checkout / "tests" / "golden" / folder / "premis.xml")
    told = (checkout / "docs" / "events.md").read_text("utf-8").partition("## In a bag")[2]
    for event in record.iterfind(".//{http://www.loc.gov/premis/v3}eventType"):
        assert f"| {event.text} | `" in told


def test_the_events_of_the_ledger_are_documented(checkout: Path) -> None:
    told = (checkout / "docs" / "events.md").read_text("utf-8").partition("## In the ledger")[2]
    kinds = set()
    for path in (checkout / "archive").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if called in ("append_event", "record_event"):
                assert isinstance(node, ast.Call)
                kinds |= {one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)}
    kinds.discard("copies")
    assert {"accession", "recovery", "transfer", "dissemination"} <= kinds
    assert {kind for kind in kinds if f"\n| {kind} | " not in told} == set()
