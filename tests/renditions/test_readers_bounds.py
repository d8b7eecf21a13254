"""What cannot be drawn in the time that is given is refused by its amount, before it is laid out."""

from __future__ import annotations

import pytest

from archive.errors import RenditionError
from archive.renditions.readers import read_document


@pytest.mark.parametrize(("content", "kind", "said"), [
    (b"<p>" + b"<b>a</b><i>b</i>" * 500_000, "text/html", "1,000,000 runs of text"),
    (b"<table>" + (b"<tr>" + b"<td>x" * 1_000) * 1_000, "text/html", "more than 400,000 table cells"),
    (b"some words\n" * 700_000, "text/plain", "7,700,000 characters"),
    (rb"{\rtf1 " + rb"\b a\b0 b" * 450_000 + b"}", "application/rtf", "900,000 runs of text"),
], ids=["marked words", "cells", "characters", "rtf"])  # fmt: skip
def test_too_much_is_refused_before_it_is_laid_out(content: bytes, kind: str, said: str) -> None:
    with pytest.raises(RenditionError, match=said):
        read_document(content, kind, name="x", seconds=16)


def test_what_can_be_drawn_in_more_time_is_read() -> None:
    content = b"some words\n" * 700_000
    assert read_document(content, "text/plain", name="x", seconds=60) is not None
    assert read_document(content, "text/plain", name="x") is not None


def test_words_with_elements_of_their_own_are_one_run() -> None:
    document = read_document(b"<p>" + b"<span>a</span> " * 20_000, "text/html", name="x", seconds=1)
    assert document is not None
    assert len(document.blocks[0].spans) == 1  # type: ignore[union-attr]
