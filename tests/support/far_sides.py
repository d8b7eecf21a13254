"""Far sides that keep files: OpenSSH, two S3 stores, WebDAV, a folder and an OCFL root, all of them real."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.storage.objects_s3 import Bucket, open_bucket
from archive.targets.folder import Directory
from archive.targets.ocfl import OcflTarget
from archive.targets.s3 import PART_SIZE
from tests.support import webdav_server
from tests.support.faults import Project, ballast, small_disk
from tests.support.s3_server import S3Server, forget_folders
from tests.support.sshd import SshServer
from tests.support.swift import Swift

WRONG = "an-open-sesame-that-is-wrong"
_SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server")


def filtered_sftp(words: Path) -> str:
    """A subsystem for sshd: OpenSSH's own server behind `sftp_filter`, which looks for its word in the file `words`."""
    words.write_text("")
    program = next(path for path in _SFTP_SERVERS if Path(path).exists())
    return f"{sys.executable} -I {Path(__file__).with_name('sftp_filter.py')} {words} {program}"


def spoil(path: Path) -> None:
    """Change one byte of a file, not its size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x55
    path.write_bytes(content)


class Far:
    """What most share: an HTTP server in front of a folder of ours, `place`, with the deposits in `place`/in."""

    name = ""
    certain = True
    gives_back = True

    def __init__(self, server: Any, place: Path, secrets: Mapping[str, str], wrong: Mapping[str, str]) -> None:
        self._server = server
        self.port: int = getattr(server, "port", 0)
        self.place = place
        self.secrets = secrets
        self.wrong = wrong

    def deposits(self) -> list[str]:
        inside = self.place / "in"
        return sorted(path.name for path in inside.iterdir() if path.name[0] != ".") if inside.exists() else []

    def remove(self) -> None:
        shutil.rmtree(self.place / "in" / "bag")

    def stop(self, project: Project) -> None:
        del project
        self._server.stop()

    def start(self, project: Project) -> None:
        del project
        self._server.start()

    def is_commit(self, method: str, path: str) -> bool:
        """Whether this HTTP request makes the deposit visible."""
        raise NotImplementedError

    def spoil_large(self) -> None:
        """Change a byte of the large file, where it is stored."""
        spoil(self.place / "in" / "bag" / "data" / "large.bin")

    @contextlib.contextmanager
    def filled(self, project: Project, size: int) -> Iterator[None]:
        project.cleaning.enter_context(small_disk(self.place))
        with ballast(self.place, size):
            yield

    @contextlib.contextmanager
    def lying(self, project: Project) -> Iterator[None]:
        def change(method: str, path: str) -> None:
            if self.is_commit(method, path):
                self.spoil_large()
                project.http.after = None

        project.through_http()
        project.http.after = change
        yield
        assert project.http.after is None

    @contextlib.contextmanager
    def shortening(self, project: Project) -> Iterator[None]:
        project.through_http()
        project.http.cut_request = True
        yield
        assert project.http.done
        project.http.cut_request = False

    @contextlib.contextmanager
    def losing(self, project: Project) -> Iterator[None]:
        project.through_http()
        project.http.lose = self.is_commit
        yield
        assert project.http.done == 1
        project.http.lose, project.http.down = None, False


class Sftp(Far):
    """OpenSSH, with a filter before its own sftp-server that may misbehave."""

    name = "sftp"

    def __init__(self, server: SshServer, words: Path, place: Path) -> None:
        wrong = {"key_file": str(server.folder / "stranger"), "ARCHIVE_TARGET_THERE_PASSWORD": WRONG}
        super().__init__(server, place, {}, wrong)
        self._words = words
        words.write_text("")
        place.mkdir()

    def options(self, port: int) -> dict[str, Any]:
        known = self._server.known_hosts.read_text().replace(f":{self.port} ", f":{port} ")
        (self.place.parent / "known").write_text(known)
        return {
            "url": f"sftp://127.0.0.1:{port}{self.place}/in", "user": self._server.user,
            "key_file": str(self._server.key_file), "known_hosts": str(self.place.parent / "known"),
        }  # fmt: skip

    @contextlib.contextmanager
    def _saying(self, word: str) -> Iterator[None]:
        self._words.write_text(word)
        yield
        self._words.write_text("")

    def lying(self, project: Project) -> contextlib.AbstractContextManager[None]:
        del project
        return self._saying("spoil")

    def shortening(self, project: Project) -> contextlib.AbstractContextManager[None]:
        del project
        return self._saying("short")

    def losing(self, project: Project) -> contextlib.AbstractContextManager[None]:
        del project
        return self._saying("lose")


class RcloneS3(Far):
    """rclone's S3 server, a prefix in its one bucket."""

    name = "s3"

    def __init__(self, server: S3Server, prefix: str) -> None:
        super().__init__(
            server,
            server.folder / "holdings" / prefix,
            {"AWS_ACCESS_KEY_ID": server.key, "AWS_SECRET_ACCESS_KEY": server.secret},
            {"AWS_SECRET_ACCESS_KEY": WRONG},
        )
        self._prefix = prefix

    def options(self, port: int) -> dict[str, Any]:
        return {"url": f"s3://holdings/{self._prefix}/in", "endpoint": f"http://127.0.0.1:{port}"}

    def deposits(self) -> list[str]:
        return [name for name in super().deposits() if (self.place / "in" / name / "bagit.txt").exists()]

    def remove(self) -> None:
        bucket = open_bucket("s3://holdings", {"endpoint": self._server.endpoint}, self.secrets)
        for known in list(bucket.list_objects(f"{self._prefix}/in/bag/")):
            bucket.delete(known.key)

    def is_commit(self, method: str, path: str) -> bool:
        return method == "PUT" and path.endswith("/bagit.txt")

    @contextlib.contextmanager
    def filled(self, project: Project, size: int) -> Iterator[None]:
        project.cleaning.enter_context(small_disk(self.place))
        forget_folders()
        with ballast(self.place, size):
            yield


class SwiftS3(Far):
    """OpenStack Swift with s3api, a bucket of its own."""

    name = "swift"

    def __init__(self, server: Swift, bucket: str) -> None:
        secrets = {"AWS_ACCESS_KEY_ID": server.key, "AWS_SECRET_ACCESS_KEY": server.secret}
        super().__init__(server, Path(), secrets, {"AWS_SECRET_ACCESS_KEY": WRONG})
        self._bucket: Bucket = open_bucket(f"s3://{bucket}", {"endpoint": server.endpoint}, secrets)
        self._bucket._client.create_bucket(Bucket=bucket)

    def options(self, port: int) -> dict[str, Any]:
        return {"url": f"s3://{self._bucket.name}/in", "endpoint": f"http://127.0.0.1:{port}"}

    def deposits(self) -> list[str]:
        return [known.key for known in self._bucket.list_objects("in/") if known.key.endswith("/bagit.txt")]

    def remove(self) -> None:
        for known in list(self._bucket.list_objects("in/bag/")):
            self._bucket.delete(known.key)

    def is_commit(self, method: str, path: str) -> bool:
        return method == "PUT" and path.endswith("/bagit.txt")

    def spoil_large(self) -> None:
        (known,) = (one for one in self._bucket.list_objects("in/") if one.key.endswith("large.bin"))
        size = min(known.size, PART_SIZE)
        same = [path for path in self._server.files() if path.stat().st_size == size]
        spoil(max(same, key=lambda path: path.stat().st_mtime_ns))

    @contextlib.contextmanager
    def filled(self, project: Project, size: int) -> Iterator[None]:
        del project
        self._server.limit(self._bucket.name, size // 2)
        yield
        self._server.limit(self._bucket.name, None)


class Webdav(Far):
    """rclone's WebDAV server."""

    name = "webdav"

    def __init__(self, server: webdav_server.WebdavServer, prefix: str) -> None:
        right = {"ARCHIVE_TARGET_THERE_USER": webdav_server.USER,
                 "ARCHIVE_TARGET_THERE_PASSWORD": webdav_server.PASSWORD}  # fmt: skip
        super().__init__(server, server.folder / prefix, right, {"ARCHIVE_TARGET_THERE_PASSWORD": WRONG})
        self._prefix = prefix

    def options(self, port: int) -> dict[str, Any]:
        return {"url": f"webdav+http://127.0.0.1:{port}/{self._prefix}/in"}

    def remove(self) -> None:
        user = (webdav_server.USER, webdav_server.PASSWORD)
        httpx.delete(f"{self._server.url}{self._prefix}/in/bag/", auth=user).raise_for_status()

    def is_commit(self, method: str, path: str) -> bool:
        return method == "MOVE" and re.search(r"/\.bag\.[0-9a-f]{16}\.partial/?$", path) is not None


class Folder(Far):
    """A folder on a disk of this machine. It lies in that the disk keeps other bytes than were written."""

    name = "dir"

    def __init__(self, place: Path) -> None:
        super().__init__(None, place, {}, {})

    def options(self, port: int) -> dict[str, Any]:
        del port
        return {"url": f"dir:{self.place}/in"}

    @contextlib.contextmanager
    def lying(self, project: Project) -> Iterator[None]:
        del project
        kind: Any = self.kind
        commit = kind.commit

        def commit_and_spoil(target: Any, *given: Any) -> Any:
            done = commit(target, *given)
            self.spoil_large()
            return done

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(kind, "commit", commit_and_spoil)
            yield

    @property
    def kind(self) -> type:
        return Directory


class Ocfl(Folder):
    """An OCFL storage root. Each version of an object counts as a deposit."""

    name = "ocfl"

    def options(self, port: int) -> dict[str, Any]:
        del port
        return {"url": f"ocfl:{self.place}/in"}

    def deposits(self) -> list[str]:
        found = self.place.glob("in/[0-9a-f]*/**/v*/inventory.json")
        return sorted(str(path.parent) for path in found)

    def remove(self) -> None:
        shutil.rmtree(self.place / "in")

    def spoil_large(self) -> None:
        (large,) = self.place.rglob("large.bin")
        spoil(large)

    @property
    def kind(self) -> type:
        return OcflTarget
