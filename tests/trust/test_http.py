"""One bounded exchange with an authority: what is followed, what is tried again, and what goes by a proxy."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from archive.trust.http import ExchangeError, get, post
from tests.support.http_stand_in import StandInHandler, serve
from tests.support.timestamp_authority import issue


@dataclass
class Server:
    """Answers by path: a status, a body and headers. What was asked is kept: method, target and headers."""

    port: int = 0
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, *, limit: int = 100) -> bytes:
        return get(self.url(path), accept="*/*", limit=limit, seconds=20)

    def post(self, path: str) -> bytes:
        return post(self.url(path), b"question", kind="a/b", accept="c/d", limit=100, seconds=20)


@pytest.fixture(autouse=True)
def _without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(StandInHandler):
        def _answer(self) -> None:
            self.read_body()
            made.asked.append((self.command, self.path, dict(self.headers)))
            status, body, headers = made.answers.get(self.path, (404, b"", {}))
            self.answer(status, body, **headers)

        do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 - the names that the standard library calls

    with serve(Handler) as made.port:
        yield made


def refused(url: str) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        get(url, accept="*/*", limit=100, seconds=20)
    return caught.value


def test_the_whole_question_is_asked(server: Server) -> None:
    server.answers = {"/": (200, b"root", {}), "/a?b=c": (200, b"answer", {})}
    assert (server.get(""), server.get("/a?b=c"), server.post("/a?b=c")) == (b"root", b"answer", b"answer")
    method, target, headers = server.asked[-1]
    assert (method, target) == ("POST", "/a?b=c")
    assert (headers["Content-Type"], headers["Accept"], headers["Content-Length"]) == ("a/b", "c/d", "8")


def test_an_answer_may_be_as_long_as_the_bound_and_no_longer(server: Server) -> None:
    server.answers = {"/": (200, b"x" * 100, {})}
    assert server.get("/") == b"x" * 100
    with pytest.raises(ExchangeError, match="longer than 99 bytes") as caught:
        server.get("/", limit=99)
    assert not caught.value.passing


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_list_is_fetched_where_it_is_now_and_a_stamp_is_not(server: Server, status: int) -> None:
    server.answers = {"/old": (status, b"", {"Location": "new"}), "/new": (200, b"list", {})}
    assert server.get("/old") == b"list"
    with pytest.raises(ExchangeError, match=f"the server answered {status}"):
        server.post("/old")
    assert [target for _, target, _ in server.asked] == ["/old", "/new", "/old"]


@pytest.mark.parametrize(("status", "location"), [(300, "/new"), (304, "/new"), (302, None), (200, "/new")])
def test_what_is_no_redirection_is_not_followed(server: Server, status: int, location: str | None) -> None:
    server.answers = {"/old": (status, b"", {} if location is None else {"Location": location})}
    if status == 200:
        assert server.get("/old") == b""
    else:
        assert f"answered {status}" in str(refused(server.url("/old")))
    assert len(server.asked) == 1


def test_three_redirections_are_followed_and_no_more(server: Server) -> None:
    server.answers = {f"/{number}": (302, b"", {"Location": f"/{number + 1}"}) for number in range(9)}
    server.answers["/3"] = (200, b"list", {})
    assert server.get("/0") == b"list"
    server.answers["/3"] = (302, b"", {"Location": "/4"})
    error = refused(server.url("/0"))
    assert ("in a loop" in str(error), error.passing) == (True, False)


@pytest.mark.parametrize(
    ("status", "passing"), [(500, True), (503, True), (408, True), (429, True), (404, False), (499, False)]
)
def test_which_failures_pass(server: Server, status: int, passing: bool) -> None:
    server.answers = {"/": (status, b"words", {})}
    assert refused(server.url("/")).passing is passing


def say(content: bytes) -> Iterator[str]:
    """The address of a server that sends `content` to the first that connects, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            near, _ = listener.accept()
            with near:
                near.recv(1 << 16)
                near.sendall(content)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(20)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlist", "lost in the middle"),
        (b"220 mail.example ESMTP\r\n", "not an answer in HTTP"),
        (b"", "cannot connect"),
    ],
)
def test_half_an_answer_and_none_may_be_whole_the_next_time(content: bytes, words: str) -> None:
    for url in say(content):
        error = refused(url)
        assert (words in str(error), error.passing) == (True, True), str(error)


def test_an_answer_in_drops_is_cut_off_when_its_time_is_over() -> None:
    """Each drop comes in time, so that only the end of the whole exchange ends the connection."""
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        near, _ = listener.accept()
        with near:
            near.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(600):
                try:
                    near.sendall(b"x")
                except OSError:
                    ended.set()
                    return
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(ExchangeError, match=r"no answer within 0\.4 s"):
            get(f"http://127.0.0.1:{listener.getsockname()[1]}/", accept="*/*", limit=1 << 20, seconds=0.4)
        assert ended.wait(25)
        thread.join(20)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/", "http:///x", "http://127.0.0.1:x/", "http://127.0.0.1/\u00fc", "http://127.0.0.1/a b",
        "http://127.0.0.1/a\x00", "127.0.0.1/x",
    ],
)  # fmt: skip
def test_what_is_not_an_address_is_not_asked(url: str) -> None:
    error = refused(url)
    assert ("not an address that can be asked" in str(error), error.passing) == (True, False)


class TestProxies:
    """The environment names a proxy; the hosts have names that no resolver knows, so that nothing else answers."""

    def test_the_address_goes_to_the_proxy_without_its_user(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.answers = {"http://lists.invalid:81/a?b": (200, b"list", {})}
        for proxy in (f"http://127.0.0.1:{server.port}", f"127.0.0.1:{server.port}"):
            monkeypatch.setenv("http_proxy", proxy)
            assert get("http://anna:word@lists.invalid:81/a?b", accept="*/*", limit=9, seconds=20) == b"list"
        assert all("Proxy-Authorization" not in headers for _, _, headers in server.asked)

    @pytest.mark.parametrize(("user", "sent"), [("anna:p%40ss", "anna:p@ss"), ("anna", "anna:")])
    def test_who_may_use_the_proxy_is_told_to_it(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, user: str, sent: str
    ) -> None:
        server.answers = {"http://lists.invalid/": (200, b"list", {})}
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://{user}@127.0.0.1:{server.port}")
        assert get("http://lists.invalid", accept="*/*", limit=9, seconds=20) == b"list"
        refused("https://lists.invalid")
        assert [headers["Proxy-Authorization"] for _, _, headers in server.asked] == [
            f"Basic {base64.b64encode(sent.encode()).decode()}"
        ] * 2

    @pytest.mark.parametrize(
        ("host", "asked"), [("lists.invalid", "lists.invalid:443"), ("a.invalid:81", "a.invalid:81")]
    )
    def test_a_secure_address_is_asked_through_a_tunnel(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, host: str, asked: str
    ) -> None:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.port}")
        assert "Tunnel connection failed: 404" in str(refused(f"https://{host}/secret"))
        assert [(method, target) for method, target, _ in server.asked] == [("CONNECT", asked)]

    def test_this_machine_is_asked_without_a_proxy(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        server.answers = {"/": (200, b"list", {})}
        monkeypatch.setenv("http_proxy", "http://proxy.invalid")
        for host in ("127.0.0.1", "localhost"):
            assert get(f"http://{host}:{server.port}/", accept="*/*", limit=9, seconds=20) == b"list"

    def test_what_the_environment_excepts_is_asked_without_it(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("no_proxy", "lists.invalid")
        assert "cannot connect" in str(refused("http://lists.invalid/"))
        assert server.asked == []

    def test_a_proxy_that_is_not_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://:3128")
        assert "the proxy of the environment cannot be used" in str(refused("http://lists.invalid/"))


def test_a_secure_address_is_believed_by_its_certificate_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    root = issue("Root", None, start=now - timedelta(days=1), end=now + timedelta(days=1), ca=True)
    one = issue(
        "localhost", root, start=now - timedelta(days=1), end=now + timedelta(days=1), critical_usage=False,
        usages=(ExtendedKeyUsageOID.SERVER_AUTH,), more=(names,),
    )  # fmt: skip
    key = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "server.pem").write_bytes(one.pem + key)
    (tmp_path / "root.pem").write_bytes(root.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")

    def answer(listener: socket.socket, connections: int) -> None:
        for _ in range(connections):
            near, _ = listener.accept()
            with contextlib.suppress(OSError), near, context.wrap_socket(near, server_side=True) as secure:
                secure.recv(1 << 16)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlist")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener, 3), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        error = refused(f"https://localhost:{port}/")
        assert ("no secure connection" in str(error), error.passing) == (True, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        assert get(f"https://localhost:{port}/", accept="*/*", limit=9, seconds=20) == b"list"
        assert "no secure connection" in str(refused(f"https://127.0.0.1:{port}/"))
        thread.join(20)
