"""A packed bag goes wherever an unpacked one goes, in whatever form the target takes, and nothing is unpacked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.errors import NotABagError, SourceError
from archive.formats.statements import write_statements
from archive.model.codes.description import NOT_RELEASED
from archive.model.deposit import Delivery, DepositReport, DepositState
from archive.model.description import Statement
from archive.stages.depositing.packaging import describe_bag
from archive.stages.depositing.retrieval import retrieve
from archive.stages.validation import validate
from archive.storage.packing import pack
from archive.targets.protocol import read_source
from archive.targets.registry import open_target
from tests.support.deposit_bags import seal, send, settings_in, tree_of, write_bag
from tests.support.needing import needs
from tests.support.trusting import trust

KINDS = (".zip", ".tar", ".tar.gz", ".tar.bz2", ".tar.xz")
ODD = {"صباح الخير.txt": b"one", "50% & more +.txt": b"two", "twin": b"two", "sub/x.bin": bytes(5000), "empty": b""}
DC = (
    b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    b"<dc:title>Packed</dc:title></oai_dc:dc>\n"
)


def packed(bag: Path, ending: str, folder: Path) -> Path:
    """The bag as one file, compressed where the ending says so."""
    target = folder / f"{bag.name}{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(bag.rglob("*"), reverse=True):
                if path.is_file():
                    archive.write(path, f"{bag.name}/{path.relative_to(bag)}")
        return target
    mode = {".tar": "w", ".tar.gz": "w:gz", ".tar.bz2": "w:bz2", ".tar.xz": "w:xz"}[ending]
    with tarfile.open(target, mode) as archive:  # type: ignore[call-overload]
        archive.add(bag, bag.name)
    return target


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    (tmp_path / "made").mkdir()
    folder = write_bag(tmp_path / "made" / "bag", ODD, info={"External-Identifier": "urn:example:packed"})
    (folder / "metadata/descriptive").mkdir(parents=True)
    (folder / "metadata/descriptive/dc.xml").write_bytes(DC)
    seal(folder)
    return folder


def sent(subject: Path, tmp_path: Path, url: str, **options: object) -> DepositReport:
    return send(subject, settings_in(tmp_path / "project", url=url, **options))


@pytest.mark.parametrize("ending", KINDS)
def test_a_packed_bag_is_the_same_object_as_the_unpacked_one(ending: str, bag: Path, tmp_path: Path) -> None:
    root = f"ocfl:{tmp_path}/root"
    report = sent(packed(bag, ending, tmp_path), tmp_path, root)
    assert (report.state, report.already) == (DepositState.ACCEPTED, False), report.findings
    assert report.receipt is not None
    assert report.receipt.identifier == "urn:example:packed#v1"
    assert report.receipt.files == len(tree_of(bag))
    assert validate(str(tmp_path / "root")).findings == ()
    again = sent(bag, tmp_path, root)
    assert (again.already, again.receipt) == (True, report.receipt)
    target = open_target("there", settings_in(tmp_path / "project", url=root))
    back = retrieve(target, "urn:example:packed", str(tmp_path / "back"), settings=settings_in(tmp_path / "project"))
    assert (back.verdict, tree_of(Path(back.path))) == ("valid", tree_of(bag))
    assert not any("packed" in name for _, names, _ in os.walk(tmp_path / "project") for name in names)


@pytest.mark.parametrize("form", [Delivery.FILES, Delivery.ZIP, Delivery.TAR])
@pytest.mark.parametrize("ending", KINDS)
def test_a_packed_bag_takes_every_form(ending: str, form: Delivery, bag: Path, tmp_path: Path) -> None:
    subject = packed(bag, ending, tmp_path)
    report = sent(subject, tmp_path, f"dir:{tmp_path}/out", form=form.value)
    assert report.state is DepositState.ACCEPTED, report.findings
    name = "bag" if form is Delivery.FILES else f"bag.{form.value}"
    assert os.listdir(tmp_path / "out") == [name]
    stored = tmp_path / "out" / name
    assert validate(str(stored)).verdict == "valid"
    if form is Delivery.FILES:
        assert tree_of(stored) == tree_of(bag)
    elif ending == f".{form.value}":
        assert stored.read_bytes() == subject.read_bytes()
    assert not list((tmp_path / "project").rglob("packed/*"))


def test_a_plain_tar_of_ours_made_from_an_archive_is_the_one_made_from_the_folder(bag: Path, tmp_path: Path) -> None:
    pack(str(bag), "bag", str(tmp_path / "bag.zip"), "zip", modified=315532800)
    pack(str(bag), "bag", str(tmp_path / "expected.tar"), "tar", modified=315532800)
    assert sent(tmp_path / "bag.zip", tmp_path, f"dir:{tmp_path}/out", form="tar").state is DepositState.ACCEPTED
    assert (tmp_path / "out/bag.tar").read_bytes() == (tmp_path / "expected.tar").read_bytes()


@pytest.mark.parametrize("ending", [".zip", ".tar"])
def test_a_bag_is_called_as_its_top_folder_whatever_the_file_is_called(ending: str, tmp_path: Path) -> None:
    folder = write_bag(tmp_path / "press.release", {"a": b"1"})
    subject = packed(folder, ending, tmp_path).rename(tmp_path / f"download{ending}")
    root = f"ocfl:{tmp_path}/root"
    report = sent(subject, tmp_path, root)
    assert report.receipt is not None
    assert (report.receipt.identifier, report.receipt.bag) == ("urn:muniment:bag:press.release#v1", "press.release")
    assert sent(folder, tmp_path, root).already
    assert sent(subject, tmp_path, f"dir:{tmp_path}/out", form=ending[1:]).state is DepositState.ACCEPTED
    assert os.listdir(tmp_path / "out") == [f"press.release{ending}"]


@pytest.mark.parametrize("ending", KINDS)
def test_files_are_given_in_any_order_and_again(ending: str, bag: Path, tmp_path: Path) -> None:
    with open_bag(str(packed(bag, ending, tmp_path))) as source:
        package = describe_bag(source, Delivery.FILES, ("sha512", "md5"))
        tree = tree_of(bag)
        for items in (package.items, package.items[::-1], package.items[2:3] * 2):
            assert [b"".join(read_source(item)) for item in items] == [tree[item.path] for item in items]
        half = read_source(next(item for item in package.items if item.path.endswith("x.bin")), 4000)
        assert next(half) == bytes(1000)
        assert package.description == DC
        assert ("External-Identifier", "urn:example:packed") in package.tags


def test_an_archive_that_changes_meanwhile_is_told(bag: Path, tmp_path: Path) -> None:
    subject = tmp_path / "bag.tar"
    pack(str(bag), "bag", str(subject), "tar", modified=315532800)
    with open_bag(str(subject)) as source:
        (item,) = (one for one in describe_bag(source, Delivery.FILES).items if one.path.endswith("twin"))
        content = subject.read_bytes()
        subject.write_bytes(content.replace(b"two", b"TWO"))
        with pytest.raises(SourceError, match="changed"):
            list(read_source(item))
        os.truncate(subject, 2048)
        with pytest.raises(SourceError):
            list(read_source(item))


def test_what_is_not_an_archive_is_not_a_source(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("text")
    with pytest.raises(NotABagError), open_bag(str(tmp_path / "x")):
        pass


@pytest.mark.parametrize("ending", ["", *KINDS])
def test_rights_are_read_where_the_bag_is_packed_too(ending: str, bag: Path, tmp_path: Path) -> None:
    closed = write_statements((Statement("accessRights", "closed"),), identifier="urn:uuid:x", restricted=False)
    (bag / "metadata/descriptive/dc.xml").unlink()
    (bag / "metadata/descriptive/statements.json").write_bytes(b"".join(closed))
    seal(bag)
    subject = packed(bag, ending, tmp_path) if ending else bag
    report = sent(subject, tmp_path, f"ocfl:{tmp_path}/root", audience="public")
    assert report.state is DepositState.REFUSED
    assert NOT_RELEASED in [finding.kind for finding in report.findings]
    assert not (tmp_path / "root").exists()
    kept = sent(subject, tmp_path, f"ocfl:{tmp_path}/root", audience="ourselves")
    assert kept.state is DepositState.ACCEPTED


@needs("linux")
def test_a_large_packed_bag_is_sent_in_little_memory(tmp_path: Path) -> None:
    subject = packed(write_bag(tmp_path / "bag", {"zeros": bytes(64 << 20)}), ".tar.gz", tmp_path)
    settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    trust(tmp_path / "project")
    program = (
        "import sys; from archive.cli.app import run; code = run(sys.argv[1:]);"
        "print(open('/proc/self/status').read(), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "deposit", str(subject), "there", "--quiet"],
        cwd=tmp_path / "project", capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert peak is not None
    assert int(peak[1]) < 60 << 10, peak[1]
