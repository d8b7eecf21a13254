"""`sword+https://HOST/SERVICE-DOCUMENT`: a repository that speaks SWORDv2 (Profile 2.0).

The bag goes as one zip in a binary deposit with Packaging, Content-MD5 and In-Progress: true, and is completed by an
empty request; with the option `in_progress = false` one request does both. The links of its receipt are noted, so that
it can be asked for later, also on servers that do not show a receipt again; SWORD has no search, so a deposit whose
first answer was lost cannot be found again and counts as unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from archive.errors import FormatError, NotAuthorisedError, NotFoundError, UsageError
from archive.formats.xml_safety import parse_xml
from archive.model.deposit import Deposited, DepositState, Form, Item, Package
from archive.model.finding import Finding
from archive.storage.credentials import find_credentials, without_secrets
from archive.storage.remote import RefusedError, words_of
from archive.targets.http import HttpClient
from archive.targets.protocol import Context, Notes, read_source

OPTIONS = (
    "collection", "packaging", "in_progress", "on_behalf_of", "seconds", "accepted_states", "refused_states",
)  # fmt: skip

BAGIT = "http://purl.org/net/sword/package/BagIt"

_APP, _ATOM = "{http://www.w3.org/2007/app}", "{http://www.w3.org/2005/Atom}"
_HERITAGE = "{https://www.softwareheritage.org/schema/2018/deposit}"
_TERMS = "http://purl.org/net/sword/terms/"
_STATE_SCHEME = "http://purl.org/net/sword/terms/state"
_ADD, _STATEMENT = _TERMS + "add", _TERMS + "statement"

ACCEPTED_STATES = ("accepted", "archived", "done", "inarchive", "published")
REFUSED_STATES = ("expired", "failed", "rejected", "withdrawn")
_OPEN_STATES = ("", "draft", "in-progress", "inprogress", "partial")


class SwordTarget:
    """One collection of a SWORD server: the one that the option `collection` names by address or title, or the only."""

    needs: tuple[str, ...] = ()
    certain = False
    form = Form.ZIP

    def __init__(self, url: str, client: HttpClient, context: Context) -> None:
        self._service = url
        self._client = client
        self._context = context
        self._label = "sword+" + without_secrets(url)
        self._packaging = str(context.options.get("packaging", BAGIT))
        self._receipt: dict[str, str] = {}

    @property
    def label(self) -> str:
        return self._label

    def check(self, package: Package) -> list[Finding]:
        del package
        self._collection()
        return []

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        """Only a deposit whose edit address is noted can be found; from then on the answer is certain."""
        edit = notes.get("edit")
        self.certain = edit is not None
        if edit is None or notes.get("completed") != edit:
            return None
        try:
            self._receipt = self._ask_receipt(edit, notes)
        except NotFoundError:
            return None
        return self._deposited(package, edit)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        del package, notes
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del item, notes

    def commit(self, package: Package, notes: Notes) -> Deposited:
        """Create and complete: both belong together, for a first request without an answer may have made a deposit."""
        edit = notes.get("edit")
        if edit is not None:
            try:
                self._receipt = self._ask_receipt(edit, notes)
            except NotFoundError:
                edit = None
        if edit is None:
            edit = self._create(package, notes)
        if notes.get("completed") != edit:
            self._complete(edit)
            notes.put("completed", edit)
        return self._deposited(package, edit)

    def _create(self, package: Package, notes: Notes) -> str:
        (item,) = package.items
        options = self._context.options
        in_progress = options.get("in_progress", True) is not False
        headers = {
            "Content-Type": "application/zip",
            "Content-Length": str(item.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item.path, errors='surrogateescape')}"
            if not item.path.isascii()
            else f"attachment; filename={item.path.replace(' ', '_')}",
            "Content-MD5": item.digests["md5"],
            "Packaging": self._packaging,
            "In-Progress": "true" if in_progress else "false",
            "Slug": package.identifier if package.identifier.isascii() else quote(package.identifier),
        }
        if options.get("on_behalf_of"):
            headers["On-Behalf-Of"] = str(options["on_behalf_of"])
        answer = self._client.ask("POST", self._collection(), content=read_source(item), headers=headers)
        self._receipt = _read_entry(answer.content)
        edit = self._receipt.get("edit") or answer.headers.get("Location")
        if not edit:
            raise RefusedError("the receipt has no edit address", subject=self._label)
        edit = self._client.resolve(edit)
        notes.put("links", json.dumps(self._receipt, sort_keys=True))
        if not in_progress:
            notes.put("completed", edit)
        notes.put("edit", edit)
        return edit

    def _complete(self, edit: str) -> None:
        """Say that nothing more comes (Profile 2.0, 9.3).

        A server that refuses because the deposit is closed already, by a request whose answer was lost, has it.
        """
        try:
            self._client.ask("POST", self._receipt.get(_ADD) or edit, content=b"", headers={"In-Progress": "false"})
        except RefusedError:
            if self._ask_state()[0] in _OPEN_STATES:
                raise

    def _ask_receipt(self, edit: str, notes: Notes) -> dict[str, str]:
        """The links as the server tells them now, else as noted. Raises `NotFoundError` when the deposit is gone."""
        noted: dict[str, str] = json.loads(notes.get("links") or "{}")
        try:
            return _read_entry(self._client.ask("GET", edit).content) or noted
        except RefusedError:
            if not noted:
                raise
        address = _state_address(noted)
        if address:
            self._client.ask("GET", address)
        return noted

    def _ask_state(self) -> tuple[str, str]:
        """The last part of the state's name, in small letters, and its description; empty where there is none."""
        address = _state_address(self._receipt)
        if not address:
            return "", ""
        state, words = _read_statement(self._client.ask("GET", address).content)
        return state.rstrip("/").rpartition("/")[2].rpartition("#")[2].lower(), words

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes] | None:
        del deposited, item
        media = self._receipt.get("edit-media")
        if not media:
            return None
        try:
            stream = self._client.stream(media)
            first = next(stream, b"")
        except (RefusedError, NotFoundError, NotAuthorisedError):
            return None
        return _chain(first, stream)

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        """The state in the statement. A state outside the lists of the options counts as not decided yet."""
        if not _state_address(self._receipt):
            return DepositState.ACCEPTED, deposited.words
        state, words = self._ask_state()
        told = words_of(f"{state}: {words}" if words else state) or None
        if not state or state in self._states("accepted_states", ACCEPTED_STATES):
            return DepositState.ACCEPTED, told
        refused = state in self._states("refused_states", REFUSED_STATES)
        return (DepositState.REFUSED if refused else DepositState.PENDING), told

    def _states(self, option: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        value = self._context.options.get(option, usual)
        return tuple(str(one).lower() for one in ((value,) if isinstance(value, str) else value))

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        receipt = _read_entry(self._client.ask("GET", identifier).content)
        if not receipt.get("edit-media"):
            raise NotFoundError("the repository gives this deposit's content to nobody", subject=identifier)
        yield "deposit.zip", self._client.stream(receipt["edit-media"])

    def close(self) -> None:
        self._client.close()

    def _collection(self) -> str:
        """The collection's address, from the service document."""
        tree = _parse(self._client.ask("GET", self._service).content)
        found = [(one.get("href"), one.findtext(f"{_ATOM}title") or "") for one in tree.iter(f"{_APP}collection")]
        wanted = self._context.options.get("collection")
        chosen = [href for href, title in found if href and (wanted is None or wanted in (href, title))]
        if len(chosen) != 1:
            names = ", ".join(title or str(href) for href, title in found)
            raise UsageError(
                "the server has no such collection" if wanted else "the server has several collections or none",
                subject=self._label, remedy=f"Set `collection` to one of: {names}",
            )  # fmt: skip
        return self._client.resolve(chosen[0])

    def _deposited(self, package: Package, edit: str) -> Deposited:
        del package
        location = self._receipt.get("alternate") or edit
        return Deposited(self._client.resolve(edit), location, words=self._receipt.get("treatment"))


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _parse(content: bytes) -> Any:
    try:
        return parse_xml(content)
    except FormatError as error:
        raise RefusedError(f"the server's answer is no XML: {error.problem}") from error


def _state_address(receipt: dict[str, str]) -> str | None:
    """Where the state is told: the statement (Profile 2.0, 11), or Software Heritage's State-IRI, which is `alternate`
    of a receipt that tells a `deposit_status`."""
    return receipt.get(_STATEMENT) or (receipt.get("alternate") if receipt.get("status") else None)


def _read_entry(content: bytes) -> dict[str, str]:
    """The links of a deposit receipt by their rel (Profile 2.0, 10), its treatment and, if it tells one, its status."""
    if not content.strip():
        return {}
    tree = _parse(content)
    links: dict[str, str] = {}
    for link in tree.iter(f"{_ATOM}link"):
        rel, href = link.get("rel"), link.get("href")
        if rel and href:
            links.setdefault(rel, href)
    content_element = tree.find(f"{_ATOM}content")
    if content_element is not None and content_element.get("src"):
        links.setdefault("edit-media", content_element.get("src"))
    for name, text in (
        ("treatment", tree.findtext(f"{{{_TERMS}}}treatment")),
        ("status", tree.findtext(f"{_HERITAGE}deposit_status")),
    ):
        if text:
            links[name] = words_of(text)
    return links


def _read_statement(content: bytes) -> tuple[str, str]:
    """State and description of an Atom statement (Profile 2.0, 11), empty where it tells none."""
    tree = _parse(content)
    for category in tree.iter(f"{_ATOM}category"):
        if category.get("scheme") == _STATE_SCHEME:
            return category.get("term") or "", (category.text or "").strip()
    status = tree.findtext(f"{_HERITAGE}deposit_status") or ""
    return status.strip(), (tree.findtext(f"{_HERITAGE}deposit_status_detail") or "").strip()


def open_target(url: str, context: Context) -> SwordTarget:
    """The service document at `sword+https://...`.

    Options: `collection`, `packaging`, `in_progress`, `on_behalf_of`, `accepted_states`, `refused_states`, `seconds`.
    """
    plain = url.removeprefix("sword+")
    without_secrets(plain)
    if not urlsplit(plain).hostname:
        raise UsageError("the address has no host", subject=url[:80])
    found = find_credentials(
        context.name, context.options, context.environ, service=f"muniment {urlsplit(plain).hostname}"
    )
    seconds = int(context.options.get("seconds", context.settings.deposit.seconds))
    client = HttpClient(plain, found, seconds=seconds, label=without_secrets(plain))
    return SwordTarget(plain, client, context)
