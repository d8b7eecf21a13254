"""The command group: loads a verb's module only when called, and turns every failure into words and an exit code."""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module

import click

from archive.cli.exits import MEANINGS, Exit
from archive.errors import ArchiveError, NotFoundError, from_os_error

COMMANDS: dict[str, str] = {
    "create": "Wrap files in a bag with metadata, checksums and a PDF/A rendition.",
    "validate": "Prove that a bag, XML record, PDF or OCFL object is whole.",
    "show": "Tell what a bag or an XML record holds.",
    "describe": "Draft or check a description.",
    "render": "Make PDF/A renditions of documents.",
    "init": "Start a project: archive.toml and an empty ledger.",
    "holdings": "Add, list, move and retire holdings.",
    "audit": "Check the fixity of what is due.",
    "events": "Give a holding's life after sealing, as PREMIS if asked.",
    "repair": "Replace damaged files by proven ones from a copy.",
    "report": "Write the report of holdings and audits: HTML, CSV, JSON.",
    "schedule": "Print or install the timer of regular audits.",
    "deposit": "Send a bag to a repository and prove that it arrived.",
    "retrieve": "Bring a deposited bag back, validated.",
    "demo": "Make a finished, validated bag from a shipped sample.",
    "explain": "Explain a finding's code.",
    "config": "Show the settings and where each comes from.",
    "doctor": "Look at what this machine has for the work.",
    "completion": "Print the completion script for a shell.",
}

_KINDS = {int(Exit.INTERRUPTED): "Interrupted", int(Exit.FAULT): "Fault"}
"""The `kind` of an error document where no exception of ours stands behind it."""

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {int(code):>3}  {text}" for code, text in MEANINGS.items())


class LazyGroup(click.Group):
    """A group whose members are modules of `archive.cli`, each with a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"archive.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(f"{error.format_message()} Did you mean {near[0]}?", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=_EPILOG
)
@click.version_option(package_name="muniment", prog_name="archive", message="%(prog)s %(version)s")
def group() -> None:
    """Wrap documents in a preservation bag, prove that nothing changed, deposit it where it must go.

    \b
    Example:
      archive create press-release/ --to bags/
      archive validate bags/press-release
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code. Nothing but an exit code ever leaves: no traceback, no exception."""
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    try:
        result = group.main(args=arguments, prog_name="archive", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        if not as_json:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return _fail(f"no command is given. See {_path_of(error.ctx)} --help.", Exit.USAGE, as_json)
    except click.UsageError as error:
        return _fail(f"{_sentence(error.format_message())} See {_path_of(error.ctx)} --help.", Exit.USAGE, as_json)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted; nothing is left half-made, run again to go on", Exit.INTERRUPTED, as_json)
    except ArchiveError as error:
        return _fail(str(error), error.exit_code, as_json, error)
    except BrokenPipeError:
        return _leave_broken_pipe()
    except OSError as error:
        told = from_os_error(error, str(error.filename or "the system"))
        code = _fail(str(told), told.exit_code, as_json, told)
        _let_go_of_output()
        return code
    except Exception as error:  # noqa: BLE001 - the last line of defence: a fault of ours still ends in words and 70
        return _fail_with_fault(error, as_json)
    return result if isinstance(result, int) else int(Exit.DONE)


def _path_of(context: click.Context | None) -> str:
    """The words that name a command, such as "archive audit status"; click would put arguments between them."""
    if context is None or context.parent is None:
        return "archive"
    return f"{_path_of(context.parent)} {context.info_name}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _fail(message: str, code: int, as_json: bool, error: ArchiveError | None = None) -> int:
    from archive.formats.naming import escape, path_fields

    if as_json:
        import json

        problem = (
            {"problem": error.problem, "subject": error.subject, "remedy": error.remedy}
            if error
            else {"problem": message}
        )
        document = {
            "schema": "archive.error/1",
            "exit_code": int(code),
            "kind": type(error).__name__ if error else _KINDS.get(code, "UsageError"),
        }
        shown = {key: escape(value) for key, value in problem.items() if value is not None}
        if error is not None and error.subject is not None:
            shown.update({k: v for k, v in path_fields(error.subject, "subject").items() if k == "subject_b64"})
        with contextlib.suppress(OSError):  # standard output may be what failed
            click.echo(json.dumps({**document, **shown}, ensure_ascii=False))
    click.echo(f"error: {escape(message)}", err=True)
    if isinstance(error, NotFoundError) and error.remedy is None:
        click.echo("Check the path or name, then run again.", err=True)
    return int(code)


def _fail_with_fault(error: Exception, as_json: bool) -> int:
    import os
    import traceback

    if os.environ.get("ARCHIVE_TRACEBACK"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{where.filename.rpartition('archive/')[2]}:{where.lineno}"
    message = (
        f"a fault of ours: {type(error).__name__} at {place}. Set ARCHIVE_TRACEBACK=1 for the details and report it"
    )
    return _fail(message, Exit.FAULT, as_json)


def _leave_broken_pipe() -> int:
    """The reader of our output went away: leave quietly, as a filter does."""
    _let_go_of_output()
    return int(Exit.DONE)


def _let_go_of_output() -> None:
    """Where standard output takes no more, the interpreter's own last flush must not speak after us."""
    import os

    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
