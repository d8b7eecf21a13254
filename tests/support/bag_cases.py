"""The conformance table: every rule of RFC 8493 with bags that keep it and bags that break it.

Each case names the codes that must be found, no more and no less; notes are left out unless named. A case is written
as a folder, a zip and a tar alike, unless it says `folder_only` (names that such an archive cannot hold).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.support.bag_drafts import PAYLOAD, Files, digest, draft, edit, manifest, seal

INFO = b"bag-info.txt"
M256, M512 = b"manifest-sha256.txt", b"manifest-sha512.txt"
T256, T512 = b"tagmanifest-sha256.txt", b"tagmanifest-sha512.txt"
OXUM = f"Payload-Oxum: {sum(map(len, PAYLOAD.values()))}.{len(PAYLOAD)}\n".encode()


@dataclass(frozen=True)
class Case:
    name: str
    clause: str
    codes: frozenset[str]
    make: Callable[[], Files]


CASES: list[Case] = []


def case(name: str, clause: str, codes: str, make: Callable[[], Files]) -> None:
    CASES.append(Case(name, clause, frozenset(codes.split()), make))


def _late(name: str) -> Files:
    """What the function of this name, defined further down, makes."""
    made: Files = globals()[name]()
    return made


def put(**changes: bytes | None) -> Callable[[], Files]:
    """A right bag in which tag files are set or, with None, taken away; `_` stands for - and `__` for a full stop."""

    def make() -> Files:
        files = draft()
        for key, value in changes.items():
            path = key.replace("__", ".").replace("_", "-").encode()
            if value is None:
                del files[path]
            else:
                files[path] = value
        return seal(files)

    return make


def payload(**named: bytes) -> Callable[[], Files]:
    return lambda: draft({f"data/{name}".encode(): content for name, content in named.items()})


def names(*paths: bytes) -> Callable[[], Files]:
    """A right bag whose payload has these names, each with its own content."""
    return lambda: draft({b"data/" + path: b"content of %d" % number for number, path in enumerate(paths)})


def both(change: Callable[[bytes], bytes]) -> Callable[[], Files]:
    """A right bag with the same change to both payload manifests, tag manifests made to agree."""

    def make() -> Files:
        files = draft()
        for name in (M256, M512):
            files[name] = change(files[name])
        return seal(files)

    return make


def raw(change: Callable[[Files], object]) -> Callable[[], Files]:
    """A right bag changed afterwards: nothing is made to agree."""

    def make() -> Files:
        files = draft()
        change(files)
        return files

    return make


def declared(text: bytes, **options: object) -> Callable[[], Files]:
    return lambda: edit(b"bagit.txt", lambda _: text, **options)


D = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

# 2.1.1 bagit.txt
case("right", "3", "", draft)
case("declaration-missing", "2.1.1", "BAG-101", put(bagit__txt=None))
case("declaration-empty", "2.1.1", "BAG-102", declared(b""))
case("declaration-crlf", "2.1.1", "", declared(D.replace(b"\n", b"\r\n")))
case("declaration-cr", "2.1.1", "", declared(D.replace(b"\n", b"\r")))
case("declaration-without-last-newline", "2.1.1", "", declared(D[:-1]))
case("declaration-one-line", "2.1.1", "BAG-102", declared(b"BagIt-Version: 1.0\n"))
case("declaration-three-lines", "2.1.1", "BAG-102", declared(D + b"X: y\n"))
case("declaration-blank-third-line", "2.1.1", "BAG-102", declared(D + b"\n"))
case("declaration-swapped", "2.1.1", "BAG-102", declared(b"".join(reversed(D.splitlines(keepends=True)))))
case("declaration-bom", "2.1.1", "BAG-102", declared(b"\xef\xbb\xbf" + D))
case("declaration-utf16", "2.1.1", "BAG-102", declared(D.decode().encode("utf-16")))
case("declaration-not-utf8", "2.1.1", "BAG-102", declared(D.replace(b"UTF-8", b"UTF-\xff")))
case("declaration-label-case", "2.1.1", "BAG-102", declared(D.replace(b"BagIt-V", b"bagit-v")))
for _name, _old, _new in (
    ("no-space", b": ", b":"),
    ("two-spaces", b": ", b":  "),
    ("tab", b": ", b":\t"),
    ("space-at-end", b"\nTag", b" \nTag"),
    ("encoding-space-at-end", b"UTF-8", b"UTF-8\t"),
):
    case(f"declaration-{_name}", "2.1.1", "BAG-102", declared(D.replace(_old, _new)))
    case(
        f"declaration-{_name}-before-1.0", "2.1.1", "BAG-105",
        declared(D.replace(_old, _new).replace(b"1.0", b"0.97"), version="0.97"),
    )  # fmt: skip
for _version in ("0.93", "0.97", "1.0"):
    case(
        f"declaration-space-before-colon-{_version}", "2.1.1", "BAG-102",
        declared(D.replace(b"Version:", b"Version :").replace(b"1.0", _version.encode()), version=_version),
    )  # fmt: skip
case("declaration-indented", "2.1.1", "BAG-102", declared(b" " + D))
case("declaration-space-before-encoding-colon", "2.1.1", "BAG-102", declared(D.replace(b"ing:", b"ing :")))
case("declaration-version-without-major", "2.1.1", "BAG-102", declared(D.replace(b"1.0", b".97"), version="0.97"))
case("declaration-line-separator-is-no-line-end", "2.1.1", "BAG-102", declared(D.replace(b"1.0\n", b"1.0\xe2\x80\xa8")))
case("version-malformed", "2.1.1", "BAG-102", declared(D.replace(b"1.0", b"one")))
case("version-no-minor", "2.1.1", "BAG-102", declared(D.replace(b"1.0", b"1")))
case("version-unknown", "2.1.1", "BAG-103", declared(D.replace(b"1.0", b"2.0")))
case("version-1.1-unknown", "2.1.1", "BAG-103", declared(D.replace(b"1.0", b"1.1")))
case("encoding-unknown", "2.1.1", "BAG-104", declared(D.replace(b"UTF-8", b"UTF-7")))
case("encoding-python-codec-is-no-encoding", "2.1.1", "BAG-104", declared(D.replace(b"UTF-8", b"rot13")))
case("encoding-lower-case", "2.1.1", "", declared(D.replace(b"UTF-8", b"utf-8")))
for _version in ("0.93", "0.94", "0.95", "0.96", "0.97"):
    case(f"version-{_version}", "2.1.1", "", partial(draft, version=_version))


def _in_encoding(label: str, codec: str, mark: bytes = b"") -> Files:
    files = draft({"data/naïve.txt".encode(): b"x"})
    files[b"bagit.txt"] = D.replace(b"UTF-8", label.encode())
    for name in (INFO, M256, M512):
        files[name] = mark + files[name].decode().encode(codec)
    seal(files)
    for name in (T256, T512):
        files[name] = mark + files[name].decode().encode(codec)
    return files


case("encoding-utf16-without-mark", "2.1.1", "", partial(_in_encoding, "UTF-16", "utf-16-be"))
case("encoding-utf16be-with-mark", "2.1.1", "BAG-111", partial(_in_encoding, "UTF-16BE", "utf-16-be", b"\xfe\xff"))
case("encoding-utf16le-with-mark", "2.1.1", "BAG-111", partial(_in_encoding, "UTF-16LE", "utf-16-le", b"\xff\xfe"))


for _label, _codec in (
    ("ISO-8859-1", "latin-1"),
    ("UTF-16", "utf-16"),
    ("UTF-16LE", "utf-16-le"),
    ("GB18030", "gb18030"),
):
    case(f"encoding-{_label}", "2.1.1", "", partial(_in_encoding, _label, _codec))
case("encoding-broken-utf16", "2.1.1", "BAG-110 BAG-203 BAG-204", partial(_late, "_broken_utf16"))
case("encoding-ascii-with-other-bytes", "2.1.1", "BAG-110", declared(
    D.replace(b"UTF-8", b"US-ASCII"), payload={"data/é".encode(): b"x"}))  # fmt: skip
case("bag-info-not-utf8", "2.1.1", "BAG-110", lambda: edit(INFO, lambda b: b + b"Contact-Name: \xe9\n"))
case("bag-info-bom", "2.1.1", "BAG-111", lambda: edit(INFO, lambda b: b"\xef\xbb\xbf" + b))
case("manifest-bom", "2.1.1", "BAG-111", both(lambda b: b"\xef\xbb\xbf" + b))
case("manifest-not-utf8-name", "2.1.1", "BAG-110", partial(_late, "_rename_last_byte"))


def _broken_utf16() -> Files:
    files = _in_encoding("UTF-16LE", "utf-16-le")
    files[M256] += b"\x00"
    files[T256] = manifest("sha256", files, [p for p in files if not p.startswith((b"data/", b"tagm"))])
    files[T512] = manifest("sha512", files, [p for p in files if not p.startswith((b"data/", b"tagm"))])
    files[T256], files[T512] = (files[one].decode().encode("utf-16-le") for one in (T256, T512))
    return files


def _rename_last_byte() -> Files:
    return draft({b"data/caf\xe9": b"latin name"})


# 2.1.2 payload
case("payload-empty", "2.1.2", "", lambda: draft({}))
case("payload-one-empty-file", "2.1.2", "", payload(empty=b""))

# 2.1.3 payload manifests
case("manifest-missing", "2.1.3", "BAG-108 BAG-202", lambda: _without(M256, M512))
case("manifest-one-of-two-missing", "2.1.3", "BAG-216 BAG-219", raw(lambda f: f.pop(M256)))
case("manifest-crlf", "2.1.3", "", both(lambda b: b.replace(b"\n", b"\r\n")))
case("manifest-cr", "2.1.3", "", both(lambda b: b.replace(b"\n", b"\r")))
case("manifest-mixed-line-ends", "2.1.3", "", both(lambda b: b.replace(b"\n", b"\r", 1).replace(b"\n", b"\r\n", 1)))
case("manifest-without-last-newline", "2.1.3", "", both(lambda b: b[:-1]))
case("manifest-one-space", "2.1.3", "", both(lambda b: b.replace(b"  ", b" ")))
case("manifest-tab", "2.1.3", "", both(lambda b: b.replace(b"  ", b"\t")))
case("manifest-many-spaces", "2.1.3", "", both(lambda b: b.replace(b"  ", b" \t  ")))
case(
    "manifest-upper-case-hex", "2.1.3", "", both(lambda b: b"\n".join(x[:64].upper() + x[64:] for x in b.split(b"\n")))
)
case("manifest-star", "2.1.3", "BAG-209", both(lambda b: b.replace(b"  data", b" *data")))
case("manifest-dot-slash", "2.1.3", "BAG-209", both(lambda b: b.replace(b"  data", b"  ./data")))
case("manifest-blank-line", "2.1.3", "BAG-209", both(lambda b: b + b"\n"))
case("manifest-blank-lines-with-spaces", "2.1.3", "BAG-209", both(lambda b: b + b"\r\n \t\n\n"))
case("manifest-blank-line-first", "2.1.3", "BAG-204", both(lambda b: b"\n" + b))
case("manifest-blank-line-between", "2.1.3", "BAG-204", both(lambda b: b.replace(b"\n", b"\n\n", 1)))
case("manifest-garbage-line", "2.1.3", "BAG-204", both(lambda b: b + b"this is not a line\n"))
case("manifest-comment", "2.1.3", "BAG-204", both(lambda b: b"# made by hand\n" + b))
case("manifest-only-a-digest", "2.1.3", "BAG-204", both(lambda b: b + b"0" * 64 + b"\n"))
case("manifest-leading-space", "2.1.3", "BAG-204 BAG-202", both(lambda b: b" " + b))
case("manifest-short-digest", "2.1.3", "BAG-204", both(lambda b: b[1:]))
case("manifest-long-digest", "2.1.3", "BAG-204", both(lambda b: b"0" + b))
case("manifest-no-hex", "2.1.3", "BAG-204", both(lambda b: b"g" + b[1:]))
case("manifest-hex-with-unicode-digits", "2.1.3", "BAG-204", both(lambda b: "١".encode() + b[2:]))
case("manifest-no-break-space-is-no-separator", "2.1.3", "BAG-204 BAG-202", both(
    lambda b: b.replace(b"  data/a", "\u00a0data/a".encode())))  # fmt: skip
case(
    "manifest-form-feed-is-no-line-end",
    "2.1.3",
    "BAG-201 BAG-202 BAG-203 BAG-507",
    both(lambda b: b.replace(b"\n", b"\x0c", 1)),
)
case("manifest-nul", "2.1.3", "BAG-205 BAG-202", both(lambda b: b.replace(b"a.txt", b"a\x00.txt")))
case("manifest-very-long-line", "2.1.3", "BAG-204", both(lambda b: b + b"0" * 200_000))
case("manifest-repeated-line", "2.1.3", "BAG-220", both(lambda b: b + b.splitlines(keepends=True)[0]))
case("manifest-repeated-line-in-one", "2.1.3", "BAG-220", lambda: edit(M512, lambda b: b + b.splitlines(True)[0]))
case("manifest-repeated-line-0.97", "2.1.3", "BAG-208", lambda: edit(
    M512, lambda b: b + b.splitlines(True)[0], version="0.97"))  # fmt: skip
case("manifest-conflicting-lines", "2.1.3", "BAG-207", both(
    lambda b: b + b"0" * b.index(b" ") + b"  data/a.txt\n"))  # fmt: skip
case("manifest-conflict-first-is-wrong", "2.1.3", "BAG-207 BAG-301", both(
    lambda b: b"0" * b.index(b" ") + b"  data/a.txt\n" + b))  # fmt: skip
case("manifest-unsorted", "2.1.3", "", both(lambda b: b"".join(reversed(b.splitlines(keepends=True)))))
case("manifest-orders-differ", "2.1.3", "", lambda: edit(M512, lambda b: b"".join(reversed(b.splitlines(True)))))
case("manifest-half-listed", "3", "BAG-203", lambda: edit(M512, lambda b: b.splitlines(keepends=True)[0]))
case("manifest-second-empty", "3", "BAG-203", lambda: edit(M512, lambda b: b""))
case("manifest-first-half-listed", "3", "BAG-203", lambda: edit(M256, lambda b: b.splitlines(keepends=True)[1]))
case("manifest-half-listed-0.97", "3", "BAG-218", lambda: edit(
    M512, lambda b: b.splitlines(keepends=True)[0], version="0.97"))  # fmt: skip
case("manifest-lists-a-folder", "2.1.3", "BAG-205", both(lambda b: b + b"0" * b.index(b" ") + b"  data/folder/\n"))
case(
    "manifest-lists-a-folder-as-file", "2.1.3", "BAG-201", both(lambda b: b + b"0" * b.index(b" ") + b"  data/folder\n")
)
case("manifest-lists-a-tag-file", "2.1.3", "BAG-206", both(lambda b: b + b"0" * b.index(b" ") + b"  bagit.txt\n"))
case("manifest-lists-data-in-other-case", "2.1.3", "BAG-206", both(
    lambda b: b + b"0" * b.index(b" ") + b"  DATA/a.txt\n"))  # fmt: skip


def _add_line(path: bytes, text: bytes) -> bytes:
    return text + b"0" * text.index(b" ") + b"  " + path + b"\n"


for _name, _path in {
    "parent": b"data/../../x",
    "parent-inside": b"data/folder/../a.txt",
    "parent-plain": b"../bag-evil/x",
    "absolute": b"/etc/passwd",
    "dot": b"data/./a.txt",
    "empty-component": b"data//a.txt",
    "home": b"~/x",
    "named-home": b"~root/x",
    "encoded-newline-parent": b"data/..%0A/../../x",
    "backslash-parent": b"data\\..\\..\\x",
    "data-backslash-parent": b"data/..\\..\\x",
    "backslash-root": b"\\\\server\\share",
    "drive": b"c:/windows/x",
}.items():
    case(f"path-{_name}", "5.2", "BAG-205", both(partial(_add_line, _path)))
case("path-tilde-inside", "5.2", "", names(b"~x", b"a~"))
case("path-dots-in-names", "5.2", "BAG-507", names(b"..x", b"...", b"x..", b".hidden"))
case("path-backslash-inside", "5.2", "BAG-507", names(b"a\\b", b"c\\..d"))
case("path-space-at-end", "2.1.3", "BAG-507", names(b"x ", b"y  ", b"z\t"))
case("path-no-break-space-at-end", "2.1.3", "BAG-507", names("x\u00a0".encode()))
case("path-space-at-start-of-name", "2.1.3", "", names(b" x", b"folder/ y"))
case("path-space-inside", "2.1.3", "BAG-507", names(b"a b", b"a  b", b"a\tb"))
case("path-unicode-line-ends", "2.1.3", "BAG-507", names("a\u2028b".encode(), "a\u0085b".encode(), b"a\x0bb\x0cc\x1ed"))
case("path-star", "2.1.3", "BAG-507", names(b"*x", b"a*"))
case("path-arabic-and-bidi", "2.1.3", "BAG-507", names("بيان صحفي.txt".encode(), "\u202egpj.txt".encode()))
case("path-emoji", "2.1.3", "", names("👩\u200d👧.txt".encode()))
case("path-percent", "2.1.3", "", names(b"100%", b"%25", b"%0A", b"%", b"%zz"))
case("path-newlines", "2.1.3", "BAG-507", names(b"a\nb", b"a\rb", b"a\r\nb"))
case("path-percent-lower-hex", "2.1.3", "BAG-507", lambda: _with_line(b"a\nb", b"a%0ab"))
case("path-percent-raw", "2.1.3", "BAG-210", lambda: _with_line(b"a%20b", b"a%20b"))
case("path-percent-raw-at-end", "2.1.3", "BAG-210", lambda: _with_line(b"a%", b"a%"))
case("path-other-encoding-not-decoded", "2.1.3", "BAG-201 BAG-202 BAG-210", lambda: _with_line(b"a b", b"a%20b"))
case("path-percent-0.97-stands-as-it-is", "2.1.3", "", lambda: _with_line(b"a%25", b"a%25", version="0.97"))
case("path-newline-0.97", "2.1.3", "BAG-507", lambda: _with_line(b"a\nb", b"a%0Ab", version="0.97"))
case("path-long-component", "2.1.3", "BAG-507", names(b"n" * 200 + b"/" + b"m" * 200 + b"/x"))
case("names-reserved-by-windows", "6.1", "BAG-507", names(b"CON.txt"))
case("names-case-twins", "6.1.3", "BAG-505", names(b"a/Report", b"a/report"))
case("folders-case-twins", "6.1.3", "BAG-505", names(b"A/x", b"a/y"))
case("names-normal-form-twins", "6.1.2", "BAG-504", names("é".encode(), "e\u0301".encode()))
case("names-dotless-i-are-no-twins", "6.1.3", "", names("ı".encode(), b"i"))
case("names-listed-nfc-there-nfd", "6.1.2", "BAG-506", lambda: _renormalised(b"x"))
case("names-listed-nfc-there-nfd-damaged", "6.1.2", "BAG-506 BAG-301", lambda: _renormalised(b"y"))
case("names-both-forms-listed-one-there", "5.3", "BAG-221 BAG-504", lambda: _spelled("é.txt", "e\u0301.txt"))
case("names-both-forms-listed-the-other-there", "5.3", "BAG-221 BAG-504", lambda: _spelled("e\u0301.txt", "é.txt"))
case("names-both-forms-of-a-folder", "5.3", "BAG-221 BAG-504", lambda: _spelled("é/a/b", "e\u0301/a/b"))
case("names-three-forms", "5.3", "BAG-221 BAG-504", lambda: _spelled("\u1eb7", "\u0103\u0323", "a\u0323\u0306"))
case(
    "names-both-forms-a-third-there",
    "5.3",
    "BAG-221 BAG-504 BAG-506",
    lambda: _spelled("\u1eb7", "\u0103\u0323", there="a\u0323\u0306"),
)
case("names-both-forms-digests-differ", "5.3", "BAG-201 BAG-504 BAG-404", lambda: _spelled("é", "e\u0301", other=b"y"))
case("names-both-forms-in-one-manifest", "5.3", "BAG-221 BAG-506", lambda: _spelled_in_one("é", "e\u0301"))
case("names-a-form-a-manifest", "5.3", "BAG-221", lambda: _spelled_apart("é", "e\u0301"))
case(
    "names-a-form-a-manifest-the-other-there", "5.3", "BAG-221 BAG-506", lambda: _spelled_apart("é", "e\u0301", there=1)
)
case(
    "names-a-form-a-manifest-both-there",
    "5.3",
    "BAG-202 BAG-221 BAG-404",
    lambda: _spelled_apart("é", "e\u0301", there=2),
)
case("names-a-form-a-manifest-damaged", "5.3", "BAG-221 BAG-301", lambda: _spelled_apart("é", "e\u0301", content=b"y"))
case(
    "names-both-forms-damaged",
    "5.3",
    "BAG-221 BAG-301 BAG-504",
    lambda: {**_spelled("é", "e\u0301"), "data/é".encode(): b"X"},
)


def _without(*paths: bytes) -> Files:
    files = draft()
    for path in paths:
        del files[path]
    for path in [p for p in files if p.startswith(b"tagmanifest-")]:
        del files[path]
    return files


def _with_line(name: bytes, line: bytes, version: str = "1.0") -> Files:
    files = draft({b"data/" + name: b"content"}, version=version)
    for algorithm, path in (("sha256", M256), ("sha512", M512)):
        files[path] = digest(algorithm, b"content") + b"  data/" + line + b"\n"
    return seal(files)


def _spelled(*names: str, other: bytes = b"x", there: str = "") -> Files:
    """A bag that lists one file in several spellings; the first is there, or `there`."""
    paths = [b"data/" + name.encode() for name in names]
    files = draft({paths[0]: b"x"} | dict.fromkeys(paths[1:], other))
    content = files[paths[0]]
    for path in paths:
        del files[path]
    files[b"data/" + (there or names[0]).encode()] = content
    return files


def _spelled_apart(first: str, second: str, *, there: int = 0, content: bytes = b"x") -> Files:
    """A bag whose two manifests spell one file differently: the first form is there, the second, or with 2 both."""
    one, other = (b"data/" + name.encode() for name in (first, second))
    files = draft({one: b"x"})
    files[M512] = files[M512].replace(one, other)
    del files[one]
    files |= dict.fromkeys(((one,), (other,), (one, other))[there], content)
    return seal(files)


def _spelled_in_one(*names: str) -> Files:
    files = _spelled(*names)
    files[M512] = files[M512].splitlines(keepends=True)[0]
    return seal(files)


def _renormalised(content: bytes) -> Files:
    files = draft({"data/é.txt".encode(): b"x"})
    del files["data/é.txt".encode()]
    files["data/e\u0301.txt".encode()] = content
    return files


# 2.4 algorithms
for _algorithm in ("md5", "sha1"):
    case(f"algorithm-{_algorithm}-alone", "2.4", "BAG-115", partial(draft, algorithms=[_algorithm]))
for _algorithm in ("sha224", "sha384", "blake2b", "blake2s"):
    _codes = "BAG-115" if _algorithm == "sha224" else ""
    case(f"algorithm-{_algorithm}", "2.4", _codes, partial(draft, algorithms=[_algorithm]))
case("algorithm-md5-beside-sha512", "2.4", "", lambda: draft(algorithms=["md5", "sha512"]))
case("algorithm-unknown", "2.4", "BAG-113", lambda: seal({**draft(), b"manifest-crc32.txt": b"00000000  data/a.txt\n"}))
case("algorithm-unknown-alone", "2.4", "BAG-113 BAG-108 BAG-202", lambda: _renamed_manifest(b"manifest-crc32.txt"))
case("algorithm-of-no-fixed-length", "2.4", "BAG-113", lambda: seal({**draft(), b"manifest-shake128.txt": b""}))
case("algorithm-unknown-tag-manifest", "2.4", "BAG-113", lambda: {**draft(), b"tagmanifest-crc32.txt": b"x"})
case("algorithm-upper-case", "2.4", "BAG-114", lambda: _respelled(b"SHA512"))
case("algorithm-with-hyphen", "2.4", "BAG-114", lambda: _respelled(b"sha-512"))
case("algorithm-twice", "2.4", "BAG-117 BAG-114", partial(_late, "_twice"))
case("algorithm-sha3", "2.4", "", partial(_late, "_sha3"))


def _renamed_manifest(name: bytes) -> Files:
    files = _without(M256)
    files[name] = files.pop(M512)
    return files


def _respelled(word: bytes) -> Files:
    files = draft(algorithms=["sha512"])
    files[b"manifest-" + word + b".txt"] = files.pop(M512)
    return seal(files)


def _twice() -> Files:
    files = draft(algorithms=["sha512"])
    files[b"manifest-SHA512.txt"] = files[M512]
    return seal(files)


def _sha3() -> Files:
    files = draft(algorithms=["sha3_256"])
    files[b"manifest-sha3256.txt"] = files.pop(b"manifest-sha3_256.txt")
    del files[b"tagmanifest-sha3_256.txt"]
    tags = [path for path in files if not path.startswith(b"data/")]
    files[b"tagmanifest-sha3256.txt"] = manifest("sha3_256", files, tags)
    return files


# 2.2.1 tag manifests
case("tag-manifests-none", "2.2.1", "", lambda: draft(tag_manifests=False))
case("tag-manifest-lists-payload", "2.2.1", "BAG-211", raw(
    lambda f: f.update({T512: f[T512] + digest("sha512", f[b"data/a.txt"]) + b"  data/a.txt\n"})))  # fmt: skip
case(
    "tag-manifest-lists-itself",
    "2.2.1",
    "BAG-212",
    raw(lambda f: f.update({T512: f[T512] + b"0" * 128 + b"  " + T512})),
)
case("tag-manifest-lists-another", "2.2.1", "BAG-212", raw(
    lambda f: f.update({T512: f[T512] + digest("sha512", f[T256]) + b"  " + T256 + b"\n"})))  # fmt: skip
case("tag-manifest-lacks-manifest", "2.2.1", "BAG-213", raw(lambda f: _drop(f, T512, M256)))
case("tag-manifests-lack-own-manifest", "2.2.1", "BAG-213", raw(lambda f: (_drop(f, T512, M512), _drop(f, T256, M512))))
case("tag-manifest-lacks-bag-info", "2.2.1", "BAG-214", raw(lambda f: _drop(f, T512, INFO)))
case("tag-manifest-empty", "2.2.1", "BAG-213 BAG-214", raw(lambda f: f.update({T512: b""})))
case("tag-manifest-malformed", "2.2.1", "BAG-204", raw(lambda f: f.update({T512: f[T512] + b"garbage\n"})))
case("tag-manifest-escape", "5.2", "BAG-205", raw(lambda f: f.update({T512: f[T512] + b"0" * 128 + b"  ../x\n"})))
case("tag-manifest-other-algorithms", "2.2.1", "BAG-219", raw(lambda f: f.pop(T256)))
case("tag-file-missing", "3", "BAG-216", raw(lambda f: f.pop(INFO)))
case("tag-file-added", "2.2.1", "BAG-214", raw(lambda f: f.update({b"notes.txt": b"x"})))
case("tag-file-added-deep", "2.2.1", "BAG-214", raw(lambda f: f.update({b"metadata/deep/x.xml": b"x"})))
case("tag-file-listed-deep", "2.2.4", "", lambda: seal(draft(extra={b"metadata/a/b.xml": b"<a/>", b"x y.txt": b"z"})))
case("tag-file-damaged", "3", "BAG-302", raw(lambda f: f.update({INFO: f[INFO] + b"Contact-Name: x\n"})))
case("tag-file-deep-damaged", "3", "BAG-302", lambda: {**draft(extra={b"m/x": b"1"}), b"m/x": b"2"})
case("declaration-damaged", "3", "BAG-302", raw(lambda f: f.update({b"bagit.txt": f[b"bagit.txt"][:-1]})))
case("seal-is-never-listed", "2.2.1", "", raw(lambda f: f.update({b"seal/tagmanifest.tsr": b"stamp"})))


def _drop(files: Files, name: bytes, path: bytes) -> None:
    files[name] = b"".join(line for line in files[name].splitlines(True) if not line.endswith(b"  " + path + b"\n"))


# 2.2.2 bag-info.txt
def info(text: bytes, codes: str, name: str, **options: object) -> None:
    case(f"bag-info-{name}", "2.2.2", codes, lambda: edit(INFO, lambda _: text, **options))


info(b"", "", "empty")
info(b"Contact-Name: A\nContact-Name: B\ncontact-name: C\n" + OXUM, "", "repeated")
info(b"External-Description: one\n two\n\tthree\n" + OXUM, "", "folded")
info(b"External-Description: one\r\n two\r\n" + OXUM, "", "folded-crlf")
info(b"X: " + b"long " * 300 + b"\n" + OXUM, "", "long-line")
info(b"Source-Organization: \xd8\xa8\n" + OXUM, "", "arabic")
info(b"X:\tvalue\n" + OXUM, "", "tab-after-colon")
info(b"X: a: b\n" + OXUM, "", "colon-in-value")
info(b"no colon here\n" + OXUM, "BAG-401", "no-colon")
info(b"  leading continuation\n" + OXUM, "BAG-401", "first-line-continues")
info(b": value\n" + OXUM, "BAG-401", "empty-label")
info(b"X : value\n" + OXUM, "BAG-401", "space-before-colon")
info(b"X:value\n" + OXUM, "BAG-401", "no-space-after-colon")
info(b"X : value\nY:value\nZ:   value\n" + OXUM, "", "loose-space-0.97", version="0.97")
info(b"X:  value\n" + OXUM, "BAG-405", "two-spaces")
info(b"X:\n" + OXUM, "BAG-405", "no-value")
info(b"X: \n" + OXUM, "", "empty-value")
info(b"X: a\n\n" + OXUM, "BAG-405", "blank-line")
info(OXUM + OXUM, "BAG-403", "oxum-twice")
info(OXUM + b"payload-oxum: 1.1\n", "BAG-403 BAG-404", "oxum-twice-differing")
info(b"Payload-Oxum: 1.1\n", "BAG-404", "oxum-wrong")
info(b"Payload-Oxum: %d.9\n" % sum(map(len, PAYLOAD.values())), "BAG-404", "oxum-wrong-count")
for _n, _value in enumerate(
    (b"12", b"12.", b".3", b"1,234.3", b"12.3.4", b"-1.3", b"+12.3", b"1e3.3", "١٢.٣".encode(), b"twelve.three", b"")
):
    info(b"Payload-Oxum: " + _value + b"\n", "BAG-402", f"oxum-malformed-{_n}")
info(b"Payload-Oxum: 0%d.0%d\n" % (sum(map(len, PAYLOAD.values())), 3), "", "oxum-leading-zeros")
info(b"Bagging-Date: 2026-11-24\nBagging-Date: 2026-11-25\n" + OXUM, "BAG-406", "date-twice")
info(b"Bag-Size: 1 KB\nbag-size: 2 KB\n" + OXUM, "BAG-406", "size-twice")
case("package-info-0.93", "2.2.2", "BAG-404", lambda: _package_info("0.93"))
case("package-info-is-nothing-special-in-1.0", "2.2.2", "", lambda: _package_info("1.0"))
info(b"Bagging-Date: 24.11.2026\n" + OXUM, "BAG-407", "date-odd")
info(b"Bag-Count: 1 of 3\n" + OXUM, "", "count")
info(b"Bag-Count: 1 of ?\n" + OXUM, "", "count-open")
info(b"Bag-Count: one\n" + OXUM, "BAG-407", "count-odd")


def _package_info(version: str) -> Files:
    files = draft(version=version)
    files[b"package-info.txt"] = files.pop(INFO).replace(b"Payload-Oxum: 2", b"Payload-Oxum: 9")
    return seal(files)


# 2.2.3 fetch.txt
def fetch(text: bytes, codes: str, name: str, *, missing: bool = False, **options: object) -> None:
    def make() -> Files:
        files = edit(b"fetch.txt", lambda _: text, **options)
        if missing:
            del files[b"data/a.txt"]
        return files

    case(f"fetch-{name}", "2.2.3", codes, make)


URL = b"https://example.org/a"
fetch(URL + b" 6 data/a.txt\n", "", "present")
fetch(URL + b" - data/a.txt\n", "", "no-length")
fetch(URL + b"\t6\tdata/a.txt\r\n", "", "tabs-and-crlf")
fetch(URL + b" 6 data/a.txt\n", "BAG-413", "pending", missing=True)
fetch(URL + b" 7 data/a.txt\n", "BAG-416", "wrong-length")
fetch(URL + b" data/a.txt\n", "BAG-411", "no-size")
fetch(URL + b" -6 data/a.txt\n", "BAG-411", "negative-size")
fetch(b"example.org/a 6 data/a.txt\n", "BAG-411", "relative-address")
fetch(b"\n", "BAG-411", "blank-line")
for _n, _address in enumerate(
    (
        "file:///etc/passwd",
        "file:a",
        "FILE://localhost/etc/passwd",
        "http://127.0.0.1/a",
        "http://localhost:8000/a",
        "http://[::1]/a",
        "https://10.1.2.3/a",
        "http://192.168.0.9/a",
        "http://172.31.255.1/a",
        "http://169.254.169.254/latest",
        "http://0/a",
        "http://2130706433/a",
        "http://0x7f.1/a",
        "http://0177.0.0.1/a",
        "http://[::ffff:10.0.0.1]/a",
        "http://[fd00::1]/a",
        "http://[fe80::1%25eth0]/a",
        "ftp://user:word@intranet/a",
        "http://printer.local/a",
        "http://127.0.0.1./a",
        "http://%31%32%37.0.0.1/a",
        "http://user@10.0.0.1:80/a",
        "http://100.64.0.1/a",
        "sftp://nas.lan/a",
    )
):
    fetch(_address.encode() + b" 6 data/a.txt\n", "BAG-418", f"private-{_n}")
for _n, _address in enumerate(
    (
        "https://8.8.8.8/a",
        "https://example.org/10.0.0.1",
        "https://[2001:4860:4860::8888]/a",
        "s3://bucket/a",
        "ark:/12345/a",
        "urn:isbn:1",
        "https://localhost.example.org/a",
        "https://cafe.example.org/a",
    )
):
    fetch(_address.encode() + b" 6 data/a.txt\n", "", f"public-{_n}")
fetch(URL + b" 6 data/unlisted.txt\n", "BAG-412", "unlisted")
fetch(URL + b" 6 bagit.txt\n", "BAG-415", "tag-file")
fetch(URL + b" 6 ../x\n", "BAG-205", "parent")
fetch(URL + b" 6 /etc/x\n", "BAG-205", "absolute")
fetch((URL + b" 6 data/a.txt\n") * 2, "BAG-417", "twice")
fetch(URL + b" 6 ./data/a.txt\n", "BAG-209", "dot-slash")
fetch(URL + b" 6 data/100%\n", "BAG-210", "raw-percent", payload={b"data/100%": b"sixsix"})
fetch(URL + b" 6 data/100%25\n", "", "encoded-percent", payload={b"data/100%": b"sixsix"})

# 3 completeness and validity
case("file-missing", "3", "BAG-201 BAG-404", raw(lambda f: f.pop(b"data/a.txt")))
case("file-added", "3", "BAG-202 BAG-404", raw(lambda f: f.update({b"data/new": b"x"})))
case("file-added-empty", "3", "BAG-202 BAG-404", raw(lambda f: f.update({b"data/folder/new": b""})))
case("file-added-hidden", "3", "BAG-202 BAG-404", raw(lambda f: f.update({b"data/.DS_Store": b""})))
case("file-renamed", "3", "BAG-201 BAG-202", raw(lambda f: f.update({b"data/A.txt": f.pop(b"data/a.txt")})))
case("file-changed-same-size", "3", "BAG-301", raw(lambda f: f.update({b"data/a.txt": b"First\n"})))
case("file-truncated", "3", "BAG-301 BAG-404", raw(lambda f: f.update({b"data/folder/b.bin": b"\x00"})))
case("file-emptied", "3", "BAG-301 BAG-404", raw(lambda f: f.update({b"data/a.txt": b""})))
case("files-swapped", "3", "BAG-301", raw(
    lambda f: f.update({b"data/a.txt": b"", b"data/folder/deep/c": f[b"data/a.txt"]})))  # fmt: skip
case("digest-wrong-in-one-manifest", "3", "BAG-301", lambda: edit(M512, lambda b: b"0" * 128 + b[128:]))
case("digest-last-digit-wrong", "3", "BAG-301", lambda: edit(
    M256, lambda b: b[:63] + (b"0" if b[63:64] != b"0" else b"1") + b[64:]))  # fmt: skip
case("digest-of-other-algorithm-length", "3", "BAG-204", lambda: edit(M512, lambda b: b"0" * 64 + b[128:]))
case("nothing-but-a-manifest", "3", "BAG-101 BAG-201", lambda: {M256: b"0" * 64 + b"  data/x\n"})
