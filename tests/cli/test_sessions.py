"""Whole sessions, as an archivist, a records manager and an engineer have them: words, codes, names, reruns."""

from __future__ import annotations

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from archive.cli.app import COMMANDS, group, run
from tests.support.audit_projects import Project, some_files, start_command, write_bag
from tests.support.command_lines import parse_words

SECRET = "Ahmad-whose-name-must-not-appear"
HOSTILE = "a\x1b[31mred\u202etxt.txt"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch)


def all_commands() -> Iterator[tuple[list[str], click.Command]]:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        yield [name], command
        if isinstance(command, click.Group):
            yield from (([name, inner], member) for inner, member in command.commands.items())


def examples() -> list[list[str]]:
    """The words of every command line under "Example:" in every help text."""
    found = []
    for _words, command in [([], group), *all_commands()]:
        told = (command.help or "").partition("Example:")[2]
        lines = [line.strip() for line in told.splitlines() if line.strip().startswith("archive ")]
        assert lines, command.name
        found += [shlex.split(re.split(r"\s>+\s", line)[0])[1:] for line in lines]
    return found


def test_examples_of_the_help_texts_are_calls_that_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in examples():
        for name in (word[1:] for word in words if word.startswith("@")):
            (tmp_path / name).write_text("a\n")
        parse_words(words)


def test_an_option_is_spelt_and_told_alike_everywhere() -> None:
    told: dict[str, set[tuple[tuple[str, ...], str | None]]] = {}
    for _words, command in all_commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for name in {"--json", "--quiet", "--events", "--strict"} & set(parameter.opts):
                    told.setdefault(name, set()).add((tuple(parameter.opts), parameter.help))
    assert {name: len(forms) for name, forms in told.items()} == dict.fromkeys(
        ("--json", "--quiet", "--events", "--strict"), 1
    )


def test_no_command_at_all(project: Project) -> None:
    code, out, err = project.run()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: archive")
    assert err.endswith("error: no command is given. See archive --help.\n")
    code, _out, err = project.run("holdings")
    assert code == 2
    assert "\\x0a" not in err
    assert err.endswith("See archive holdings --help.\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("creat",), "Did you mean create? See archive --help."),
        (("create", "--too", "x"), "See archive create --help."),
        (("audit", "status", "--what"), "See archive audit status --help."),
        (("holdings", "ad"), "See archive holdings --help."),
    ],
)
def test_a_slip_ends_with_the_next_command(words: tuple[str, ...], hint: str, project: Project) -> None:
    code, out, err = project.run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.endswith(f"{hint}\n")
    assert err.count("\n") == 1


def test_a_first_day(project: Project) -> None:
    """The draft, the check, the plan, the bag, the proof, and the way from one to the next by what is printed."""
    (project.folder / "letter.txt").write_text("بيان صحفي\n\nسطر واحد.\n", encoding="utf-8")
    code, out, _err = project.run("describe", "letter.txt", "--to", "description.toml")
    assert (code, out.splitlines()[0]) == (0, "description.toml: 1 suggestion from 1 file")
    assert project.run(*shlex.split(out.splitlines()[-1].partition("archive ")[2]))[0] == 0
    code, _out, err = project.run("describe", "letter.txt", "--to", "description.toml")
    assert (code, err.splitlines()[0][-19:]) == (2, "Choose another --to")
    asked = ("create", "letter.txt", "--to", "bags", "--description", "description.toml", "--pdfa", "none")
    code, out, _err = project.run(*asked, "--dry-run")
    assert (code, out.splitlines()[0]) == (0, "would make bags/letter")
    assert ",," not in out
    assert not (project.folder / "bags").exists()
    code, out, _err = project.run(*asked)
    assert (code, out.splitlines()[0]) == (0, "bags/letter")
    again = out.splitlines()[-1]
    assert again.startswith("To check it again: archive validate ")
    code, out, _err = project.run(*shlex.split(again.partition("archive ")[2]))
    assert (code, out.split(":")[0]) == (0, "intact")
    assert "بيان صحفي" in project.run("show", "bags/letter")[1]
    assert project.run(*asked)[0] == 2
    inside = [path.read_bytes() for path in (project.folder / "bags").rglob("*") if path.is_file()]
    assert not [1 for content in inside if os.fsencode(project.folder.parent) in content]


def test_what_is_private_is_shown_nowhere(project: Project) -> None:
    source = project.folder / "case"
    source.mkdir()
    (source / "a.txt").write_text("A\n")
    (source / "description.toml").write_text(f'title = "A"\n[private]\nwitness = "{SECRET}"\n')
    calls = [
        ("describe", "--check", "case/description.toml"), ("create", "case", "--to", "bags", "--pdfa", "none"),
        ("show", "bags/case"), ("validate", "bags/case"), ("deposit", "bags/case", "dir:out", "--dry-run"),
    ]  # fmt: skip
    for call in calls:
        for form in ((), ("--json",)):
            name = ("--name", "second") if call[0] == "create" and form else ()
            code, out, err = project.run(*call, *name, *form)
            assert code == 0, err
            assert SECRET not in out + err, call
    holders = [path for path in (project.folder / "bags").rglob("*") if path.is_file() and SECRET in path.read_text()]
    assert {path.parent.name for path in holders} == {"restricted"}


@pytest.mark.parametrize(
    "call",
    [
        ("create", HOSTILE, "--to", "bags", "--pdfa", "none"), ("create", f"{HOSTILE}-missing", "--to", "bags"),
        ("validate", HOSTILE), ("show", HOSTILE), ("describe", HOSTILE), ("describe", "--check", HOSTILE),
        ("render", HOSTILE, "--to", "renditions"), ("render", HOSTILE, "--to", HOSTILE), ("demo", f"{HOSTILE}/x"),
        ("deposit", HOSTILE, "dir:out"), ("explain", HOSTILE), (HOSTILE,), ("create", f"--{HOSTILE}"),
        ("doctor", "--folder", HOSTILE), ("render", HOSTILE, "--to", "renditions", "--language", HOSTILE),
    ],
    ids=lambda call: call[0][:10] if call[0] != HOSTILE else "command",
)  # fmt: skip
def test_names_from_outside_are_shown_escaped(call: tuple[str, ...], project: Project) -> None:
    (project.folder / HOSTILE).write_text("text\n")
    code, out, err = project.run(*call)
    assert code != 70, err
    for text in (out, err):
        assert not set(text) & {"\x1b", "\u202e"}, text


def test_slips_of_render_are_usage_and_make_nothing(project: Project) -> None:
    (project.folder / "a.txt").write_text("A\n")
    for option, value in (("--language", "klingonisch-x"), ("--encoding", "nobody-knows")):
        code, _out, err = project.run("render", "a.txt", "--to", "made", option, value)
        assert code == 2
        assert f"For example: {option} " in err
    assert not (project.folder / "made").exists()


def test_what_cannot_be_rendered_is_told_once(project: Project) -> None:
    (project.folder / "a.docx").write_bytes(b"PK\x03\x04 no Word document")
    (project.folder / "a.bin").write_bytes(b"\x00\x01")
    code, out, _err = project.run("render", "a.docx", "a.bin", "--to", "made")
    assert code == 4
    assert out.count("not readable as a Word document") == 1
    first, *_rest = out.splitlines()
    assert first == "no rendition: a.docx"
    assert out.splitlines()[-1].startswith("no rendition: a.bin (")


def test_missing_sources_of_a_draft(project: Project) -> None:
    code, _out, err = project.run("describe", "missing")
    assert code == 10
    assert err == "error: missing: there is no such file or folder\nCheck the path or name, then run again.\n"


def test_an_interrupted_create_leaves_nothing_and_runs_again(project: Project) -> None:
    (project.folder / "big").mkdir()
    with (project.folder / "big" / "zeros.bin").open("wb") as file:
        file.truncate(3 << 30)
    call = ("create", "big", "--to", "bags", "--plain", "--copy", "copy", "--algorithm", "sha512", "--json")
    process = start_command(project.folder, *call)
    bags = project.folder / "bags"
    deadline = time.monotonic() + 30
    while not bags.is_dir() or not list(bags.iterdir()):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert b'"kind": "Interrupted"' in out
    assert err.decode().splitlines()[-1] == "error: interrupted; nothing incomplete is left, run again to continue"
    assert not bags.exists() or not list(bags.iterdir())
    with (project.folder / "big" / "zeros.bin").open("wb") as file:
        file.truncate(1 << 20)
    assert project.run(*call)[0] == 0


def test_colour_only_on_a_terminal_that_wants_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(project.folder / "bag", some_files(1))
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        leader, follower = pty.openpty()
        for name, value in {**environment, **variables, "TERM": "xterm"}.items():
            monkeypatch.setenv(name, value)
        if not variables:
            monkeypatch.delenv("NO_COLOR", raising=False)
        subprocess.run(
            [sys.executable, "-m", "archive", "validate", str(bag)], stdout=follower, check=True,
            env=dict(os.environ),
        )  # fmt: skip
        os.close(follower)
        told = os.read(leader, 10_000)
        os.close(leader)
        assert (b"\x1b[32mintact" in told) is coloured
        assert b"intact" in told


def test_faults_and_interrupts_have_names_of_their_own(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raise_it(error: BaseException) -> None:
        raise error

    monkeypatch.chdir(project.folder)
    for error, kind, expected in (
        (KeyboardInterrupt(), "Interrupted", 130), (ZeroDivisionError(), "Fault", 70), (MemoryError(), "Fault", 70),
    ):  # fmt: skip
        monkeypatch.setattr("archive.cli.config.current_settings", lambda error=error: raise_it(error))
        assert run(["config", "--json"]) == expected
        assert f'"kind": "{kind}"' in capsys.readouterr().out


def test_a_full_standard_output_ends_in_words(project: Project) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archive", "explain", "--json"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 13
    assert done.stderr.decode() == ("error: the system: no space left on the device. Free some space and run again\n")


def test_what_is_to_be_pasted_is_quoted(project: Project) -> None:
    (project.folder / "two words.txt").write_text("A\n")
    code, out, _err = project.run("create", "two words.txt", "--to", "bags", "--plain", "--algorithm", "md5")
    assert code == 0
    last = out.splitlines()[-1]
    assert last == "To check it again: archive validate 'bags/two words'"
    assert project.run(*shlex.split(last.partition("archive ")[2]))[0] == 0


def test_labels_of_events_that_are_no_text(project: Project) -> None:
    place = os.fsdecode(b"b\xff")
    bag = write_bag(project.folder / place, some_files(1))
    code, _out, err = project.run("validate", bag.name, "--events")
    assert code == 0
    assert "b\\\\xff" in err
