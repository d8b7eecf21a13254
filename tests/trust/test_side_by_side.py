"""Authorities are asked at the same time, and what they answer comes in the order of the questions."""

from __future__ import annotations

import threading

import pytest

from archive.trust.side_by_side import ask_side_by_side


def test_the_first_may_answer_last() -> None:
    answered = threading.Event()

    def first() -> str:
        assert answered.wait(60)
        return "first"

    def second() -> str:
        answered.set()
        return "second"

    assert ask_side_by_side([first, second]) == ["first", "second"]
    assert ask_side_by_side([second]) == ["second"]
    assert ask_side_by_side([]) == []


def test_what_the_first_raised_is_raised() -> None:
    def fail(words: str) -> None:
        raise ValueError(words)

    with pytest.raises(ValueError, match="one"):
        ask_side_by_side([lambda: None, lambda: fail("one"), lambda: fail("two")])
