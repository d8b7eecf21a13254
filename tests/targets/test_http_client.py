"""What the targets over HTTP share: redirections, content codings, plain HTTP, and times that a server asks for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import NotFoundError, UsageError
from archive.storage.credentials import Credentials, Secret
from archive.storage.remote import RefusedError
from archive.targets.http import HttpClient, pause_of
from archive.targets.registry import open_target
from tests.support.deposit_bags import settings_in
from tests.support.http_stand_in import StandInHandler, serve

STORED = gzip.compress(b"a file that is stored compressed", mtime=0)

COUNTED = bytes(range(256)) * 10_000
"""More than one chunk of a download."""


class Server(StandInHandler):
    def do_GET(self) -> None:
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "stored":
            assert self.headers["Accept-Encoding"] == "identity"
            self.answer(200, STORED, Content_Encoding="gzip")
        elif kind == "hops":
            self.answer(307, Location=f"/hops/{int(rest) - 1}" if int(rest) else "/who")
        elif kind == "who":
            self.answer(200, self.headers.get("Authorization", "nobody").encode())
        elif kind == "ranges":
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            told = start + 1 if rest == "wrong" else start
            self.answer(206, COUNTED[start:], Content_Range=f"bytes {told}-{len(COUNTED) - 1}/{len(COUNTED)}")
        elif kind == "whole":
            self.answer(200, COUNTED)
        elif kind == "odd":
            self.answer(302, Location="ftp://127.0.0.1/x")
        else:
            self.answer(404, b"nothing here")


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with serve(Server) as port:
        made = HttpClient(f"http://127.0.0.1:{port}/", Credentials(token=Secret("t0")), seconds=10, label="here")
        yield made
        made.close()


def test_a_file_comes_as_it_is_stored_whatever_coding_its_name_suggests(client: HttpClient) -> None:
    assert b"".join(client.stream("/stored/x.gz")) == STORED


@pytest.mark.parametrize("offset", [0, 1, 1 << 20, (1 << 20) + 7, len(COUNTED) - 1, len(COUNTED)])
@pytest.mark.parametrize("kind", ["ranges", "whole"])
def test_a_file_comes_from_any_byte_on(client: HttpClient, kind: str, offset: int) -> None:
    assert b"".join(client.stream_from(f"/{kind}/x", offset)) == COUNTED[offset:]


def test_another_part_than_was_asked_for_is_refused(client: HttpClient) -> None:
    with pytest.raises(RefusedError, match="different part"):
        list(client.stream_from("/ranges/wrong", 9))


def test_a_redirection_within_the_server_keeps_the_credential(client: HttpClient) -> None:
    assert b"".join(client.stream("/hops/3")) == b"Bearer t0"


def test_redirections_have_an_end(client: HttpClient) -> None:
    with pytest.raises(RefusedError, match="in a loop"):
        list(client.stream("/hops/9"))


def test_no_redirection_leads_out_of_http(client: HttpClient) -> None:
    with pytest.raises(RefusedError, match="without encryption"):
        list(client.stream("/odd"))
    with pytest.raises(NotFoundError):
        list(client.stream("/nothing"))


def test_no_redirection_leads_from_https_to_http() -> None:
    import httpx

    client = HttpClient("https://127.0.0.1/", Credentials(), seconds=1, label="here")
    with pytest.raises(RefusedError, match="without encryption"):
        client._follow(httpx.URL("https://127.0.0.1/x"), "http://127.0.0.1/y")
    assert str(client._follow(httpx.URL("https://127.0.0.1/x/y"), "../z")) == "https://127.0.0.1/z"
    client.close()


def test_a_change_is_never_redirected(client: HttpClient) -> None:
    with pytest.raises(RefusedError, match="307"):
        client.ask("GET", "/hops/1")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:20 GMT"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"X-RateLimit-Reset": "soon", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"X-RateLimit-Reset": "1795521601", "Date": "never"}, 0.0),
    ],
)
def test_a_pause_is_what_the_server_asks_for_or_none(headers: dict[str, str], seconds: float) -> None:
    assert pause_of(headers) == seconds


@pytest.mark.parametrize("address", ["webdav+http:///x", "sword+http://", "invenio+https://"])
def test_an_address_without_a_host_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="no host"):
        open_target(address, settings_in(tmp_path), environ={})
