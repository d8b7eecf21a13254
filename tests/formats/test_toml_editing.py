"""Changing single values of a TOML file: what people wrote around them stays."""

from __future__ import annotations

import tomllib

import pytest

from archive.formats.toml_editing import set_values

CHANGES = {"create.organization": 'An "archive" \\ أرشيف', "create.operator": "", "audit.max_age": "30d"}


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (
            '# top\n[create]\n# who\norganization = "A" # why\noperator = "B"\n\n# end\n',
            ["# top", "# who", "# why", "# end"],
        ),
        ('create = {organization = "A", operator = "B"}\n', []),
        ('create.organization = "A"\n[ledger] # here\nurl = "x"\n', ["# here"]),
        ('[create]\n# organization = ""\n# operator = ""\n', ['# organization = ""', '# operator = ""']),
        ("", []),
    ],
)  # fmt: skip
def test_values_change_and_the_rest_stays(before: str, kept: list[str]) -> None:
    after = set_values(before.encode(), CHANGES).decode()
    expected = tomllib.loads(before)
    expected.setdefault("create", {})["organization"] = CHANGES["create.organization"]
    expected["create"].pop("operator", None)
    expected.setdefault("audit", {})["max_age"] = "30d"
    assert tomllib.loads(after) == expected
    places = [after.index(comment) for comment in kept]
    assert places == sorted(places)


def test_the_mark_and_the_line_ends_of_windows_stay() -> None:
    before = b'\xef\xbb\xbf[create]\r\norganization = "A"\r\n'
    after = set_values(before, {"create.organization": "B", "notify.name": "N"})
    assert after.startswith(b'\xef\xbb\xbf[create]\r\norganization = "B"\r\n')
    assert after.count(b"\n") == after.count(b"\r\n")


def test_a_value_that_is_not_there_is_not_taken_away_twice() -> None:
    before = b'[ledger]\nurl = "x"\n'
    assert set_values(before, {"create.operator": ""}) == before


@pytest.mark.parametrize("before", [b"[create", b"\xff", b"create = 1\n", b'[[create]]\na = "x"\n'])
def test_what_cannot_be_changed_is_an_error(before: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        set_values(before, {"create.organization": "A"})
