"""The whole collection as renditions: the same bytes with one worker and with two, and veraPDF's word on each of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.config import load_settings
from archive.renditions.attempts import Attempt
from archive.renditions.originals import Original
from archive.renditions.renderer import Renderer, Written
from archive.renditions.verapdf import judge_files
from archive.settings import Settings
from archive.storage.clock import Clock
from tests.renditions.torture.test_torture import CASES
from tests.support.verapdf import need_verapdf, without_verapdf

_CLOCK = Clock(1_700_000_000)
_PATH = os.environ.get("PATH", "")


def _render(folder: Path, originals: list[Original], settings: Settings, workers: int) -> dict[str, tuple[str, ...]]:
    """Draw every original into `folder`, under its number; the claims of each."""
    folder.mkdir()
    claims = {}

    def write(attempt: Attempt) -> Written:
        assert attempt.draft is not None, (attempt.original.subject, attempt.reason)
        (folder / attempt.original.subject).write_bytes(attempt.draft.content)
        claims[attempt.original.subject] = attempt.claims
        return Written()

    for _ in Renderer(settings.with_flags("render", workers=workers, office="own"), _CLOCK).render(originals, write):
        pass
    return claims


@pytest.mark.slow
@pytest.mark.verapdf
def test_the_collection_is_compliant_and_its_bytes_do_not_depend_on_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verapdf = need_verapdf()
    originals = []
    for number, case in enumerate(CASES):
        place = tmp_path / f"{number}"
        place.write_bytes(case.content)
        size = len(case.content)
        originals.append(
            Original(f"{number}", os.fsencode(place), size, kind=case.kind, encoding=case.encoding, language="en")
        )
    settings = without_verapdf(monkeypatch, str(tmp_path))
    claims = _render(tmp_path / "one", originals, settings, 1)
    assert _render(tmp_path / "two", originals, settings, 2) == claims
    monkeypatch.setenv("PATH", _PATH)
    monkeypatch.delenv("XDG_DATA_HOME")
    drawn = [tmp_path / "one" / original.subject for original in originals]
    for path in drawn:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), CASES[int(path.name)].name
    levels = [claim for said in claims.values() for claim in said]
    assert levels.count("PDF/A-3a") > 0.9 * len(CASES)
    judged = judge_files(verapdf, [os.fsencode(path) for path in drawn], settings=load_settings())
    for path, judgement in zip(drawn, judged, strict=True):
        case = CASES[int(path.name)]
        assert judgement.compliant, (case.name, judgement)
        profiles = {verdict.profile.upper() for verdict in judgement.verdicts}
        assert profiles == {claim.upper() for claim in claims[path.name]}, case.name
        assert "PDF/A-3A" not in profiles or "PDF/UA-1" in profiles, case.name
