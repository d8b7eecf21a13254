"""The library has the powers of the command line: every option is a typed parameter, or is on the list why not."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

import archive

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "create": archive.create,
    "validate": archive.validate,
    "update": archive.update,
    "render": archive.render,
    "describe": archive.describe,
    "audit": archive.Ledger.audit,
    "deposit": archive.deposit,
    "retrieve": archive.retrieve,
    "fetch": archive.fetch,
    "export": archive.export,
    "import": archive.import_package,
    "unpack": archive.unpack,
    "join": archive.join,
    "repair": archive.Ledger.repair,
    "report": archive.Ledger.report,
    "seal": archive.seal,
    "verify": archive.verify,
}
PRINTING = {"as_json", "quiet", "events", "strict", "verbose"}
"""How a command prints and ends; a program has reports, a progress and findings instead."""
OTHER_NAME = {
    ("create", "fields"): "bag_info",
    ("create", "keep_junk"): "junk",
    ("create", "accept_damaged"): "accept_damaged_delivery",
    ("validate", "subjects"): "subject",
    ("deposit", "bags"): "bag",
    ("export", "given"): "bag",
    ("seal", "passphrase_fd"): "passphrase",
    ("verify", "bags"): "bag",
    ("repair", "copy"): "source",
    ("update", "added"): "add_algorithms",
    ("update", "dropped"): "drop_algorithms",
    ("update", "fields"): "bag_info",
    ("update", "files"): "add",
    ("update", "places"): "add",
}
ELSEWHERE = {
    ("validate", "engine"): "validate_each",
    ("validate", "scheduler"): "validate_each",
    ("deposit", "engine"): "deposit_each",
    ("deposit", "scheduler"): "deposit_each",
    ("export", "holey"): "export_holey",
    ("export", "person"): "export_copy",
    ("export", "because"): "export_copy",
    ("export", "without_restricted"): "export_copy",
    ("export", "language"): "export_copy",
    ("create", "dart_job"): "create_from_dart",
    ("create", "from_csv"): "create_from_csv",
    ("create", "max_size"): "create_group",
    ("create", "max_files"): "create_group",
    ("create", "each"): "create_each",
    ("create", "workers"): "create_each",
    ("create", "engine"): "`settings` of create_each",
    ("create", "scheduler"): "likewise",
    ("create", "hold"): "Ledger.add",
    ("create", "keys"): "seal",
    ("create", "urls"): "seal",
    ("create", "trust"): "seal",
    ("create", "passphrase_fd"): "seal",
    ("describe", "check"): "load_description",
    ("repair", "yes"): "a program is not asked, unless it gives `confirm`",
    ("seal", "complete"): "complete_seal",
    ("seal", "renew"): "renew_seal",
    ("seal", "due"): "a program decides by `SealVerdict.until` of `verify`",
    ("seal", "within"): "likewise",
    ("report", "html_file"): "HoldingsReport.to_html",
    ("report", "pdf_file"): "HoldingsReport.to_pdf",
    ("report", "language"): "`language` of to_html and to_pdf",
    ("report", "csv_file"): "HoldingsReport.to_csv",
}


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_every_option_has_a_typed_parameter(verb: str) -> None:
    command = import_module(f"archive.cli.{verb}").command
    assert isinstance(command, click.Command)
    signature = inspect.signature(FUNCTIONS[verb])
    for option in command.params:
        assert option.name is not None
        if option.name in PRINTING or (verb, option.name) in ELSEWHERE:
            continue
        assert OTHER_NAME.get((verb, option.name), option.name) in signature.parameters, option.name
    for parameter in signature.parameters.values():
        assert parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        assert parameter.name == "self" or parameter.annotation is not parameter.empty


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_the_choices_of_an_option_are_those_of_its_parameter(verb: str) -> None:
    command = import_module(f"archive.cli.{verb}").command
    hints = typing.get_type_hints(FUNCTIONS[verb])
    for option in command.params:
        if isinstance(option.type, click.Choice) and option.name in hints:
            allowed = {word for part in typing.get_args(hints[option.name]) for word in typing.get_args(part)}
            assert not allowed or set(option.type.choices) <= allowed, option.name


def test_nothing_public_returns_any() -> None:
    for kind in (archive.Ledger, archive.Bag, archive.PayloadFile):
        for name, member in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                assert typing.get_type_hints(member).get("return", Any) is not Any, name


def test_no_json_document_is_built_in_the_command_line(checkout: Path) -> None:
    found = []
    for path in sorted((checkout / "archive" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            keys = node.keys if isinstance(node, ast.Dict) else []
            if any(isinstance(key, ast.Constant) and key.value == "schema" for key in keys):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
