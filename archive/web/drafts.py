"""Bags to be: what was chosen or uploaded, and the description so far. A draft outlives the browser and the desk.

Its folder holds `draft.json`, `description.toml` once something was said, `preview.json` with what a dry run found, and
`files` with what was uploaded. It is removed when a person discards it, and when its bag is valid and held.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from archive.errors import LockedError, NotFoundError, StorageError, from_os_error
from archive.formats.description_toml import read_description
from archive.formats.naming import escape
from archive.model.description import Description
from archive.model.finding import Finding
from archive.regular_files import open_regular
from archive.stages.description.layout import TABLE, description_files
from archive.storage.atomic import write_whole
from archive.storage.removing import remove_tree
from archive.web.jobs import Job, Jobs, JobState
from archive.web.previews import Preview, condense
from archive.web.uploads import Received, Staging, open_staging

_IDENTITY = re.compile(r"[0-9a-f]{16}")
_LARGEST = 1 << 20
_LONGEST_NAME = 60
OWN = "description.toml"


@dataclass(frozen=True, slots=True)
class Options:
    """How the bag is to be made; an empty text leaves it to the settings."""

    pdfa: str = ""
    serialize: str = ""
    profile: str = ""
    seal: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft. `source` is the path of the file or folder, `preview` and `making` are the ids of its last jobs.

    `brings` is the name of the description that the source has itself, or "". `created` is in seconds since the epoch.
    `previewed` is the `state` that the preview was made of.
    """

    id: str
    folder: str
    source: str
    uploaded: bool
    created: float
    name: str
    brings: str = ""
    options: Options = Options()
    preview: str = ""
    previewed: str = ""
    making: str = ""

    @property
    def description_path(self) -> str:
        return os.path.join(self.folder, OWN)

    @property
    def is_editable(self) -> bool:
        """Whether the description can be edited here; a table can not."""
        return self.brings in ("", OWN)

    def description(self) -> tuple[Description, list[Finding]]:
        """The description so far and everything that is wrong with it. Raises `StorageError`."""
        return read_description(self.description_bytes())

    def description_bytes(self) -> bytes:
        """The description.toml so far; empty where nothing was said. Raises `StorageError`."""
        try:
            with open_regular(self.description_path) as file:
                return file.read()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise from_os_error(error, self.description_path) from error

    @property
    def revision(self) -> str:
        """A text that changes with the description."""
        return hashlib.sha256(self.description_bytes()).hexdigest()[:16]

    @property
    def state(self) -> str:
        """A text that changes with anything that a preview depends on."""
        return hashlib.sha256(repr((self.revision, self.name, self.options)).encode()).hexdigest()[:16]

    def description_arguments(self) -> tuple[str, ...]:
        """The options of create for the description: none where the source's own is unchanged or nothing was said."""
        content = self.description_bytes()
        if not content:
            return ()
        if not self.brings:
            return (f"--description={self.description_path}",)
        if content == _bytes_of(os.path.join(self.source, self.brings)):
            return ()
        return (f"--description={self.description_path}", "--replace-description")


class Drafts:
    """The drafts of one project, in `folder`. They begin in the folder `uploads`; `jobs` are the project's."""

    def __init__(self, folder: str, uploads: str, jobs: Jobs) -> None:
        self.folder = folder
        self.uploads = uploads
        self.jobs = jobs

    def choose(self, source: str) -> Draft:
        """A draft of a file or folder that stays where it is. Raises `StorageError`."""
        with open_staging(self.uploads) as staging:
            return self._begin(staging, source, uploaded=False, name=_name_of(source))

    def adopt(self, staging: Staging, received: Received) -> Draft:
        """A draft of what was uploaded; the staging folder becomes its own. Raises `StorageError`."""
        first = os.path.join(staging.files, received.tops[0])
        source = first if len(received.tops) == 1 else staging.files
        return self._begin(staging, source, uploaded=True, name=_name_of(first))

    def find(self, identity: str) -> Draft:
        """A draft by its id. Raises `NotFoundError` and `StorageError`."""
        path = os.path.join(self.folder, identity, "draft.json")
        if not _IDENTITY.fullmatch(identity) or not os.path.isfile(path):
            raise NotFoundError("no such draft", subject=identity)
        raw = json.loads(_bytes_of(path))
        return Draft(
            identity, os.path.dirname(path), raw["source"], raw["uploaded"], raw["created"], raw["name"],
            raw["brings"], Options(**raw["options"]), raw["preview"], raw["previewed"], raw["making"],
        )  # fmt: skip

    def all(self) -> list[Draft]:
        """All drafts, the newest first; those whose bag is valid and held are removed first. Raises `StorageError`."""
        found = []
        for name in os.listdir(self.folder) if os.path.isdir(self.folder) else []:
            try:
                draft = self.find(name)
            except NotFoundError:
                continue
            if not self.settle(draft):
                found.append(draft)
        return sorted(found, key=lambda one: one.created, reverse=True)

    def save(self, draft: Draft, description: bytes | None = None) -> Draft:
        """Keep a draft, and its description if one is given. Raises `StorageError`."""
        try:
            if description is not None:
                write_whole(draft.description_path, (description,), replace=True)
            fields = {name: value for name, value in asdict(draft).items() if name not in ("id", "folder")}
            write_whole(os.path.join(draft.folder, "draft.json"), (json.dumps(fields).encode(),), replace=True)
        except OSError as error:
            raise from_os_error(error, draft.folder) from error
        return draft

    def discard(self, identity: str) -> None:
        """Remove a draft with what was uploaded for it. Raises `LockedError` while its bag is made, `NotFoundError`."""
        draft = self.find(identity)
        making = self.job(draft.making)
        if making is not None and not making.state.has_ended:
            raise LockedError("its bag is being made", subject=draft.name, remedy="Cancel the job first")
        self.stop_preview(draft)
        self._remove(draft)

    def stop_preview(self, draft: Draft) -> None:
        """Cancel a dry run whose result is not wanted any more."""
        job = self.job(draft.preview)
        if job is not None and not job.state.has_ended:
            self.jobs.cancel(job.id)

    def settle(self, draft: Draft) -> bool:
        """Remove a draft whose bag is valid, held and not known to be damaged; whether it is."""
        making = self.job(draft.making)
        if making is None or not making.state.has_ended:
            return False
        done = is_valid_and_held(self.jobs.find(making.id).results)
        if done:
            self._remove(draft)
        return done

    def job(self, identity: str) -> Job | None:
        """The job with this id, None where there is none any more."""
        try:
            return self.jobs.find(identity, full=False)
        except NotFoundError:
            return None

    def preview(self, draft: Draft) -> Preview | None:
        """What the last dry run that has ended found; None where none has, or where it was lost."""
        path = os.path.join(draft.folder, "preview.json")
        kept = _document_of(path)
        if kept.get("job") != draft.preview:
            job = self.job(draft.preview)
            if job is None or job.state is not JobState.DONE:
                return None
            kept = {"job": draft.preview, **condense(self.jobs.find(draft.preview).results, draft.source)}
            write_whole(path, (json.dumps(kept).encode(),), replace=True)
        return Preview(kept)

    def _begin(self, staging: Staging, source: str, *, uploaded: bool, name: str) -> Draft:
        """The draft is made in the staging folder, so that it is there whole or not at all."""
        identity = os.path.basename(staging.folder)
        folder = os.path.join(self.folder, identity)
        brings = _description_of(source)
        draft = Draft(identity, staging.folder, source, uploaded, time.time(), name, brings)
        content = _bytes_of(os.path.join(source, OWN)) if brings == OWN else None
        final = os.path.join(folder, os.path.relpath(source, staging.folder)) if uploaded else source
        try:
            self.save(replace(draft, source=final), content)
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            staging.move(folder)
        except OSError as error:
            raise from_os_error(error, self.folder) from error
        return replace(draft, folder=folder, source=final)

    def _remove(self, draft: Draft) -> None:
        """It becomes an upload that was killed, which the next one removes if this one is interrupted."""
        gone = os.path.join(self.uploads, draft.id)
        try:
            os.makedirs(self.uploads, mode=0o700, exist_ok=True)
            os.rename(draft.folder, gone)
        except FileNotFoundError:
            return
        except OSError as error:
            raise from_os_error(error, draft.folder) from error
        remove_tree(gone)


def is_valid_and_held(results: Sequence[Mapping[str, Any]]) -> bool:
    """What the documents of create, holdings and audit say together. An audit that was not run denies nothing."""
    found = {one["schema"]: one for one in results}
    held = found.get("archive.holdings/1", {})
    is_held = bool(held.get("holdings") or held.get("known")) and not held.get("problems")
    made, checked = found.get("archive.creation/1", {}), found.get("archive.audit/1", {})
    return bool(made.get("created")) and is_held and checked.get("outcome", "intact") == "intact"


def _name_of(source: str) -> str:
    """A name for the bag of a file or folder, as create chooses it, without what no one sees, and not too long."""
    name = os.path.basename(source)
    if os.path.isfile(source):
        name = os.path.splitext(name)[0] or name
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    seen = "".join(one for one in shown.replace("\\", "-") if escape(one) == one)
    return seen[:_LONGEST_NAME].strip(" .") or "bag"


def _description_of(source: str) -> str:
    """The path in a source folder of the description that it brings, or ""."""
    found = description_files(source) if os.path.isdir(source) else frozenset()
    return OWN if OWN in found else next(iter(sorted(found - {TABLE})), TABLE if TABLE in found else "")


def _bytes_of(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise from_os_error(error, path) from error
    if len(content) > _LARGEST:
        raise StorageError("this is too large to be edited here", subject=path)
    return content


def _document_of(path: str) -> Mapping[str, Any]:
    try:
        with open(path, "rb") as file:
            found = json.load(file)
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
