"""The exception tree: drawn as it is, raised with fields, fit to cross processes."""

from __future__ import annotations

import errno
import inspect
import pickle

import pytest

from archive import errors


def _classes() -> list[type[errors.ArchiveError]]:
    return [
        value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.ArchiveError)
    ]


def test_every_exception_is_exported_and_drawn_with_its_exit_code() -> None:
    assert {kind.__name__ for kind in _classes()} == set(errors.__all__)
    lines = (errors.__doc__ or "").splitlines()
    for kind in _classes():
        if kind is errors.ArchiveError:
            continue
        (line,) = [line for line in lines if f"─ {kind.__name__} " in line]
        assert line.split(kind.__name__)[1].split()[0] == str(kind.exit_code)


@pytest.mark.parametrize("kind", _classes())
def test_an_error_crosses_processes_whole(kind: type[errors.ArchiveError]) -> None:
    error = kind("it is broken", subject="a/b", remedy="Mend it")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), again.remedy) == (kind, "a/b: it is broken. Mend it", "Mend it")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, errors.NoSpaceError),
        (errno.EDQUOT, errors.NoSpaceError),
        (errno.ENOENT, errors.NotFoundError),
        (errno.EACCES, errors.PermissionDeniedError),
        (errno.EEXIST, errors.ExistsError),
        (errno.EIO, errors.StorageError),
    ],
)
def test_the_system_s_errors_get_their_own_words(number: int, kind: type[errors.ArchiveError]) -> None:
    assert type(errors.from_os_error(OSError(number, "words"), "x")) is kind


def test_an_error_travels_without_what_it_was_raised_from() -> None:
    error = errors.ArchiveError("outer", subject="x")
    error.__cause__ = error.__context__ = ValueError("inner")
    alone = error.without_cause()
    assert (alone.__cause__, alone.__context__, alone.__traceback__) == (None, None, None)
    assert alone is error
