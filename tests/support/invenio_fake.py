"""A stand-in for InvenioRDM, written from its published REST API; no InvenioRDM runs here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.support.http_stand_in import StandInHandler, serve

TOKEN = "invenio-fixture-token"


@dataclass(slots=True)
class Invenio:
    """Records and faults. `fail_publish` answers 503 that many times, after publishing when `publish_anyway`.

    `fail_create` makes so many drafts and hangs up; `busy` answers 429 so many times, with `pause` among its headers;
    `unseen` is how many searches do not find yet what is there. With `store`, the address of another server, contents
    are there, and a request for one is sent on. `complaints` are what it has against every draft's metadata.
    """

    port: int = 0
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    committed: dict[str, set[str]] = field(default_factory=dict)
    created: int = 0
    spoil: bool = False
    lie: bool = False
    fail_create: int = 0
    fail_publish: int = 0
    publish_anyway: bool = False
    quota: int = 1 << 40
    busy: int = 0
    pause: dict[str, str] = field(default_factory=lambda: {"Retry-After": "9"})
    unseen: int = 0
    store: str = ""
    complaints: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def draft(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """A new draft, as the API answers it."""
        self.created += 1
        name = f"rec{self.created}"
        table = {**metadata, "id": name, "is_published": False, "links": {"self_html": f"{self.url}/u/{name}"}}
        self.records[name], self.files[name], self.committed[name] = {**table, "pids": {}}, {}, set()
        return self.records[name]


def _handler(state: Invenio) -> type[StandInHandler]:
    class Handler(StandInHandler):
        def _do(self) -> None:
            body = self.read_body()
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.send(401, {"message": "unauthorized"})
                return
            if state.busy:
                state.busy -= 1
                self.send(429, {"message": "rate limit exceeded"}, **state.pause)
                return
            path = self.path.partition("?")[0]
            for method, pattern, action in routes:
                match = re.fullmatch(pattern, path)
                if match and method == self.command:
                    names = [unquote(name) for name in match.groups()]
                    if names and names[0] not in state.records:
                        self.send(404, {"message": "not found"})
                    else:
                        action(self, body, *names)
                    return
            self.send(404, {"message": "not found"})

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names that http.server calls

        def send(self, status: int, table: Any, **headers: str) -> None:
            self.answer(status, json.dumps(table).encode(), Content_Type="application/json", **headers)

        def entry(self, record: str, key: str) -> dict[str, Any]:
            content = state.files[record][key]
            if key not in state.committed[record]:
                return {"key": key, "status": "pending"}
            digest = "0" * 32 if state.lie else hashlib.md5(content).hexdigest()
            return {"key": key, "size": float(len(content)), "status": "completed", "checksum": f"md5:{digest}"}

        def search(self, _body: bytes) -> None:
            asked = parse_qs(self.path.partition("?")[2]).get("q", [""])[0]
            match = re.fullmatch(r'metadata\.identifiers\.identifier:"((?:[^"\\]|\\.)*)"', asked)
            wanted = re.sub(r"\\(.)", r"\1", match[1]) if match else None
            found = [
                one for one in state.records.values()
                if wanted is None or wanted in [known["identifier"] for known in one["metadata"]["identifiers"]]
            ]  # fmt: skip
            if wanted is not None and found and state.unseen:
                state.unseen -= 1
                found = []
            self.send(200, {"hits": {"hits": found[::-1]}})

        def create(self, body: bytes) -> None:
            made = state.draft(self.checked(body))
            if state.fail_create:
                state.fail_create -= 1
                self.hang_up()
                return
            self.send(201, {**made, "errors": state.complaints})

        def checked(self, body: bytes) -> dict[str, Any]:
            table: dict[str, Any] = json.loads(body)
            for key in ("title", "creators", "publication_date", "resource_type"):
                assert key in table["metadata"]
            return table

        def update(self, body: bytes, name: str) -> None:
            state.records[name].update(self.checked(body))
            self.send(200, {**state.records[name], "errors": state.complaints})

        def version(self, _body: bytes, name: str) -> None:
            known = state.records[name]
            assert known["is_published"]
            metadata = {key: value for key, value in known["metadata"].items() if key != "publication_date"}
            self.send(201, state.draft({"access": known["access"], "metadata": metadata}))

        def published(self, _body: bytes, name: str) -> None:
            found = state.records[name]
            self.send(*((200, found) if found["is_published"] else (404, {"message": "not found"})))

        def draft(self, _body: bytes, name: str) -> None:
            self.send(200, state.records[name])

        def reserve(self, _body: bytes, name: str) -> None:
            if state.records[name]["pids"]:
                self.send(400, {"message": "a PID already exists for this type"})
                return
            state.records[name]["pids"] = {"doi": {"identifier": f"10.5072/{name}", "provider": "datacite"}}
            self.send(201, state.records[name])

        def publish(self, _body: bytes, name: str) -> None:
            if state.fail_publish and not state.publish_anyway:
                state.fail_publish -= 1
                self.send(503, {"message": "try later"})
                return
            if not state.committed[name] or state.committed[name] != set(state.files[name]):
                self.send(400, {"message": "uploads are not completed"})
                return
            state.records[name]["is_published"] = True
            state.records[name]["pids"] = {"doi": {"identifier": f"10.5072/{name}"}}
            if state.fail_publish:
                state.fail_publish -= 1
                self.send(503, {"message": "try later"})
                return
            self.send(202, state.records[name])

        def list_files(self, _body: bytes, name: str) -> None:
            self.send(200, {"entries": [self.entry(name, key) for key in state.files[name]]})

        def start(self, body: bytes, name: str) -> None:
            for one in json.loads(body):
                assert one["key"] not in state.files[name]
                state.files[name][one["key"]] = b""
            self.list_files(b"", name)

        def put(self, body: bytes, name: str, key: str) -> None:
            if len(body) > state.quota:
                self.send(413, {"message": "the quota is used up"})
                return
            assert key in state.files[name]
            state.files[name][key] = body[:-1] + b"?" if state.spoil else body
            self.send(200, self.entry(name, key))

        def commit(self, _body: bytes, name: str, key: str) -> None:
            state.committed[name].add(key)
            self.send(200, self.entry(name, key))

        def content(self, _body: bytes, name: str, key: str) -> None:
            if state.store:
                self.answer(302, Location=f"{state.store}/{name}")
            else:
                self.answer(200, state.files[name][key])

        def remove(self, _body: bytes, name: str, key: str) -> None:
            state.files[name].pop(key)
            state.committed[name].discard(key)
            self.answer(204)

    record = r"/api/records/([^/]+)"
    routes = [
        ("GET", "/api/user/records", Handler.search),
        ("POST", "/api/records", Handler.create),
        ("GET", record, Handler.published),
        ("GET", record + "/draft", Handler.draft),
        ("PUT", record + "/draft", Handler.update),
        ("POST", record + "/versions", Handler.version),
        ("POST", record + "/draft/pids/doi", Handler.reserve),
        ("POST", record + "/draft/actions/publish", Handler.publish),
        ("GET", record + "(?:/draft)?/files", Handler.list_files),
        ("POST", record + "/draft/files", Handler.start),
        ("PUT", record + "/draft/files/([^/]+)/content", Handler.put),
        ("POST", record + "/draft/files/([^/]+)/commit", Handler.commit),
        ("GET", record + "(?:/draft)?/files/([^/]+)/content", Handler.content),
        ("DELETE", record + "/draft/files/([^/]+)", Handler.remove),
    ]
    return Handler


@contextlib.contextmanager
def start_invenio() -> Iterator[Invenio]:
    """Serve until the block ends."""
    state = Invenio()
    with serve(_handler(state)) as state.port:
        yield state


@contextlib.contextmanager
def start_store(state: Invenio, asked: list[dict[str, str]]) -> Iterator[str]:
    """A store on another port that gives the one file of a record to whoever asks; `asked` gets the headers."""

    class Store(StandInHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            (content,) = state.files[self.path.strip("/")].values()
            self.answer(200, content)

    with serve(Store) as port:
        yield f"http://127.0.0.1:{port}"
