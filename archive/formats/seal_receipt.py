"""The receipt line of a seal: `muniment-seal/1 LEDGER-OR-HYPHEN NUMBER SHA512 TIME`."""

from __future__ import annotations

import re

from archive.errors import FormatError
from archive.formats.utc_time import parse_time, time_text
from archive.model.seal import SealReceipt

_LINE = re.compile(
    r"muniment-seal/1 ([0-9A-Za-z._:-]{1,200}) ([1-9][0-9]{0,3}) ([0-9a-f]{128}) ([0-9TZ:-]{20})"
)  # fmt: skip


def write_receipt(receipt: SealReceipt) -> str:
    """The line, without a line end."""
    ledger = receipt.ledger or "-"
    return f"muniment-seal/1 {ledger} {receipt.number} {receipt.digest} {time_text(receipt.time)}"


def parse_receipt(line: str) -> SealReceipt:
    """What a line says; white space around it is left out. Raises `FormatError`."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise FormatError("not a receipt line: muniment-seal/1 LEDGER NUMBER SHA512 TIME")
    ledger, number, digest, time = match.groups()
    try:
        return SealReceipt(int(number), digest, parse_time(time), None if ledger == "-" else ledger)
    except ValueError as error:
        raise FormatError(f"not a receipt line: {error}") from None
