"""Draws the pictures of the report in docs/images/: `python tests/support/report_pictures.py NODE_MODULES`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.audit_projects import Project, some_files, write_bag  # noqa: E402

APRIL = 1_743_500_000
DAY = 86400


def main(modules: str) -> None:
    """One archive over half a year: bags that came in month by month, one damaged, one disk away."""
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as monkeypatch:
        top = Path(scratch)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(top / "config"))
        (top / "archive").mkdir()
        project = Project(top / "archive", monkeypatch).start()
        with (project.folder / "archive.toml").open("a") as file:
            file.write(f'\n[locations.vault]\nroot = "{top / "vault"}"\n\n[notify]\nname = "Example Archive"\n')
        names = ("press-release", "رسائل", "witness-letters", "court-files", "photographs", "minutes-2019", "شهادات")
        for number, name in enumerate(names):
            project.set_clock(APRIL + number * 27 * DAY)
            bag = write_bag(top / "bags" / name, some_files(40 + number * 23, 4000))
            premis = bag / "metadata" / "preservation" / "premis.xml"
            premis.parent.mkdir(parents=True)
            premis.write_text(
                PREMIS.format(
                    "".join(
                        OBJECT.format(*one)
                        for place, one in enumerate(FORMATS)
                        for _ in range((40 + number * 23) // (place + 2))
                    )
                )
            )
            project.run("holdings", "add", str(bag))
            if number % 2:
                shutil.copytree(bag, top / "vault" / name)
                project.run("holdings", "add", str(top / "vault" / name))
            project.audit()
        project.set_clock(APRIL + 190 * DAY)
        (top / "bags" / "court-files" / "data" / "d1" / "file-00001.bin").write_bytes(b"?" * 4000)
        (top / "vault").rename(top / "unplugged")
        project.audit("--max-age", "60d")
        project.set_clock(APRIL + 194 * DAY)
        project.run("report", "--html", "report.html", "--language", "en")
        page = project.folder / "report.html"
        page.write_text(page.read_text("utf-8").replace(str(top), "/srv"), "utf-8")
        subprocess.run(
            ["node", str(ROOT / "tests/support/look_at_page.mjs"), modules, str(shutil.which("chromium")),
             str(page), str(top / "profile"), str(ROOT / "docs/images")],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


FORMATS = (
    ("Acrobat PDF/A - Portable Document Format", "fmt/479"),
    ("Plain Text File", "x-fmt/111"),
    ("JPEG File", "fmt/43"),
)
OBJECT = (
    "<p:object><p:objectCharacteristics><p:size>4000</p:size><p:format><p:formatDesignation><p:formatName>{0}"
    "</p:formatName></p:formatDesignation><p:formatRegistry><p:formatRegistryKey>{1}</p:formatRegistryKey>"
    "</p:formatRegistry></p:format></p:objectCharacteristics></p:object>"
)
PREMIS = '<p:premis xmlns:p="http://www.loc.gov/premis/v3" version="3.0">{0}</p:premis>'

if __name__ == "__main__":
    main(sys.argv[1])
