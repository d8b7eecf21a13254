"""The reference pages in docs/ that are written from the program: what each is called and what writes it."""

from __future__ import annotations

from collections.abc import Callable

from docs_pages.events import write_events
from docs_pages.from_program import write_commands, write_exit_codes, write_findings, write_settings
from docs_pages.json_reports import write_json
from docs_pages.ledger_tables import write_ledger
from docs_pages.messages import write_messages
from docs_pages.python_api import write_api

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": write_commands,
    "exit-codes.md": write_exit_codes,
    "settings.md": write_settings,
    "findings.md": write_findings,
    "messages.md": write_messages,
    "json.md": write_json,
    "events.md": write_events,
    "api.md": write_api,
    "ledger-schema.md": write_ledger,
}
