"""Checkpoints by the library."""

from __future__ import annotations

from pathlib import Path

import pytest

import archive
from tests.stages.witnessing.conftest import Sealing


def test_a_checkpoint_is_made_handed_out_and_compared(sealing: Sealing, tmp_path: Path) -> None:
    sealing.project.monkeypatch.chdir(sealing.folder)
    outside = [tmp_path / "one", tmp_path / "two"]
    for folder in outside:
        folder.mkdir()
    with archive.Ledger.open() as ledger:
        ledger.add("bag")
        line = ledger.witness()
        made = ledger.checkpoint(
            keys="anna.key", passphrase="words of the key", parties=[f"folder:{one}" for one in outside]
        )
        assert made.findings == ()
        assert made.outcome is archive.Outcome.INTACT
        assert made.to_dict()["line"] == made.line
        copies = [next(one.iterdir()) for one in outside]
        assert ledger.verify([line, made.line, *copies]).findings == ()
        for wrong in ("nothing", tmp_path):
            with pytest.raises(archive.UsageError):
                ledger.verify([wrong])
        with pytest.raises(archive.UsageError):
            ledger.checkpoint(keys="anna.key", passphrase="words of the key", parties=["nobody"])
