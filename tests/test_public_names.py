"""The exported names are what they say, load late, and stand in the documentation's example."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import archive


@pytest.mark.parametrize("name", archive.__all__)
def test_every_exported_name_loads_and_is_documented(name: str) -> None:
    value = getattr(archive, name)
    assert name == "__version__" or value.__doc__
    assert name in dir(archive)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'crate'"):
        archive.crate  # noqa: B018 - the access is the test


def test_every_public_error_is_exported() -> None:
    from archive import errors

    assert set(errors.__all__) <= set(archive.__all__)


def test_importing_loads_nothing_else() -> None:
    code = "import sys, archive; print(sorted(m for m in sys.modules if m.startswith('archive.')))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_library_s_examples_run(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import archive.library

    monkeypatch.chdir(str(tmp_path))
    result = doctest.testmod(archive.library, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0
