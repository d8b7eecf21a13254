"""Layouts of OCFL storage roots: from an object's id to its path, after the registered extensions.

0002 flat direct, 0003 hash and id n-tuple, 0004 hashed n-tuple, 0006 flat omit prefix, 0007 n-tuple omit prefix, 0012
as 0003 without a prefix. A configuration is the JSON object of the extension's config.json; what it leaves out has the
extension's default.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.errors import FormatError

HASHED_N_TUPLE = "0004-hashed-n-tuple-storage-layout"

_HASHES = {"md5", "sha1", "sha256", "sha512", "blake2b-512"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout with its settings. `path_of` gives the object's path under the root, with slashes.

    It raises `FormatError` for an id that the layout cannot place.
    """

    name: str
    path_of: Callable[[str], str]


def layout_of(name: str, configuration: Mapping[str, Any]) -> Layout:
    """The layout `name` with its settings. Raises `FormatError` when it is not known or wrongly set."""
    makers = {
        "0002-flat-direct-storage-layout": _flat_direct,
        "0003-hash-and-id-n-tuple-storage-layout": _hash_and_id,
        HASHED_N_TUPLE: _hashed,
        "0006-flat-omit-prefix-storage-layout": _flat_omit_prefix,
        "0007-n-tuple-omit-prefix-storage-layout": _n_tuple_omit_prefix,
        "0012-hash-and-no-prefix-id-n-tuple-storage-layout": _hash_and_id_omit_prefix,
    }
    if name not in makers:
        raise FormatError("this layout is not known here", subject=name[:80])
    if configuration.get("extensionName", name) != name:
        raise FormatError("the configuration is for a different layout", subject=name)
    return Layout(name, makers[name](configuration))


def hashed_n_tuple_configuration() -> dict[str, Any]:
    """The configuration of layout 0004 that a root made by muniment gets: its defaults, spelt out."""
    return {
        "extensionName": HASHED_N_TUPLE,
        "digestAlgorithm": "sha256",
        "tupleSize": 3,
        "numberOfTuples": 3,
        "shortObjectRoot": False,
    }


def _number(configuration: Mapping[str, Any], key: str, default: int) -> int:
    value = configuration.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 128:
        raise FormatError(f"{key} of the layout is not a number from 0 to 128", subject=str(value)[:40])
    return value


def _flag(configuration: Mapping[str, Any], key: str) -> bool:
    value = configuration.get(key, False)
    if not isinstance(value, bool):
        raise FormatError(f"{key} of the layout is neither true nor false", subject=str(value)[:40])
    return value


def _hash_of(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    algorithm = configuration.get("digestAlgorithm", "sha256")
    if algorithm not in _HASHES:
        raise FormatError("the layout's digest algorithm is not known here", subject=str(algorithm)[:40])
    name = "blake2b" if algorithm == "blake2b-512" else algorithm

    def digest(identifier: str) -> str:
        return hashlib.new(name, identifier.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()

    return digest


def _tuples(configuration: Mapping[str, Any]) -> tuple[int, int]:
    """Tuple size and number; both are zero or none is."""
    size, number = _number(configuration, "tupleSize", 3), _number(configuration, "numberOfTuples", 3)
    if (size == 0) != (number == 0):
        raise FormatError("tupleSize and numberOfTuples are both 0 or both not", subject=f"{size}, {number}")
    return size, number


def _split(digest: str, size: int, number: int) -> list[str]:
    if size * number > len(digest):
        raise FormatError("the tuples are longer than the digest", subject=f"{size} x {number}")
    return [digest[size * index : size * (index + 1)] for index in range(number)]


def _hashed(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    digest, (size, number) = _hash_of(configuration), _tuples(configuration)
    short = _flag(configuration, "shortObjectRoot")
    if short and size * number >= len(digest("")):
        raise FormatError("nothing is left for the object's folder", subject=f"{size} x {number}")
    _split(digest(""), size, number)

    def path_of(identifier: str) -> str:
        whole = digest(identifier)
        parts = _split(whole, size, number)
        return "/".join([*parts, whole[size * number :] if short else whole])

    return path_of


def _hash_and_id(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    digest, (size, number) = _hash_of(configuration), _tuples(configuration)
    _split(digest(""), size, number)

    def path_of(identifier: str) -> str:
        whole = digest(identifier)
        encoded = "".join(
            chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_") else f"%{byte:02x}"
            for byte in identifier.encode("utf-8", "surrogatepass")
        )
        folder = encoded if len(encoded) <= 100 else f"{encoded[:100]}-{whole}"
        return "/".join([*_split(whole, size, number), folder])

    return path_of


def _hash_and_id_omit_prefix(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    delimiters, path_of = configuration.get("delimiters", []), _hash_and_id(configuration)
    if not isinstance(delimiters, list) or not all(isinstance(one, str) and one for one in delimiters):
        raise FormatError("the layout's delimiters are not a list of texts", subject=str(delimiters)[:40])

    def shortened(identifier: str) -> str:
        found = [(identifier.rfind(one, 0, len(identifier) - 1), one) for one in delimiters]
        return path_of(identifier[max((at + len(one) for at, one in found if at >= 0), default=0) :])

    return shortened


def _flat_direct(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    del configuration
    return _as_one_folder


def _as_one_folder(identifier: str) -> str:
    if not identifier or "/" in identifier or "\0" in identifier or identifier in (".", "..", "extensions"):
        raise FormatError("this id cannot be the name of a folder", subject=identifier[:200])
    if len(identifier.encode("utf-8", "surrogatepass")) > 255:
        raise FormatError("this id is too long for the name of a folder", subject=identifier[:200])
    return identifier


def _delimiter(configuration: Mapping[str, Any]) -> str:
    value = configuration.get("delimiter")
    if not isinstance(value, str) or not value:
        raise FormatError("the layout has no delimiter", subject="delimiter")
    return value


def _without_prefix(identifier: str, delimiter: str) -> str:
    """What follows the last delimiter, whatever its case."""
    found = list(re.finditer(re.escape(delimiter), identifier, re.IGNORECASE))
    return identifier[found[-1].end() :] if found else identifier


def _flat_omit_prefix(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    delimiter = _delimiter(configuration)
    return lambda identifier: _as_one_folder(_without_prefix(identifier, delimiter))


def _n_tuple_omit_prefix(configuration: Mapping[str, Any]) -> Callable[[str], str]:
    delimiter, (size, number) = _delimiter(configuration), _tuples(configuration)
    padding, reverse = configuration.get("zeroPadding", "left"), _flag(configuration, "reverseObjectRoot")
    if padding not in ("left", "right") or size == 0:
        raise FormatError("the layout's padding or tuples are wrong", subject=str(padding)[:40])

    def path_of(identifier: str) -> str:
        folder = _as_one_folder(_without_prefix(identifier, delimiter))
        if not folder.isascii():
            raise FormatError("this layout requires an ASCII id", subject=identifier[:200])
        section = folder[::-1] if reverse else folder
        length = size * number
        section = section.rjust(length, "0") if padding == "left" else section.ljust(length, "0")
        return "/".join([*_split(section, size, number), folder])

    return path_of
