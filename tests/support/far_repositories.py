"""Far sides that are repositories: a real SWORDv2 server, and stand-ins where no server can run here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import invenio_fake, swh_deposit, sword_server
from tests.support.far_sides import WRONG, Far
from tests.support.faults import Project


class Swh(Far):
    """Software Heritage's deposit server. It gives nothing back; whatever is deposited there is done at once."""

    name = "swh"
    certain = False
    gives_back = False

    def __init__(self, server: swh_deposit.SwhDeposit) -> None:
        right = {"ARCHIVE_TARGET_THERE_USER": swh_deposit.USER, "ARCHIVE_TARGET_THERE_PASSWORD": swh_deposit.PASSWORD}
        super().__init__(server, server.folder / "media", right, {"ARCHIVE_TARGET_THERE_PASSWORD": WRONG})

    def options(self, port: int) -> dict[str, Any]:
        url = self._server.url.replace(f":{self.port}/", f":{port}/")
        return {"url": f"sword+{url}", "packaging": "http://purl.org/net/sword/package/SimpleZip"}

    def deposits(self) -> list[str]:
        return [str(number) for number, status in self._server.deposits().items() if status != "partial"]

    def is_commit(self, method: str, path: str) -> bool:
        return method == "POST" and path.rstrip("/").endswith(swh_deposit.COLLECTION)

    def filled(self, project: Project, size: int) -> contextlib.AbstractContextManager[None]:
        return super().filled(project, size // 2)


@contextlib.contextmanager
def open_swh(server: swh_deposit.SwhDeposit) -> Iterator[Swh]:
    """The server, empty, and with somebody behind it who calls every complete deposit done at once."""
    server.forget()
    server.query(
        "CREATE FUNCTION finish() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.status := 'done'; RETURN NEW; END $$; "
        "CREATE TRIGGER finish BEFORE INSERT OR UPDATE ON deposit FOR EACH ROW "
        "WHEN (NEW.status = 'deposited') EXECUTE FUNCTION finish()"
    )
    try:
        yield Swh(server)
    finally:
        server.query("DROP TRIGGER finish ON deposit; DROP FUNCTION finish()")
        server.forget()


class _StandIn(Far):
    """A server in this process: it is stopped by way of the proxy."""

    def stop(self, project: Project) -> None:
        project.proxy.down = True
        project.proxy.drop()

    def start(self, project: Project) -> None:
        project.proxy.down = False


class Sword(_StandIn):
    """A SWORDv2 server after the published profile, which can do what swh.deposit cannot."""

    name = "sword"
    certain = False

    def __init__(self, server: sword_server.SwordServer) -> None:
        right = {"ARCHIVE_TARGET_THERE_USER": sword_server.USER,
                 "ARCHIVE_TARGET_THERE_PASSWORD": sword_server.PASSWORD}  # fmt: skip
        super().__init__(server, Path(), right, {"ARCHIVE_TARGET_THERE_PASSWORD": WRONG})

    def options(self, port: int) -> dict[str, Any]:
        self._server.port = port
        return {"url": f"sword+{self._server.url}"}

    def deposits(self) -> list[str]:
        return sorted(self._server.complete)

    def remove(self) -> None:
        self._server.deposits.clear()
        self._server.complete.clear()

    def is_commit(self, method: str, path: str) -> bool:
        return method == "POST" and path == "/collection"

    def spoil_large(self) -> None:
        (name,) = self._server.deposits
        content = self._server.deposits[name]
        self._server.deposits[name] = content[:-1] + bytes([content[-1] ^ 0x55])

    @contextlib.contextmanager
    def filled(self, project: Project, size: int) -> Iterator[None]:
        del project, size
        self._server.full = True
        yield
        self._server.full = False


class Invenio(_StandIn):
    """A stand-in for InvenioRDM, asked to publish."""

    name = "invenio"

    def __init__(self, server: invenio_fake.Invenio) -> None:
        super().__init__(
            server, Path(), {"ARCHIVE_TARGET_THERE_TOKEN": invenio_fake.TOKEN}, {"ARCHIVE_TARGET_THERE_TOKEN": WRONG}
        )

    def options(self, port: int) -> dict[str, Any]:
        return {"url": f"invenio+http://127.0.0.1:{port}", "publish": True}

    def deposits(self) -> list[str]:
        return sorted(name for name, record in self._server.records.items() if record["is_published"])

    def remove(self) -> None:
        self._server.records.clear()

    def is_commit(self, method: str, path: str) -> bool:
        return method == "POST" and path.endswith("/actions/publish")

    def spoil_large(self) -> None:
        for files in self._server.files.values():
            for name, content in files.items():
                files[name] = content[:-1] + bytes([content[-1] ^ 0x55])

    @contextlib.contextmanager
    def filled(self, project: Project, size: int) -> Iterator[None]:
        del project
        self._server.quota = size // 2
        yield
        self._server.quota = 1 << 40
