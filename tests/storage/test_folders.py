"""Open folders: what is in them is reached inside them, by both ways alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.storage.folders import Folder, NotRegularError
from tests.support.making import plant

pytestmark = pytest.mark.usefixtures("portable")


def test_a_folder_knows_its_place_and_what_is_above(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b/x": b"1"})
    with Folder.at(str(tmp_path)) as top, top.enter("a") as first, first.enter("b") as second:
        assert second.path == str(tmp_path / "a/b")
        with second.above() as above:
            assert (above.path, above.identity()) == (first.path, first.identity())
        assert second.identity() != first.identity()


def test_no_link_is_followed_unless_asked(tmp_path: Path) -> None:
    plant(tmp_path, {"real/x": b"1"})
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "real/file").symlink_to("x")
    with Folder.at(str(tmp_path)) as top, top.enter("real") as real:
        with pytest.raises(OSError):  # noqa: PT011 - ENOTDIR or ELOOP, as the system has it
            top.enter("folder")
        top.enter("folder", follow=True).close()
        for refused in (real.open, real.opener()):
            with pytest.raises(OSError):  # noqa: PT011
                refused("file")
        os.close(real.open("file", follow=True))


def test_what_is_no_file_is_never_waited_for(tmp_path: Path, portable: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with Folder.at(str(tmp_path)) as top:
        if portable == "1":
            with pytest.raises(NotRegularError):
                top.open("pipe")
        else:
            os.close(top.open("pipe"))
