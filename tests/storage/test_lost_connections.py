"""How a connection failed, in words for people: the same for each library, from real failures."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.storage.remote import TransientError, lost_words
from archive.targets.registry import open_target
from tests.support.deposit_bags import settings_in

SECRETS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


@pytest.fixture
def mute() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("kind", ["s3", "sftp", "webdav", "sword", "invenio"])
@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("127.0.0.1:9", "no server listens there"),
        ("nowhere.invalid", "the host's name is not known"),
        ("mute", "no answer came in time"),
    ],
)
def test_each_library_is_understood(kind: str, where: str, said: str, mute: int, tmp_path: Path) -> None:
    where = where.replace("mute", f"127.0.0.1:{mute}")
    url = {"s3": "s3://holdings/in", "sftp": f"sftp://{where}/x"}.get(kind, f"{kind}+http://{where}/x")
    options = {"endpoint": f"http://{where}"} if kind == "s3" else {}
    target = open_target("there", settings_in(tmp_path / "p", url=url, seconds=1, **options), environ=SECRETS)
    with pytest.raises(TransientError, match="the connection failed: " + said):
        list(target.retrieve("x"))
    target.close()


def test_a_certificate_and_what_nobody_knows() -> None:
    refused = ssl.SSLCertVerificationError("no")
    refused.verify_message = "self-signed certificate"
    wrapped = RuntimeError("x")
    wrapped.__cause__ = refused
    assert lost_words(wrapped) == (
        "the connection failed: the server's certificate is not accepted, self-signed certificate (RuntimeError)"
    )
    assert lost_words(EOFError()) == "the connection failed: it was cut (EOFError)"
