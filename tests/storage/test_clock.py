"""Time and identifiers are parameters."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from archive.errors import UsageError
from archive.storage.clock import Clock, Identifiers, package_identifiers, system_clock


def test_source_date_epoch_stops_the_clock() -> None:
    clock = system_clock({"SOURCE_DATE_EPOCH": "1700000000"})
    assert clock.stamp() == "2023-11-14T22:13:20Z"
    assert system_clock({}).fixed is None
    assert system_clock({"SOURCE_DATE_EPOCH": ""}).fixed is None


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "٣", "1" * 12])
def test_a_malformed_epoch_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        system_clock({"SOURCE_DATE_EPOCH": text})


def test_identifiers_repeat_only_when_the_clock_stands_still() -> None:
    one, two = (package_identifiers(Clock(5), b"content") for _ in range(2))
    assert one == two
    assert one != package_identifiers(Clock(5), b"other")
    assert package_identifiers(Clock(), b"content") != package_identifiers(Clock(), b"content")
    made = one.make("file", "data/x")
    assert made == two.make("file", "data/x")
    assert made != one.make("file", "data/y")
    assert uuid.UUID(made).version == 5
    assert one.make("a", "bc") != one.make("ab", "c")


def test_identifiers_are_uuids_of_version_5_by_the_rule_of_rfc_9562() -> None:
    root = uuid.UUID("12345678-1234-5678-1234-567812345678")
    identifiers = Identifiers(root)
    for number in range(500):
        labels = ("file", f"data/original/بيان {number}.txt", "\udcff")[: 2 + number % 2]
        digest = hashlib.sha1(root.bytes + "\x1f".join(labels).encode("utf-8", "surrogateescape")).digest()
        assert identifiers.make(*labels) == uuid.UUID(bytes=digest[:16], version=5).urn
