"""A stand-in for InvenioRDM, written from its published REST API; no InvenioRDM runs here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "invenio-fixture-token"


@dataclass(slots=True)
class Invenio:
    """Records and faults. `fail_publish` answers 503 that many times, after publishing when `publish_anyway`."""

    port: int = 0
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    committed: dict[str, set[str]] = field(default_factory=dict)
    spoil: bool = False
    lie: bool = False
    fail_publish: int = 0
    publish_anyway: bool = False
    quota: int = 1 << 40

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _handler(state: Invenio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return None

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._send(401, {"message": "unauthorized"})
                return
            path = self.path.partition("?")[0]
            for method, pattern, action in routes:
                match = re.fullmatch(pattern, path)
                if match and method == self.command:
                    action(self, body, *map(unquote, match.groups()))
                    return
            self._send(404, {"message": "not found"})

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names that http.server calls

        def _send(self, status: int, table: Any, raw: bytes | None = None) -> None:
            content = raw if raw is not None else json.dumps(table).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def entry(self, record: str, key: str) -> dict[str, Any]:
            content = state.files[record].get(key, b"")
            done = key in state.committed[record]
            digest = "0" * 32 if state.lie else hashlib.md5(content).hexdigest()
            return {
                "key": key, "size": len(content), "status": "completed" if done else "pending",
                "checksum": f"md5:{digest}",
            }  # fmt: skip

        def search(self, _body: bytes) -> None:
            self._send(200, {"hits": {"hits": list(state.records.values())}})

        def create(self, body: bytes) -> None:
            name = f"rec{len(state.records) + 1}"
            table = {
                **json.loads(body),
                "id": name,
                "is_published": False,
                "links": {"self_html": f"{state.url}/u/{name}"},
            }
            for key in ("title", "creators", "publication_date", "resource_type"):
                assert key in table["metadata"]
            state.records[name], state.files[name], state.committed[name] = table, {}, set()
            self._send(201, table)

        def published(self, _body: bytes, name: str) -> None:
            found = state.records.get(name)
            if found is None or not found["is_published"]:
                self._send(404, {"message": "not found"})
            else:
                self._send(200, found)

        def draft(self, _body: bytes, name: str) -> None:
            if name in state.records:
                self._send(200, state.records[name])
            else:
                self._send(404, {"message": "not found"})

        def publish(self, _body: bytes, name: str) -> None:
            if state.fail_publish and not state.publish_anyway:
                state.fail_publish -= 1
                self._send(503, {"message": "try later"})
                return
            state.records[name]["is_published"] = True
            state.records[name]["pids"] = {"doi": {"identifier": f"10.5072/{name}"}}
            if state.fail_publish:
                state.fail_publish -= 1
                self._send(503, {"message": "try later"})
                return
            self._send(202, state.records[name])

        def list_files(self, _body: bytes, name: str) -> None:
            self._send(200, {"entries": [self.entry(name, key) for key in state.files[name]]})

        def start(self, body: bytes, name: str) -> None:
            for one in json.loads(body):
                state.files[name][one["key"]] = b""
            self.list_files(b"", name)

        def put(self, body: bytes, name: str, key: str) -> None:
            if len(body) > state.quota:
                self._send(413, {"message": "the quota is used up"})
                return
            state.files[name][key] = body[:-1] + b"?" if state.spoil else body
            self._send(200, self.entry(name, key))

        def commit(self, _body: bytes, name: str, key: str) -> None:
            state.committed[name].add(key)
            self._send(200, self.entry(name, key))

        def content(self, _body: bytes, name: str, key: str) -> None:
            self._send(200, None, state.files[name][key])

        def remove(self, _body: bytes, name: str, key: str) -> None:
            state.files[name].pop(key)
            state.committed[name].discard(key)
            self._send(204, None, b"")

    record = r"/api/records/([^/]+)"
    routes = [
        ("GET", "/api/user/records", Handler.search),
        ("POST", "/api/records", Handler.create),
        ("GET", record, Handler.published),
        ("GET", record + "/draft", Handler.draft),
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
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
