"""A target's notes, kept in the journal of its deposit."""

from __future__ import annotations

from archive.storage.journal import Journal


class JournalNotes:
    """Notes that outlive a kill: each is on the disk before `put` returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._notes = {str(entry["key"]): str(entry["value"]) for entry in journal.entries if entry.get("do") == "note"}

    def get(self, key: str) -> str | None:
        return self._notes.get(key)

    def put(self, key: str, value: str) -> None:
        self._notes[key] = value
        self._journal.write(sync=True, do="note", key=key, value=value)


class NoNotes:
    """Notes of a dry run: nothing is kept."""

    def get(self, key: str) -> str | None:
        del key
        return None

    def put(self, key: str, value: str) -> None:
        del key, value
