"""trust.toml: whom an archive believes (schema archive.trust/1). Read strictly: what is not understood is an error."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from archive.errors import FormatError
from archive.formats.sshsig import parse_public_line, public_line
from archive.formats.utc_time import parse_time, time_text
from archive.model.seal import AuthorityEntry, RevocationRule, Role, TrustedKey, TrustFile, TrustPolicy

SCHEMA = "archive.trust/1"
MAX_TRUST_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,38})){1,32}")
_PATH = re.compile(r"authorities/[0-9A-Za-z._-]*[0-9A-Za-z_-][0-9A-Za-z._-]*")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_DEFAULTS = TrustPolicy()
_Value = TypeVar("_Value")
_Choice = TypeVar("_Choice", bound=Enum)


def is_trust_name(name: str) -> bool:
    """True for what a key or an authority may be called: ASCII letters, digits, `.`, `_` and `-`, at most 64."""
    return _NAME.fullmatch(name) is not None


def parse_trust(data: bytes) -> TrustFile:
    """The trust file in `data`. Raises `FormatError` that names the table and the key."""
    if len(data) > MAX_TRUST_BYTES:
        raise FormatError(f"larger than {MAX_TRUST_BYTES:,} bytes")
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise FormatError(f"not readable TOML: {words}") from None
    table = _Table(document, "trust.toml")
    if table.take("schema", _text) != SCHEMA:
        raise FormatError(f"the schema is not {SCHEMA}")
    trust = TrustFile(
        table.take("name", _text),
        table.take("version", _number(1, 1 << 31)),
        table.take("previous", _matching(_SHA256, "a SHA-256 in lower-case hexadecimal"), None),
        _policy_of(table.table("policy")),
        tuple(_key_of(one) for one in table.tables("keys")),
        tuple(_authority_of(one) for one in table.tables("authorities")),
    )
    table.finish()
    _refuse_repeats("keys", "name", [one.name for one in trust.keys])
    _refuse_repeats("keys", "public", [one.public.fingerprint for one in trust.keys])
    _refuse_repeats("authorities", "name", [one.name for one in trust.authorities])
    _refuse_two_spellings([one.operator for one in trust.authorities])
    return trust


def _policy_of(table: _Table) -> TrustPolicy:
    policy = TrustPolicy(
        table.take("stamps", _number(1, 9), _DEFAULTS.stamps),
        table.take("signatures", _number(1, 9), _DEFAULTS.signatures),
        table.take("revocation", _choice(RevocationRule), _DEFAULTS.revocation),
        table.take("stamp_within_days", _number(0, 36_500), _DEFAULTS.stamp_within_days),
    )
    table.finish()
    return policy


def _key_of(table: _Table) -> TrustedKey:
    key = TrustedKey(
        table.take("name", _matching(_NAME, "a name")),
        table.take("public", lambda value: parse_public_line(_text(value))),
        table.take("role", _choice(Role), Role.SEAL),
        table.take("valid_from", _time, None),
        table.take("valid_until", _time, None),
        table.take("revoked", _time, None),
        table.take("why", _text, None),
    )
    table.finish()
    if key.valid_from is not None and key.valid_until is not None and key.valid_until < key.valid_from:
        raise FormatError("valid_until is before valid_from", subject=f"keys {key.name}")
    return key


def _authority_of(table: _Table) -> AuthorityEntry:
    path = _matching(_PATH, "a path like authorities/NAME-root.pem")
    authority = AuthorityEntry(
        table.take("name", _matching(_NAME, "a name")),
        table.take("operator", _text),
        table.take("root", path),
        table.take("sha256", _matching(_SHA256, "a SHA-256 in lower-case hexadecimal")),
        table.take("intermediates", _each(path), ()),
        table.take("policies", _each(_matching(_OID, "a dotted object identifier")), ()),
        table.take("urls", _each(_url), ()),
        table.take("distrusted", _time, None),
    )
    table.finish()
    return authority


def write_trust(trust: TrustFile) -> bytes:
    """trust.toml; what is not given is left out."""
    return "".join(_lines(trust)).encode("utf-8")


def _lines(trust: TrustFile) -> Iterator[str]:
    yield from _pairs(schema=SCHEMA, name=trust.name, version=trust.version, previous=trust.previous)
    policy = trust.policy
    yield "\n[policy]\n"
    yield from _pairs(
        stamps=policy.stamps, signatures=policy.signatures, revocation=policy.revocation.value,
        stamp_within_days=policy.stamp_within_days,
    )  # fmt: skip
    for key in trust.keys:
        yield "\n[[keys]]\n"
        yield from _pairs(
            name=key.name, public=public_line(key.public), role=key.role.value, valid_from=key.valid_from,
            valid_until=key.valid_until, revoked=key.revoked, why=key.why,
        )  # fmt: skip
    for one in trust.authorities:
        yield "\n[[authorities]]\n"
        yield from _pairs(
            name=one.name, operator=one.operator, root=one.root, sha256=one.sha256, intermediates=one.intermediates,
            policies=one.policies, urls=one.urls, distrusted=one.distrusted,
        )  # fmt: skip


def _pairs(**values: str | int | datetime | tuple[str, ...] | None) -> Iterator[str]:
    for name, value in values.items():
        if value is None or value == ():
            continue
        if isinstance(value, datetime):
            yield f"{name} = {time_text(value)}\n"
        elif isinstance(value, tuple):
            yield f"{name} = [{', '.join(_quoted(one) for one in value)}]\n"
        else:
            yield f"{name} = {_quoted(value) if isinstance(value, str) else value}\n"


def _quoted(text: str) -> str:
    """A basic string of TOML; its escapes are those of JSON for all that JSON escapes here."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Table:
    """One table, whose keys are taken one by one; what is left over at the end is an error."""

    def __init__(self, values: Any, place: str) -> None:
        if not isinstance(values, dict):
            raise FormatError("must be a table", subject=place)
        self._left: dict[str, Any] = dict(values)
        self._place = place

    def take(self, key: str, read: Callable[[Any], _Value], *default: _Value) -> _Value:
        if key not in self._left:
            if default:
                return default[0]
            raise FormatError(f"{key} is missing", subject=self._place)
        try:
            return read(self._left.pop(key))
        except (ValueError, FormatError) as error:
            words = error.problem if isinstance(error, FormatError) else error
            raise FormatError(f"{key} is wrong: {words}", subject=self._place) from None

    def table(self, key: str) -> _Table:
        return _Table(self._left.pop(key, {}), f"[{key}]")

    def tables(self, key: str) -> list[_Table]:
        values = self._left.pop(key, [])
        if not isinstance(values, list):
            raise FormatError(f"{key} must be a list of tables, each headed [[{key}]]", subject=self._place)
        return [_Table(one, f"[[{key}]] {number}") for number, one in enumerate(values, 1)]

    def finish(self) -> None:
        if self._left:
            import difflib

            unknown = min(self._left)
            known = ("name", "public", "role", "valid_from", "valid_until", "revoked", "why", "operator", "root",
                     "sha256", "intermediates", "policies", "urls", "distrusted", "stamps", "signatures", "revocation",
                     "stamp_within_days", "policy", "keys", "authorities", "previous", "version")  # fmt: skip
            near = difflib.get_close_matches(unknown, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise FormatError(f"{unknown} is not known{hint}", subject=self._place)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 4096:
        raise ValueError("not a text, or an empty one")
    return value


def _number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"not a whole number from {least} to {most}")
        number: int = value
        return number

    return read


def _matching(pattern: re.Pattern[str], words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"not {words}")
        return value

    return read


def _choice(choices: type[_Choice]) -> Callable[[Any], _Choice]:
    def read(value: Any) -> _Choice:
        known: Mapping[str, _Choice] = {one.value: one for one in choices}
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return known[value]

    return read


def _each(read: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def read_all(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError("not a list")
        return tuple(read(one) for one in value)

    return read_all


def _url(value: Any) -> str:
    text = _text(value)
    if not text.startswith(("http://", "https://")) or not text.isascii() or any(c.isspace() for c in text):
        raise ValueError("not an http or https address")
    return text


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        return parse_time(value)
    if not isinstance(value, datetime):
        raise ValueError("not a time; write it like 2026-11-29T01:11:23Z")
    if value.tzinfo is None:
        raise ValueError("a time without a zone; write it like 2026-11-29T01:11:23Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a time within bounds") from None


def _refuse_repeats(table: str, key: str, values: list[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FormatError(f"{key} is given twice: {value}", subject=f"[[{table}]]")
        seen.add(value)


def _refuse_two_spellings(operators: list[str]) -> None:
    """Stamps are counted by operator, so one company spelled in two ways would count as two."""
    spellings: dict[str, str] = {}
    for operator in operators:
        first = spellings.setdefault(" ".join(unicodedata.normalize("NFKC", operator).casefold().split()), operator)
        if first != operator:
            raise FormatError(f"one operator is spelled in two ways: {first} and {operator}", subject="[[authorities]]")
