"""Plugins: the package that the documentation shows works when it is installed, and a broken one stops nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from archive.testing import make_bag

Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages: the documented one, and one whose plugins cannot be loaded."""
    checkout, top = Path(__file__).parents[2], tmp_path_factory.mktemp("plugins")
    text = (checkout / "docs" / "plugins.md").read_text("utf-8")
    files = re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(files) == 4
    for name, content in files:
        path = top / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    site = top / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-build-isolation",
               "--no-deps", "--no-index", "--target", str(site), str(top / "package")]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    broken = site / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text(
        "[muniment.readers]\ntext/broken = no_such_module\ntext/raising = raising_reader\n"
        "[muniment.targets]\nbroken = no_such_module\n"
        "[muniment.exporters]\nbroken = no_such_module:what\nraising = raising_exporter\n"
    )
    (site / "raising_exporter.py").write_text(
        "def refuse_name(path): return None\ndef export(source, package): raise ZeroDivisionError('nothing')\n"
    )
    (site / "raising_reader.py").write_text(
        "ENDINGS = ('.raising',)\ndef read(content, *, name, language, encoding): raise ZeroDivisionError('nothing')\n"
    )
    return site


def run(site: Path, folder: Path, *words: str) -> Run:
    environ = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, "-m", "archive", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_doctor_lists_every_plugin_and_what_is_wrong_with_it(installed: Path, tmp_path: Path) -> None:
    ran = run(installed, tmp_path, "doctor", "--json")
    assert ran.returncode == 0, ran.stderr
    plugins = [part for part in json.loads(ran.stdout)["parts"] if part["group"] == "plugins"]
    shown = {(part["name"], part["purpose"]): part["present"] for part in plugins}
    assert shown == {
        ("muniment-example", "target share"): True,
        ("muniment-example", "reader text/gemini"): True,
        ("muniment-example", "exporter listing"): True,
        ("broken", "exporter raising"): True,
        ("broken", "reader text/raising"): True,
        ("broken", "target broken"): False,
        ("broken", "reader text/broken"): False,
        ("broken", "exporter broken"): False,
    }
    assert all("no_such_module" in part["remedy"] for part in plugins if not part["present"])


def test_the_documented_target_deposits_and_retrieves(installed: Path, tmp_path: Path) -> None:
    bag, share = make_bag(tmp_path / "bags"), tmp_path / "share"
    share.mkdir()
    away = run(installed, tmp_path, "deposit", bag, f"share:{share}")
    assert away.returncode == 10
    assert "the share is not mounted" in away.stderr + away.stdout
    (share / "MOUNTED").touch()
    sent = run(installed, tmp_path, "deposit", bag, f"share:{share}", "--json")
    assert sent.returncode == 0, sent.stderr + sent.stdout
    receipt = json.loads(sent.stdout)["deposits"][0]["receipt"]
    assert receipt["kind"] == "share"
    back = run(installed, tmp_path, "retrieve", f"share:{share}", receipt["identifier"], "--to", "back")
    assert back.returncode == 0, back.stderr + back.stdout


def test_the_documented_reader_makes_renditions(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "log.gmi").write_text("# A log\n\nThe first entry.\n=> https://example.org An address\n* an item\n")
    ran = run(installed, tmp_path, "render", "log.gmi", "--to", "renditions", "--json")
    assert ran.returncode == 0, ran.stderr + ran.stdout
    (file,) = json.loads(ran.stdout)["files"]
    assert file["status"] == "made", file
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / file["path"]).pages)
    assert "A log" in text
    assert "# A log" not in text, "the file was read as plain text"


def test_what_a_reader_raises_costs_one_rendition(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.raising").write_text("a text")
    (tmp_path / "good.txt").write_text("A text.\n")
    ran = run(installed, tmp_path, "render", "bad.raising", "good.txt", "--to", "renditions", "--json")
    states = {file["source"]: file for file in json.loads(ran.stdout)["files"]}
    assert states["good.txt"]["status"] == "made"
    assert states["bad.raising"]["status"] == "none"
    assert "the plugin that reads text/raising failed: ZeroDivisionError: nothing" in states["bad.raising"]["reason"]


def test_a_target_that_cannot_be_loaded_is_an_error_only_for_its_user(installed: Path, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bags")
    ran = run(installed, tmp_path, "deposit", bag, "broken:there")
    assert ran.returncode == 2
    assert "the plugin cannot be loaded: ModuleNotFoundError" in ran.stderr
    assert run(installed, tmp_path, "deposit", bag, "dir:there").returncode == 0


def test_the_documented_exporter_exports(installed: Path, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bags")
    ran = run(installed, tmp_path, "export", bag, "--as", "listing", "--to", "lists", "--json")
    assert ran.returncode == 0, ran.stderr + ran.stdout
    listed = (tmp_path / "lists" / "sample" / "LISTING.txt").read_text("utf-8").splitlines()
    assert listed == ["empty.bin\t0", "statement.txt\t13", "ملف/بيان.txt\t9"]
    assert (tmp_path / "lists" / "sample" / "ملف" / "بيان.txt").read_text("utf-8") == "بيان\n"
    assert json.loads(ran.stdout)["lost"] == [{"what": "renditions and tag files", "count": 6, "kept": None}]


def test_what_an_exporter_raises_is_an_error_and_leaves_nothing(installed: Path, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bags")
    ran = run(installed, tmp_path, "export", bag, "--as", "raising", "--to", "lists")
    assert ran.returncode == 2
    assert "the plugin that writes raising failed: ZeroDivisionError: nothing" in ran.stderr
    unloaded = run(installed, tmp_path, "export", bag, "--as", "broken", "--to", "x")
    assert "the plugin cannot be loaded" in unloaded.stderr
    assert not (tmp_path / "lists").exists()
