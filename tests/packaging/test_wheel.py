"""The built wheel, installed alone in a new environment and run from another directory, does the main job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """The wheel, built from the checkout without network by the build backend that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(checkout)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_code_data_and_licence_and_nothing_else(wheel: Path, checkout: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert "archive = archive.cli:main" in entry_points
    roots = {name.split("/")[0] for name in names}
    (about,) = (root for root in roots if root.endswith(".dist-info"))
    data = about.replace(".dist-info", ".data")
    assert roots == {"archive", about, data}
    for folder in ("metadata", "seeds"):
        held = {name.removeprefix("archive/_data/") for name in names if name.startswith(f"archive/_data/{folder}/")}
        wanted = {path.relative_to(checkout).as_posix() for path in (checkout / folder).rglob("*") if path.is_file()}
        assert held == wanted
    manual = {f"{data}/data/share/man/man1/{path.name}" for path in (checkout / "docs" / "man").iterdir()}
    assert manual
    assert {name for name in names if name.startswith(data)} == manual
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_wheel_makes_and_proves_a_bag(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    # The dependencies are those already here; the wheel itself must come from the new environment.
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(here) + "\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def archive(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(python), "-P", "-m", "archive", *arguments]
        return subprocess.run(
            command, cwd=elsewhere, env=environ, capture_output=True, text=True, check=False, timeout=120
        )

    where = subprocess.run(
        [str(python), "-P", "-c", "import archive; print(archive.__file__)"], cwd=elsewhere, env=environ,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(site)
    made = archive("demo", "out", "--seed", "press-release")
    assert made.returncode == 0, made.stdout + made.stderr
    judged = archive("validate", "out/press-release", "--json")
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert json.loads(judged.stdout)["reports"][0]["verdict"] == "valid"
