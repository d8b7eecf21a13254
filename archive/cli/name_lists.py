"""Arguments of the form @FILE: the names that a file lists. The one place for this rule, for all commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats.name_list import parse_names
from archive.regular_files import open_regular

_LARGEST = 256 << 20
_STANDARD_INPUT = "@-"


def expand_lists(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """The names given, each @FILE replaced by the names in it; `@-` reads standard input. For click's `callback`.

    Names in a list are taken as they are. Raises `UsageError`, `NotFoundError`, `StorageError` and `FormatError`.
    """
    del context, parameter
    return expand(value)


def expand(names: Sequence[str]) -> tuple[str, ...]:
    """As `expand_lists`, for a command that sorts its arguments itself."""
    return tuple(name for given in names for name in (_read_list(given) if given.startswith("@") else (given,)))


def _read_list(given: str) -> list[str]:
    path = given[1:]
    try:
        content = _read_input() if given == _STANDARD_INPUT else _read_file(path)
        if len(content) > _LARGEST:
            raise UsageError("this list is too long", subject=path, remedy="Give it in parts")
        names = parse_names(content)
    except FileNotFoundError as error:
        remedy = f"To name a file that begins with @, write ./{given}"
        raise NotFoundError("there is no such list", subject=path, remedy=remedy) from error
    except OSError as error:
        raise from_os_error(error, path) from error
    except FormatError as error:
        raise UsageError(error.problem, subject=path, remedy=error.remedy) from error
    if not names:
        raise UsageError("this list names nothing", subject=path)
    return names


def _read_file(path: str) -> bytes:
    with open_regular(path) as file:
        return file.read(_LARGEST + 1)


def _read_input() -> bytes:
    if sys.stdin.isatty():
        raise UsageError("@- reads names from standard input, which is a terminal", remedy="Pipe them in, or use @FILE")
    return os.fdopen(os.dup(sys.stdin.fileno()), "rb").read(_LARGEST + 1)
