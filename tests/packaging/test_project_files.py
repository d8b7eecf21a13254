"""The files around the program: the container image, the citation, the templates of issues."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def project(checkout: Path) -> dict[str, Any]:
    return dict(tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"])


def instructions(checkout: Path) -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with what follows its word on one line."""
    text = (checkout / ".docker" / "Dockerfile").read_text("utf-8")
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M))
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def test_the_image_is_built_of_one_pinned_base_and_fetches_nothing_itself(checkout: Path) -> None:
    bases = [words.split()[0] for name, words in instructions(checkout) if name == "FROM"]
    assert bases
    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base) for base in bases)
    assert len(set(bases)) == 1, "the environment of the first stage runs in the second"
    text = "\n".join(words for _name, words in instructions(checkout))
    assert "ADD" not in {name for name, _words in instructions(checkout)}
    assert "://" not in text, "no address of a registry or download"
    assert not re.search(r"\b(curl|wget|git clone)\b", text)


def test_the_image_runs_without_privileges_and_has_the_tools(checkout: Path) -> None:
    last = instructions(checkout)
    last = last[max(number for number, (name, _words) in enumerate(last) if name == "FROM") :]
    (user,) = [words for name, words in last if name == "USER"]
    assert user not in ("root", "0")
    assert last.index(("USER", user)) > max(number for number, (name, _words) in enumerate(last) if name == "RUN")
    assert ("ENTRYPOINT", '["archive"]') in last
    installed = " ".join(words for name, words in last if name == "RUN")
    wanted = [
        "clamav",
        "ghostscript",
        "ocrmypdf",
        "libreoffice-writer-nogui",
        "default-jre-headless",
        "fonts-noto-core",
    ]
    assert set(wanted) <= set(installed.split())
    assert any("--install verapdf" in words for _name, words in instructions(checkout))


def test_what_the_image_copies_is_let_through(checkout: Path) -> None:
    ignored = (checkout / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    for name, words in instructions(checkout):
        if name == "COPY" and not words.startswith("--from"):
            for source in words.split()[:-1]:
                assert (checkout / source).exists()
                assert f"!{source}" in ignored


def engine() -> str | None:
    """A container engine that answers, where the long tests are asked for: a build needs the network and minutes."""
    if os.environ.get("ARCHIVE_LONG_TESTS"):
        for name in ("docker", "podman"):
            if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
                return name
    return None


if ENGINE := engine():

    @pytest.mark.slow
    @pytest.mark.timeout(3600)
    def test_the_image_is_built_and_runs(checkout: Path) -> None:
        subprocess.run(
            [ENGINE, "build", "-q", "-f", ".docker/Dockerfile", "-t", "muniment-test", "."], cwd=checkout, check=True,
            timeout=3000,
        )  # fmt: skip
        done = subprocess.run(
            [ENGINE, "run", "--rm", "--network", "none", "muniment-test", "demo", "/tmp/demo"], capture_output=True,
            text=True, check=True, timeout=300,
        )  # fmt: skip
        assert "press-release: valid" in done.stdout


def test_the_citation_is_complete_and_of_this_version(checkout: Path, project: dict[str, Any]) -> None:
    citation = yaml.safe_load((checkout / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert (citation["title"], str(citation["version"])) == (project["name"], project["version"])
    assert citation["license"] == project["license"]
    assert all(author.keys() == {"name"} for author in citation["authors"])


def test_the_templates_of_issues_are_forms(checkout: Path) -> None:
    folder = checkout / ".github" / "ISSUE_TEMPLATE"
    forms = [path for path in sorted(folder.glob("*.yml")) if path.name != "config.yml"]
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text("utf-8"))
        assert form.keys() == {"name", "description", "labels", "body"}
        identifiers = [part["id"] for part in form["body"] if part["type"] != "markdown"]
        assert len(set(identifiers)) == len(identifiers) > 0
        for part in form["body"]:
            assert part["type"] in ("markdown", "textarea", "input")
            assert part["attributes"].get("label") or part["attributes"].get("value")


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_what_the_files_at_the_top_link_to_is_there(name: str, checkout: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (checkout / name).read_text("utf-8"))
    assert links
    assert [link for link in links if not link.startswith("https://") and not (checkout / link).exists()] == []
