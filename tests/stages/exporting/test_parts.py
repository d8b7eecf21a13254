"""Groups of bags, the whole that is rebuilt of them, and bags that are unpacked."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveError, ExistsError, NotABagError, SourceError, StorageError, UsageError
from archive.model.creation import CreationReport
from archive.model.placed import PlacedReport
from archive.model.validation import ValidationReport
from archive.settings import Settings
from archive.stages.creation.group import Bounds, create_group
from archive.stages.exporting.joining import join
from archive.stages.exporting.unpacking import unpack
from archive.stages.validation import validate
from tests.support.audit_projects import pack_tar, pack_zip, write_bag
from tests.support.making import CLOCK, contents, make, plant

FILES = {f"d{number // 3}/f{number}.bin": bytes([number]) * (100 + number) for number in range(12)}


def group(
    source: Path | list[Path], to: Path, *, size: int | None = None, files: int | None = None, plain: bool = True,
    settings: Settings | None = None, **options: object,
) -> tuple[CreationReport, ...]:  # fmt: skip
    sources = [str(one) for one in (source if isinstance(source, list) else [source])]
    return create_group(
        sources, str(to), bounds=Bounds(size, files), plain=plain, settings=settings or Settings(), clock=CLOCK,
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


def whole(*parts: Path, to: Path, name: str | None = None) -> PlacedReport:
    return join([str(part) for part in parts], str(to), name=name, settings=Settings(), clock=CLOCK)


def payload(bag: Path) -> dict[str, bytes]:
    return {path.removeprefix("data/"): text for path, text in contents(bag).items() if path.startswith("data/")}


def test_a_group_and_its_whole(tmp_path: Path) -> None:
    source = plant(tmp_path / "src", FILES)
    reports = group(source, tmp_path / "out", size=400)
    assert all(one.created and (one.size or 0) <= 400 for one in reports)
    names = [f"src-{number}" for number in range(1, len(reports) + 1)]
    assert sorted(os.listdir(tmp_path / "out" / "src")) == names
    held: dict[str, bytes] = {}
    identifiers = set()
    for number, name in enumerate(names, 1):
        bag = tmp_path / "out" / "src" / name
        assert validate(str(bag)).verdict == "valid"
        assert not held.keys() & payload(bag).keys()
        held |= payload(bag)
        info = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines())
        assert info["Bag-Count"] == f"{number} of {len(names)}"
        identifiers.add(info["Bag-Group-Identifier"])
    assert (held, len(identifiers)) == (FILES, 1)
    report = whole(tmp_path / "out" / "src", to=tmp_path / "whole")
    assert (report.placed, report.verdict) == (True, "valid")
    assert payload(tmp_path / "whole" / "src") == FILES
    stamp = (tmp_path / "whole" / "src" / "data" / "d0" / "f0.bin").stat().st_mtime
    assert stamp == 1_600_000_000


def test_the_number_of_files(tmp_path: Path) -> None:
    reports = group(plant(tmp_path / "src", FILES), tmp_path / "out", files=5)
    assert [one.files for one in reports] == [5, 5, 2]


def test_one_bag_is_enough(tmp_path: Path) -> None:
    (report,) = group(plant(tmp_path / "src", FILES), tmp_path / "out", size=1 << 20)
    assert report.created
    assert "Bag-Count" not in (tmp_path / "out" / "src" / "bag-info.txt").read_text()


def test_several_sources(tmp_path: Path) -> None:
    sources = [plant(tmp_path / "one", FILES), plant(tmp_path / "two", FILES), plant(tmp_path / "x", {"y": b"y"}) / "y"]
    group(sources, tmp_path / "out", files=7, name="all")
    whole(tmp_path / "out" / "all", to=tmp_path / "whole")
    expected = {f"{top}/{name}": text for top in ("one", "two") for name, text in FILES.items()} | {"y": b"y"}
    assert payload(tmp_path / "whole" / "all") == expected


def test_a_file_that_fits_no_bag(tmp_path: Path) -> None:
    source = plant(tmp_path / "src", {**FILES, "large": bytes(1000)})
    with pytest.raises(UsageError, match="no file is cut"):
        group(source, tmp_path / "out", size=500)
    assert not (tmp_path / "out").exists()


def test_a_group_never_replaces(tmp_path: Path) -> None:
    source = plant(tmp_path / "src", FILES)
    group(source, tmp_path / "out", files=5)
    before = contents(tmp_path / "out")
    with pytest.raises(ExistsError):
        group(source, tmp_path / "out", files=5)
    assert contents(tmp_path / "out") == before


def test_a_dry_run_of_a_group(tmp_path: Path) -> None:
    reports = group(plant(tmp_path / "src", FILES), tmp_path / "out", files=5, dry_run=True)
    assert [one.files for one in reports] == [5, 5, 2]
    assert not (tmp_path / "out").exists()


def test_what_a_source_may_not_hold_stops_the_group(tmp_path: Path) -> None:
    source = plant(tmp_path / "src", FILES)
    (source / "link").symlink_to("nowhere")
    reports = group(source, tmp_path / "out", files=5)
    assert not any(one.created for one in reports)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_originals_and_renditions_stay_together(tmp_path: Path) -> None:
    source = plant(tmp_path / "src", {f"t{number}.txt": f"Text {number}\n".encode() for number in range(3)})
    (source / "description.toml").write_text('title = "T"\nlanguage = "en"\n[files."t1.txt"]\ntitle = "One"\n')
    reports = group(source, tmp_path / "out", files=2, plain=False)
    assert [one.files for one in reports] == [2, 2, 2]
    for number, report in enumerate(reports):
        assert sorted(payload(Path(report.bag))) == [f"original/t{number}.txt", f"preservation/t{number}.txt.pdf"]
        assert not [one for one in report.findings if one.code == "DSC-106"]
        assert validate(report.bag).verdict == "valid"
    size = max(one.size or 0 for one in reports)
    again = group(source, tmp_path / "again", size=size + 10, plain=False)
    assert all((one.size or 0) <= size + 10 for one in again)
    with pytest.raises(UsageError, match="stay in one bag"):
        group(source, tmp_path / "third", size=100, plain=False)
    assert not (tmp_path / "third").exists()
    report = whole(tmp_path / "out" / "src", to=tmp_path / "whole")
    assert (report.placed, report.verdict) == (True, "valid")
    assert (
        tmp_path / "whole" / "src" / "metadata" / "parts" / "2" / "metadata" / "preservation" / "premis.xml"
    ).exists()


def test_checksums_that_a_delivery_brings_are_checked_in_each_bag(tmp_path: Path) -> None:
    import hashlib

    lines = "".join(f"{hashlib.md5(text).hexdigest()}  {name}\n" for name, text in FILES.items())
    source = plant(tmp_path / "src", {**FILES, "checksum.md5": lines.encode()})
    assert all(one.created for one in group(source, tmp_path / "out", files=5))
    (source / "d3" / "f11.bin").write_bytes(b"changed")
    assert not all(one.created for one in group(source, tmp_path / "again", files=5))
    assert not (tmp_path / "again").exists()


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    reports = group(plant(tmp_path / "src", FILES), tmp_path / "out", files=5)
    return [Path(one.bag) for one in reports]


def refused(*given: Path, to: Path) -> set[str]:
    report = whole(*given, to=to, name="whole")
    assert not report.placed
    assert not to.exists()
    assert report.outcome.value == "damaged"
    return {finding.code for finding in report.findings}


def test_a_part_is_missing_or_there_twice(tmp_path: Path, parts: list[Path]) -> None:
    assert refused(*parts[:2], to=tmp_path / "w") == {"FCH-302"}
    shutil.copytree(parts[0], tmp_path / "copy")
    assert refused(*parts, tmp_path / "copy", to=tmp_path / "w") == {"FCH-303"}
    assert refused(parts[0], tmp_path / "copy", parts[1], to=tmp_path / "w") == {"FCH-303"}


def test_a_bag_of_no_group_or_of_another(tmp_path: Path, parts: list[Path]) -> None:
    bag = write_bag(tmp_path / "bag", {"x": b"x"})
    assert refused(*parts, bag, to=tmp_path / "w") == {"FCH-301"}
    others = group(plant(tmp_path / "other", {**FILES, "z": b"z"}), tmp_path / "out", files=5)
    assert "FCH-301" in refused(parts[0], parts[1], Path(others[2].bag), to=tmp_path / "w")


def test_a_damaged_part(tmp_path: Path, parts: list[Path]) -> None:
    (parts[1] / "data" / "d2" / "f8.bin").write_bytes(b"x" * 108)
    assert "BAG-301" in refused(*parts, to=tmp_path / "w")


def test_a_file_that_goes_after_its_part_was_proven_is_not_left_out(
    tmp_path: Path, parts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.stages.exporting import joining

    prove = joining.prove
    lost = next(path for path in sorted((parts[-1] / "data").rglob("*")) if path.is_file())

    def prove_and_lose(path: str, *rest: Any) -> ValidationReport:
        report = prove(path, *rest)
        if path == str(parts[-1]):
            lost.unlink()
        return report

    monkeypatch.setattr(joining, "prove", prove_and_lose)
    with pytest.raises(StorageError, match="it changed after it was validated"):
        whole(*parts, to=tmp_path / "joined")
    assert not (tmp_path / "joined").exists()


def test_overlapping_parts(tmp_path: Path) -> None:
    def part(number: int, text: bytes) -> Path:
        settings = {"Bag-Group-Identifier": "g", "Bag-Count": f"{number} of 2"}
        folder = plant(tmp_path / f"s{number}", {"same": b"same", "differs": text, f"own{number}": b"own"})
        make(folder, tmp_path / f"b{text.decode()}", name=f"part-{number}", bag_info=settings)
        return tmp_path / f"b{text.decode()}" / f"part-{number}"

    one = part(1, b"a")
    shutil.rmtree(tmp_path / "s1")
    other = part(2, b"b")
    assert refused(one, other, to=tmp_path / "w") == {"FCH-304", "FCH-305"}
    shutil.rmtree(tmp_path / "s2")
    alike = part(2, b"a")
    report = whole(one, alike, to=tmp_path / "w")
    assert (report.placed, [f.code for f in report.findings]) == (True, ["FCH-305"])
    assert payload(tmp_path / "w" / "part") == {"same": b"same", "differs": b"a", "own1": b"own", "own2": b"own"}


def test_packed_parts(tmp_path: Path, parts: list[Path]) -> None:
    packed = [pack_tar(part, tmp_path / f"{part.name}.tar") for part in parts[:2]]
    packed.append(pack_zip(parts[2], tmp_path / "src-3.zip"))
    assert whole(*packed, to=tmp_path / "w").placed
    assert payload(tmp_path / "w" / "src") == FILES


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.zst"])
def test_packed_and_unpacked_again(tmp_path: Path, kind: str) -> None:
    source = plant(tmp_path / "src", FILES)
    for to in ("one", "two"):
        assert make(source, tmp_path / to, serialize=kind).created
    packed = tmp_path / "one" / f"src.{kind}"
    assert packed.read_bytes() == (tmp_path / "two" / f"src.{kind}").read_bytes()
    assert validate(str(packed)).verdict == "valid"
    report = unpack(str(packed), str(tmp_path / "back"), settings=Settings())
    assert (report.placed, report.verdict, report.files) == (True, "valid", len(FILES))
    assert payload(tmp_path / "back" / "src") == FILES
    with pytest.raises(ExistsError):
        unpack(str(packed), str(tmp_path / "back"), settings=Settings())
    assert unpack(str(packed), str(tmp_path / "back"), name="other", settings=Settings()).placed


def test_hostile_and_damaged_archives_are_not_unpacked(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", FILES)

    def link(kind: bytes, target: str) -> Path:
        path = pack_tar(bag, tmp_path / "hostile.tar")
        with tarfile.open(path, "a") as file:
            member = tarfile.TarInfo("bag/data/link")
            member.type, member.linkname = kind, target
            file.addfile(member)
        return path

    def outside(name: str) -> Path:
        path = pack_tar(bag, tmp_path / "hostile.tar")
        with tarfile.open(path, "a") as file:
            member = tarfile.TarInfo(name)
            member.size = 1
            file.addfile(member, io.BytesIO(b"x"))
        return path

    def cut() -> Path:
        path = pack_zip(bag, tmp_path / "hostile.zip")
        with zipfile.ZipFile(path) as file:
            place = file.getinfo("bag/data/d0/f1.bin").header_offset + 60
        content = bytearray(path.read_bytes())
        content[place] ^= 0xFF
        path.write_bytes(content)
        return path

    for make_one in (
        lambda: link(tarfile.SYMTYPE, "/etc/passwd"), lambda: link(tarfile.LNKTYPE, "bag/data/d0/f1.bin"),
        lambda: outside("../out.txt"), lambda: outside("/tmp/out.txt"), lambda: outside("bag/data/new.bin"), cut,
    ):  # fmt: skip
        path = make_one()
        report = unpack(str(path), str(tmp_path / "back"), settings=Settings())
        assert (report.placed, report.outcome.value) == (False, "damaged")
        assert not (tmp_path / "back").exists()
        assert not (tmp_path / "out.txt").exists()
        path.unlink()


def test_what_is_no_packed_bag(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    (tmp_path / "text.txt").write_text("text")
    for path in (bag, tmp_path / "text.txt"):
        with pytest.raises(UsageError):
            unpack(str(path), str(tmp_path / "back"), settings=Settings())
    packed = pack_tar(plant(tmp_path / "folder", FILES), tmp_path / "folder.tar")
    with pytest.raises(NotABagError):
        unpack(str(packed), str(tmp_path / "back"), settings=Settings())
    with pytest.raises(ArchiveError):
        unpack(str(pack_tar(bag, tmp_path / "bag.tar")), str(bag / "data"), settings=Settings())


def test_a_source_that_changes_while_a_group_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.stages.creation import group as module

    source = plant(tmp_path / "src", FILES)
    made = module._share_out

    def late(*args: object, **options: object) -> object:
        (source / "late.bin").write_bytes(b"late")
        return made(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_share_out", late)
    with pytest.raises(SourceError, match="changed"):
        group(source, tmp_path / "out", files=5)
    assert not (tmp_path / "out").exists()


def test_what_a_run_that_was_cut_off_left(tmp_path: Path) -> None:
    packed = pack_tar(write_bag(tmp_path / "bag", FILES), tmp_path / "bag.tar")
    left = tmp_path / "back" / ".bag.0123abcd.partial"
    (left / "tree").mkdir(parents=True)
    report = unpack(str(packed), str(tmp_path / "back"), settings=Settings())
    assert (report.placed, [one.code for one in report.findings]) == (True, ["SRC-115"])
    shutil.rmtree(tmp_path / "back" / "bag")
    report = unpack(str(packed), str(tmp_path / "back"), clean_partial=True, settings=Settings())
    assert (report.placed, report.findings, os.listdir(tmp_path / "back")) == (True, (), ["bag"])
