"""`sword+https://` against a server written after the published SWORDv2 profile."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import FormatError, UsageError
from archive.formats.sword import DepositReceipt, read_receipt, read_service, read_statement, write_entry
from archive.formats.xml_safety import parse_xml
from archive.model.deposit import DepositReport, DepositState, Item, Proof
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.targets.registry import open_target
from archive.targets.sword_requests import make_multipart, slug_of
from tests.support.deposit_bags import bytes_of, seal, send, settings_in, write_bag
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
    target = open_target("there", settings, environ=SECRETS)
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


RECORD = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<dc:title xml:lang="ar">أوامر &amp; more</dc:title><dc:creator>A House</dc:creator><dc:date>2023-11-15</dc:date>'
    "<dc:description>Four &lt;warrants&gt;</dc:description></oai_dc:dc>"
)


def described_bag(tmp_path: Path) -> Path:
    bag = write_bag(tmp_path / "صباح bag; x", large=2 << 20)
    (bag / "metadata" / "descriptive").mkdir(parents=True)
    (bag / "metadata" / "descriptive" / "dc.xml").write_text(RECORD)
    seal(bag)
    return bag


@pytest.mark.parametrize("in_progress", [True, False])
def test_a_multipart_deposit_brings_the_description_too(server: SwordServer, tmp_path: Path, in_progress: bool) -> None:
    settings = settings_for(server, tmp_path, method="multipart", in_progress=in_progress)
    report = send(described_bag(tmp_path), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, set())
    assert report.receipt is not None
    assert (report.receipt.proof, server.complete) == (Proof.READ_BACK, {"d1"})
    terms = "{http://purl.org/dc/terms/}"
    entry = parse_xml(server.entries["d1"]).getroot()
    assert [(one.tag.removeprefix(terms), one.text) for one in entry if one.tag.startswith(terms)] == [
        ("title", "أوامر & more"), ("creator", "A House"), ("date", "2023-11-15"), ("description", "Four <warrants>"),
        ("identifier", report.receipt.fingerprint and "urn:muniment:bag:%D8%B5%D8%A8%D8%A7%D8%AD%20bag%3B%20x"),
    ]  # fmt: skip
    assert entry.findtext("{http://www.w3.org/2005/Atom}title") == "أوامر & more"


def test_a_bag_without_a_description_has_an_entry_all_the_same() -> None:
    entry = parse_xml(write_entry(None, title="a<b", identifier="urn:x", updated="2026-01-01T00:00:00Z")).getroot()
    told = {one.tag.rpartition("}")[2]: "".join(one.itertext()) for one in entry}
    assert told == {"title": "a<b", "id": "urn:x", "updated": "2026-01-01T00:00:00Z", "author": "unknown",
                    "identifier": "urn:x"}  # fmt: skip
    with pytest.raises(FormatError):
        write_entry(b"no xml", title="a", identifier="urn:x", updated="2026-01-01T00:00:00Z")


def test_a_multipart_body_is_streamed(tmp_path: Path) -> None:
    import hashlib

    content = bytes_of(1 << 20) * 24
    (tmp_path / "x.zip").write_bytes(content)
    digests = {name: hashlib.new(name, content).hexdigest() for name in ("md5", "sha256", "sha512")}
    item = Item("x.zip", len(content), digests, str(tmp_path / "x.zip"))
    del content
    tracemalloc.start()
    request = make_multipart(item, "p", b"<entry/>")
    assert sum(map(len, request.chunks)) == request.size
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_multipart_that_the_server_does_not_take_is_refused(server: SwordServer, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path, method="multipart", packaging="http://x/zip")
    report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
    with pytest.raises(UsageError, match="binary or multipart"):
        open_target("there", settings_for(server, tmp_path, method="both"), environ=SECRETS)


def test_what_is_spoilt_on_the_way_of_a_multipart_deposit_is_refused(server: SwordServer, tmp_path: Path) -> None:
    with start_proxy("127.0.0.1", server.port) as proxy:
        settings = settings_for(server, tmp_path, port=proxy.port, method="multipart")
        proxy.spoil_upload_at = 500_000
        report = send(write_bag(tmp_path / "bag", large=1 << 20), settings, SECRETS)
        assert proxy.done == 1
    assert (report.state, codes_of(report), server.deposits) == (DepositState.FAILED, {"DEP-105"}, {})


@pytest.mark.parametrize("receipt", [b"<p>thank you<br></p>", b"<entry/>", b" "])
def test_a_deposit_whose_receipt_says_nothing_is_unknown(server: SwordServer, tmp_path: Path, receipt: bytes) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.receipt, server.tells = receipt, False
    for _ in range(2):
        report = send(bag, settings, SECRETS)
        assert (report.state, report.receipt, codes_of(report)) == (DepositState.UNKNOWN, None, {"DEP-107"})
        assert list(server.deposits) == ["d1"]


def test_an_address_without_a_receipt_is_enough(server: SwordServer, tmp_path: Path) -> None:
    server.receipt = b" "
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, list(server.deposits), server.complete) == (DepositState.ACCEPTED, ["d1"], {"d1"})
    assert report.receipt is not None
    assert report.receipt.proof is Proof.READ_BACK


def test_a_refused_completion_leaves_nothing_behind(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.refuse_completion = 1
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report), server.deposits) == (DepositState.FAILED, {"DEP-105"}, {})
    assert "closed for the holidays" in report.findings[-1].message
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert (server.unfinished, server.complete) == (set(), {"d2"})


@pytest.mark.parametrize("statement", ["category", "rdf"])
def test_an_unfinished_deposit_that_may_not_be_deleted_is_taken_up_again(
    server: SwordServer, tmp_path: Path, statement: str
) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.refuse_completion, server.deletes, server.statement = 2, False, statement
    for _ in range(2):
        report = send(bag, settings, SECRETS)
        assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
        assert f"/edit/{'d1'}" in report.findings[-1].message
        assert server.unfinished == {"d1"}
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert (list(server.deposits), server.complete) == (["d1"], {"d1"})


def test_an_unfinished_deposit_that_is_gone_is_made_anew(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.refuse_completion, server.deletes = 1, False
    send(bag, settings, SECRETS)
    server.deposits.clear()
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert server.complete == {"d2"}


def test_a_deposit_that_may_be_complete_is_never_deleted(server: SwordServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    server.lose_completion, server.statement = True, "silent"
    for _ in range(2):
        report = send(bag, settings, SECRETS)
        assert (report.state, report.receipt, codes_of(report)) == (DepositState.UNKNOWN, None, {"DEP-107"})
        assert (list(server.deposits), server.complete) == (["d1"], {"d1"})


@pytest.mark.parametrize("statement", ["feed", "rdf"])
def test_the_state_is_read_in_the_profile_s_own_forms(server: SwordServer, tmp_path: Path, statement: str) -> None:
    server.statement, server.verdict = statement, "rejected"
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.REFUSED, {"DEP-111"})
    assert "rejected: in words" in report.findings[-1].message


@pytest.mark.parametrize("kept", [0, 1000])
@pytest.mark.parametrize("way", ["media", "original"])
def test_a_server_that_keeps_a_part_and_says_created_is_noticed(
    server: SwordServer, tmp_path: Path, way: str, kept: int
) -> None:
    server.keep, server.original, server.repacks = kept, way == "original", way == "original"
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-108"})


@pytest.mark.parametrize("statement", ["category", "feed", "rdf"])
def test_the_original_package_proves_where_the_media_resource_is_packed_anew(
    server: SwordServer, tmp_path: Path, statement: str
) -> None:
    server.original, server.repacks, server.statement = True, True, statement
    settings = settings_for(server, tmp_path)
    report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, set())
    assert report.receipt is not None
    assert report.receipt.proof is Proof.READ_BACK
    target = open_target("there", settings, environ=SECRETS)
    assert retrieve(target, report.receipt.identifier, str(tmp_path / "b"), settings=settings).verdict == "valid"
    target.close()


def test_what_is_packed_anew_proves_nothing_and_that_is_said(server: SwordServer, tmp_path: Path) -> None:
    server.repacks = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, {"DEP-116"})
    assert report.receipt is not None
    assert report.receipt.proof is Proof.REPOSITORY


def test_a_server_that_asks_for_a_pause_gets_it(server: SwordServer, tmp_path: Path) -> None:
    server.busy = 1
    waits: list[float] = []
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS, wait=waits.append)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, {"DEP-115"})
    assert waits[0] == 7.0


def test_the_statement_is_asked_for_at_growing_pauses(server: SwordServer, tmp_path: Path) -> None:
    server.pending = 10_000
    waits: list[float] = []
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS, wait=waits.append)
    assert report.state is DepositState.PENDING
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] < waits[3]
    assert sum(waits) <= 20 + waits[-1]


def test_the_documents_of_the_profile_are_read() -> None:
    atom, sword = 'xmlns="http://www.w3.org/2005/Atom"', 'xmlns:sword="http://purl.org/net/sword/terms/"'
    terms = "http://purl.org/net/sword/terms/"
    receipt = read_receipt(
        f'<entry {atom} {sword}><link rel="alternate" href="/page"/><content src="/cont"/><link rel="edit" href="/e"/>'
        f'<link rel="{terms}statement" type="application/rdf+xml" href="/s.rdf"/>'
        f'<link rel="{terms}statement" type="application/atom+xml;type=feed" href="/s.feed"/>'
        f'<link rel="{terms}originalDeposit" href="/o.zip"/></entry>'.encode()
    )
    assert receipt == DepositReceipt(edit="/e", media="/cont", original="/o.zip", statement="/s.feed", page="/page")
    assert not read_receipt(b"  ")
    service = read_service(
        b'<service xmlns="http://www.w3.org/2007/app"><workspace>'
        b'<collection href="/1"><accept>*/*</accept></collection>'
        b'<collection href="/2"><accept alternate="multipart-related">*/*</accept></collection></workspace></service>'
    )
    assert [(one.address, one.multipart) for one in service] == [("/1", False), ("/2", True)]
    assert read_statement(f"<feed {atom}/>".encode()).short_state == ""
    with pytest.raises(FormatError):
        read_statement(b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>")


def test_a_slug_is_ascii() -> None:
    assert slug_of("urn:x y/%20") == "urn:x y/%2520"
    assert slug_of("urn:ص\n") == "urn:%D8%B5%0A"
