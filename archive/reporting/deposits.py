"""Deposits that were made, as lines of text and as JSON (archive.deposits/1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.model.kept_deposit import DepositProgress, KeptDeposit
from archive.reporting.finding import clean_text
from archive.stages.archive_status import deposit_command
from archive.stages.depositing.receipts import receipt_fields

Fields = dict[str, Any]


def deposits_text(deposits: Sequence[KeptDeposit]) -> str:
    """A line for each deposit, then the command that goes on with the first that is not done."""
    rows = [
        f"{one.key[:16]:<16}  {(one.finished or one.began)[:10]:<10}  {one.progress.value:<23}  "
        f"{escape(one.bag) or '(not known)'}  {escape(one.target)}"
        for one in deposits
    ]
    if not rows:
        return "no deposits yet\nNext: archive deposit BAG PLACE"
    return "\n".join([*rows, *_next_line(deposits)])


def deposit_text(deposits: Sequence[KeptDeposit]) -> str:
    """Everything known of each of these deposits."""
    blocks = ["\n".join(_lines(one)) for one in deposits]
    return "\n".join(["\n\n".join(blocks), *_next_line(deposits)])


def _lines(one: KeptDeposit) -> Iterator[str]:
    yield f"{one.progress.value}: {escape(one.bag) or '(not known)'} at {escape(one.target) or '(not known)'}"
    yield f"  key         {one.key}"
    if one.path:
        yield f"  sent from   {escape(one.path)}"
    if one.began:
        yield f"  begun       {escape(one.began)}"
    receipt = one.receipt
    if receipt is not None:
        yield f"  finished    {escape(receipt.finished)}"
        yield f"  identifier  {escape(receipt.identifier)}"
        yield f"  location    {escape(receipt.location)}"
        if receipt.doi:
            yield f"  DOI         {escape(receipt.doi)}"
        yield f"  proof       {receipt.proof.value}: {receipt.verified:,} of {receipt.files:,} files"
        if receipt.words:
            yield f"  message     {escape(receipt.words)}"
    if one.holding is not None:
        yield f"  ledger      recorded for holding {one.holding}"
    else:
        yield f"  ledger      {'recorded, for no holding' if one.recorded else 'not recorded'}"


def _next_line(deposits: Sequence[KeptDeposit]) -> list[str]:
    open_ones = sorted(
        (one for one in deposits if one.progress is not DepositProgress.ACCEPTED),
        key=lambda one: one.progress is not DepositProgress.UNKNOWN,
    )
    return [f"Next: {escape(deposit_command(one))}" for one in open_ones[:1]]


def deposits_document(deposits: Sequence[KeptDeposit]) -> Fields:
    """The deposits for `--json`."""
    return {"schema": "archive.deposits/1", "deposits": [kept_fields(one) for one in deposits]}


def kept_fields(one: KeptDeposit) -> Fields:
    return {
        "key": one.key,
        "state": one.progress.value,
        **path_fields(one.bag, "bag"),
        **(path_fields(one.path, "path") if one.path else {"path": None}),
        "target": clean_text(one.target),
        "begun": clean_text(one.began) or None,
        "holding": one.holding,
        "recorded": one.recorded,
        "receipt": None if one.receipt is None else receipt_fields(one.receipt),
    }
