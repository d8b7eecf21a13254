"""Names that cannot travel, and their neighbours that can."""

from __future__ import annotations

import pytest

from archive.formats.portable_names import may_be_unportable, name_problems, path_problem, path_problems

BAD = [
    "part 1: interview.txt", "why?.txt", "a<b>.txt", 'say "yes".txt', "a|b", "star*", "back\\slash.txt",
    "CON", "con.txt", "Aux.tar.gz", "NUL.", "com1", "COM9.log", "lpt0.x", "COM\u00b9.txt", "prn .txt", "CONIN$",
    "notes.", "notes ", "..a.", "tab\there", "line\nend", "bell\x07", "del\x7f", "c1\x9b.txt",
    "evil\u202etxt.exe", "mark\u200f.txt", "iso\u2066late", "zero\u200bwidth", "\ufefftitle.txt", "soft\u00adhyphen",
    "ascii\u200djoiner", "no\u00a0break", "para\u2029", "hangul\u3164filler", "private\ue000",
]  # fmt: skip
GOOD = [
    "letter.txt", "CONtract.txt", "console.txt", "com10.txt", "auxiliary", "null.txt", ".hidden", "a.b.c", "lpt.txt",
    "Montr\u00e9al.txt", "Montre\u0301al.txt", "\u0628\u064a\u0627\u0646.txt", "\u6587\u66f8.txt",
    "\u3042\u3000\u3044.txt",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt", "\U0001f468\u200d\U0001f469.png",
    "100% sure & more (1) [2].txt", "a;b,c=d+e'f`g~h!@#$^",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_cannot_travel(name: str) -> None:
    assert name_problems(name)
    assert may_be_unportable(name)
    assert path_problems(f"data/{name}/x.txt")


@pytest.mark.parametrize("name", GOOD)
def test_a_name_that_can(name: str) -> None:
    assert name_problems(name) == ()
    assert path_problems(f"data/original/{name}") == ()


def test_the_length_of_a_path_counts_in_utf_16() -> None:
    assert path_problem("d" * 259) is None
    assert path_problem("d" * 260) is not None
    assert path_problem("\u0628" * 259) is None
    assert path_problem("\U0001f468" * 129) is None
    assert path_problem("\U0001f468" * 130) is not None
    assert path_problem("\udcff" * 130) is None


@pytest.mark.parametrize("letter", [chr(code) for code in range(ord("a"), ord("z") + 1)])
def test_plain_letters_are_not_suspect(letter: str) -> None:
    """The sign U+017F counts as an s, and U+212A as a k, where letters are compared without their case."""
    assert not may_be_unportable(f"data/{letter}{letter.upper()}x/{letter}.txt")
    assert may_be_unportable("data/\u017f.txt")
    assert may_be_unportable("data/\u212a.txt")
