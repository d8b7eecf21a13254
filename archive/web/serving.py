"""Runs the desk: on loopback only, with an address that opens one session."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable

import uvicorn

from archive.errors import UsageError
from archive.web.application import make_application
from archive.web.desk import make_desk
from archive.web.guard import OPENING
from archive.web.sessions import Sessions
from archive.web.uploads import clear_uploads

HOST = "127.0.0.1"


def serve(folder: str, *, port: int, read_only: bool, opened: Callable[[str], None]) -> None:
    """Serve the desk of the project in `folder` until it is interrupted.

    `port` 0 takes a free one. `opened` is called with the address to open once the desk listens. Raises `UsageError`
    when the port is taken, and as `load_settings`.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"cannot listen on this port: {error.strerror}", subject=str(port), remedy="Choose another with --port"
            ) from error
        listening.listen(128)
        sessions = Sessions(lambda: secrets.token_urlsafe(32))
        desk = make_desk(folder, sessions, read_only=read_only)
        chosen = listening.getsockname()[1]
        application = make_application(desk, chosen)
        desk.jobs.start_waiting()
        desk.drafts.all()
        clear_uploads(desk.drafts.uploads)
        if desk.has_ledger:
            desk.overview.current()
            desk.places.current()
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        settings = uvicorn.Config(
            application, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none",
            timeout_graceful_shutdown=2, limit_concurrency=200,
        )  # fmt: skip
        opened(f"http://{HOST}:{chosen}{OPENING}?token={sessions.make_token()}")
        uvicorn.Server(settings).run(sockets=[listening])
