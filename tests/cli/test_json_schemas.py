"""With --json every command prints exactly one document that keeps to its schema, when it fails too."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from referencing import Registry, Resource

from archive.cli.app import COMMANDS, group
from archive.resources import metadata_path
from tests.support.audit_projects import Project, pack_tar, some_files, write_bag
from tests.support.dart_files import workflow, write
from tests.support.sealing_by_hand import NOW, HandKey
from tests.support.timestamp_authority import make_authority

WORKING: dict[str, tuple[str, ...]] = {
    "create": ("create", "letter.txt", "--to", "made", "--pdfa", "none"),
    "update": ("update", "bag", "--add", "letter.txt", "--discard-old"),
    "validate": ("validate", "bag", "letter.txt", "missing"),
    "show": ("show", "bag"),
    "describe": ("describe", "letter.txt"),
    "render": ("render", "letter.txt", "--to", "renditions"),
    "init": ("init", "elsewhere"),
    "schedule": ("schedule", "--weekly"),
    "notify": ("notify", "--failure", "unit.service"),
    "watch": ("watch", "arrivals", "--to", "made", "--once", "--seconds", "1", "--plain"),
    "status": ("status",),
    "holdings add": ("holdings", "add", "other"),
    "holdings move": ("holdings", "move", "bag", "moved/bag"),
    "holdings retire": ("holdings", "retire", "bag", "--reason", "returned"),
    "holdings list": ("holdings", "list"),
    "places": ("places", "--test"),
    "audit": ("audit", "--workers", "1"),
    "audit status": ("audit", "status"),
    "audit history": ("audit", "history"),
    "audit verify": ("audit", "verify"),
    "audit witness": ("audit", "witness"),
    "events": ("events", "bag"),
    "repair": ("repair", "bag", "--from", "copy", "--yes"),
    "report": ("report",),
    "deposit": ("deposit", "bag", "dir:out"),
    "deposits list": ("deposits", "list"),
    "deposits show": ("deposits", "show", "bag"),
    "retrieve": ("retrieve", "dir:sent", "bag", "--to", "back"),
    "fetch": ("fetch", "bag"),
    "export": ("export", "bag", "--as", "bag", "--to", "sent"),
    "import": ("import", "packed/bag.tar.gz", "--to", "imported"),
    "unpack": ("unpack", "packed/bag.tar.gz", "--to", "unpacked"),
    "join": ("join", "bag", "--to", "whole", "--name", "whole"),
    "demo": ("demo", "looked-at", "--seed", "press-release"),
    "explain": ("explain",),
    "config": ("config",),
    "doctor": ("doctor",),
    "keys new": ("keys", "new", "bela.key"),
    "keys show": ("keys", "show", "anna.key.pub"),
    "seal": ("seal", "other", "missing", "--key", "anna.key", "--trust", "trust", "--offline"),
    "trust add-authority": ("trust", "add-authority", "one", "one.pem", "--operator", "One"),
    "trust add-key": ("trust", "add-key", "anna", "anna.key.pub"),
    "trust adopt": ("trust", "adopt", "trust"),
    "trust init": ("trust", "init", "Ours", "--trust", "ours"),
    "trust refresh": ("trust", "refresh"),
    "trust revoke": ("trust", "revoke", "root", "--since", "2026-01-01T00:00:00Z"),
    "trust show": ("trust", "show"),
    "verify": ("verify", "bag", "missing", "--trust", "trust"),
}
"""A call of each command that takes --json, and that can answer, in the project of the fixture."""

FAILING: dict[str, tuple[int, tuple[str, ...]]] = {
    "create": (10, ("create", "missing", "--to", "made")),
    "update": (2, ("update", "bag")),
    "validate": (2, ("validate", "bag", "--profile", "nobody-knows")),
    "show": (10, ("show", "missing")),
    "describe": (2, ("describe",)),
    "render": (2, ("render", "letter.txt")),
    "init": (2, ("init",)),
    "schedule": (2, ("schedule",)),
    "notify": (2, ("notify",)),
    "watch": (2, ("watch", "missing", "--to", "made", "--once")),
    "status": (2, ("status", "--max-age", "soon")),
    "holdings add": (2, ("holdings", "add")),
    "holdings move": (10, ("holdings", "move", "bag", "nowhere/bag")),
    "holdings retire": (10, ("holdings", "retire", "nobody")),
    "holdings list": (2, ("holdings", "list", "--what")),
    "places": (10, ("places", "missing")),
    "audit": (10, ("audit", "missing")),
    "audit status": (2, ("audit", "status", "--max-age", "soon")),
    "audit history": (10, ("audit", "history", "missing")),
    "audit verify": (2, ("audit", "verify", "--witness", "no line")),
    "audit witness": (2, ("audit", "witness", "--what")),
    "events": (10, ("events", "missing")),
    "repair": (10, ("repair", "bag", "--from", "missing", "--yes")),
    "report": (2, ("report", "--since", "yesterday")),
    "deposit": (2, ("deposit", "bag", "nowhere")),
    "deposits list": (2, ("deposits", "list", "--what")),
    "deposits show": (10, ("deposits", "show", "missing")),
    "retrieve": (10, ("retrieve", "dir:sent", "missing", "--to", "back")),
    "fetch": (10, ("fetch", "missing")),
    "export": (2, ("export", "bag", "--holey", "nowhere", "--to", "sent")),
    "import": (10, ("import", "missing", "--to", "imported")),
    "unpack": (10, ("unpack", "missing.tar", "--to", "unpacked")),
    "join": (10, ("join", "missing", "--to", "whole", "--name", "whole")),
    "demo": (2, ("demo", "looked-at", "--seed", "nothing")),
    "explain": (2, ("explain", "BAG-999")),
    "config": (2, ("config", "--what")),
    "doctor": (2, ("doctor", "--install", "windows")),
    "keys new": (2, ("keys", "new", "anna.key")),
    "keys show": (10, ("keys", "show", "missing.pub")),
    "seal": (2, ("seal", "bag")),
    "trust add-authority": (2, ("trust", "add-authority", "one", "letter.txt", "--operator", "One")),
    "trust add-key": (2, ("trust", "add-key", "anna", "letter.txt")),
    "trust adopt": (2, ("trust", "adopt", "letter.txt")),
    "trust init": (2, ("trust", "init", "Ours")),
    "trust refresh": (2, ("trust", "refresh", "--trust", "bag")),
    "trust revoke": (2, ("trust", "revoke", "nobody", "--since", "2026-01-01T00:00:00Z")),
    "trust show": (2, ("trust", "show", "--trust", "missing")),
    "verify": (10, ("verify", "missing")),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    started = Project(folder, monkeypatch).start()
    for name in ("bag", "other"):
        write_bag(folder / name, {**some_files(3), "name.txt": name.encode()})
    for name in ("copy", "moved/bag"):
        shutil.copytree(folder / "bag", folder / name)
    (folder / "packed").mkdir()
    (folder / "arrivals").mkdir()
    monkeypatch.setenv("ARCHIVE_NOTIFY_WEBHOOK", "http://127.0.0.1:1/")
    pack_tar(folder / "bag", folder / "packed" / "bag.tar.gz")
    (folder / "letter.txt").write_text("A letter\n\nDear all.\n")
    monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", "correct horse")
    (folder / "one.pem").write_bytes(make_authority("One", NOW).root.pem)
    for words in (
        ("keys", "new", "anna.key"),
        ("trust", "init", "Ours"),
        ("trust", "add-key", "root", str(HandKey("root").write_public(folder)), "--role", "root"),
    ):
        assert started.run(*words)[0] == 0
    started.run("holdings", "add", "bag", "copy")
    return started


def commands_with_json() -> Iterator[str]:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        members = command.commands.items() if isinstance(command, click.Group) else ()
        for place, one in ((name, command), *((f"{name} {inner}", member) for inner, member in members)):
            if any("--json" in parameter.opts for parameter in one.params):
                yield place


def check(text: str) -> dict[str, Any]:
    """The one document in `text`, which is all of it, after it was held against its schema."""
    document, end = json.JSONDecoder().raw_decode(text)
    assert text[end:] == "\n"
    assert next(iter(document)) == "schema"
    validator_of(document["schema"]).validate(document)
    return dict(document)


def validator_of(name: str) -> jsonschema.Draft202012Validator:
    registry: Registry[Any] = Registry().with_resources(
        (content["$id"], Resource.from_contents(content))
        for content in (json.loads(path.read_bytes()) for path in metadata_path("reports").iterdir())
    )
    schema = json.loads(metadata_path("reports", f"{name.replace('/', '-')}.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, registry=registry)


def test_the_tables_hold_every_command_with_json() -> None:
    found = sorted(commands_with_json())
    assert sorted(WORKING) == found
    assert sorted(FAILING) == found


@pytest.mark.parametrize("command", WORKING)
def test_an_answer_keeps_to_its_schema(command: str, project: Project) -> None:
    if command in ("retrieve", "deposits list", "deposits show", "status"):
        project.run("deposit", "bag", "dir:sent")
    code, out, err = project.run(*WORKING[command], "--json")
    assert check(out)["schema"] != "archive.error/1", err
    assert code in (0, 1, 4, 10), err
    assert "internal error" not in err


def test_settings_of_dart_keep_to_their_schema(project: Project) -> None:
    write(project.folder / "workflow.json", workflow())
    code, out, err = project.run("config", "--import-dart", "workflow.json", "--json")
    assert code == 0, err
    assert check(out)["schema"] == "archive.dart-settings/1"


@pytest.mark.parametrize("command", FAILING)
def test_a_failure_keeps_to_a_schema_and_says_the_exit_code(command: str, project: Project) -> None:
    expected, arguments = FAILING[command]
    code, out, err = project.run(*arguments, "--json")
    document = check(out)
    assert code == expected, err
    assert document.get("exit_code", code) == code
    assert "internal error" not in err
    if document["schema"] == "archive.error/1":
        assert document["kind"] not in ("Fault", "Interrupted")
        assert err.startswith("error: ")


@pytest.mark.parametrize("name", sorted(path.name for path in metadata_path("reports").iterdir()))
def test_each_schema_is_a_schema_with_its_own_name(name: str) -> None:
    assert name.startswith("archive.")
    word = name.removesuffix("-1.json")
    validator_of(f"{word}/1")
    text = metadata_path("reports", name).read_text(encoding="utf-8")
    assert f'"{word}/1"' in text or f":{word}:1" in text


def test_an_error_names_the_exact_bytes_of_what_it_is_about(project: Project) -> None:
    code, out, _err = project.run("show", os.fsdecode(b"n\xffo\x1b[31m"), "--json")
    document = check(out)
    assert (code, document["subject"]) == (10, "n\\xffo\\x1b[31m")
    assert base64.b64decode(document["subject_b64"]) == b"n\xffo\x1b[31m"


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "letter.txt", "--to", "made", "--pdfa", "none"), ("validate", "bag"), ("audit", "--workers", "1"),
        ("deposit", "bag", "dir:out"),
    ],
    ids=lambda one: one[0],
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_events_are_json_lines(arguments: tuple[str, ...], as_json: bool, project: Project) -> None:
    code, out, err = project.run(*arguments, "--events", *(["--json"] if as_json else []))
    assert code == 0, err
    lines = [json.loads(line) for line in err.splitlines()]
    validator = validator_of("archive.event/1")
    for line in lines:
        validator.validate(line)
    assert {"begin", "end"} <= {line["event"] for line in lines}
    if as_json:
        check(out)


def test_a_document_goes_without_progress(project: Project) -> None:
    for arguments in (WORKING["validate"][:2], WORKING["audit"], WORKING["deposit"]):
        _code, out, err = project.run(*arguments, "--json")
        check(out)
        assert err == ""
