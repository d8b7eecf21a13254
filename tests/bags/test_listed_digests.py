"""The digests of a file as manifests list them: a mapping that takes little memory."""

from __future__ import annotations

import hashlib
import sys

import pytest

from archive.bags.manifest_table import ListedDigests


def test_it_is_a_mapping_of_hex() -> None:
    pairs = [(name, hashlib.new(name, b"x").digest()) for name in ("sha256", "sha512", "md5")]
    listed = ListedDigests(pairs)
    as_dict = {name: digest.hex() for name, digest in pairs}
    assert dict(listed) == as_dict
    assert listed == as_dict
    assert list(listed) == ["sha256", "sha512", "md5"]
    assert len(listed) == 3
    assert "sha1" not in listed
    with pytest.raises(KeyError):
        listed["sha1"]


def test_what_a_manifest_lacks_is_left_out() -> None:
    assert dict(ListedDigests([("sha256", None), ("sha512", b"\x01"), ("md5", b"")])) == {"sha512": "01"}
    assert dict(ListedDigests([])) == {}
    assert dict(ListedDigests([("sha256", b"\x01\x02")])) == {"sha256": "0102"}, "shapes are not mixed up"


def test_it_takes_a_third_of_a_dict() -> None:
    pairs = [(name, hashlib.new(name, b"x").digest()) for name in ("sha256", "sha512")]
    listed = ListedDigests(pairs)
    as_dict = {name: digest.hex() for name, digest in pairs}
    ours = sys.getsizeof(listed) + sys.getsizeof(listed._raw)
    assert ours * 2.5 < sys.getsizeof(as_dict) + sum(map(sys.getsizeof, as_dict.values()))
