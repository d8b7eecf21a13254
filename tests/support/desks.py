"""A real desk: `archive desk` in a process of its own, over a project in a temporary folder, and who visits it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.needing import need

PATIENCE = 60.0
"""Seconds after which a test stops waiting for what a desk or a job should do."""


@dataclass(frozen=True)
class RunningDesk:
    """A desk that listens. `opening` is the address that it printed, which works once; `home` is the user's home."""

    folder: Path
    home: Path
    opening: str
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        return self.opening.partition("/open")[0]

    @property
    def state(self) -> Path:
        """The desk's private folder."""
        return next((self.home / ".local/state/muniment/desk").iterdir())

    def archive(self, *arguments: str, code: int | None = 0) -> str:
        """Run a command in the project as the same user; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "archive", *arguments], cwd=self.folder, env=environment_of(self.home),
            capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout


def environment_of(home: Path, language: str = "C.UTF-8") -> dict[str, str]:
    """The environment of a user whose home is `home` and who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARCHIVE_", "XDG_"))}
    tools = {name: value for name, value in os.environ.items() if name.startswith("ARCHIVE_TOOLS_")}
    data = {"XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local/share")}
    checkout = str(Path(__file__).resolve().parent.parent.parent)
    return {**kept, **tools, **data, "HOME": str(home), "LANG": language, "PYTHONPATH": checkout}


@contextlib.contextmanager
def open_desk(folder: Path, home: Path, *options: str, started: bool = True) -> Iterator[RunningDesk]:
    """A desk over the project in `folder`, which is made first unless `started` is False. Ended by Ctrl-C."""
    for place in (folder, home):
        place.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "archive", "desk", "--no-browser", *options]
    if started and not (folder / "archive.toml").exists():
        subprocess.run(
            [sys.executable, "-m", "archive", "init", "--organization", "Example Archive", "--operator", "N. N."],
            cwd=folder, env=environment_of(home), check=True, capture_output=True, timeout=60,
        )  # fmt: skip
    process = subprocess.Popen(
        words, cwd=folder, env=environment_of(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/open\?token=\S+", line)
        assert found is not None, line + process.stdout.read()
        yield RunningDesk(folder, home, found[0], process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


class Visitor:
    """A browser without a screen or a script: keeps cookies, sends forms as a page of the desk would."""

    def __init__(self, desk: RunningDesk) -> None:
        self.desk = desk
        self.client = httpx.Client(base_url=desk.origin, follow_redirects=True, timeout=PATIENCE)
        self.client.get(desk.opening)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, *, token: str | None = None) -> httpx.Response:
        """Send a form; with `token` None the form token of the overview."""
        token = self.form_token() if token is None else token
        return self.client.post(
            path, data={"form-token": token, **(fields or {})}, headers={"Origin": self.desk.origin}
        )

    def form_token(self) -> str:
        found = re.search(r'name="form-token" value="([0-9a-f]+)"', self.get("/jobs").text)
        assert found is not None
        return found[1]

    def finish(self, answer: httpx.Response) -> str:
        """Wait for the job whose page a form led to; the page of the ended job."""
        path = answer.url.path
        assert re.fullmatch(r"/jobs/\d{14}", path), (path, answer.status_code, answer.text[:2000])
        return self.wait_for_job(path)

    def wait_for_job(self, path: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            text = self.get(path).text
            if 'data-progress="' not in text:
                return text
            time.sleep(0.1)
        raise AssertionError(f"the job did not end: {path}")


@contextlib.contextmanager
def open_browser(profile: Path, **context: Any) -> Iterator[Any]:
    """A context of Debian's Chromium, driven by Playwright. `context` are Playwright's options, such as `locale`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), headless=True,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
            env={"HOME": str(profile), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        )  # fmt: skip
        try:
            made = browser.new_context(**context)
            made.set_default_timeout(PATIENCE * 1000)
            yield made
        finally:
            browser.close()
