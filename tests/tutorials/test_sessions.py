"""The sessions in docs/tutorials/ can be pasted as they are written, and print what they say."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.support.pasted_sessions import check_session, environment_in, files_of
from tests.support.postgres import start_postgres

CHECKOUT = Path(__file__).resolve().parents[2]
TUTORIALS = [*sorted((CHECKOUT / "docs" / "tutorials").glob("*.md")), CHECKOUT / "docs" / "first-bag.md"]


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_session_does_what_it_says(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    environment = environment_in(tmp_path)
    place = tmp_path / "session"
    place.mkdir()
    for name, content in files_of(text):
        (place / name).write_text(content, "utf-8")
    with contextlib.ExitStack() as ends:
        if "PGDATABASE" in text:
            server = ends.enter_context(start_postgres())
            environment |= {"PGHOST": str(server.folder), "PGUSER": "tester", "PGDATABASE": server.database()}
        check_session(text, place, environment)
