"""Bags to export: those of the seeds, and bags with further tag files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archive.model.export import ExportReport
from archive.settings import Settings
from tests.support.making import ROOT, contents, make

SEEDS = ("arabic-statement", "mixed-folder", "press-release")


def seed_bag(seed: str, to: Path, *, pdfa: str = "none") -> Path:
    """The bag of a sample collection, described; without renditions unless `pdfa` asks for them."""
    report = make(ROOT / "seeds" / seed, to, plain=False, settings=Settings().with_flags("render", pdfa=pdfa))
    assert report.created, report.findings
    return to / seed


def with_tag_file(bag: Path, path: str, content: bytes) -> None:
    """Put a tag file into a bag and list it, last, in each tag manifest."""
    (bag / path).parent.mkdir(parents=True, exist_ok=True)
    (bag / path).write_bytes(content)
    for manifest in bag.glob("tagmanifest-*.txt"):
        kept = [line for line in manifest.read_text("utf-8").splitlines() if line.split("  ", 1)[1] != path]
        digest = hashlib.new(manifest.stem.partition("-")[2], content).hexdigest()
        manifest.write_text("".join(f"{line}\n" for line in [*kept, f"{digest}  {path}"]), "utf-8")


def tree_of(report: ExportReport) -> dict[str, bytes]:
    """Every file of an exported folder with its bytes."""
    assert report.placed, report.findings
    return contents(Path(report.package))
