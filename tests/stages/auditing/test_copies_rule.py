"""The rule 3-2-1: what counts as a copy, as a medium, and as elsewhere. What is not known never counts as enough."""

from __future__ import annotations

import hashlib

import pytest

from archive.ledger.copies import HeldCopy, RecordedDeposit
from archive.stages.auditing.copies_rule import CopiesSummary, summarise_copies

TAG = "0" * 64


def held(number: int, root: str, place: str = "bag", *, system: str = "a", tag: str = TAG) -> HeldCopy:
    """A holding in a location of the file system `system`, or in a bucket."""
    if root.startswith("s3://"):
        bucket = root.removeprefix("s3://").partition("/")[0]
        return HeldCopy(number, tag, place, f"s3 https://s3.example.org {bucket} {place}", root, "s3")
    path = hashlib.sha256(f"{root}/{place}".encode()).hexdigest()[:32]
    return HeldCopy(number, tag, place, f"1:{number:x}:{path}", root, f"1:2:{system}")


def sent(number: int, target: str, kind: str, location: str, *, state: str = "accepted") -> RecordedDeposit:
    return RecordedDeposit(number, 0, 1, TAG, "/v/bag", target, "bag", location, {"kind": kind, "state": state})


def counts(summary: CopiesSummary) -> tuple[int, int, int]:
    if summary.meeting:
        return (3, 2, 1)
    (bag,) = summary.short
    return bag.copies, bag.media, bag.elsewhere


SFTP = sent(1, "sftp://host.example.org/in", "sftp", "/in/bag")
WEBDAV = sent(2, "webdav+https://host.example.org/dav", "webdav", "https://host.example.org/dav/bag")


@pytest.mark.parametrize(
    ("holdings", "deposits", "harmed", "expected"),
    [
        ([held(1, "/v")], [], set(), (1, 1, 0)),
        ([held(1, "/v"), held(2, "/w")], [], set(), (2, 1, 0)),
        ([held(1, "/v"), held(2, "/w", system="b")], [], set(), (2, 2, 0)),
        ([held(1, "/v"), held(2, "/w", system="b")], [], {2}, (1, 1, 0)),
        ([held(1, "/v"), held(2, "s3://bucket")], [], set(), (2, 2, 1)),
        ([held(1, "/v"), held(2, "/w"), held(3, "s3://bucket")], [], set(), (3, 2, 1)),
        ([held(1, "s3://bucket", "a"), held(2, "s3://bucket", "b")], [], set(), (2, 1, 2)),
        ([held(1, "/v")], [SFTP], set(), (2, 2, 1)),
        ([held(1, "/v")], [SFTP, SFTP], set(), (2, 2, 1)),
        ([held(1, "/v"), held(2, "/w")], [SFTP], set(), (3, 2, 1)),
        ([held(1, "/v")], [SFTP._replace(receipt={"state": "stored, not yet accepted"})], set(), (1, 1, 0)),
        ([held(1, "/v")], [SFTP._replace(tag_digest=None)], set(), (1, 1, 0)),
        ([held(1, "/v")], [SFTP._replace(tag_digest="1" * 64)], set(), (1, 1, 0)),
        ([held(1, "s3://b")], [sent(1, "s3://b/in", "s3", "s3://b/in/bag")], set(), (2, 1, 2)),
        ([held(1, "s3://b")], [sent(1, "s3://b", "s3", "s3://b/bag/")], set(), (1, 1, 1)),
        ([held(1, "/v")], [sent(1, "dir:/out", "dir", "/out/bag")], set(), (2, 1, 0)),
        ([held(1, "/v"), held(2, "/w", system="b")], [sent(1, "dir:/out", "dir", "/out/bag")], set(), (3, 2, 0)),
        ([held(1, "/v"), held(2, "/out", system="b")], [sent(1, "dir:/out", "dir", "/out/bag")], set(), (2, 2, 0)),
        ([held(1, "/v"), held(2, "/out", system="b")], [sent(1, "dir:/out", "dir", "/out/bag")], {2}, (1, 1, 0)),
        ([held(1, "/v")], [], {1}, (0, 0, 0)),
    ],
)
def test_what_counts(
    holdings: list[HeldCopy], deposits: list[RecordedDeposit], harmed: set[int], expected: tuple[int, int, int]
) -> None:
    assert counts(summarise_copies(holdings, deposits, harmed)) == expected


def test_two_ways_to_one_server_are_one_medium() -> None:
    summary = summarise_copies([held(1, "s3://b")], [SFTP, WEBDAV], {1})
    assert counts(summary) == (2, 1, 2)


def test_the_same_bag_by_two_paths_is_one_copy() -> None:
    one = held(1, "/v")
    assert counts(summarise_copies([one, one._replace(holding=2, root="/link")], [], set())) == (1, 1, 0)


def test_the_least_kept_come_first_and_are_few() -> None:
    holdings = [held(number, "/v", f"bag-{number}", tag=f"{number:064x}") for number in range(1, 50)]
    twice = held(99, "/w", "again", tag=f"{1:064x}")
    summary = summarise_copies([*holdings, twice], [], {7})
    assert (summary.bags, summary.meeting, summary.few_copies, len(summary.short)) == (49, 0, 49, 20)
    assert (summary.short[0].address, summary.short[0].copies) == ("/v/bag-7", 0)
