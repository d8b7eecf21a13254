"""Settings: flag over variable over project file over user file over default."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.config import describe_settings, load_settings
from archive.errors import UsageError


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "config" / "muniment").mkdir(parents=True)
    (tmp_path / "project" / "below").mkdir(parents=True)
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def test_each_source_outranks_the_one_below(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = str(tmp_path / "project" / "below")
    assert load_settings(folder, environ).render.page == "a4"
    (tmp_path / "config" / "muniment" / "archive.toml").write_text('[render]\npage = "letter"\nseconds = 5\n')
    assert load_settings(folder, environ).render.page == "letter"
    (tmp_path / "project" / "archive.toml").write_text("[render]\nseconds = 6\n[create]\nalgorithms = ['md5']\n")
    settings = load_settings(folder, environ, trusted=True)
    assert (settings.render.page, settings.render.seconds, settings.create.algorithms) == ("letter", 6, ("md5",))
    assert settings.folder == str(tmp_path / "project")
    environ["ARCHIVE_RENDER_SECONDS"] = "7"
    environ["ARCHIVE_CREATE_ALGORITHMS"] = "sha1, sha512"
    settings = load_settings(folder, environ)
    assert (settings.render.seconds, settings.create.algorithms) == (7, ("sha1", "sha512"))
    settings = settings.with_flags("render", seconds=8, page=None)
    assert (settings.render.seconds, settings.render.page) == (8, "letter")
    assert settings.origins["render.seconds"] == "flag"
    assert settings.origins["create.algorithms"] == "variable ARCHIVE_CREATE_ALGORITHMS"
    assert settings.origins["render.page"].startswith("user file ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rendr]\n", "unknown section [rendr]; did you mean render?"),
        ("[render]\npaeg = 'a4'\n", "unknown setting render.paeg; did you mean page?"),
        ("[render]\npage = 'a3'\n", "render.page must be one of a4, letter"),
        ("[render]\nseconds = '5'\n", "render.seconds must be a whole number"),
        ("[render]\nseconds = true\n", "render.seconds must be a whole number"),
        ("[create]\nalgorithms = 'md5'\n", "create.algorithms must be a list of texts"),
        ("[create]\nkeep_infected = 'no'\n", "create.keep_infected must be true or false"),
        ("[create]\nbag_info = 3\n", "create.bag_info must be a table"),
        ("[targets]\nhome = 3\n", "[targets.home] must be a table"),
        ("render = 1\n", "[render] must be a table"),
        ("[render\n", "this is not readable TOML"),
    ],
)
def test_a_wrong_file_is_an_error_that_says_where(
    tmp_path: Path, environ: dict[str, str], text: str, words: str
) -> None:
    (tmp_path / "project" / "archive.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(str(tmp_path / "project"), environ)
    assert words in str(caught.value)
    assert "archive.toml" in str(caught.value)


def test_a_file_that_is_not_utf8_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "project" / "archive.toml").write_bytes(b"[render]\npage = '\xff'\n")
    with pytest.raises(UsageError, match="not readable TOML"):
        load_settings(str(tmp_path / "project"), environ)


@pytest.mark.parametrize(
    ("variable", "text"),
    [("ARCHIVE_RENDER_SECONDS", "five"), ("ARCHIVE_CREATE_KEEP_INFECTED", "maybe"), ("ARCHIVE_CREATE_BAG_INFO", "x")],
)
def test_a_wrong_variable_is_an_error(tmp_path: Path, environ: dict[str, str], variable: str, text: str) -> None:
    with pytest.raises(UsageError, match=variable):
        load_settings(str(tmp_path), {**environ, variable: text})


def test_an_unknown_variable_of_a_section_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="did you mean ARCHIVE_CREATE_LINKS"):
        load_settings(str(tmp_path), {**environ, "ARCHIVE_CREATE_LINK": "refuse"})
    load_settings(str(tmp_path), {**environ, "ARCHIVE_TARGET_HOME_PASSWORD": "x", "ARCHIVE_LONG_TESTS": "1"})


def test_a_flag_outside_its_choices_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="page must be one of"):
        load_settings(str(tmp_path), environ).with_flags("render", page="a3")


def test_every_setting_has_help() -> None:
    assert all(text for _name, _variable, text, _choices, _default in describe_settings())
