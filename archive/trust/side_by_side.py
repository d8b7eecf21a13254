"""Several authorities asked at the same time, so that a silent one does not hold up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

_Value = TypeVar("_Value")


def ask_side_by_side(questions: Sequence[Callable[[], _Value]]) -> list[_Value]:
    """What each of `questions` returns, in their order, whichever is answered first.

    Each runs in a thread of its own, which does not keep the program from ending when it is interrupted. Raises what
    the first of them raised.
    """
    if len(questions) == 1:
        return [questions[0]()]
    results: list[_Value | BaseException] = [AssertionError()] * len(questions)

    def run(index: int, question: Callable[[], _Value]) -> None:
        try:
            results[index] = question()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            results[index] = error

    threads = [
        threading.Thread(target=run, args=pair, daemon=True, name="ask an authority") for pair in enumerate(questions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers: list[_Value] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        answers.append(result)
    return answers
