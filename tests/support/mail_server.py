"""A real SMTP server on loopback that keeps what it takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """A real SMTP server: its address, and the mails that it took."""
    from aiosmtpd.controller import Controller

    received: list[str] = []

    class Keeper:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            del server, session
            received.append(envelope.content.decode())
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"127.0.0.1:{port}", received
    finally:
        controller.stop()
