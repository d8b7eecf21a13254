"""Tag files with a million faults: an end within 20 s of CPU and 1.5 GB, with findings, the first of each kind listed.

Each bag is judged in a process of its own that is held to both; the counts show that nothing was kept for each line.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.bags.manifest_table import ManifestTable
from archive.errors import FormatError, UsageError
from archive.formats.fetch import MAX_UNUSUAL, parse_fetch
from archive.formats.manifest import parse_blocks
from archive.formats.ocfl_inventory import parse_inventory
from archive.formats.profile import MAX_LISTED, parse_profile
from archive.formats.tagfile import MAX_ELEMENTS, MAX_LINES, parse_tags
from archive.model.capped_findings import FAULTS, LISTED
from archive.stages.validation import validate
from archive.stages.validation.bags.profiles import load_profile
from archive.stages.validation.records.notes import KEPT
from tests.support.bag_drafts import draft, write_folder

MILLION = 1_000_000
BOUNDED = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from archive.stages.validation import validate
from archive.reporting.validation import report_fields
report = validate(sys.argv[1], workers=1)
codes = sorted({finding.code for finding in report.findings})
print(json.dumps([report.verdict, len(report.findings), report_fields(report)["counts"], codes]))
"""
COUNTED = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from collections import Counter
from archive.stages.validation import validate
report = validate(sys.argv[1], workers=1)
codes = Counter()
for one in report.findings:
    more = "count" in one.facts and "code" in one.facts
    codes[one.facts["code"] if more else one.code] += one.facts["count"] if more else 1
print(json.dumps([report.verdict, len(report.findings), codes, time.process_time()]))
"""


def lines(text: Callable[[int], bytes], count: int = MILLION) -> Iterator[bytes]:
    return map(text, range(count))


def repeated(line: bytes, count: int = MILLION) -> Iterator[bytes]:
    return iter([line * count])


FILES: dict[str, tuple[str, Callable[[], Iterator[bytes]], str, str]] = {
    "malformed lines": ("manifest-sha256.txt", lambda: repeated(b"x\n", 3 * MILLION), "invalid", "BAG-204"),
    "lines without a digest": ("manifest-sha256.txt", lambda: repeated(b"zz data/a.txt\n"), "invalid", "BAG-204"),
    "one line again and again": ("manifest-sha256.txt", lambda: repeated(b"%064x  data/b\n" % 7), "invalid", "BAG-220"),
    "unsafe paths": (
        "manifest-sha256.txt", lambda: lines(lambda n: b"%064x  data/../%d\n" % (n, n)), "invalid", "BAG-205",
    ),
    "tag files that are not there": (
        "tagmanifest-sha256.txt", lambda: lines(lambda n: b"%064x  t%d\n" % (n, n), MILLION // 4), "invalid", "BAG-216",
    ),
    "good lines of fetch.txt": (
        "fetch.txt", lambda: lines(lambda n: b"https://example.org/%d 1 data/f%d\n" % (n, n), MILLION // 4), "invalid",
        "BAG-412",
    ),
    "empty lines of fetch.txt": ("fetch.txt", lambda: repeated(b"\n", 60 * MILLION), "invalid", "BAG-118"),
    "empty lines of bag-info.txt": ("bag-info.txt", lambda: repeated(b"\n", 60 * MILLION), "not checked", "BAG-118"),
    "folded lines": ("bag-info.txt", lambda: iter([b"A: b\n", b" c\n" * 300_000]), "valid", "BAG-116"),
    "folded lines without end": (
        "bag-info.txt", lambda: repeated(b"A: b\n c\n", 5 * MILLION), "not checked", "BAG-118",
    ),
    "lines without a colon": ("bag-info.txt", lambda: repeated(b"x\n"), "invalid", "BAG-401"),
    "counts of the payload": ("bag-info.txt", lambda: repeated(b"Payload-Oxum: 2.1\n"), "invalid", "BAG-404"),
    "a long declaration": ("bagit.txt", lambda: repeated(b"BagIt: 1.0\n", 6 * MILLION), "not checked", "BAG-112"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_million_faults_end_within_the_bounds(name: str, tmp_path: Path, checkout: Path) -> None:
    file, content, verdict, code = FILES[name]
    files = draft({b"data/a.txt": b"a"}, algorithms=("sha256",), tag_manifests=False)
    files.pop(b"bag-info.txt", None)
    bag = write_folder(files, tmp_path / "bag")
    with open(bag / file, "ab" if file.startswith("manifest") else "wb") as stream:
        stream.writelines(content())
    words = [sys.executable, "-c", BOUNDED, str(bag)]
    ran = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found, count, counts, codes = json.loads(ran.stdout)
    assert (found, code in codes) == (verdict, True), codes
    assert count <= LISTED * len(codes) + len(codes)
    if file.endswith("manifest-sha256.txt"):
        assert counts["error"] >= MILLION // 4  # all were counted
    (bag / file).unlink()  # pytest keeps the folders of three runs


LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
AMOUNT = MILLION if LONG else 20_000
_LETTERS = b"abcdefghijklmnopqrst"
_PREMIS = b'<premis xmlns="http://www.loc.gov/premis/v3" version="3.0">'
_METS = b'<mets xmlns="http://www.loc.gov/METS/"><fileSec><fileGrp>'
_METS_END = b"</fileGrp></fileSec><structMap><div/></structMap></mets>"


def twin(number: int) -> bytes:
    return bytes(sign - 32 if number >> place & 1 else sign for place, sign in enumerate(_LETTERS))


NAMES: dict[str, tuple[Callable[[int], bytes], dict[str, int]]] = {
    "names beyond ASCII": (lambda n: b"b\xcc\x81%d" % n, {"BAG-201": 0}),
    "names that are not UTF-8": (lambda n: b"\xff%d" % n, {"BAG-201": 0}),
    "twins": (twin, {"BAG-201": 0, "BAG-505": 1}),
    "names that cannot travel": (lambda n: b"b:%d" % n, {"BAG-201": 0, "BAG-507": 0}),
}
"""Missing files with such names, and how many fewer than the names there are of each finding."""

_OBJECT = (
    b'<object xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="file"><objectIdentifier>'
    b"<objectIdentifierType>local</objectIdentifierType><objectIdentifierValue>%d</objectIdentifierValue>"
    b"</objectIdentifier><objectCharacteristics><format><formatDesignation><formatName>x</formatName>"
    b"</formatDesignation></format><%b/></objectCharacteristics></object>\n"
)
RECORDS: dict[str, tuple[bytes, Callable[[int], bytes], bytes, int, set[str]]] = {
    "one ID": (_METS, lambda n: b'<file ID="a"/>\n', _METS_END, 300_000, {"XML-107"}),
    "wrong attributes": (_METS, lambda n: b'<file ID="f%d" x="y"/>\n' % n, _METS_END, 300_000, {"XML-107"}),
    "unknown elements": (_PREMIS, lambda n: b"<x/>\n", b"</premis>", MILLION, {"XML-107", "PRM-122"}),
    "a fault in each object": (_PREMIS, lambda n: _OBJECT % (n, b"y"), b"</premis>", 300_000, {"XML-107"}),
    "a new fault in each object": (_PREMIS, lambda n: _OBJECT % (n, b"y%d" % n), b"</premis>", 300_000, {"XML-107"}),
}


def bounded(subject: Path, checkout: Path) -> tuple[str, int, dict[str, int], float]:
    """Verdict, number of findings, how many of each code were counted, and the CPU seconds of the judging."""
    words = [sys.executable, "-c", COUNTED, str(subject)]
    ran = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    verdict, count, codes, seconds = json.loads(ran.stdout)
    return verdict, count, codes, seconds


def missing(folder: Path, name: Callable[[int], bytes], count: int) -> Path:
    bag = write_folder(draft({b"data/a.txt": b"a"}, algorithms=("sha256",), tag_manifests=False), folder)
    (bag / "bag-info.txt").unlink(missing_ok=True)
    with open(bag / "manifest-sha256.txt", "ab") as stream:
        stream.writelines(b"%064x  data/%b\n" % (number, name(number)) for number in range(count))
    return bag


@pytest.mark.slow
@pytest.mark.parametrize("sort", NAMES)
def test_missing_files_with_odd_names_cost_the_same_each(sort: str, tmp_path: Path, checkout: Path) -> None:
    name, fewer = NAMES[sort]
    seconds = []
    for part in (4, 1):
        amount = AMOUNT // part
        verdict, count, codes, spent = bounded(missing(tmp_path / str(part), name, amount), checkout)
        assert (verdict, {code: codes[code] for code in fewer}) == (
            "invalid",
            {code: amount - less for code, less in fewer.items()},
        )
        assert count <= (LISTED + 1) * len(codes)
        seconds.append(spent)
    assert seconds[1] < 10 * seconds[0] + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "host", ["https://example.org/%d", "http://127.0.0.1/%d", "http://h%d.example.org/", "http://11.%d.%d.%d/"]
)
def test_a_million_lines_of_fetch_are_counted(host: str, tmp_path: Path, checkout: Path) -> None:
    bag = missing(tmp_path / "bag", lambda n: b"f%d" % n, AMOUNT)
    with open(bag / "fetch.txt", "wb") as stream:
        for number in range(AMOUNT):
            values = (number >> 16, number >> 8 & 255, number & 255) if host.count("%d") == 3 else (number,)
            stream.write(b"%b 1 data/f%d\n" % (host.encode() % values, number))
    verdict, count, codes, _spent = bounded(bag, checkout)
    assert verdict == "not checked"
    assert codes.get("BAG-418", 0) == (AMOUNT if "127" in host else 0)
    assert AMOUNT in codes.values()
    assert count <= (LISTED + 1) * len(codes)


@pytest.mark.slow
@pytest.mark.parametrize("make", [lambda path: os.symlink("a.txt", path), os.mkfifo], ids=["links", "pipes"])
def test_what_is_no_file_is_counted(make: Callable[[str], None], tmp_path: Path, checkout: Path) -> None:
    bag = missing(tmp_path / "bag", lambda n: b"", 0)
    amount = 200_000 if LONG else 5_000
    for number in range(amount):
        make(f"{bag}/data/l{number}")
    verdict, count, codes, _spent = bounded(bag, checkout)
    assert (verdict, amount in codes.values()) == ("invalid", True)
    assert count <= (LISTED + 1) * len(codes)


@pytest.mark.slow
@pytest.mark.parametrize("sort", RECORDS)
def test_a_record_with_one_fault_again_and_again(sort: str, tmp_path: Path, checkout: Path) -> None:
    head, element, end, largest, expected = RECORDS[sort]
    seconds = []
    for part in (4, 1):
        record = tmp_path / f"{part}.xml"
        record.write_bytes(head + b"".join(element(n) for n in range((largest if LONG else 20_000) // part)) + end)
        verdict, count, codes, spent = bounded(record, checkout)
        assert (verdict, bool(codes.keys() & expected)) == ("invalid", True)
        assert count < 1000
        seconds.append(spent)
    assert seconds[1] < 10 * seconds[0] + 1


def test_very_many_faults_of_a_record_are_told_by_their_lines(tmp_path: Path) -> None:
    bad = [b'<file ID="f%d"%b/>\n' % (number, b' x="y"' if number >= 9_000 else b"") for number in range(12_000)]
    record = tmp_path / "mets.xml"
    record.write_bytes(_METS + b"\n" + b"".join(bad) + _METS_END)
    found = [one for one in validate(str(record)).findings if one.code == "XML-107"]
    assert [one.line for one in found] == list(range(9_002, 9_002 + KEPT))
    record.write_bytes(_METS + b"\n" + b'<file ID="a"/>\n' * 6_000 + _METS_END)
    found = [one for one in validate(str(record)).findings if one.code == "XML-107"]
    assert [one.line for one in found] == list(range(3, 3 + KEPT))


def test_the_rest_of_a_file_of_faults_is_left_unread() -> None:
    table = ManifestTable(["m"], [32])
    read: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(3 * FAULTS // 400_000):
            read.append(number)
            yield b"x\n" * 400_000

    table.load(0, parse_blocks(chunks(), "m", 32))
    table.finish()
    assert table.findings.counts["BAG-204"] <= FAULTS + 1_000_000
    assert table.findings.counts["BAG-118"] == 1
    assert len(read) < 3 * FAULTS // 400_000
    assert table.unread == {0}
    _entries, findings = parse_fetch(b"\n" * (FAULTS + 5))
    assert (findings[-1].code, findings[-1].line) != ("BAG-118", None)
    assert "BAG-118" in {one.code for one in findings}


def test_tags_are_read_up_to_a_number_of_lines_and_elements() -> None:
    tags, findings = parse_tags(b"A: b\n" * (MAX_ELEMENTS + 5), "x")
    assert len(tags) == MAX_ELEMENTS + 1
    assert [(one.code, one.line) for one in findings] == [("BAG-118", MAX_ELEMENTS + 2)]
    tags, findings = parse_tags(b"A: b\n" + b" c\n" * MAX_LINES, "x")
    assert len(tags) == 1
    assert [(one.code, one.line) for one in findings] == [("BAG-118", MAX_LINES + 1)]


def test_a_profile_is_read_within_limits(tmp_path: Path) -> None:
    large = tmp_path / "profile.json"
    large.write_bytes(b'{"a": "' + b"x" * (9 << 20) + b'"}')
    with pytest.raises(UsageError, match="larger than"):
        load_profile(str(large))
    names = json.dumps(["x*"] * (MAX_LISTED + 1))
    head = '{"BagIt-Profile-Info": {"BagIt-Profile-Identifier": "x"}, "Tag-Files-Allowed": '
    with pytest.raises(FormatError, match="more than 1,000"):
        parse_profile(f"{head}{names}}}".encode(), "x")


def test_an_inventory_with_a_very_deep_path_and_many_faults_stays_small() -> None:
    manifest = {"0" * 128: ["v1/content/" + "x/" * 300_000 + "y"]} | {f"{n:x}": ["../x"] for n in range(20_000)}
    inventory = {
        "id": "x", "type": "https://ocfl.io/1.1/spec/#inventory", "digestAlgorithm": "sha512", "head": "v1",
        "manifest": manifest, "versions": {"v1": {"created": "2023-01-01T00:00:00Z", "state": {}}},
    }  # fmt: skip
    _inventory, findings = parse_inventory(json.dumps(inventory).encode(), "inventory.json", "1.1")
    kept = list(findings)
    more = {one.facts["code"]: one.facts["count"] for one in kept if one.code == "OCFL-102"}
    assert len(kept) <= 10 * LISTED
    assert more["OCFL-E031"] == 20_000 - LISTED


@pytest.mark.parametrize("part", [b"a:", b"a.", b"/", b"%41", b"\xcc\x81", b"@", b"[", b"a"])
def test_a_line_of_fetch_without_end_is_malformed(part: bytes, tmp_path: Path, checkout: Path) -> None:
    bag = missing(tmp_path / "bag", lambda n: b"", 0)
    (bag / "fetch.txt").write_bytes(b"http://" + part * (40_000_000 // len(part)) + b" 1 data/x\n")
    verdict, _count, codes, _spent = bounded(bag, checkout)
    assert (verdict, codes["BAG-411"]) == ("invalid", 1)
    (bag / "fetch.txt").unlink()


def test_hosts_that_take_long_are_judged_up_to_a_number() -> None:
    count = MAX_UNUSUAL + 5
    lines = b"".join(b"http://[2606:4700::%x]/ 1 data/%d\n" % (number % 60_000, number) for number in range(count))
    assert [one.code for one in parse_fetch(lines)[1]] == []
    lines = b"".join(
        b"http://[2606:4700::%x:%x]/ 1 data/%d\n" % (number >> 16, number & 65535, number) for number in range(count)
    )
    entries, findings = parse_fetch(lines)
    assert (len(entries), [one.code for one in findings]) == (MAX_UNUSUAL, ["BAG-118"])


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["tar", "zip"])
def test_links_in_an_archive_are_counted(suffix: str, tmp_path: Path, checkout: Path) -> None:
    amount = 400_000 if LONG else 10_000
    path = tmp_path / f"bag.{suffix}"
    files = draft({b"data/a.txt": b"a"}, tag_manifests=False)
    if suffix == "tar":
        with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as packed:
            for name, content in files.items():
                member = tarfile.TarInfo(f"bag/{name.decode()}")
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
            for number in range(amount):
                member = tarfile.TarInfo(f"bag/data/l{number}")
                member.type, member.linkname = tarfile.SYMTYPE, "a.txt"
                packed.addfile(member)
    else:
        with zipfile.ZipFile(path, "w") as zipped:
            for name, content in files.items():
                zipped.writestr(f"bag/{name.decode()}", content)
            for number in range(amount):
                link = zipfile.ZipInfo(f"bag/data/l{number}")
                link.create_system, link.external_attr = 3, 0o120777 << 16
                zipped.writestr(link, b"a.txt")
    verdict, count, codes, _spent = bounded(path, checkout)
    assert (verdict, codes["BAG-501"]) == ("invalid", amount)
    assert count <= (LISTED + 1) * len(codes)


def tar_of_links(folder: Path, count: int) -> Path:
    """A tar of a bag with that many links beside its payload."""
    path = folder / "bag.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in draft({b"data/a.txt": b"a"}).items():
            member = tarfile.TarInfo(f"bag/{name.decode('ascii')}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for number in range(count):
            member = tarfile.TarInfo(f"bag/data/link{number}")
            member.type, member.linkname = tarfile.SYMTYPE, "a.txt"
            archive.addfile(member)
            archive.members.clear()
    return path


def zip_of_links(folder: Path, count: int) -> Path:
    """A zip of a bag with that many links beside its payload."""
    path = folder / "bag.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in draft({b"data/a.txt": b"a"}).items():
            archive.writestr(f"bag/{name.decode('ascii')}", content)
        for number in range(count):
            member = zipfile.ZipInfo(f"bag/data/link{number}")
            member.create_system, member.external_attr = 3, 0o120777 << 16
            archive.writestr(member, b"a.txt")
    return path


LINKS: dict[str, Callable[[Path, int], Path]] = {"tar": tar_of_links, "zip": zip_of_links}


@pytest.mark.slow
@pytest.mark.parametrize("form", LINKS)
def test_many_links_in_an_archive(form: str, tmp_path: Path, checkout: Path) -> None:
    subject = LINKS[form](tmp_path, AMOUNT)
    verdict, listed, counts, seconds = bounded(subject, checkout)
    assert (verdict, counts["BAG-501"]) == ("invalid", AMOUNT)
    assert listed < 2 * LISTED
    assert seconds < 20
