"""The budget of starting up: nothing loads before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bag_drafts import draft, write_folder
from tests.support.making import ROOT

HEAVY = {
    "lxml",
    "pypdf",
    "reportlab",
    "bagit",
    "rich",
    "uharfbuzz",
    "pygfried",
    "PIL",
    "docx",
    "markdown_it",
    "httpx",
    "boto3",
    "asyncssh",
    "distributed",
    "psycopg",
    "sqlite3",
}


@pytest.mark.parametrize(
    "arguments", [["-c", "import archive"], ["-m", "archive", "--help"], ["-m", "archive", "create", "--help"]]
)
def test_nothing_heavy_loads(arguments: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in ran.stderr.splitlines() if "|" in line}
    assert "archive" in loaded
    assert loaded.isdisjoint(HEAVY)


UNNEEDED = {
    "archive.stages.validation.bags.profiles",
    "archive.stages.validation.bags.cross_check",
    "archive.stages.validation.ocfl.ocfl",
    "archive.stages.validation.records.record",
    "archive.stages.creation",
    "archive.bags.zip_reader",
    "archive.bags.tar_reader",
    "archive.bags.range_worker",
    "archive.formats.fetch",
    "archive.model.seal",
    "json",
    "multiprocessing",
    "pickle",
    "socket",
    "subprocess",
    "tempfile",
}
"""What the judgement of a plain bag in a folder has no use for."""


def _plain_bag(folder: Path) -> Path:
    return write_folder(draft({b"data/a.txt": b"words"}), folder / "bag")


def test_validating_a_plain_bag_loads_only_what_it_needs(tmp_path: Path) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "archive", "validate", str(_plain_bag(tmp_path))]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert "archive.stages.validation.bags.bag" in loaded
    assert loaded.isdisjoint(UNNEEDED)
    assert {name.split(".")[0] for name in loaded}.isdisjoint(HEAVY)


def test_creating_a_plain_bag_loads_nothing_of_audits_and_drawing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    words = [sys.executable, "-X", "importtime", "-m", "archive", "create", "--plain", "a.txt", "--to", "bags"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert "archive.stages.creation.workflow" in loaded
    unneeded = (
        "archive.ledger", "archive.stages.auditing", "archive.renditions", "archive.library.holdings_reports",
        "archive.formats.description_", "archive.formats.profile", "archive.formats.remote_files",
        "archive.stages.creation.batch", "archive.stages.creation.remote", "archive.storage.packing",
        "csv", "json", "secrets", "tarfile", "tempfile",
    )  # fmt: skip
    loaded.discard("archive.formats.description_names")
    assert not [name for name in loaded if name.startswith(unneeded)]
    assert {name.split(".")[0] for name in loaded}.isdisjoint(HEAVY)


def test_a_drawing_process_loads_no_library_for_reading_pdf() -> None:
    script = "import archive.renditions.worker, archive.renditions.pdf.drawing, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "archive.renditions.pdf.file" in ran.stdout.split()
    assert {name.split(".")[0] for name in ran.stdout.split()}.isdisjoint({*HEAVY, "click"})


def test_a_worker_process_loads_little() -> None:
    words = [sys.executable, "-I", "-S", "-X", "importtime", "-c"]
    script = "import sys; sys.path.append(sys.argv[1]); import archive.bags.range_worker, archive.bags.manifest_ranges"
    ran = subprocess.run([*words, script, str(ROOT)], capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert "archive.bags.manifest_ranges" in loaded
    assert loaded.isdisjoint({"dataclasses", "inspect", "archive.model.finding", "archive.config", "click"})


def test_an_audit_worker_loads_nothing_of_records_and_settings() -> None:
    loaded = _loaded("import archive.stages.auditing.local_worker, archive.stages.auditing.checking")
    unneeded = {
        "archive.settings",
        "archive.model.seal",
        "archive.formats.premis_reading",
        "click",
        "json",
        "subprocess",
    }
    assert loaded.isdisjoint(unneeded | HEAVY)


def test_the_process_that_asks_a_location_loads_little() -> None:
    loaded = _loaded("import archive.stages.auditing.probe")
    assert loaded.isdisjoint({"dataclasses", "inspect", "json", "subprocess", "archive.model.audit", "click"})


def test_an_audit_loads_nothing_of_bags(tmp_path: Path) -> None:
    """Its workers do: the driver reads the ledger."""
    words = [sys.executable, "-m", "archive"]
    bag = _plain_bag(tmp_path)
    subprocess.run([*words, "init"], cwd=tmp_path, capture_output=True, check=True)
    subprocess.run([*words, "holdings", "add", str(bag)], cwd=tmp_path, capture_output=True, check=True)
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "archive", "audit"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert "archive.stages.auditing.driver" in loaded
    unneeded = ("archive.bags", "archive.stages.validation", "pathlib", "random", "secrets", "shutil", "urllib")
    assert not [name for name in loaded if name.startswith(unneeded)]


def test_help_loads_few_modules_beside_those_of_click() -> None:
    """The processor time is printed by `benchmarks/bars.py --only start`: it is mostly that of Python and of click."""
    of_click = _loaded("import click")
    of_help = _loaded("import runpy; sys.argv[1:] = ['--help']; runpy.run_module('archive', run_name='__main__')")
    assert "archive.cli.app" in of_help
    assert len(of_help - of_click) <= 30, sorted(of_help - of_click)


def _loaded(code: str) -> set[str]:
    """The modules that are loaded when this code has run."""
    script = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {code}"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ran.stderr.split())
