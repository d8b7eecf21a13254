"""Outlook's messages and RTF: what is damaged is refused or named, and never takes long."""

from __future__ import annotations

import random
import struct
import time
from contextlib import suppress

import pytest

from archive.errors import RenditionError
from archive.renditions.readers import media_type_of, read_document
from archive.renditions.readers.compressed_rtf import unpack_rtf
from archive.renditions.readers.mapi import label_of, time_of
from archive.renditions.readers.tnef import read_tnef
from tests.renditions.torture import outlook_documents, rtf_documents
from tests.support.compound_file import Outlook, compound_file, file_time, outlook_message, winmail

_MSG, _RTF = "application/vnd.ms-outlook", "application/rtf"
_SHORT = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
_OVERLAPPING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_the_two_examples_of_the_specification_unpack() -> None:
    assert unpack_rtf(_SHORT) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(_OVERLAPPING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@pytest.mark.parametrize("content", [b"", b"x" * 15, _SHORT[:-8], _SHORT[:8] + b"abcd" + _SHORT[12:],
                                     struct.pack("<IIII", 20, 1 << 31, 0x75465A4C, 0)])  # fmt: skip
def test_damaged_compressed_rtf_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|not known|more than"):
        unpack_rtf(content)


def test_what_is_no_message_is_refused() -> None:
    for content in (b"", b"x" * 2_000, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)):
        with pytest.raises(RenditionError, match="not readable as an Outlook message"):
            read_document(content, _MSG, name="x.msg")
    with pytest.raises(RenditionError, match="not an Outlook message"):
        read_document(compound_file({"WordDocument": b"x" * 5_000}), _MSG, name="x.msg")
    with pytest.raises(RenditionError, match="not RTF"):
        read_document(b"Hello", _RTF, name="x.rtf")


def test_the_kind_is_known_by_its_type_and_by_its_name() -> None:
    assert media_type_of("application/x-ole-storage", "a.msg") == _MSG
    assert media_type_of(None, "a.rtf") == media_type_of("text/rtf", "a") == _RTF


@pytest.mark.parametrize(
    "case", [*outlook_documents.CASES, *rtf_documents.CASES], ids=lambda case: case.name.replace(" ", "-")
)
def test_changed_bytes_give_a_document_or_a_reason(case: outlook_documents.Case) -> None:
    chance = random.Random(case.name)
    for _ in range(12):
        content = bytearray(case.content)
        for _ in range(chance.randrange(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        begun = time.process_time()
        with suppress(RenditionError):
            read_document(bytes(content), case.kind, name="x")
        assert time.process_time() - begun < 5


def test_many_recipients_and_attachments_take_time_in_proportion() -> None:
    message = Outlook(
        {(0x37, 0x1F): "Many"},
        [{(0x3001, 0x1F): f"Person {number}", (0x0C15, 3): 1} for number in range(400)],
        [{(0x3707, 0x1F): f"{number}.txt", (0x3701, 0x102): b"x"} for number in range(400)],
    )
    begun = time.process_time()
    document = read_document(outlook_message(message), _MSG, name="x.msg")
    assert document is not None
    assert document.dropped == ()
    assert time.process_time() - begun < 5


def test_a_count_that_is_not_there_is_a_problem_of_the_part() -> None:
    content = winmail({(0x37, 0x1F): "x"}, [])
    place = content.index(struct.pack("<II", 0x00069003, 0)[:4]) + 8
    changed = content[:place] + struct.pack("<I", 1 << 30) + content[place + 4 :]
    assert any("cannot be read" in problem for problem in read_tnef(changed).problems)


def test_times_and_code_pages() -> None:
    assert time_of(file_time(2020, 2, 29, 12, 0, 0)) == "2020-02-29 12:00:00Z"
    assert time_of(0) is time_of((1 << 63) - 1) is time_of(True) is time_of(None) is None
    assert label_of(1256) == "cp1256"
    assert label_of(65001) == "utf-8"
    assert label_of(64_999) is label_of(None) is None
