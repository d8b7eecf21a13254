"""The files of a seal: what is written is read back, and nothing else is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.formats import seal_batch
from archive.formats.merkle import MerkleTree
from archive.formats.seal_receipt import parse_receipt, write_receipt
from archive.formats.seal_statement import (
    parse_envelope,
    parse_statement,
    signed_bytes,
    write_envelope,
    write_statement,
)
from archive.formats.stamped_list import is_stamped, write_stamped_list
from archive.formats.strict_json import canonical_bytes, parse_strict
from archive.formats.utc_time import parse_time, time_text
from archive.model.seal import (
    BatchHead,
    BatchProof,
    Envelope,
    Reason,
    SealedBag,
    SealReceipt,
    Signature,
    Statement,
    Subject,
)

TIME = datetime(2026, 11, 29, 1, 11, 23, tzinfo=UTC)
PRINT = "SHA256:" + "A" * 43
STATEMENT = Statement(
    (Subject("a", "0" * 128, "1" * 128), Subject("ü", "2" * 128, "3" * 128)),
    seal=1, reason=Reason.INGEST, time=TIME, salt=bytes(32), bag=SealedBag(("x", "y"), "6.1"), signers=(PRINT,),
    stamps=2, tool="muniment", witness=None,
)  # fmt: skip


def test_a_statement_is_read_back() -> None:
    content = write_statement(STATEMENT)
    assert parse_statement(content) == STATEMENT
    assert content.isascii()
    assert content.startswith(b'{\n "_type": "https://in-toto.io/Statement/v1",\n "predicate": {\n  "bag": {')
    assert content.endswith(b"\n}\n")


def test_an_envelope_is_read_back() -> None:
    envelope = Envelope(b"payload", (Signature(PRINT, b"x" * 64), Signature(PRINT, b"")))
    assert parse_envelope(write_envelope(envelope)) == envelope
    assert parse_envelope(write_envelope(Envelope(b""))) == Envelope(b"")


def test_what_is_signed_is_as_dsse_says() -> None:
    assert signed_bytes(b"hello") == b"DSSEv1 28 application/vnd.in-toto+json 5 hello"


@pytest.mark.parametrize("length", range(0, 900, 7))
def test_no_part_of_a_statement_is_one(length: int) -> None:
    with pytest.raises(FormatError):
        parse_statement(write_statement(STATEMENT)[:length])


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_in_words(content: bytes) -> None:
    for parse in (parse_statement, parse_envelope, seal_batch.parse_batch_head, seal_batch.parse_batch_proof):
        with pytest.raises(FormatError):
            parse(content)


@pytest.mark.parametrize(
    "text",
    [b"[" * 100_000, b"1.5", b"NaN", b'{"a": 1, "a": 1}', b"\xff", b"", b"1" * 5000, b"x" * 101, b'"\xc3\xa4"'],
)
def test_strict_json(text: bytes) -> None:
    with pytest.raises(FormatError):
        parse_strict(text, limit=100 if text.startswith(b"x") else 1 << 20)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip # noqa: E501
def test_canonical_json_is_read_back(value: Any) -> None:
    assert parse_strict(canonical_bytes(value), limit=1 << 20) == value


def test_lines_are_sorted_as_sha512sum_checks_them() -> None:
    assert write_stamped_list({"b": "1" * 128, "a": "0" * 128}).decode() == f"{'0' * 128}  a\n{'1' * 128}  b\n"


@pytest.mark.parametrize("name", ["a\nb", "a\\b", "a\rb", "a\0b", "a\udcff"])
def test_names_that_sha512sum_would_escape_are_refused(name: str) -> None:
    with pytest.raises(FormatError):
        write_stamped_list({name: "0" * 128})


def test_which_files_are_stamped() -> None:
    names = ["tagmanifest-sha256.txt", "seal/0001/README.txt", "seal/0001/statement.json.9.sig", "seal/0001/1.tsr",
             "seal/0002/README.txt", "seal/0001/crls/1.crl", "x/tagmanifest-a.txt", "seal/0001/statement.json.10.sig",
             "manifest-sha256.txt", "seal/0001/stamped.sha512"]  # fmt: skip
    assert [name for name in names if is_stamped(name, 1)] == names[:3]


def test_a_receipt_is_read_back() -> None:
    for receipt in (SealReceipt(1, "0" * 128, TIME), SealReceipt(12, "f" * 128, TIME, "a-ledger")):
        assert parse_receipt(write_receipt(receipt) + "\n") == receipt


@pytest.mark.parametrize(
    "line",
    ["", "muniment-seal/1", "muniment-seal/2 - 1 " + "0" * 128 + " 2026-11-29T01:11:23Z",
     "muniment-seal/1 - 0 " + "0" * 128 + " 2026-11-29T01:11:23Z",
     "muniment-seal/1 - 1 " + "A" * 128 + " 2026-11-29T01:11:23Z",
     "muniment-seal/1 - 1 " + "0" * 128 + " 2026-13-29T01:11:23Z"],
)  # fmt: skip
def test_other_receipts_are_refused(line: str) -> None:
    with pytest.raises(FormatError):
        parse_receipt(line)


@pytest.mark.parametrize(
    "text", ["2026-11-29", "2026-11-29T01:11:23", "2026-11-29T01:11:23+00:00", "2026-02-30T00:00:00Z", "", "٢026-11-29T01:11:23Z"]  # noqa: E501
)  # fmt: skip
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(text)


def test_times_are_read_back() -> None:
    assert time_text(parse_time("2026-11-29T01:11:23Z")) == "2026-11-29T01:11:23Z"
    assert time_text(datetime(987, 1, 2, tzinfo=UTC)) == "0987-01-02T00:00:00Z"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 33])
def test_a_proof_leads_from_one_seal_of_a_batch_to_its_head(size: int) -> None:
    contents = [b"%d" % number for number in range(size)]
    tree = MerkleTree(contents, seal_batch.BATCH_HASH)
    assert len(tree.root) == 64
    head = BatchHead(size, tree.root)
    for index, content in enumerate(contents):
        proof = BatchProof(index, tuple(tree.inclusion_proof(index)))
        assert seal_batch.proves_inclusion(content, proof, head)
        assert not seal_batch.proves_inclusion(b"x", proof, head)
        assert not seal_batch.proves_inclusion(content, proof, BatchHead(size, bytes(64)))
        for other in {index + 1, index - 1, index + size, -1} - {index}:
            assert not seal_batch.proves_inclusion(content, BatchProof(other, proof.path), head)


def test_batch_files_are_read_back() -> None:
    head, proof = BatchHead(3, bytes(64)), BatchProof(2, (bytes(64), b"x" * 64))
    assert seal_batch.parse_batch_head(seal_batch.write_batch_head(head)) == head
    assert seal_batch.parse_batch_proof(seal_batch.write_batch_proof(proof)) == proof
