"""statement.json (in-toto Statement v1) and statement.dsse.json (DSSE v1): bytes <-> model, in one form only.

What is read is written again and compared, so that no other text can mean the same statement.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

from archive.errors import FormatError
from archive.formats.strict_json import canonical_bytes, parse_strict
from archive.formats.utc_time import parse_time, time_text
from archive.model.seal import Envelope, Reason, SealedBag, Signature, Statement, Subject

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:x-muniment:seal:1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_STATEMENT_BYTES = 4 << 20
MAX_ENVELOPE_BYTES = 6 << 20
SALT_BYTES = 32
_MOST_SIGNATURES = 32
_MOST_STAMPS = 9
_HEX = re.compile(r"[0-9a-f]{128}")
_SALT = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"SHA256:[0-9A-Za-z+/]{43}")


def write_statement(statement: Statement) -> bytes:
    """statement.json in its canonical form."""
    bag = {"External-Identifier": list(statement.bag.identifiers), "Payload-Oxum": statement.bag.oxum}
    return canonical_bytes(
        {
            "_type": STATEMENT_TYPE,
            "predicateType": PREDICATE_TYPE,
            "subject": [
                {"name": one.name, "digest": {"sha512": one.sha512, "sha3_512": one.sha3_512}}
                for one in statement.subjects
            ],
            "predicate": {
                "seal": statement.seal,
                "reason": statement.reason.value,
                "time": time_text(statement.time),
                "salt": statement.salt.hex(),
                "bag": bag,
                "signers": list(statement.signers),
                "stamps": statement.stamps,
                "tool": statement.tool,
                "witness": statement.witness,
            },
        }
    )


def parse_statement(data: bytes) -> Statement:
    """The statement in `data`. Raises `FormatError` for what is not one, or is not in the canonical form."""
    document = parse_strict(data, limit=MAX_STATEMENT_BYTES)
    try:
        statement = _statement_of(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise FormatError(f"not a statement of a seal: {words}") from None
    if write_statement(statement) != data:
        raise FormatError("not in the canonical form of a statement")
    return statement


def _statement_of(document: Any) -> Statement:
    _require(document["_type"] == STATEMENT_TYPE, "the type is not in-toto Statement v1")
    _require(document["predicateType"] == PREDICATE_TYPE, "the predicate is not a seal")
    subjects = tuple(
        Subject(_text(one["name"]), _digest(one["digest"]["sha512"]), _digest(one["digest"]["sha3_512"]))
        for one in document["subject"]
    )
    names = [one.name for one in subjects]
    _require(names == sorted(set(names)), "the subjects are not sorted by name, or one is given twice")
    predicate = document["predicate"]
    signers = tuple(_text(one) for one in predicate["signers"])
    _require(list(signers) == sorted(set(signers)), "the signers are not sorted, or one is given twice")
    _require(all(_FINGERPRINT.fullmatch(one) for one in signers), "a signer is not a SHA256 fingerprint")
    _require(0 < len(signers) <= _MOST_SIGNATURES, "there is no signer, or there are too many")
    salt = _text(predicate["salt"])
    _require(_SALT.fullmatch(salt) is not None, "the salt is not 32 bytes")
    bag = predicate["bag"]
    witness = predicate["witness"]
    return Statement(
        subjects,
        seal=_number(predicate["seal"], 1, 9999),
        reason=Reason(predicate["reason"]),
        time=parse_time(_text(predicate["time"])),
        salt=bytes.fromhex(salt),
        bag=SealedBag(
            tuple(_text(one) for one in _list(bag["External-Identifier"])),
            None if bag["Payload-Oxum"] is None else _text(bag["Payload-Oxum"]),
        ),
        signers=signers,
        stamps=_number(predicate["stamps"], 1, _MOST_STAMPS),
        tool=_text(predicate["tool"]),
        witness=None if witness is None else _text(witness),
    )


def write_envelope(envelope: Envelope) -> bytes:
    """statement.dsse.json in its canonical form, each `sig` in a line of its own."""
    return canonical_bytes(
        {
            "payload": b64encode(envelope.payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": one.keyid, "sig": b64encode(one.sig).decode("ascii")} for one in envelope.signatures
            ],
        }
    )


def parse_envelope(data: bytes) -> Envelope:
    """The envelope in `data`. Raises `FormatError` for what is not one, or is not in the canonical form."""
    document = parse_strict(data, limit=MAX_ENVELOPE_BYTES)
    try:
        _require(document["payloadType"] == PAYLOAD_TYPE, "the payload is not an in-toto statement")
        signatures = tuple(
            Signature(_text(one["keyid"]), b64decode(_text(one["sig"]), validate=True))
            for one in _list(document["signatures"])
        )
        _require(len(signatures) <= _MOST_SIGNATURES, "there are too many signatures")
        envelope = Envelope(b64decode(_text(document["payload"]), validate=True), signatures)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise FormatError(f"not an envelope of a statement: {words}") from None
    if write_envelope(envelope) != data:
        raise FormatError("not in the canonical form of an envelope")
    return envelope


def signed_bytes(payload: bytes) -> bytes:
    """What a DSSE v1 signature signs (its pre-authentication encoding) for a statement."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode("ascii"), len(payload), payload)


def _require(condition: bool, words: str) -> None:
    if not condition:
        raise ValueError(words)


def _text(value: Any) -> str:
    _require(isinstance(value, str), "a value is not a text")
    text: str = value
    return text


def _list(value: Any) -> list[Any]:
    _require(isinstance(value, list), "a value is not a list")
    values: list[Any] = value
    return values


def _digest(value: Any) -> str:
    text = _text(value)
    _require(_HEX.fullmatch(text) is not None, "a digest is not 128 lower-case hexadecimal digits")
    return text


def _number(value: Any, least: int, most: int) -> int:
    _require(type(value) is int and least <= value <= most, f"a number is not between {least} and {most}")
    number: int = value
    return number
