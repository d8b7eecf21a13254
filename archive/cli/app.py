"""The command group: loads a verb's module only when called, and turns every failure into words and an exit code."""

from __future__ import annotations

import contextlib
import errno
import sys
from importlib import import_module

import click

from archive.cli.interrupting import begin_work
from archive.errors import ArchiveError, NotFoundError, from_os_error, without_users
from archive.model.exits import MEANINGS, Exit
from archive.reporting.language import set_language

COMMANDS: dict[str, str] = {
    "create": "Wrap files in a bag with metadata, checksums and a PDF/A rendition.",
    "watch": "Make bags of files and folders that arrive in a folder.",
    "update": "Make a new version of a bag: add, replace, rename or remove files.",
    "validate": "Check that a bag, XML record, PDF or OCFL object is complete and unchanged.",
    "seal": "Sign bags and have the signatures timestamped.",
    "verify": "Check that a bag is sealed, by whom and since when, and intact.",
    "show": "Show what is in a bag or an XML record.",
    "describe": "Draft or check a description.",
    "render": "Make PDF/A renditions of documents.",
    "init": "Start a project: archive.toml and an empty ledger.",
    "status": "Show the archive on one screen, and what to do next.",
    "holdings": "Add, list, move and retire holdings.",
    "places": "Show the places that bags are in, and test the connections.",
    "audit": "Check the fixity of what is due.",
    "events": "Show what has happened to a bag since it was added, or export it as PREMIS.",
    "repair": "Replace damaged files with verified ones from a copy.",
    "report": "Write the report of holdings and audits: HTML, CSV, JSON.",
    "keys": "Make and show the keys that seal bags.",
    "trust": "Choose whose keys and which timestamp authorities to trust.",
    "notify": "Check that alerts arrive.",
    "schedule": "Print or install the timer for regular audits.",
    "deposit": "Send a bag to a repository and prove that it arrived.",
    "deposits": "List and show the deposits that were made.",
    "retrieve": "Retrieve a deposited bag and validate it.",
    "fetch": "Complete a bag: fetch the files that its fetch.txt names.",
    "export": "Make a package for another system from a bag, or a small copy without its payload.",
    "import": "Make a bag from a package of another system.",
    "unpack": "Unpack a bag from a zip or tar file, validated.",
    "join": "Rebuild one bag from the bags of a group.",
    "desk": "Open the archive in the browser, on this machine.",
    "demo": "Make bags from the samples, or a small archive to learn on.",
    "explain": "Explain a finding's code.",
    "config": "Show the settings and where each comes from.",
    "doctor": "Check which tools and features are available on this machine.",
    "completion": "Print the completion script for a shell.",
}

_KINDS = {int(Exit.INTERRUPTED): "Interrupted", int(Exit.FAULT): "Fault"}
"""The `kind` of an error document where no `ArchiveError` caused it."""

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
        begin_work()
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib
            import os

            if os.path.isdir(args[0]):
                import shlex

                folder = shlex.quote(args[0])
                hint = f"To make a bag of this folder: archive create {folder} --to DIR."
                if os.path.isfile(os.path.join(args[0], "bagit.txt")):
                    hint = f"To validate this bag: archive validate {folder}."
                raise click.UsageError(f"{error.format_message()} {hint}", ctx) from error
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
    """Wrap documents in a preservation bag, prove that nothing has changed, and deposit it in the repository you
    choose.

    \b
    Example:
      archive create press-release/ --to bags/
      archive validate bags/press-release
    """


_INTERRUPTED = "interrupted; nothing incomplete is left, run again to continue"


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code. Nothing but an exit code ever leaves: no traceback, no exception."""
    _open_closed_streams()
    set_language(_choose_language)
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    streams = sys.stdout, sys.stderr
    try:
        result = group.main(args=arguments, prog_name="archive", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except SystemExit as leaving:
        if (sys.stdout, sys.stderr) == streams:
            return _fail_with_fault(leaving, as_json)
        sys.stdout, sys.stderr = streams  # click wraps both where a pipe broke, and ends with 1: here that is "damaged"
        return _leave_broken_pipe(BrokenPipeError(errno.EPIPE, "a pipe to another program broke"), as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        if not as_json:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return _fail(f"no command is given. See {_path_of(error.ctx)} --help.", Exit.USAGE, as_json)
    except click.NoSuchOption as error:
        from archive.cli.foreign_options import find_own

        sentence = _sentence(error.format_message())
        own = find_own(error.option_name)
        return _fail(f"{sentence}{own and f' {own}'} See {_path_of(error.ctx)} --help.", Exit.USAGE, as_json)
    except click.UsageError as error:
        return _fail(f"{_sentence(error.format_message())} See {_path_of(error.ctx)} --help.", Exit.USAGE, as_json)
    except (KeyboardInterrupt, click.Abort):
        return _fail(_INTERRUPTED, Exit.INTERRUPTED, as_json)
    except ArchiveError as error:
        return _fail(str(error), error.exit_code, as_json, error)
    except BrokenPipeError as error:
        return _leave_broken_pipe(error, as_json)
    except OSError as error:
        told = from_os_error(error, str(error.filename or "the system"))
        code = _fail(str(told), told.exit_code, as_json, told)
        _let_go_of_output()
        return code
    except Exception as error:  # noqa: BLE001 - the last line of defence: internal error still ends in words and 70
        from archive.cli.interrupting import was_interrupted

        if was_interrupted():
            return _fail(_INTERRUPTED, Exit.INTERRUPTED, as_json)
        return _fail_with_fault(error, as_json)
    return result if isinstance(result, int) else int(Exit.DONE)


def _choose_language() -> str:
    """The language of text reports, from the environment."""
    import os

    from archive.translation import language_from_environment

    return language_from_environment(os.environ)


def _path_of(context: click.Context | None) -> str:
    """The words that name a command, such as "archive audit status"; click would put arguments between them."""
    if context is None or context.parent is None:
        return "archive"
    return f"{_path_of(context.parent)} {context.info_name}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _fail(message: str, code: int, as_json: bool, error: ArchiveError | None = None) -> int:
    from archive.formats.naming import escape

    message = without_users(message)  # click repeats what it does not understand
    if as_json:
        from archive.formats.json_text import json_text
        from archive.reporting.error import error_document

        kind = type(error).__name__ if error else _KINDS.get(code, "UsageError")
        with contextlib.suppress(OSError):  # standard output may be what failed
            click.echo(json_text(error_document(message, int(code), kind, error)))
    click.echo(f"error: {escape(message)}", err=True)
    if isinstance(error, NotFoundError) and error.remedy is None:
        click.echo("Check the path or name, then run again.", err=True)
    return int(code)


def _fail_with_fault(error: BaseException, as_json: bool) -> int:
    import os
    import traceback

    if os.environ.get("ARCHIVE_TRACEBACK"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{where.filename.rpartition('archive/')[2]}:{where.lineno}"
    message = (
        f"internal error: {type(error).__name__} at {place}. Set ARCHIVE_TRACEBACK=1 for the details and report it"
    )
    return _fail(message, Exit.FAULT, as_json)


def _leave_broken_pipe(error: OSError, as_json: bool) -> int:
    """Where the reader of the output went away, leave quietly, with the exit code that a shell gives such an end.

    The verdict was not passed on, so the code is that of none. Another pipe, such as one to a program that ended, is
    an error like others.
    """
    if not _is_reader_gone():
        told = from_os_error(error, str(error.filename or "the system"))
        return _fail(str(told), told.exit_code, as_json, told)
    _let_go_of_output()
    return Exit.READER_GONE


def _is_reader_gone() -> bool:
    """True when standard output or standard error is a pipe or socket without a reader, or cannot be asked."""
    import select

    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            poll.register(stream.fileno(), 0)  # type: ignore[union-attr]
    return any(events & (select.POLLERR | select.POLLHUP) for _descriptor, events in poll.poll(0))


def _open_closed_streams() -> None:
    """Where the caller closed a standard stream, the null device takes its place and its number.

    Otherwise the next file that is opened would get the number, and the output of a program started here would go into
    it.
    """
    import os

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))


def _let_go_of_output() -> None:
    """Where standard output takes no more, the interpreter's own last flush must not write after it."""
    import os

    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
