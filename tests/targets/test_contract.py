"""The contract of `archive.testing` holds for targets on servers: S3 (moto) and WebDAV (rclone)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import Settings
from archive.storage.clock import Clock
from archive.targets.protocol import Target
from archive.targets.registry import open_target
from archive.testing import TargetContract
from tests.support.moto_server import KEYS, start_moto
from tests.support.webdav_server import PASSWORD, USER, WebdavServer

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with start_moto() as running:
        yield running


def _empty_place(folder: Path) -> str:
    """A word of its own for each test, the same for each target of one test."""
    return hashlib.sha256(bytes(folder)).hexdigest()[:16]


class TestS3(TargetContract):
    @pytest.fixture(autouse=True)
    def serve(self, moto: str) -> None:
        import boto3

        self.endpoint = moto
        client = boto3.client(
            "s3", endpoint_url=moto, region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip
        client.create_bucket(Bucket="holdings")

    def make_target(self, folder: Path) -> Target:
        table = {"url": f"s3://holdings/{_empty_place(folder)}", "endpoint": self.endpoint}
        settings = Settings(folder=str(folder), places={"there": table})
        return open_target("there", settings, clock=Clock(), environ=KEYS)


class TestWebdav(TargetContract):
    @pytest.fixture(autouse=True)
    def serve(self, webdav: WebdavServer) -> None:
        self.port = webdav.port

    def make_target(self, folder: Path) -> Target:
        table = {"url": f"webdav+http://127.0.0.1:{self.port}/{_empty_place(folder)}"}
        settings = Settings(folder=str(folder), places={"there": table})
        secrets = {"ARCHIVE_TARGET_THERE_USER": USER, "ARCHIVE_TARGET_THERE_PASSWORD": PASSWORD}
        return open_target("there", settings, clock=Clock(), environ=secrets)
