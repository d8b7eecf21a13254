"""A record that this program wrote is read from its text, any other parsed as XML: both give the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from archive.bags.contents import open_bag
from archive.errors import FormatError
from archive.formats.premis_scanning import view_record
from archive.model.record import AgentView, EventView, FormatView
from archive.stages.exporting import source
from tests.support.exporting import SEEDS, seed_bag
from tests.support.making import make, plant

Said = tuple[dict[str, FormatView | None], dict[str, tuple[str, ...]], list[EventView], dict[str, AgentView]]


def said(bag: Path) -> Said:
    with open_bag(str(bag)) as reading:
        read = source.Source(reading)
        formats = {file.path: read.format_of(file) for file in read.files if file.in_payload}
        links = {file.path: read.events_of(file) for file in read.files if file.in_payload}
        return formats, links, read.events, read.agents


def apart_from_lines(found: Said) -> object:
    """What was read without the numbers of lines, which differ where the files are left out."""
    formats, links, events, agents = found
    return formats, links, [_plain(one) for one in events], {key: _plain(one) for key, one in agents.items()}


def _plain(view: EventView | AgentView) -> dict[str, object]:
    return {name: getattr(view, name) for name in type(view).__dataclass_fields__ if name != "line"}


def odd_bag(to: Path) -> Path:
    files = {"a\x01.txt": b"a", "100% <&>\r.txt": b"b", "\u0628 c.txt": b"c", "deep/d.csv": b"1,2\n"}
    make(plant(to / "src", files), to / "bags", plain=False)
    return to / "bags" / "src"


@pytest.mark.parametrize("seed", [*SEEDS, "odd names"])
def test_the_text_says_what_the_xml_does(seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = odd_bag(tmp_path) if seed == "odd names" else seed_bag(seed, tmp_path / "bags", pdfa="3a")
    calls = []

    def watched(chunks: Iterable[bytes]) -> Iterator[object]:
        calls.append(1)
        yield from view_record(chunks)

    monkeypatch.setattr(source, "view_record", watched)
    quick = said(bag)
    assert calls
    assert all(quick[0].values())
    assert any(quick[1].values())

    def refuse(chunks: Iterable[bytes]) -> NoReturn:
        del chunks
        raise FormatError("not ours")

    monkeypatch.setattr(source, "view_record", refuse)
    assert apart_from_lines(said(bag)) == apart_from_lines(quick)
