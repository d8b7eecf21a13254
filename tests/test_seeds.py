"""The main job on every shipped seed: what create and validate must say of each, and what others say of the result."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

import archive
from archive.resources import metadata_path, seeds_path
from tests.support.needing import needs

SEEDS = {
    "press-release": ["data/preservation/000_1203110e2d219dcc.txt.pdf"],
    "arabic-statement": ["data/preservation/statement.txt.pdf"],
    "mixed-folder": [
        "data/preservation/100% of rooms.txt.pdf",
        "data/preservation/README.md.pdf",
        "data/preservation/interview notes.html.pdf",
        "data/preservation/letter.eml.pdf",
        "data/preservation/rooms.csv.pdf",
        "data/preservation/windows.png.pdf",
        "data/preservation/رسالة.txt.pdf",
    ],
}
EPOCH = "1700000000"


def _command(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "archive", *arguments],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one bag a seed, made once for the module by the command line."""
    folder = tmp_path_factory.mktemp("bags")
    for seed in SEEDS:
        made = _command("create", str(seeds_path(seed)), "--to", "bags", cwd=folder)
        assert made.returncode == 0, made.stdout + made.stderr
        assert made.stdout.splitlines()[0] == f"bags/{seed}"
    return folder / "bags"


def test_every_seed_is_in_the_table() -> None:
    assert {entry.name for entry in seeds_path().iterdir() if entry.is_dir()} == set(SEEDS)


def test_the_first_document_is_the_one_that_was_given(checkout: Path) -> None:
    content = seeds_path("press-release", "000_1203110e2d219dcc.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "ff85f345bad1804cf3134d86cdc1d40561f156ac4daba3054a5204c46d5b2a2a"


@pytest.mark.parametrize("seed", SEEDS)
def test_validate_says_valid_and_finds_nothing_wrong(bags: Path, seed: str) -> None:
    report = archive.validate(bags / seed)
    assert (report.verdict, [f.code for f in report.errors]) == ("valid", [])
    assert report.facts["version"] == "1.0"


@pytest.mark.parametrize("seed", SEEDS)
def test_each_source_has_its_rendition_and_stands_as_received(bags: Path, seed: str) -> None:
    bag, source = bags / seed, seeds_path(seed)
    for file in source.iterdir():
        if file.name != "description.toml":
            assert (bag / "data" / "original" / file.name).read_bytes() == file.read_bytes()
    kept = bag / "metadata" / "descriptive" / "description.toml"
    assert kept.read_bytes() == (source / "description.toml").read_bytes()
    made = sorted(str(path.relative_to(bag)) for path in (bag / "data" / "preservation").rglob("*.pdf"))
    assert made == sorted(SEEDS[seed])


@pytest.mark.parametrize("seed", SEEDS)
def test_two_runs_give_the_same_bytes_over_any_hash_seed(bags: Path, seed: str, tmp_path: Path) -> None:
    again = _command("create", str(seeds_path(seed)), "--to", "elsewhere", cwd=tmp_path, PYTHONHASHSEED="77")
    assert again.returncode == 0, again.stderr
    assert _tree(tmp_path / "elsewhere" / seed) == _tree(bags / seed)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_two_runs_give_the_same_archive(form: str, tmp_path: Path) -> None:
    contents = []
    for number in ("1", "2"):
        made = _command(
            "create",
            str(seeds_path("arabic-statement")),
            "--to",
            number,
            "--serialize",
            form,
            cwd=tmp_path,
            PYTHONHASHSEED=number,
        )
        assert made.returncode == 0, made.stderr
        path = tmp_path / number / f"arabic-statement.{form}"
        contents.append(path.read_bytes())
        assert archive.validate(path).verdict == "valid"
    assert contents[0] == contents[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_flipped_bit_in_any_file_is_found_and_named(bags: Path, seed: str, tmp_path: Path) -> None:
    copy = tmp_path / seed
    shutil.copytree(bags / seed, copy)
    for file in sorted(path for path in copy.rglob("*") if path.is_file()):
        content = file.read_bytes()
        where = len(content) // 2
        file.write_bytes(content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :])
        report = archive.validate(copy)
        file.write_bytes(content)
        name = str(file.relative_to(copy))
        assert report.outcome is archive.Outcome.DAMAGED, name
        if not name.startswith("tagmanifest-"):
            digests = [f.facts for f in report.errors if f.subject == name and {"expected", "found"} <= set(f.facts)]
            assert digests, name
    assert archive.validate(copy).ok


@pytest.mark.parametrize("seed", SEEDS)
def test_the_records_fit_their_schemas(bags: Path, seed: str) -> None:
    for record, schema in (
        ("metadata/descriptive/dc.xml", "oai_dc.xsd"),
        ("metadata/descriptive/dcterms.xml", "qualifieddc.xsd"),
        ("metadata/preservation/premis.xml", "premis.xsd"),
    ):
        etree.XMLSchema(etree.parse(str(metadata_path("schemas", schema)))).assertValid(
            etree.parse(bags / seed / record)
        )


@pytest.mark.parametrize("peer", ["bagit.py --validate", "bdbag --validate full"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_peers_call_it_valid(bags: Path, seed: str, peer: str, tmp_path: Path) -> None:
    """The released bagit reads the `%25` that RFC 8493 asks for as it stands: names with a `%` are all it may miss."""
    program, *arguments = peer.split()
    copy = tmp_path / seed
    shutil.copytree(bags / seed, copy)
    judged = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments, str(copy)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"},
    )
    if seed == "mixed-folder":
        complaints = [line for line in judged.stderr.splitlines() if "filesystem" in line and " is invalid" not in line]
        assert all("%" in line for line in complaints)
    else:
        assert judged.returncode == 0, judged.stderr


@needs("pdftotext", "qpdf")
def test_the_pdf_of_the_press_release_has_every_word_in_order(bags: Path) -> None:
    pdf = bags / "press-release" / SEEDS["press-release"][0]
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    words = iter(text.split())
    source = seeds_path("press-release", "000_1203110e2d219dcc.txt").read_text("utf-8")
    assert [word for word in source.split() if word not in words] == []
    checked = subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_events_of_the_press_release_stand_in_order(bags: Path) -> None:
    shown = _command("show", "press-release", "--json", cwd=bags)
    assert shown.returncode == 0, shown.stderr
    types = [event["type"] for event in json.loads(shown.stdout)["events"]]
    assert [one for one in types if one != "virus check"][:3] == [
        "ingestion",
        "message digest calculation",
        "format identification",
    ]
    assert "normalization" in types
    assert types[-2:] == ["information package creation", "fixity check"]


def _tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
