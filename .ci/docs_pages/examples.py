"""Runs a session in a sample archive and keeps an example of every JSON document, each checked against its schema.

Needs the packages of the extra `test`: two timestamp authorities of the tests stamp the seals.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

from docs_pages.json_reports import REPORTS

_SHOWN = "/home/anna/archive"
_LONGEST = 2
"""The most entries of a list in an example."""
_BAG = "bags/press-release"

_SESSION: tuple[tuple[str, ...], ...] = (
    ("validate", _BAG, "--json"),
    ("status", "--json"),
    ("audit", "--json", "--quiet"),
    ("report", "--json"),
    ("repair", _BAG, "--from", "second-disk", "--yes", "--json"),
    ("config", "--json"),
    ("doctor", "--json"),
    ("explain", "BAG-204", "--json"),
    ("init", "elsewhere", "--json"),
    ("schedule", "--weekly", "--json"),
    ("notify", "--test", "--json"),
    ("create", "letter.txt", "--to", "bags", "--hold", "--json", "--events", "--quiet"),
    ("create", "letter.txt", "notes.txt", "--each", "--to", "each", "--plain", "--json", "--quiet"),
    ("create", "letters", "--to", "parts", "--max-files", "1", "--plain", "--json", "--quiet"),
    ("update", "bags/letter", "--add", "notes.txt", "--json", "--quiet"),
    ("show", _BAG, "--json"),
    ("show", f"{_BAG}/metadata/preservation/premis.xml", "--json"),
    ("describe", "letter.txt", "--json"),
    ("render", "letter.txt", "--to", "renditions", "--json", "--quiet"),
    ("watch", "arrivals", "--to", "taken-in", "--once", "--seconds", "1", "--plain", "--json", "--quiet"),
    ("holdings", "list", "--json"),
    ("keys", "show", "anna.key.pub", "--json"),
    ("trust", "show", "--trust", "trust", "--json"),
    ("seal", _BAG, "--key", "anna.key", "--trust", "trust", "--json"),
    ("verify", _BAG, "--trust", "trust", "--json"),
    ("audit", "witness", "--stamp", "--key", "anna.key", "--trust", "trust", "--json"),
    ("deposit", _BAG, "dir:third-disk", "--json", "--quiet"),
    ("deposits", "list", "--json"),
    ("retrieve", "dir:third-disk", "press-release", "--to", "returned", "--json", "--quiet"),
    ("events", _BAG, "--json"),
    ("export", "bags/mixed-folder", "--as", "rocrate", "--to", "sent", "--json", "--quiet"),
    ("export", _BAG, "bags/mixed-folder", "--as", "dspace-saf", "--to", "sent", "--json", "--quiet"),
    ("export", _BAG, "--for", "Court of Koblenz, case 1/2024", "--to", "copies", "--json", "--quiet"),
    ("export", _BAG, "--holey", "https://files.example.org/press-release", "--to", "holey", "--json", "--quiet"),
    ("fetch", "holey/press-release", "--dry-run", "--json", "--quiet"),
    ("import", "sent/mixed-folder", "--to", "imported", "--json", "--quiet"),
    ("import", "sent/items", "--to", "imported-items", "--json", "--quiet"),
    ("config", "--import-dart", "workflow.json", "--json"),
    ("validate", "no-such-bag.zip", "--profile", "unknown", "--json"),
)


def capture_examples(folder: Path) -> None:
    """Write an example of each schema into `folder`. Raises `LookupError` when one is lacking."""
    from tests.support.timestamp_authority import run_authority

    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as home,
        run_authority("one") as one,
        run_authority("two") as two,
        _receiver() as (address, received),
    ):
        place = Path(home) / "archive"
        _keep(found, _run(Path(home), "demo", "--archive", str(place), "--json", "--quiet"), place)
        _prepare(place, [one, two])
        for words in _SESSION:
            _keep(
                found, _run(place, *words, **({"ARCHIVE_NOTIFY_WEBHOOK": address} if "notify" in words else {})), place
            )
        for path in (
            *sorted((place / "deposits").glob("*.receipt.json")),
            *sorted((place / "deposits").glob("*.inclusion.json")),
            place / _BAG / "metadata/descriptive/statements.json",
        ):
            _keep(found, path.read_text("utf-8"), place)
        _run(place, "audit", "--max-age", "0s", "--notify", "--quiet", ARCHIVE_NOTIFY_WEBHOOK=address)
        _keep(found, received[-1], place)
    lacking = {path.stem for path in REPORTS.glob("*.json")} - found.keys()
    if lacking:
        raise LookupError(f"no example of {', '.join(sorted(lacking))}")
    for name, document in found.items():
        check_example(name, document)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, document in found.items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def check_example(name: str, document: Any) -> None:
    """Raise `jsonschema.ValidationError` when `document` does not keep to the schema `name`."""
    schemas = {path.stem: json.loads(path.read_text("utf-8")) for path in REPORTS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    jsonschema.Draft202012Validator(schemas[name], registry=registry).validate(document)


def _run(place: Path, *words: str, **variables: str) -> str:
    """Standard output and the first line of the progress."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARCHIVE_"))}
    home = place if words[0] == "demo" else place.parent
    environment = {**kept, "HOME": str(home), "ARCHIVE_SEAL_PASSPHRASE": "words of the key", **variables}
    done = subprocess.run(
        [sys.executable, "-m", "archive", *words],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode in (2, 70) and "unknown" not in words:
        raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
    events = [line for line in done.stderr.splitlines() if line.startswith('{"schema": "archive.event/1"')]
    return done.stdout + "".join(f"{line}\n" for line in events[:1])


def _prepare(place: Path, authorities: list[Any]) -> None:
    """The files, the trust folder and the holey corners that the session needs."""
    (place / "letter.txt").write_text("A letter of May\n\nDear all.\n")
    (place / "notes.txt").write_text("Notes\n")
    (place / "letters").mkdir()
    for name in ("may.txt", "june.txt"):
        (place / "letters" / name).write_text(f"A letter: {name}\n")
    (place / "arrivals" / "case-1").mkdir(parents=True)
    (place / "arrivals" / "case-1" / "list.csv").write_text("number,date\n1,2026-05-01\n")
    from tests.support.dart_files import workflow, write

    write(place / "workflow.json", workflow())
    _run(place, "keys", "new", "anna.key")
    _run(place, "trust", "init", "Documentation Centre", "--trust", "trust")
    _run(place, "trust", "add-key", "anna", "anna.key.pub", "--trust", "trust")
    for name, one in zip(("one", "two"), authorities, strict=True):
        (place / f"{name}.pem").write_bytes(one.authority.root.pem)
        (place / f"{name}-mid.pem").write_bytes(one.authority.mid.pem)
        _run(
            place, "trust", "add-authority", name, f"{name}.pem", f"{name}-mid.pem", "--operator", f"Company {name}",
            "--url", one.url, "--trust", "trust",
        )  # fmt: skip


def _keep(found: dict[str, Any], text: str, place: Path) -> None:
    """The first document of each schema in `text`, with the paths of an archive and short lists."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "https://tsa.example.org", text.replace(str(place), _SHOWN))
    text = text.replace(str(place.parent), os.path.dirname(_SHOWN)).replace("127.0.0.1", "chat.example.org")
    text = text.replace(os.path.dirname(sys.executable), "/usr/local/bin")
    decoder = json.JSONDecoder()
    while text.strip():
        document, end = decoder.raw_decode(text)
        text = text[end:].lstrip()
        found.setdefault(document["schema"].replace("/", "-"), _shortened(document))


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one) for one in value[:_LONGEST]]
    if isinstance(value, str) and value.startswith("<!DOCTYPE"):
        return value[:60]
    return value


class _receiver:  # noqa: N801 - used like a function
    """A web server that keeps what is posted to it."""

    def __enter__(self) -> tuple[str, list[str]]:
        received: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                return None

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/notices", received

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
