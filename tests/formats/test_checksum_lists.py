"""Checksum lists in every form that deliveries bring, and files that only look like one."""

from __future__ import annotations

import hashlib

import pytest

from archive.formats.checksum_lists import ListKind, kind_of_list, read_list

MD5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
SHA1 = hashlib.sha1(b"x", usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(b"x").hexdigest()
SHA512 = hashlib.sha512(b"x").hexdigest()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("checksum.md5", ListKind("md5", "checksum")),
        ("checksum.sha256", ListKind("sha256", "checksum")),
        ("checksums.txt", ListKind(None)),
        ("CHECKSUM", ListKind(None)),
        ("MD5SUMS", ListKind("md5")),
        ("SHA256SUMS", ListKind("sha256")),
        ("sha512sum.txt", ListKind("sha512")),
        ("B2SUMS", ListKind("blake2b")),
        ("scan.tif.md5", ListKind("md5", "scan.tif")),
        ("scan.tif.SHA1", ListKind("sha1", "scan.tif")),
        ("a.sha256sum", ListKind("sha256", "a")),
        ("manifest-md5.txt", ListKind("md5", manifest=True)),
        ("tagmanifest-sha512.txt", ListKind("sha512", manifest=True)),
        ("manifest.txt", None),
        ("md5.c", None),
        ("letter.txt", None),
        ("checksum.py.bak", None),
        ("README", None),
    ],
)
def test_what_a_name_says(name: str, kind: ListKind | None) -> None:
    assert kind_of_list(name) == kind


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"{MD5}  a b.txt", "a b.txt"),
        (f"{MD5} *a.bin", "a.bin"),
        (f"{MD5.upper()}\ta.txt", "a.txt"),
        (f"MD5 (a (1).txt) = {MD5}", "a (1).txt"),
        (f"MD5(a.txt)= {MD5}", "a.txt"),
        (f"\\{MD5}  a\\nb\\\\c", "a\nb\\c"),
        (f"  {MD5}  a.txt", "a.txt"),
        (f"{MD5},a, b.txt", "a, b.txt"),
        (f"a b.txt  {MD5}", "a b.txt"),
        (f"a;b.txt;{MD5.upper()}", "a;b.txt"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_every_form_of_a_line(line: str, path: str, end: bytes) -> None:
    lines, wrong = read_list(line.encode() + end, ListKind("md5"))
    assert [(one.algorithm, one.digest, one.path, one.line) for one in lines] == [("md5", MD5, path, 1)]
    assert wrong == []


def test_the_length_tells_the_algorithm_where_the_name_does_not() -> None:
    content = "".join(f"{digest}  f\n" for digest in (MD5, SHA1, SHA256, SHA512)).encode()
    assert [one.algorithm for one in read_list(content, ListKind(None))[0]] == ["md5", "sha1", "sha256", "sha512"]


def test_openssl_names_its_algorithms_in_its_own_way() -> None:
    lines, _ = read_list(f"SHA2-256(f)= {SHA256}\nSHA3-256(f)= {SHA256}\n".encode(), ListKind(None))
    assert [one.algorithm for one in lines] == ["sha256", "sha3256"]


def test_a_side_file_may_hold_the_digest_alone() -> None:
    lines, wrong = read_list(f"{MD5}\n".encode(), ListKind("md5", "scan.tif"))
    assert [one.path for one in lines] == ["scan.tif"]
    assert read_list(f"{MD5}\n".encode(), ListKind("md5")) == ([], [1])
    assert wrong == []


def test_a_bagit_manifest_encodes_line_ends() -> None:
    lines, _ = read_list(f"{MD5}  data/a%0Ab%25\n".encode(), ListKind("md5", manifest=True))
    assert lines[0].path == "data/a\nb%"
    assert read_list(f"{MD5}  a%0Ab\n".encode(), ListKind("md5"))[0][0].path == "a%0Ab"


def test_comments_and_marks_are_passed_over_and_other_lines_are_counted() -> None:
    text = f"# made by hand\n\n; so\n{MD5}  a\n{SHA1}  b\nnot a line\n"
    lines, wrong = read_list(b"\xef\xbb\xbf" + text.encode(), ListKind("md5"))
    assert ([one.path for one in lines], wrong) == (["a"], [5, 6])
    lines, _ = read_list(f"{MD5}  \u0628.txt\r\n".encode("utf-16"), ListKind("md5"))
    assert lines[0].path == "\u0628.txt"
    lines, _ = read_list(MD5.encode() + b"  caf\xe9\n", ListKind("md5"))
    assert lines[0].path == "caf\udce9"


def test_hashdeep_names_its_columns() -> None:
    text = (
        "%%%% HASHDEEP-1.0\n%%%% size,md5,tiger,sha1,filename\n## Invoked from: /x\n"
        f"3,{MD5},{'1' * 48},{SHA1},./a,b.txt\n3,{MD5},{'1' * 48},short,c.txt\nnothing\n"
        f"%%%% size,sha1,filename\n3,{SHA1},d.txt\n"
    )
    lines, wrong = read_list(text.encode(), ListKind(None))
    assert [(one.algorithm, one.path, one.line) for one in lines] == [
        ("md5", "./a,b.txt", 4), ("sha1", "./a,b.txt", 4), ("sha1", "d.txt", 8),
    ]  # fmt: skip
    assert wrong == [5, 6]


@pytest.mark.parametrize(
    "name", ["hashdeep", "hashdeep.txt", "hashdeep_2024.csv", "scans.hashdeep", "Scans.HASHDEEP.txt"]
)
def test_names_of_hashdeep_lists(name: str) -> None:
    assert kind_of_list(name) == ListKind(None)
