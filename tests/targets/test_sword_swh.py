"""`sword+https://` against Software Heritage's deposit server: a real SWORDv2 server, which gives no bytes back."""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.model.deposit import DepositReport, DepositState, Proof
from archive.settings import Settings
from archive.storage.remote import RefusedError
from archive.targets.http import HttpClient
from tests.support.deposit_bags import seal, send, settings_in, tree_of, write_bag
from tests.support.proxy import start_proxy
from tests.support.swh_deposit import (
    COLLECTION,
    LIMIT,
    PASSWORD,
    USER,
    SwhDeposit,
)

pytestmark = pytest.mark.server

SECRETS = {"ARCHIVE_TARGET_THERE_USER": USER, "ARCHIVE_TARGET_THERE_PASSWORD": PASSWORD}
LARGE = 200 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 3 << 20
ZIP = "http://purl.org/net/sword/package/SimpleZip"


@pytest.fixture
def server(swh: SwhDeposit) -> SwhDeposit:
    swh.forget()
    return swh


def settings_for(server: SwhDeposit, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    url = server.url.replace(f":{server.port}/", f":{port or server.port}/")
    return settings_in(tmp_path / "project", url=f"sword+{url}", **{"packaging": ZIP, **options})


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def states_of(server: SwhDeposit) -> list[str]:
    return list(server.deposits().values())


def content_of(server: SwhDeposit) -> dict[str, bytes]:
    """The files in the one zip that the server stored."""
    (stored,) = server.stored()
    with zipfile.ZipFile(io.BytesIO(stored)) as packed:
        return {one.partition("/")[2]: packed.read(one) for one in packed.namelist() if not one.endswith("/")}


def test_a_bag_is_deposited_and_done_only_when_the_server_says_done(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=LARGE)
    settings = settings_for(server, tmp_path)
    assert send(bag, settings, SECRETS, dry_run=True).state is DepositState.PLANNED
    assert states_of(server) == []
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.PENDING, {"DEP-110", "DEP-116"})
    assert states_of(server) == ["deposited"]
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.verified) == (Proof.REPOSITORY, 0)
    assert str(report.receipt.words).startswith("deposited: Deposit is ready for additional checks")
    server.move("loading")
    assert send(bag, settings, SECRETS).state is DepositState.PENDING
    server.move("done")
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, {"DEP-116"})
    assert send(bag, settings, SECRETS).already
    assert states_of(server) == ["done"]


def test_what_it_stored_is_the_bag(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=1 << 20)
    send(bag, settings_for(server, tmp_path), SECRETS)
    assert content_of(server) == tree_of(bag)


def test_one_request_completes_where_that_is_wanted(server: SwhDeposit, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, in_progress=False), SECRETS)
    assert (report.state, states_of(server)) == (DepositState.PENDING, ["deposited"])


def test_a_client_that_ended_before_it_knew_goes_on_with_the_same_deposit(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    send(bag, settings, SECRETS)
    (journal,) = (tmp_path / "project" / "deposits").glob("*.journal")
    lines = journal.read_text().splitlines(keepends=True)
    known = next(number for number, line in enumerate(lines) if '"key": "edit"' in line)
    journal.write_text("".join(lines[: known + 1]))
    assert send(bag, settings, SECRETS).state is DepositState.PENDING
    assert states_of(server) == ["deposited"]


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_a_rejection_afterwards_is_no_deposit(server: SwhDeposit, tmp_path: Path, status: str) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    send(bag, settings, SECRETS)
    server.move(status)
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report) & {"DEP-111"}) == (DepositState.REFUSED, {"DEP-111"})
    assert len(server.deposits()) == 1


def test_a_wrong_password_is_refused_and_never_shown(server: SwhDeposit, tmp_path: Path) -> None:
    wrong = {**SECRETS, "ARCHIVE_TARGET_THERE_PASSWORD": "open-sesame-wrong"}
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), wrong)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})
    assert "open-sesame" not in repr(report)
    assert states_of(server) == []


def test_what_is_spoilt_on_the_way_is_refused_and_goes_again(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=1 << 20)
    with start_proxy("127.0.0.1", server.port) as proxy:
        settings = settings_for(server, tmp_path, port=proxy.port)
        proxy.spoil_upload_at = 500_000
        report = send(bag, settings, SECRETS)
        assert proxy.done == 1
        assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
        assert "Wrong md5 hash" in report.findings[-1].message
        assert states_of(server) == []
        proxy.spoil_upload_at = 0
        send(bag, settings, SECRETS)
        assert states_of(server) == ["deposited"]
    assert content_of(server) == tree_of(bag)


def test_a_packaging_that_it_does_not_take_is_told_in_its_words(server: SwhDeposit, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path, packaging="http://purl.org/net/sword/package/BagIt")
    report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
    assert "SimpleZip" in report.findings[-1].message


def test_more_than_it_takes_is_no_space(server: SwhDeposit, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag", large=LIMIT), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-104"})
    assert states_of(server) == []


def test_an_upload_that_is_cut_leaves_nothing_and_is_unknown(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=1 << 20)
    with start_proxy("127.0.0.1", server.port) as proxy:
        settings = settings_for(server, tmp_path, port=proxy.port)
        proxy.cut_upload_after, proxy.cuts = 500_000, 1
        report = send(bag, settings, SECRETS)
        assert (report.state, report.receipt) == (DepositState.UNKNOWN, None)
        assert states_of(server) == []
        assert send(bag, settings, SECRETS).state is DepositState.UNKNOWN
        send(bag, settings, SECRETS, resume=True)
        assert states_of(server) == ["deposited"]


def test_a_server_that_is_killed_and_started_again(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=4 << 20)
    with start_proxy("127.0.0.1", server.port) as proxy:
        proxy.rate = 6 << 20
        settings = settings_for(server, tmp_path, port=proxy.port)

        def kill() -> None:
            end = time.monotonic() + 60
            while proxy.sent_up < 2 << 20 and time.monotonic() < end:
                time.sleep(0.005)
            server.stop()
            server.start()

        killer = threading.Thread(target=kill)
        killer.start()
        report = send(bag, settings, SECRETS)
        killer.join()
        assert (report.state, report.receipt) == (DepositState.UNKNOWN, None)
        assert states_of(server) == []
        proxy.rate = 0
        send(bag, settings, SECRETS, resume=True)
    assert states_of(server) == ["deposited"]
    assert content_of(server) == tree_of(bag)


def test_its_collection_has_a_title(server: SwhDeposit, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path, collection=f"{COLLECTION} Software Collection")
    assert send(write_bag(tmp_path / "bag"), settings, SECRETS, dry_run=True).state is DepositState.PLANNED


def test_a_multipart_deposit_brings_the_description_too(server: SwhDeposit, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "صباح bag; x", large=LARGE)
    (bag / "metadata" / "descriptive").mkdir(parents=True)
    (bag / "metadata" / "descriptive" / "dcterms.xml").write_text(
        '<qualifieddc xmlns:dcterms="http://purl.org/dc/terms/"><dcterms:title xml:lang="ar">أوامر</dcterms:title>'
        "<dcterms:alternative>Warrants &amp; more</dcterms:alternative></qualifieddc>"
    )
    seal(bag)
    settings = settings_for(server, tmp_path, method="multipart")
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.PENDING, {"DEP-110", "DEP-116"})
    assert states_of(server) == ["deposited"]
    assert content_of(server) == tree_of(bag)
    (entry,) = server.entries()
    assert '<dcterms:title xml:lang="ar">أوامر</dcterms:title>' in entry
    assert "<dcterms:alternative>Warrants &amp; more</dcterms:alternative>" in entry
    server.move("done")
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert states_of(server) == ["done"]


def test_a_deposit_whose_completion_is_refused_is_deleted_there(
    server: SwhDeposit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    real = HttpClient.ask

    def refuse(self: HttpClient, method: str, *given: Any, **named: Any) -> Any:
        if method == "POST" and named["headers"]["In-Progress"] == "false":
            raise RefusedError("not on a Sunday")
        return real(self, method, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(HttpClient, "ask", refuse)
        report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report), states_of(server)) == (DepositState.FAILED, {"DEP-105"}, [])
    send(bag, settings, SECRETS)
    assert states_of(server) == ["deposited"]
