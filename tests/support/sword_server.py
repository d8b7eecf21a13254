"""A SWORDv2 server for tests, after the published Profile 2.0 (sections 6 to 11): one collection, zips in memory.

It checks what the profile says a server checks: the credential, the parts of a multipart deposit, Content-MD5,
Packaging, In-Progress. Faults are set from outside.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from tests.support.http_stand_in import StandInHandler, serve

USER, PASSWORD = "depositor", "sword-fixture-password"
BAGIT = "http://purl.org/net/sword/package/BagIt"
TERMS = "http://purl.org/net/sword/terms/"
_WANTED = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass(slots=True)
class SwordServer:
    """The server's content and its faults. `spoil` stores another byte, `keep` only so many of them.

    `entries` are the Atom entries of multipart deposits. `statement` is its form: "category" (as DSpace writes it),
    "feed" or "rdf" (as the profile has it), "silent" without a state; `original` adds the address of the original
    package to it, `repacks` makes the media resource another packaging. `lose_answer` stores and then hangs up,
    `lose_completion` completes and then hangs up, once; `refuse_completion` answers 400 so many times; `busy` answers
    503 with Retry-After so many times. A deposit that is complete takes nothing more and is not deleted; `deletes` says
    whether others are. `given` counts how often a package was given back. `receipt` is the body of the first answer
    in place of the right one, and `tells` whether that has a Location.
    """

    port: int = 0
    deposits: dict[str, bytes] = field(default_factory=dict)
    entries: dict[str, bytes] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    created: int = 0
    polls: int = 0
    given: int = 0
    verdict: str = "archived"
    pending: int = 1
    full: bool = False
    lose_answer: bool = False
    lose_completion: bool = False
    refuse_completion: int = 0
    busy: int = 0
    spoil: bool = False
    keep: int | None = None
    deletes: bool = True
    gives_back: bool = True
    original: bool = False
    repacks: bool = False
    statement: str = "category"
    packaging: str = BAGIT
    receipt: bytes | None = None
    tells: bool = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/servicedocument"

    @property
    def unfinished(self) -> set[str]:
        return set(self.deposits) - self.complete


def _handler(state: SwordServer) -> type[StandInHandler]:
    class Handler(StandInHandler):
        def _allowed(self) -> bool:
            if self.headers.get("Authorization") != _WANTED:
                self.read_body()
                self.answer(401, b"who are you?")
                return False
            if state.busy:
                state.busy -= 1
                self.read_body()
                self.answer(503, b"too many at once", Retry_After="7")
                return False
            return True

        def _in_progress(self) -> bool:
            return self.headers.get("In-Progress", "false").lower() == "true"

        def do_GET(self) -> None:
            if not self._allowed():
                return
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "servicedocument":
                self.answer(200, _SERVICE)
            elif name not in state.deposits:
                self.answer(404, b"no such deposit")
            elif kind == "edit":
                self.answer(200, _entry(state, name))
            elif kind == "media" and state.repacks:
                self.answer(200, b"packed anew", Packaging="http://purl.org/net/sword/package/SimpleZip")
            elif kind in ("media", "part") and state.gives_back:
                state.given += 1
                self.answer(200, state.deposits[name])
            elif kind == "statement":
                state.polls += 1
                word = state.verdict if state.polls > state.pending else "processing"
                self.answer(200, _statement(state, name, word if name in state.complete else "inprogress"))
            else:
                self.answer(405, b"not here")

        def do_POST(self) -> None:
            if not self._allowed():
                return
            body = self.read_body()
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "collection":
                self._create(body)
            elif kind != "edit" or name not in state.unfinished or self._in_progress():
                self.answer(400, b"not so")
            elif state.refuse_completion:
                state.refuse_completion -= 1
                self.answer(400, b"the collection is closed for the holidays")
            else:
                state.complete.add(name)
                if state.lose_completion:
                    state.lose_completion = False
                    self.hang_up()
                else:
                    self.answer(200, _entry(state, name))

        def do_DELETE(self) -> None:
            if not self._allowed():
                return
            kind, _, name = self.path.strip("/").partition("/")
            if kind != "edit" or name not in state.deposits:
                self.answer(404, b"no such deposit")
            elif not state.deletes or name in state.complete:
                self.answer(405, b"nothing is deleted here")
            else:
                del state.deposits[name]
                self.answer(204)

        def _create(self, body: bytes) -> None:
            entry, headers, content = self._parts(body)
            if state.full:
                self.answer(507, b"no room left")
            elif content is None or headers.get("Packaging") != state.packaging:
                self.answer(415, b"http://purl.org/net/sword/error/ErrorContent")
            elif headers.get("Content-MD5") != hashlib.md5(content).hexdigest():
                self.answer(412, b"http://purl.org/net/sword/error/ErrorChecksumMismatch")
            else:
                state.created += 1
                name = f"d{state.created}"
                state.deposits[name] = content[:-1] + b"?" if state.spoil else content[: state.keep]
                if entry is not None:
                    state.entries[name] = entry
                if not self._in_progress():
                    state.complete.add(name)
                if state.lose_answer:
                    self.hang_up()
                    return
                self.answer(
                    201, state.receipt or _entry(state, name), **({"Location": f"/edit/{name}"} if state.tells else {})
                )

        def _parts(self, body: bytes) -> tuple[bytes | None, Message, bytes | None]:
            """Entry, headers of the package, package; no package when the request is not as 6.3.2 has it."""
            if not self.headers.get("Content-Type", "").startswith("multipart/"):
                return None, self.headers, body
            whole = message_from_bytes(f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + body)
            parts = whole.get_payload()
            if (
                whole.get_content_type() != "multipart/related" or whole.get_param("type") != "application/atom+xml"
                or self.headers.get("MIME-Version") != "1.0" or not isinstance(parts, list) or len(parts) != 2
                or [part.get_param("name", header="Content-Disposition") for part in parts] != ["atom", "payload"]
                or any(part.get_content_disposition() != "attachment" for part in parts)
                or parts[0].get_content_type() != "application/atom+xml"
            ):  # fmt: skip
                return None, self.headers, None
            first, second = (bytes(part.get_payload(decode=True)) for part in parts)
            return first, parts[1], second

    return Handler


_SERVICE = (
    b'<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>'
    b'<atom:title>W</atom:title><collection href="/collection"><atom:title>Theses</atom:title><accept>*/*</accept>'
    b'<accept alternate="multipart-related">*/*</accept></collection></workspace></service>'
)


def _entry(state: SwordServer, name: str) -> bytes:
    base = f"http://127.0.0.1:{state.port}"
    media = f'<link rel="edit-media" href="{base}/media/{name}"/>' if state.gives_back else ""
    kind = "application/rdf+xml" if state.statement == "rdf" else "application/atom+xml;type=feed"
    return (
        f'<entry xmlns="http://www.w3.org/2005/Atom" xmlns:sword="{TERMS}">'
        f'<id>urn:{name}</id><link rel="edit" href="{base}/edit/{name}"/>'
        f'<link rel="edit-media" type="application/atom+xml;type=feed" href="{base}/feed/{name}"/>{media}'
        f'<link rel="{TERMS}add" href="{base}/edit/{name}"/>'
        f'<link rel="{TERMS}statement" type="{kind}" href="{base}/statement/{name}"/>'
        "<sword:treatment>stored as it came</sword:treatment></entry>"
    ).encode()


def _statement(state: SwordServer, name: str, word: str) -> bytes:
    place, uri = f"http://127.0.0.1:{state.port}/part/{name}", f"http://example.org/state/{word}"
    described = "<sword:stateDescription> in\n words </sword:stateDescription>"
    if state.statement == "rdf":
        original = f'<sword:originalDeposit rdf:resource="{place}"/>' if state.original else ""
        return (
            f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sword="{TERMS}">'
            f'<rdf:Description rdf:about="urn:{name}">{original}<sword:state rdf:resource="{uri}"/></rdf:Description>'
            f'<rdf:Description rdf:about="{uri}">{described}</rdf:Description></rdf:RDF>'
        ).encode()
    told = {
        "category": f'<category scheme="{TERMS}state" term="{uri}">in words</category>',
        "feed": f'<sword:state href="{uri}">{described}</sword:state>',
    }
    original = f'<entry><category term="{TERMS}originalDeposit"/><content src="{place}"/></entry>'
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:sword="{TERMS}">'
        + told.get(state.statement, "")
        + (original if state.original else "")
        + "</feed>"
    ).encode()


@contextlib.contextmanager
def start_sword() -> Iterator[SwordServer]:
    """Serve until the block ends."""
    state = SwordServer()
    with serve(_handler(state)) as state.port:
        yield state
