"""Every verb opens a bag through `archive.bags`, and every kind of container gives the same bag."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.bags.contents import open_bag
from archive.bags.opening import container_of, open_reader
from archive.bags.reader import Request, no_beat
from archive.errors import FormatError, NotABagError, NotFoundError
from archive.model.audit import Container
from archive.stages.auditing.bag_record import read_bag_record
from archive.stages.validation import validate
from archive.storage.objects_s3 import open_bucket
from tests.support.audit_projects import Project, pack_tar, pack_zip, write_bag
from tests.support.moto_server import KEYS, start_moto

READERS = {f"archive.bags.{name}_reader" for name in ("folder", "zip", "tar", "bucket")}
NO_BAGS = {"archive/storage/packing.py", "archive/formats/properties.py", "archive/renditions/readers/packages.py"} | {
    "archive/renditions/office_package.py", "archive/renditions/office_worker.py", "archive/stages/adopting.py",
    "archive/stages/witnessing/handing_over.py",
}  # fmt: skip
"""These use `zipfile` or `tarfile` for other things: to write archives, to read documents and trust folders."""

FILES = {"a.txt": b"one\n", "folder/b.bin": bytes(300), "folder/deep/c d%.txt": b"", "مرحبا.txt": b"salam"}
KINDS = ["folder", "zip", "tar", "tar.gz"]
REMOTE = ["s3 prefix", "s3 zip", "s3 tar.gz"]


def test_no_file_outside_bags_opens_a_bag(checkout: Path) -> None:
    found = set()
    for path in sorted((checkout / "archive").rglob("*.py")):
        name = str(path.relative_to(checkout))
        if name.startswith("archive/bags/") or name in NO_BAGS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if READERS & set(modules) or {"zipfile", "tarfile"} & set(modules):
                found.add(name)
    assert found == set()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with start_moto() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", monkeypatch).start()


def store(bag: Path, endpoint: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the bag's folder and its packed forms into a new bucket; gives the bucket's address."""
    for key, value in KEYS.items():
        monkeypatch.setenv(key, value)
    opened = open_bucket(f"s3://{bucket}", {"endpoint": endpoint}, KEYS)
    opened._client.create_bucket(Bucket=bucket)
    for path in sorted(bag.rglob("*")):
        if path.is_file():
            opened.put(f"in/bag/{path.relative_to(bag)}", path.read_bytes())
    opened.put("in/packed.bin", pack_zip(bag, bag.parent / "store.zip").read_bytes())
    opened.put("in/other.dat", pack_tar(bag, bag.parent / "store.tar.gz").read_bytes())
    return f"s3://{bucket}"


def lay(kind: str, bag: Path, tmp_path: Path, root: str) -> str:
    """The address of the bag in this kind of container; no name says what it is."""
    if kind.startswith("s3"):
        return root + {"prefix": "/in/bag", "zip": "/in/packed.bin", "tar.gz": "/in/other.dat"}[kind.split()[1]]
    if kind == "folder":
        return str(bag)
    packed = (pack_zip if kind == "zip" else pack_tar)(bag, tmp_path / f"bag.{kind}")
    return str(packed.rename(tmp_path / f"{kind.replace('.', '-')}.bin"))


@pytest.mark.server
@pytest.mark.parametrize("kind", [*KINDS, *REMOTE])
def test_all_readers_give_the_same_bag(
    kind: str, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    (bag / "metadata").mkdir()
    (bag / "metadata/note.txt").write_text("note\n")
    remote = kind.startswith("s3")
    root = store(bag, endpoint, f"same-{KINDS.index(kind) if not remote else REMOTE.index(kind) + 10}", monkeypatch)
    address, options = lay(kind, bag, tmp_path, root), {"endpoint": endpoint} if remote else {}
    with open_bag(str(bag)) as expected, open_bag(address, options=options) as given:
        assert given.reader.name == "bag"
        assert given.reader.tag_files() == expected.reader.tag_files()
        assert given.reader.has_payload_folder
        assert given.listed() == expected.listed()
        assert given.info == expected.info
        for path in expected.reader.tag_files():
            assert given.reader.read_tag(path, 1 << 20) == expected.reader.read_tag(path, 1 << 20)
        for algorithms, opening in (((), True), ((), False), (("sha256", "md5"), True)):
            walks = [
                sorted(
                    entry
                    for batch in one.reader.walk(algorithms, algorithms, open_files=opening)
                    for entry in zip(batch.paths(), batch.sizes, batch.digests, strict=True)
                )
                for one in (expected, given)
            ]
            assert walks[0] == walks[1]
        sizes = {path: size for path, size, _digest in walks[0]}
        requests = [Request(path, size, ("sha512",)) for path, size in sizes.items()]
        requests += [Request(b"data/none", 1, ("sha512",)), Request(b"data/a.txt", 9, ("sha512",))]
        readings = [dict(one.reader.digest(requests, no_beat)) for one in (expected, given)]
        assert readings[0] == readings[1]
        assert readings[0][requests[-2]].missing
        assert all(b"".join(given.reader.stream(path)) == (bag / os.fsdecode(path)).read_bytes() for path in sizes)
    reader = open_reader(address, options=options)
    record = read_bag_record(reader, address, no_beat)
    kinds = {"folder": Container.FOLDER, "prefix": Container.FOLDER, "zip": Container.ZIP}
    assert container_of(reader) is kinds.get(kind.rsplit(maxsplit=1)[-1], Container.TAR)
    reader.close()
    local = open_reader(str(bag))
    assert sorted(record.items) == sorted(read_bag_record(local, str(bag), no_beat).items)
    local.close()


@pytest.mark.server
def test_a_bag_in_a_bucket_is_validated_shown_and_deposited(
    endpoint: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    root = store(bag, endpoint, "verbs", monkeypatch)
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.cloud]\nroot = "{root}"\nendpoint = "{endpoint}"\n')
    for number, address in enumerate((f"{root}/in/bag", f"{root}/in/packed.bin", f"{root}/in/other.dat")):
        code, out, err = project.run("validate", address)
        assert (code, out.split(":")[0]) == (0, "intact"), err
        code, out, err = project.run("show", address)
        assert code == 0, err
        assert "a.txt" in out
        target = f"dir:{tmp_path}/out{number}"
        code, out, err = project.run("deposit", address, target, "-q")
        assert code == 0, out + err
        assert validate(f"{tmp_path}/out{number}/bag").verdict == "valid"
    opened = open_bucket(root, {"endpoint": endpoint}, KEYS)
    opened.put("in/bag/data/a.txt", b"two\n")
    opened.put("in/bag/data/more.txt", b"more")
    code, report = project.json("validate", f"{root}/in/bag")
    assert code == 1
    assert {"BAG-301", "BAG-202"} <= {one["code"] for one in report["reports"][0]["findings"]}
    assert project.run("deposit", f"{root}/in/bag", f"dir:{tmp_path}/never", "-q")[0] == 1
    assert not (tmp_path / "never/bag").exists()
    assert project.run("validate", f"{root}/nowhere")[0] == 10
    opened.put("plain/text.txt", b"only text")
    assert project.run("validate", f"{root}/plain")[0] == 10
    assert project.run("validate", f"{root}/plain/text.txt")[0] == 10
    opened.put("in/bag/../outside", b"x")
    assert "BAG-523" in {one.code for one in validate_in(project, f"{root}/in/bag")}


def validate_in(project: Project, address: str) -> tuple[archive.Finding, ...]:
    return validate(address, settings=archive.load_settings(str(project.folder))).findings


def test_a_bag_object_refuses_what_is_not_a_bag(tmp_path: Path) -> None:
    (tmp_path / "folder/data").mkdir(parents=True)
    (tmp_path / "text.zip").write_text("text")
    (tmp_path / "note.txt").write_text("text")
    pack_zip(tmp_path / "folder", tmp_path / "empty.bin")
    for name in ("folder", "note.txt", "empty.bin"):
        with pytest.raises(NotABagError):
            archive.Bag(tmp_path / name)
    with pytest.raises(FormatError, match="damaged"):
        archive.Bag(tmp_path / "text.zip")
    with pytest.raises(NotFoundError):
        archive.Bag(tmp_path / "nowhere")
    assert archive.Bag(write_bag(tmp_path / "bag", FILES)).algorithms() == ("sha256", "sha512")
