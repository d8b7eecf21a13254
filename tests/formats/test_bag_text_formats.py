"""bagit.txt, tag files, manifests, fetch.txt and their paths, as pure functions."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.bagit_txt import parse_declaration, write_declaration
from archive.formats.bagpath import decode_path, encode_path, to_text, unsafe_reason
from archive.formats.fetch import local_address, parse_fetch
from archive.formats.manifest import manifest_line, manifest_name, parse_blocks, parse_line, parse_manifest_name
from archive.formats.tagfile import Tag, Utf8Judge, decode_tag_file, parse_oxum, parse_tags, values_of, write_tags
from archive.model.capped_findings import bag_findings

PATHS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=30)


def test_the_declaration_is_read_as_it_is_written() -> None:
    assert write_declaration() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    declaration, findings = parse_declaration(write_declaration())
    assert (declaration.version, declaration.codec, findings) == ("1.0", "utf-8", [])


@given(PATHS)
def test_a_path_survives_encoding(path: str) -> None:
    encoded = encode_path(path)
    assert b"\n" not in encoded
    assert b"\r" not in encoded
    assert decode_path(encoded) == (path.encode(), False)


@given(st.binary(max_size=40))
def test_decoding_never_fails_and_bytes_that_are_not_utf8_survive(raw: bytes) -> None:
    decoded, _ = decode_path(raw)
    assert to_text(decoded).encode("utf-8", "surrogateescape") == decoded


@pytest.mark.parametrize(
    ("raw", "path", "stray"),
    [
        (b"a%0Ab", b"a\nb", False),
        (b"a%0ab", b"a\nb", False),
        (b"a%0Db%0d", b"a\rb\r", False),
        (b"100%25", b"100%", False),
        (b"%2525", b"%25", False),
        (b"100%", b"100%", True),
        (b"a%20b", b"a%20b", True),
        (b"%2", b"%2", True),
    ],
)
def test_only_line_ends_and_the_percent_sign_are_encoded(raw: bytes, path: bytes, stray: bool) -> None:
    assert decode_path(raw) == (path, stray)


@pytest.mark.parametrize(
    "path",
    [b"", b"/a", b"a//b", b"a/", b"a/./b", b"./a", b"../a", b"a/..", b"~", b"~x/a", b"a\x00", b"a\\..\\b", b"C:\\x"],
)  # fmt: skip
def test_what_leaves_the_bag_is_not_safe(path: bytes) -> None:
    assert unsafe_reason(path) is not None


@pytest.mark.parametrize("path", [b"a", b"a/b", b"..a", b"a..", b"...", b"a/~b", b"a\\b", b" ", b"a ", b"\xff", b"C:"])
def test_what_stays_in_the_bag_is_safe(path: bytes) -> None:
    assert unsafe_reason(path) is None


def _regular(files: dict[str, bytes]) -> bytes:
    return b"".join(manifest_line(hashlib.sha256(c).hexdigest(), f"data/{p}") for p, c in files.items())


@given(st.dictionaries(PATHS, st.binary(max_size=4), min_size=1, max_size=8), st.integers(1, 90))
def test_lines_are_the_same_whole_or_in_chunks_fast_or_slow(files: dict[str, bytes], size: int) -> None:
    text = _regular(files)
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    rows = []
    for data in ([text], chunks):
        found: list[tuple[bytes, bytes | None]] = []
        for block in parse_blocks(data, "m", 32):
            if block.odd is None:
                found += [(path, block.digests[32 * i : 32 * i + 32]) for i, path in enumerate(block.paths)]
            else:
                found += [(path, digest) for _, digest, path in block.odd]
        rows.append(found)
    assert rows[0] == rows[1]
    safe = {p: c for p, c in files.items() if unsafe_reason(f"data/{p}".encode()) is None}
    assert dict(rows[0]) == {f"data/{p}".encode(): hashlib.sha256(c).digest() for p, c in safe.items()}


def test_line_numbers_go_on_over_chunks() -> None:
    good = manifest_line("0" * 64, "data/x")
    text = good * 3 + b"bad\n" + good.replace(b"x", b"y") + b"worse\r\n" + b"last"
    for size in (5, 70, 1000):
        chunks = [text[start : start + size] for start in range(0, len(text), size)]
        findings = [finding for block in parse_blocks(chunks, "m", 32) for finding in block.findings]
        assert [finding.line for finding in findings] == [4, 6, 7], size


def test_a_line_that_never_ends_is_named_and_the_rest_is_read() -> None:
    chunks = [manifest_line("0" * 64, "data/a"), *[b"x" * 70_000] * 40, b"\n" + manifest_line("1" * 64, "data/b")]
    blocks = list(parse_blocks(chunks, "m", 32))
    assert [(f.line, f.code) for block in blocks for f in block.findings] == [(2, "BAG-204")]
    paths = [path for block in blocks for path in (block.paths or [odd[2] for odd in block.odd or []])]
    assert paths == [b"data/a", b"data/b"]


@given(st.binary(max_size=200), st.booleans(), st.booleans())
def test_no_line_makes_the_reader_fail(line: bytes, tag: bool, old: bool) -> None:
    findings = bag_findings()
    digest, path = parse_line(line, 1, "m", 32, findings, tag=tag, before_1_0=old)
    assert path is None or unsafe_reason(path) is None
    assert findings or (digest and path)
    for block in parse_blocks([line], "m", 32, tag=tag, before_1_0=old):
        assert all(finding.message for finding in block.findings)


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/",
    "http://[::1]/", "http://[::]/", "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://169.254.169.254/",
    "http://100.64.1.1/", "http://user@10.0.0.1:80/", "http:/127.0.0.1/", "http:127.0.0.1/", "http:///127.0.0.1/",
    "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/", "http://%6c%6fcalhost/",
    "http://LOCALHOST./", "http://intranet/", "http://a.local/", "http://127.0.0.1\\@example.org/",
    "http://example.org\\@127.0.0.1/", "file:///x", "FILE:x", "jar:file:///x", "gopher://127.0.0.1/",
])  # fmt: skip
def test_addresses_of_this_machine_and_of_private_networks(url: str) -> None:
    assert local_address(url) is not None


@pytest.mark.parametrize("url", [
    "http://example.org/", "https://example.org:8443/a?b#c@127.0.0.1", "http://8.8.8.8/", "http://[2606:4700::1]/",
    "http://[64:ff9b::808:808]/", "http://[2002:808:808::]/", "s3://bucket/key", "data:,x", "ftp://a.example.org/127.0.0.1",
])  # fmt: skip
def test_addresses_of_the_public_network(url: str) -> None:
    assert local_address(url) is None


def test_manifest_names() -> None:
    assert manifest_name("sha512") == "manifest-sha512.txt"
    assert manifest_name("md5", tag=True) == "tagmanifest-md5.txt"
    name = parse_manifest_name("tagmanifest-SHA-1.txt")
    assert name is not None
    assert (name.tag, name.algorithm) == (True, "SHA-1")
    for other in ("manifest-.txt", "manifest.txt", "manifest-md5.txt.bak", "Manifest-md5.txt", "x/manifest-md5.txt"):
        assert parse_manifest_name(other) is None


INFO = b"A: one\nb: two\n  more\n\tand more\nA: three\r\nEmpty: \n"


def test_order_repeats_and_folding_are_kept() -> None:
    tags, findings = parse_tags(INFO, "bag-info.txt")
    assert findings == []
    assert [(tag.label, tag.value) for tag in tags] == [
        ("A", "one"), ("b", "two more and more"), ("A", "three"), ("Empty", "")
    ]  # fmt: skip
    assert values_of(tags, "a") == ["one", "three"]
    assert write_tags(tags) == INFO
    tags[0] = Tag("A", "new\nwith a line\n\nand another")
    assert write_tags(tags) == b"A: new\n  with a line\n  and another\n" + INFO[7:]


@given(st.binary(max_size=300))
def test_whatever_a_tag_file_holds_it_is_written_back_as_it_was(data: bytes) -> None:
    tags, findings = parse_tags(data, "bag-info.txt")
    if not any(finding.code == "BAG-401" for finding in findings) and tags:
        start = data.index(tags[0].raw or b"")
        assert write_tags(tags) == data[start:]


def test_payload_oxum() -> None:
    assert parse_oxum("12.3") == (12, 3)
    for wrong in ("", "12", "12.", ".3", "12.3 ", "1,2.3", "-1.2", "1.2.3", "١.٢", "9" * 21 + ".1"):
        assert parse_oxum(wrong) is None


def test_fetch_lines_are_judged_one_by_one() -> None:
    text = b"https://x.org/a 5 data/a b\nhttps://x.org/b - data/%0A\nnonsense\nftp://x.org/c 1 data/a b\n"
    entries, findings = parse_fetch(text)
    assert [(e.path, e.size, e.line) for e in entries] == [(b"data/a b", 5, 1), (b"data/\n", None, 2)]
    assert [(f.code, f.line) for f in findings] == [("BAG-411", 3), ("BAG-417", 4)]


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail(data: bytes) -> None:
    parse_declaration(data)
    parse_fetch(data)
    parse_tags(data, "x", before_1_0=True)
    for codec in ("utf-8", "ascii", "utf-16", "cp1256", "shift_jis", "gb18030"):
        decode_tag_file(data, codec, "x")


@given(st.binary(max_size=80), st.integers(1, 9))
def test_utf8_is_judged_alike_whole_or_in_chunks(data: bytes, size: int) -> None:
    judge = Utf8Judge("m")
    for start in range(0, len(data), size):
        judge.take(data[start : start + size])
    try:
        data.decode("utf-8")
        right = True
    except UnicodeDecodeError:
        right = False
    assert ("BAG-110" not in {finding.code for finding in judge.finish()}) is right
