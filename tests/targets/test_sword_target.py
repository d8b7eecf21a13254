"""`sword+https://` against a server written after the published SWORDv2 profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.errors import UsageError
from archive.model.deposit import DepositReport, DepositState, Proof
from archive.stages.depositing.retrieval import retrieve
from archive.targets.registry import open_target
from tests.support.deposit_bags import send, settings_in, write_bag
from tests.support.proxy import start_proxy
from tests.support.sword_server import PASSWORD, USER, SwordServer, start_sword

pytestmark = pytest.mark.server

SECRETS = {"ARCHIVE_TARGET_THERE_USER": USER, "ARCHIVE_TARGET_THERE_PASSWORD": PASSWORD}


@pytest.fixture
def server() -> Iterator[SwordServer]:
    with start_sword() as running:
        yield running


def settings_for(server: SwordServer, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    url = server.url.replace(f":{server.port}/", f":{port or server.port}/")
    return settings_in(tmp_path / "project", url=f"sword+{url}", **options)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_is_deposited_completed_read_back_and_polled(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=3 << 20)
    settings = settings_for(server, tmp_path)
    assert send(bag, settings, SECRETS, dry_run=True).state is DepositState.PLANNED
    assert not server.deposits
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, set())
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.words) == (Proof.READ_BACK, "archived: in words")
    assert server.complete == {"d1"}
    assert send(bag, settings, SECRETS).already
    assert list(server.deposits) == ["d1"]
    target, _ = open_target("there", settings, environ=SECRETS)
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    target.close()
    assert back.verdict == "valid"


def test_a_wrong_password_is_refused_and_never_shown(server: SwordServer, tmp_path: Path) -> None:
    wrong = {**SECRETS, "ARCHIVE_TARGET_THERE_PASSWORD": "open-sesame-wrong"}
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), wrong)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})
    shown = repr(report) + "".join(p.read_text() for p in (tmp_path / "project" / "deposits").glob("*.j*"))
    assert "open-sesame" not in shown


def test_a_lost_answer_is_unknown_and_never_sent_twice_unasked(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.lose_answer = True
    report = send(bag, settings, SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.UNKNOWN, None, {"DEP-107"})
    server.lose_answer = False
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.UNKNOWN, {"DEP-107"})
    assert len(server.deposits) == 1
    assert send(bag, settings, SECRETS, resume=True).state is DepositState.ACCEPTED


def test_a_completion_whose_answer_was_lost_is_found_by_the_state(server: SwordServer, tmp_path: Path) -> None:
    server.lose_completion = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, list(server.deposits), server.complete) == (DepositState.ACCEPTED, ["d1"], {"d1"})


def test_one_request_completes_where_that_is_wanted(server: SwordServer, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, in_progress=False), SECRETS)
    assert (report.state, list(server.deposits), server.complete) == (DepositState.ACCEPTED, ["d1"], {"d1"})


def test_a_state_is_accepted_only_when_it_is_named_so(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    server.verdict = "deposited"
    assert send(bag, settings_for(server, tmp_path), SECRETS).state is DepositState.PENDING
    settings = settings_for(server, tmp_path, accepted_states="deposited")
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert list(server.deposits) == ["d1"]


def test_a_deposit_that_is_gone_is_made_anew_and_completed(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    send(bag, settings, SECRETS)
    (journal,) = (tmp_path / "project" / "deposits").glob("*.journal")
    lines = journal.read_text().splitlines(keepends=True)
    known = next(number for number, line in enumerate(lines) if '"key": "completed"' in line)
    journal.write_text("".join(lines[: known + 1]))
    server.deposits = {"other": server.deposits.pop("d1")}
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert "d2" in server.complete


def test_a_full_server_says_so(server: SwordServer, tmp_path: Path) -> None:
    server.full = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-104"})


def test_a_refusal_has_the_server_s_own_words(server: SwordServer, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, packaging="http://x/zip"), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
    assert "ErrorContent" in report.findings[-1].message


def test_what_the_server_spoilt_is_found(server: SwordServer, tmp_path: Path) -> None:
    server.spoil = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-108"})


def test_a_server_that_gives_nothing_back_is_taken_at_its_word_and_that_is_said(
    server: SwordServer, tmp_path: Path
) -> None:
    server.gives_back = False
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, {"DEP-116"})
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.verified) == (Proof.REPOSITORY, 0)


def test_not_accepted_yet_is_not_done(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.pending = 10_000
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.PENDING, {"DEP-110"})
    server.pending = 0
    report = send(bag, settings, SECRETS)
    assert (report.state, list(server.deposits)) == (DepositState.ACCEPTED, ["d1"])


def test_a_rejection_afterwards_is_no_deposit(server: SwordServer, tmp_path: Path) -> None:
    server.verdict = "rejected"
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.REFUSED, None, {"DEP-111"})


def test_another_collection_is_a_usage_error(server: SwordServer, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, collection="Nothing"), SECRETS)


def test_a_server_that_sends_us_elsewhere_gets_no_credential(server: SwordServer, tmp_path: Path) -> None:
    with start_proxy("127.0.0.1", server.port) as proxy:
        report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, port=proxy.port), SECRETS)
    assert report.state in (DepositState.FAILED, DepositState.UNKNOWN)
    assert "another server" in report.findings[-1].message
