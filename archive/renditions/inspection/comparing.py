"""Counts the letters of a PDF's text, in a worker process, to see whether a conversion lost any."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

from archive.config import Settings
from archive.errors import RenditionError
from archive.renditions.confinement import Limits, run_confined

_ROOT = str(Path(__file__).resolve().parents[3])


def read_letters(path: str, *, subject: str, settings: Settings) -> Counter[str]:
    """How often each letter and digit stands in the text of the PDF at `path`, compatibility forms resolved (NFKC).

    Raises `RenditionError` when the text cannot be had within the limits.
    """
    limits = Limits(settings.render.seconds, settings.render.memory_mb, file_mb=64)
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder, open(path, "rb") as file:
        finished = run_confined(
            [sys.executable, "-P", "-m", "archive.renditions.inspection.comparing"],
            limits=limits,
            folder=folder,
            stdin=file,
            environment={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    try:
        if not finished.ended_well:
            raise ValueError(finished.ending)
        return Counter({str(letter): int(count) for letter, count in json.loads(finished.output).items()})
    except (ValueError, AttributeError) as error:
        raise RenditionError(f"its text cannot be compared: {str(error)[:200]}", subject=subject) from error


def count_letters(data: bytes) -> Counter[str]:
    """The letters and digits in a PDF's text."""
    from pypdf import PdfReader

    counted: Counter[str] = Counter()
    for page in PdfReader(io.BytesIO(data)).pages:
        text = unicodedata.normalize("NFKC", page.extract_text())
        counted.update(character for character in text if character.isalnum())
    return counted


def main() -> int:
    """The worker: a PDF on standard input, counts as JSON on standard output."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    os.write(1, json.dumps(count_letters(sys.stdin.buffer.read())).encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
