"""`sword+https://HOST/SERVICE-DOCUMENT`: a repository that speaks SWORDv2 (Profile 2.0).

The bag goes as one zip with Packaging, Content-MD5 and In-Progress: true, alone (binary) or behind an Atom entry with
its Dublin Core (multipart), and is completed by an empty request; with the option `in_progress = false` one request
does all. The links of its receipt are noted, so that it can be asked for later, also on servers that do not show a
receipt again; SWORD has no search, so a deposit whose first answer was lost cannot be found again and counts as
unknown. A deposit whose completion is refused is deleted there, or taken up again where that is not allowed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from itertools import chain
from typing import Any

from archive.errors import NoSpaceError, NotAuthorisedError, NotFoundError, StorageError, UsageError
from archive.formats.sword import (
    DepositReceipt,
    Statement,
    read_receipt,
    read_service,
    read_statement,
    write_entry,
)
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.credentials import without_secrets
from archive.storage.remote import RefusedError, TransientError, words_of
from archive.targets.http import OPTIONS as HTTP_OPTIONS
from archive.targets.http import HttpClient, open_client, read_answer
from archive.targets.protocol import UNFINISHED, Context, Notes
from archive.targets.sword_requests import Request, make_binary, make_multipart, slug_of

OPTIONS = (
    "collection", "packaging", "method", "in_progress", "on_behalf_of", "accepted_states", "refused_states",
    *HTTP_OPTIONS,
)  # fmt: skip

BAGIT = "http://purl.org/net/sword/package/BagIt"
SIMPLE_ZIP = "http://purl.org/net/sword/package/SimpleZip"

ACCEPTED_STATES = ("accepted", "archived", "done", "inarchive", "published")
REFUSED_STATES = ("expired", "failed", "rejected", "withdrawn")
_OPEN_STATES = ("draft", "in-progress", "inprogress", "partial")


class SwordTarget:
    """One collection of a SWORD server: the one that the option `collection` names by address or title, or the only."""

    needs: tuple[str, ...] = ()
    kind = "sword"
    certain = False
    form = Delivery.ZIP

    def __init__(self, url: str, client: HttpClient, context: Context) -> None:
        self._service = url
        self._client = client
        self._context = context
        self._label = "sword+" + without_secrets(url)
        usual = SIMPLE_ZIP if context.options.get("as", "bag") != "bag" else BAGIT
        self._packaging = str(context.options.get("packaging", usual))
        owner = context.options.get("on_behalf_of")
        self._owner = {"On-Behalf-Of": str(owner)} if owner else {}
        self._receipt = DepositReceipt()
        self._place = ""

    @property
    def label(self) -> str:
        return self._label

    def check(self, package: Package) -> list[Finding]:
        del package
        self._collection()
        return []

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        """Only a deposit whose edit address is noted can be found; from then on the answer is certain."""
        del package
        edit = notes.get("edit")
        self.certain = edit is not None
        if edit is None or notes.get("completed") != edit:
            return None
        try:
            self._receipt = self._ask_receipt(edit, notes)
        except NotFoundError:
            return None
        return self._deposited(edit)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        """Ask where deposits go, and take up what a refused run of the same content left behind unfinished."""
        del package
        self._place = self._collection()
        if notes.get("edit") is None:
            self._take_up(notes)
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
            self._complete(edit, notes)
            notes.put("completed", edit)
        return self._deposited(edit)

    def _create(self, package: Package, notes: Notes) -> str:
        in_progress = self._context.options.get("in_progress", True) is not False
        request = self._request(package)
        headers = {
            **request.headers, **self._owner, "Content-Length": str(request.size), "Slug": slug_of(package.identifier),
            "In-Progress": "true" if in_progress else "false",
        }  # fmt: skip
        answer = self._client.ask("POST", self._place, content=request.chunks, headers=headers)
        location = answer.headers.get("Location", "")
        try:
            self._receipt = read_answer(read_receipt, answer, self._label)
            edit = self._client.resolve(self._receipt.edit or location)
        except RefusedError as error:
            raise TransientError(f"it took the deposit, but {error.problem}", subject=self._label) from error
        if not (self._receipt.edit or location):
            raise TransientError("it took the deposit but returned no address for it", subject=self._label)
        self._note(edit, notes)
        if not in_progress:
            notes.put("completed", edit)
        notes.put("edit", edit)
        if not self._receipt:
            with contextlib.suppress(NotFoundError):
                self._receipt = self._ask_receipt(edit, notes)
            self._note(edit, notes)
        return edit

    def _request(self, package: Package) -> Request:
        (item,) = package.items
        if self._context.options.get("method", "binary") == "binary":
            return make_binary(item, self._packaging)
        entry = write_entry(
            package.description, title=package.name, identifier=package.identifier, updated=self._context.clock.stamp()
        )
        return make_multipart(item, self._packaging, entry)

    def _complete(self, edit: str, notes: Notes) -> None:
        """Say that nothing more comes (Profile 2.0, 9.3).

        A server that refuses because the deposit is closed already, by a request whose answer was lost, has it. One
        that refuses the deposit as such shall not keep it unfinished. Where that cannot be told apart the outcome is
        unknown, and nothing is deleted.
        """
        tried = notes.get("completing") == edit
        notes.put("completing", edit)
        try:
            self._client.ask(
                "POST", self._receipt.add or edit, content=b"", headers={**self._owner, "In-Progress": "false"}
            )
        except (RefusedError, NoSpaceError, NotAuthorisedError) as error:
            state = self._state_or_none()
            if state and state not in _OPEN_STATES:
                return
            if tried and not state:
                raise TransientError(
                    f"{error.problem}; an earlier request may have completed it, and its state is not known",
                    subject=self._label,
                ) from error
            self._discard(edit, notes, error)
            raise

    def _discard(self, edit: str, notes: Notes, refusal: StorageError | NotAuthorisedError) -> None:
        """Delete an unfinished deposit (Profile 2.0, 6.8); where that fails, note it for the next run and say so."""
        try:
            self._client.ask("DELETE", edit, headers=self._owner, allow=(404, 410))
        except (StorageError, NotAuthorisedError):
            notes.put(UNFINISHED, json.dumps({**asdict(self._receipt), "edit": edit}, sort_keys=True))
            raise type(refusal)(
                f"{refusal.problem}; what was sent stays there unfinished and is taken up by the next run: {edit}",
                subject=refusal.subject,
            ) from refusal

    def _take_up(self, notes: Notes) -> None:
        left = notes.get(UNFINISHED)
        if not left:
            return
        self._receipt = _from_note(left)
        edit = self._receipt.edit
        self._note(edit, notes)
        try:
            self._receipt = self._ask_receipt(edit, notes)
            state = self._ask_statement().short_state
        except (NotFoundError, RefusedError):
            return
        if state in ("", *_OPEN_STATES):
            notes.put("edit", edit)

    def _note(self, edit: str, notes: Notes) -> None:
        notes.put("links", json.dumps({**asdict(self._receipt), "edit": edit}, sort_keys=True))

    def _ask_receipt(self, edit: str, notes: Notes) -> DepositReceipt:
        """The links as the server tells them now, else as noted. Raises `NotFoundError` when the deposit is gone."""
        noted = _from_note(notes.get("links") or "{}")
        try:
            found = read_answer(read_receipt, self._client.ask("GET", edit, headers=self._owner), self._label)
            return replace(found, original=found.original or noted.original) if found else noted
        except RefusedError:
            if not noted:
                raise
        if noted.statement:
            self._client.ask("GET", noted.statement, headers=self._owner)
        return noted

    def _ask_statement(self) -> Statement:
        if not self._receipt.statement:
            return Statement("", "", ())
        return read_answer(
            read_statement, self._client.ask("GET", self._receipt.statement, headers=self._owner), self._label
        )

    def _state_or_none(self) -> str | None:
        try:
            return self._ask_statement().short_state or None
        except (StorageError, NotAuthorisedError):
            return None

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes] | None:
        """The package as it was deposited, where the receipt or the statement names it, else the media resource.

        What the server has packed again, and says so, does not prove what was sent.
        """
        del deposited, item
        asked = {"Accept-Packaging": self._packaging}
        for address in self._places():
            try:
                stream = self._client.stream(address, {**self._owner, **asked}, self._refuse_repacked)
                return chain([next(stream, b"")], stream)
            except (RefusedError, NotFoundError, NotAuthorisedError):
                continue
        return None

    def _places(self) -> Iterator[str]:
        if self._receipt.original:
            yield self._receipt.original
        try:
            originals = self._ask_statement().originals
        except (RefusedError, NotFoundError, NotAuthorisedError):
            originals = ()
        if len(originals) == 1 and originals[0] != self._receipt.original:
            yield originals[0]
        if self._receipt.media:
            yield self._receipt.media

    def _refuse_repacked(self, answer: Any) -> None:
        if answer.headers.get("Packaging", self._packaging) != self._packaging:
            raise RefusedError("the server returned a different packaging than was sent", subject=self._label)

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        """The state in the statement. A state outside the lists of the options counts as not decided yet.

        Not every server shows a receipt again: without one the state is not known, and nothing speaks against it.
        """
        if not self._receipt:
            with contextlib.suppress(RefusedError):
                self._receipt = self._receipt_at(deposited.identifier)
        if not self._receipt.statement:
            return DepositState.ACCEPTED, deposited.words
        try:
            statement = self._ask_statement()
        except NotFoundError as error:
            return DepositState.PENDING, f"the statement is not there: {error.problem}"
        state = statement.short_state
        told = words_of(f"{state}: {statement.words}" if statement.words else state) or None
        if not state or state in self._states("accepted_states", ACCEPTED_STATES):
            return DepositState.ACCEPTED, told
        refused = state in self._states("refused_states", REFUSED_STATES)
        return (DepositState.REFUSED if refused else DepositState.PENDING), told

    def _states(self, option: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        value = self._context.options.get(option, usual)
        return tuple(str(one).lower() for one in ((value,) if isinstance(value, str) else value))

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        self._receipt = self._receipt_at(identifier)
        place = next(self._places(), None)
        if place is None:
            raise RefusedError("the repository does not offer this deposit's content for download", subject=identifier)
        yield "deposit.zip", self._client.stream(place, {**self._owner, "Accept-Packaging": self._packaging})

    def _receipt_at(self, identifier: str) -> DepositReceipt:
        return read_answer(read_receipt, self._client.ask("GET", identifier, headers=self._owner), self._label)

    def close(self) -> None:
        self._client.close()

    def _collection(self) -> str:
        """The collection's address, from the service document."""
        answer = self._client.ask("GET", self._service, headers=self._owner)
        found = read_answer(read_service, answer, self._label)
        wanted = self._context.options.get("collection")
        chosen = [one.address for one in found if one.address and wanted in (None, one.address, one.title)]
        if len(chosen) != 1:
            names = ", ".join(one.title or one.address for one in found)
            raise UsageError(
                "the server has no such collection" if wanted else "the server has several collections or none",
                subject=self._label, remedy=f"Set `collection` to one of: {names}",
            )  # fmt: skip
        return self._client.resolve(chosen[0])

    def _deposited(self, edit: str) -> Deposited:
        location = self._receipt.page or edit
        return Deposited(self._client.resolve(edit), location, words=words_of(self._receipt.treatment) or None)


def _from_note(text: str) -> DepositReceipt:
    known = {field.name for field in fields(DepositReceipt)}
    return DepositReceipt(**{name: str(value) for name, value in json.loads(text).items() if name in known})


def open_target(url: str, context: Context) -> SwordTarget:
    """The service document at `sword+https://...`.

    Options: `collection`, `packaging`, `method` ("binary" or "multipart"), `in_progress`, `on_behalf_of`,
    `accepted_states`, `refused_states`, `seconds`, `plain_http`.
    """
    if context.options.get("method", "binary") not in ("binary", "multipart"):
        raise UsageError("method is binary or multipart", subject=f"places.{context.name}.method")
    plain, client = open_client(url, context)
    return SwordTarget(plain, client, context)
