"""`invenio+https://HOST`: InvenioRDM and Zenodo over their REST API.

A draft is made with metadata from the bag's Dublin Core, the bag goes into it as one zip, and the draft is published
only when the option `publish` says so; else it waits for a person there, and the receipt says that it is not accepted
yet. Written from the published API and tested against a substitute, not against a running InvenioRDM.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from archive.errors import ExistsError, NotFoundError, UsageError
from archive.formats.invenio import make_metadata
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.resources import metadata_path
from archive.storage.credentials import without_secrets
from archive.storage.remote import RefusedError, TransientError, words_of
from archive.targets.http import OPTIONS as HTTP_OPTIONS
from archive.targets.http import HttpClient, open_client
from archive.targets.protocol import Context, Notes, read_source

OPTIONS = ("publish", "access", "reserve_doi", *HTTP_OPTIONS)


class InvenioTarget:
    """One InvenioRDM. The draft's id is noted; a draft whose first answer was lost is found by the bag's identifier."""

    needs: tuple[str, ...] = ()
    kind = "invenio"
    certain = True
    form = Delivery.ZIP

    def __init__(self, url: str, client: HttpClient, context: Context) -> None:
        self._client = client
        self._context = context
        self._label = "invenio+" + without_secrets(url)

    @property
    def label(self) -> str:
        return self._label

    def check(self, package: Package) -> list[Finding]:
        del package
        self._json("GET", "/api/user/records?size=1")
        return []

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        """The record or draft with this zip in it: by the note of an earlier run, else by the identifier in the
        metadata.

        A published record of that identifier with other content is an earlier version; a draft with another finished
        file is someone's work, and an `ExistsError`.
        """
        noted = notes.get("draft")
        for known in (noted,) if noted else self._search(package):
            record = self._record(known)
            if record is None:
                continue
            entries = self._files(known, record)
            if len(package.items) != 1 or any(self._is_same(entry, package.items[0]) for entry in entries):
                notes.put("draft", known)
                wanted = not self._context.options.get("publish") or record.get("is_published")
                return self._deposited(record) if wanted and entries else None
            if entries and not noted and not record.get("is_published"):
                raise ExistsError(
                    "a draft with different content already exists there", subject=f"{self._label}: {known}"
                )
        return None

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        """Take up the draft that is noted or found, else make one: of a record that is published, its new version."""
        draft = notes.get("draft")
        if draft is None or self._record(draft) is None:
            draft = self._make_draft(package, notes)
            notes.put("draft", draft)
        if self._context.options.get("reserve_doi"):
            self._reserve_doi(draft)
        return []

    def _make_draft(self, package: Package, notes: Notes) -> str:
        table = json.loads(metadata_path("crosswalks", "dc-to-invenio.json").read_text("utf-8"))
        today = self._context.clock.now().date().isoformat()
        metadata = make_metadata(
            package.description, table, title=package.name, identifier=package.identifier, today=today
        )
        access = str(self._context.options.get("access", "restricted"))
        body = {"access": {"record": access, "files": access}, "files": {"enabled": True}, "metadata": metadata}
        for known in self._search(package):
            record = self._record(known)
            if record is not None and not record.get("is_published"):
                return known
            if record is not None:
                draft = str(self._json("POST", f"/api/records/{known}/versions")["id"])
                self._refuse_errors(self._json("PUT", f"/api/records/{draft}/draft", body))
                return draft
        if notes.get("creating") == "asked":
            notes.put("creating", "looked for")
            raise TransientError("a draft may have been made that cannot be found yet", subject=self._label, pause=3.0)
        notes.put("creating", "asked")
        made = self._json("POST", "/api/records", body)
        self._refuse_errors(made)
        return str(made["id"])

    def _refuse_errors(self, draft: Any) -> None:
        """A draft is saved whatever its metadata; what the server says against them would stop a publication."""
        told = [
            f"{one.get('field')}: {'; '.join(map(str, one.get('messages') or ()))}"
            for one in draft.get("errors") or ()
            if not str(one.get("field")).startswith("files")
        ]
        if told and self._context.options.get("publish"):
            raise RefusedError(
                words_of(f"the server does not take the metadata: {', '.join(told)}"), subject=self._label
            )

    def _reserve_doi(self, draft: str) -> None:
        record = self._record(draft)
        if record is not None and not record.get("is_published") and not (record.get("pids") or {}).get("doi"):
            self._json("POST", f"/api/records/{draft}/draft/pids/doi")

    def send(self, item: Item, notes: Notes) -> None:
        draft, key = notes.get("draft") or "", quote(item.path, safe="", errors="surrogateescape")
        files = f"/api/records/{draft}/draft/files"
        known = {entry["key"]: entry for entry in self._json("GET", files).get("entries", ())}
        if item.path in known and known[item.path].get("status") == "completed":
            if self._is_same(known[item.path], item):
                return
            self._client.ask("DELETE", f"{files}/{key}")
            known.pop(item.path)
        if item.path not in known:
            self._json("POST", files, [{"key": item.path}])
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(item.size)}
        self._client.ask("PUT", f"{files}/{key}/content", content=read_source(item), headers=headers)
        entry = self._json("POST", f"{files}/{key}/commit")
        if not self._is_same(entry, item):
            raise RefusedError("the uploaded file has a different size or checksum", subject=item.path)

    def commit(self, package: Package, notes: Notes) -> Deposited:
        del package
        draft = notes.get("draft") or ""
        if self._context.options.get("publish"):
            return self._deposited(self._json("POST", f"/api/records/{draft}/draft/actions/publish"))
        return self._deposited(self._json("GET", f"/api/records/{draft}/draft"))

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        part = "" if self._is_published(deposited.identifier) else "/draft"
        key = quote(item.path, safe="", errors="surrogateescape")
        return self._client.stream(f"/api/records/{deposited.identifier}{part}/files/{key}/content")

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        record = self._record(deposited.identifier)
        if record is None:
            raise NotFoundError("the repository has no such record", subject=deposited.identifier)
        if record.get("is_published", True):
            return DepositState.ACCEPTED, "published"
        if self._context.options.get("publish"):
            return DepositState.PENDING, "not published yet"
        return DepositState.ACCEPTED, "kept as a draft, as asked: only its owner sees it until it is published"

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        record = self._record(identifier)
        if record is None:
            raise NotFoundError("the repository has no such record", subject=identifier)
        part = "" if self._is_published(identifier) else "/draft"
        for entry in self._files(identifier, record):
            key = quote(str(entry["key"]), safe="")
            yield str(entry["key"]), self._client.stream(f"/api/records/{identifier}{part}/files/{key}/content")

    def close(self) -> None:
        self._client.close()

    def _search(self, package: Package) -> list[str]:
        """The ids of this account's records and drafts that have the bag's identifier, the server's best first."""
        quoted = package.identifier.replace("\\", "\\\\").replace('"', '\\"')
        wanted = quote(f'metadata.identifiers.identifier:"{quoted}"', safe="")
        hits = self._json("GET", f"/api/user/records?size=25&q={wanted}").get("hits", {}).get("hits", ())
        return [
            str(hit["id"])
            for hit in hits
            if any(
                one.get("identifier") == package.identifier for one in hit.get("metadata", {}).get("identifiers", ())
            )
        ]

    def _record(self, identifier: str) -> Any:
        for path in (f"/api/records/{identifier}", f"/api/records/{identifier}/draft"):
            try:
                return self._json("GET", path)
            except NotFoundError:
                continue
        return None

    def _is_published(self, identifier: str) -> bool:
        try:
            return bool(self._json("GET", f"/api/records/{identifier}").get("is_published", True))
        except NotFoundError:
            return False

    def _files(self, identifier: str, record: Any) -> list[dict[str, Any]]:
        part = "" if record.get("is_published") else "/draft"
        listed = self._json("GET", f"/api/records/{identifier}{part}/files").get("entries", ())
        return [entry for entry in listed if entry.get("status", "completed") == "completed"]

    @staticmethod
    def _is_same(entry: dict[str, Any], item: Item) -> bool:
        """Name, size, and the repository's checksum, where the package has one of its kind; reading back proves."""
        algorithm, _, value = str(entry.get("checksum") or "").partition(":")
        known = item.digests.get(algorithm.lower().replace("-", ""), value)
        return entry.get("key") == item.path and entry.get("size") == item.size and value.lower() == known

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.ask(method, path, json=body, headers={"Accept": "application/json"})
        try:
            return answer.json()
        except ValueError as error:
            raise RefusedError("the server's answer is not JSON", subject=self._label) from error

    def _deposited(self, record: Any) -> Deposited:
        pids = record.get("pids") or {}
        doi = (pids.get("doi") or {}).get("identifier")
        links = record.get("links") or {}
        return Deposited(str(record["id"]), str(links.get("self_html") or links.get("self") or record["id"]), doi=doi)


def open_target(url: str, context: Context) -> InvenioTarget:
    """The repository at `invenio+https://HOST`; its token comes as a credential.

    Options: `publish` (true makes it public under its access), `access` ("restricted" or "public"), `reserve_doi` (true
    asks for a DOI for the draft), `seconds`, `plain_http`.
    """
    if context.options.get("access", "restricted") not in ("restricted", "public"):
        raise UsageError("access is restricted or public", subject=f"places.{context.name}.access")
    plain, client = open_client(url, context)
    return InvenioTarget(plain, client, context)
