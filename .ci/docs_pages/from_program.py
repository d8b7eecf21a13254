"""The pages of commands, exit codes, settings and findings, from the program's own tables."""

from __future__ import annotations

import re

import click

from archive.cli.app import COMMANDS, group
from archive.config import describe_settings, needs_of
from archive.model.codes import all_kinds
from archive.model.exits import GRAVEST_FIRST, MEANINGS
from archive.settings import Needs


def write_commands() -> str:
    parts = [
        "# Commands",
        "",
        "Written by `.ci/write-docs` from the program. [Exit codes](exit-codes.md) are the same for all.",
        "",
    ]
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        parts += [f"## archive {name}", "", *_help_of(command, f"archive {name}")]
        for sub in getattr(command, "commands", {}).values():
            parts += [f"### archive {name} {sub.name}", "", *_help_of(sub, f"archive {name} {sub.name}")]
    return "\n".join(parts)


def _help_of(command: click.Command, path: str) -> list[str]:
    context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
    return ["```text", *(line.rstrip() for line in command.get_help(context).splitlines()), "```", ""]


def write_exit_codes() -> str:
    """The exit codes, and which of several wins."""
    order = ", ".join(str(int(code)) for code in GRAVEST_FIRST)
    return "\n".join(
        [
            "# Exit codes",
            "",
            "Written by `.ci/write-docs` from the program. They are the same for all commands, and for `exit_code` in JSON and",
            "of an `ArchiveError`.",
            "",
            "| code | meaning |",
            "| --- | --- |",
            *(f"| {int(code)} | {text} |" for code, text in MEANINGS.items()),
            "",
            "Where several subjects end differently, the gravest code wins. The order is " + order + ".",
            "",
            "A script can rely on these: 0 is said only of what was read and is well; 4 says that nothing is known, which is",
            "neither. Warnings end with 0, and with 3 under `--strict`.",
            "",
        ]
    )


_NEEDS = {Needs.NOTHING: "any project", Needs.INSIDE: "inside its folder", Needs.TRUST: "trusted"}


def write_settings() -> str:
    parts = [
        "# Settings",
        "",
        "Written by `.ci/write-docs` from the program. Flag over variable over the project's `archive.toml` over the",
        "user's (`~/.config/muniment/archive.toml`) over default. `archive config --origin` shows what holds and why.",
        "",
        "## Whose settings count",
        "",
        "An `archive.toml` that came with a folder from somewhere else must run nothing and redirect nothing. So the last",
        "column says what it takes for a setting of a project file to count:",
        "",
        "- *any project*: always. It changes what a bag looks like.",
        "- *inside its folder*: a file or folder that lies inside the project's folder counts always, any other only when",
        "  the project is trusted.",
        "- *trusted*: only when the project is trusted. So do all `[places.NAME]`.",
        "",
        "The user's file, variables and flags count always. `archive init` trusts the project that it makes; for any other,",
        "read its file, then run `archive config --trust FOLDER` (`--distrust` takes it back). The record is kept in your own",
        "configuration folder (`muniment/trusted/`), never in the project. It holds while the folder is the same and only you",
        "can write to it, so you may edit the file; where others can write too, or the file belongs to someone else, each",
        "change of the file needs `--trust` again.",
        "",
        "What does not count is named in a warning. A command that would rely on it (a place, the ledger, a",
        "notice) ends with exit code 2 and does nothing. A project never replaces a place of your own file that",
        "has the same name: such a name cannot be used there until one of the two has another name.",
        "",
        "The search for `archive.toml` goes from the working folder upwards. It ends at your home folder, at a mount point,",
        "and at a folder that everyone can write to, such as `/tmp`; a file in such a folder counts only when it is trusted.",
        "",
        "## All settings",
        "",
        "| setting | variable | default | what | counts in a project file |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, variable, text, choices, default in describe_settings():
        chosen = f" ({', '.join(choice or 'empty' for choice in choices)})" if choices else ""
        parts.append(f"| `{name}` | `{variable}` | {_shown(default)} | {text}{chosen} | {_NEEDS[needs_of(name)]} |")
    parts += [
        "",
        "Tables by name: `[places.NAME]`, for deposits, holdings and audits ([places.md](places.md)). Older files have `[targets.NAME]` with",
        "`url` and `[locations.NAME]` with `root` instead; both are read as places.",
        "",
    ]
    return "\n".join(parts)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value) or "none"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`" if value not in ("", {}) else "none"


def _plain(text: str) -> str:
    """`text` with what is filled in, and names of elements, as code: `<name>` would be HTML."""
    return re.sub(r"\{(\w+)(?:!r)?\}", r"`\1`", re.sub(r"(<[A-Za-z:]+>)", r"`\1`", text))


def write_findings() -> str:
    parts = [
        "# Findings",
        "",
        "Written by `.ci/write-docs` from the program; `archive explain CODE` says the same.",
        "",
    ]
    for code, kind in all_kinds().items():
        parts += [
            f"## {code}", "", f"{kind.severity.value}: {_plain(kind.title)}", "", kind.explanation, "",
            f"Rests on: {kind.clause}. What to do: {_plain(kind.remedy)}", "",
        ]  # fmt: skip
    return "\n".join(parts)
