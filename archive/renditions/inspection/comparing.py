"""Compares the letters of two PDFs' texts, in a worker process, to see whether a conversion lost any."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

from archive.errors import RenditionError
from archive.renditions.confinement import Limits, run_confined
from archive.settings import Settings

_ROOT = str(Path(__file__).resolve().parents[3])


def count_lost(before: str, after: str, *, subject: str, settings: Settings) -> tuple[int, int]:
    """How many letters and digits of the PDF at `before` the one at `after` lacks, and how many there were.

    Compatibility forms are resolved (NFKC). Raises `RenditionError` when the texts cannot be had within the limits.
    """
    limits = Limits(settings.render.seconds, settings.render.memory_mb, file_mb=64)
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        finished = run_confined(
            [sys.executable, "-P", "-m", "archive.renditions.inspection.comparing", before, after],
            limits=limits,
            folder=folder,
            environment={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    try:
        if not finished.ended_well:
            raise ValueError(finished.ending)
        lost, total = json.loads(finished.output)
        return int(lost), int(total)
    except (ValueError, TypeError) as error:
        raise RenditionError(f"its text cannot be compared: {str(error)[:200]}", subject=subject) from error


def count_letters(path: str) -> Counter[str]:
    """The letters and digits in the text of the PDF at `path`."""
    from pypdf import PdfReader

    counted: Counter[str] = Counter()
    with open(path, "rb") as file:
        for page in PdfReader(file).pages:
            text = unicodedata.normalize("NFKC", page.extract_text())
            counted.update(character for character in text if character.isalnum())
    return counted


def main(paths: list[str]) -> int:
    """The worker: two paths, and the letters lost and all letters of the first as JSON on standard output."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    before, after = (count_letters(path) for path in paths)
    os.write(1, json.dumps([(before - after).total(), before.total()]).encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
