"""`invenio+https://` against a stand-in written from the published API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.formats.invenio import make_metadata
from archive.model.deposit import DepositReport, DepositState, Proof
from archive.resources import metadata_path
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.targets.http import HttpClient
from archive.targets.invenio import InvenioTarget
from archive.targets.registry import open_target
from tests.support.deposit_bags import seal, send, settings_in, write_bag
from tests.support.invenio_fake import TOKEN, Invenio, start_invenio, start_store

pytestmark = pytest.mark.server

SECRETS = {"ARCHIVE_TARGET_THERE_TOKEN": TOKEN}
CROSSWALK = json.loads(metadata_path("crosswalks", "dc-to-invenio.json").read_text("utf-8"))


@pytest.fixture
def server() -> Iterator[Invenio]:
    with start_invenio() as running:
        yield running


def settings_for(server: Invenio, tmp_path: Path, **options: Any) -> Settings:
    return settings_in(tmp_path / "project", url=f"invenio+{server.url}", **options)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_is_published_with_a_doi(server: Invenio, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "صباح +bag", large=2 << 20)
    settings = settings_for(server, tmp_path, publish=True)
    assert send(bag, settings, SECRETS, dry_run=True).state is DepositState.PLANNED
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, set())
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.doi) == (Proof.READ_BACK, "10.5072/rec1")
    assert send(bag, settings, SECRETS).already
    assert list(server.records) == ["rec1"]
    target = open_target("there", settings, environ=SECRETS)
    back = retrieve(target, "rec1", str(tmp_path / "back"), settings=settings)
    target.close()
    assert back.verdict == "valid"


def test_nothing_is_published_unasked(server: Invenio, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert "draft" in (report.receipt.words or "")
    assert server.records["rec1"]["is_published"] is False
    assert server.records["rec1"]["access"] == {"record": "restricted", "files": "restricted"}


def test_a_lost_journal_makes_no_second_record(server: Invenio, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, publish=True)
    send(bag, settings, SECRETS)
    for path in (tmp_path / "project" / "deposits").glob("*.j*"):
        path.unlink()
    report = send(bag, settings, SECRETS)
    assert (report.state, report.already, list(server.records)) == (DepositState.ACCEPTED, True, ["rec1"])


@pytest.mark.parametrize("anyway", [True, False])
def test_a_publication_without_an_answer_is_asked_about(server: Invenio, tmp_path: Path, anyway: bool) -> None:
    server.fail_publish, server.publish_anyway = 1, anyway
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, publish=True), SECRETS)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert report.receipt.words == "published"
    assert list(server.records) == ["rec1"]


def test_what_the_server_spoilt_is_refused(server: Invenio, tmp_path: Path) -> None:
    server.spoil = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-105"})


def test_a_wrong_token_is_refused_and_never_shown(server: Invenio, tmp_path: Path) -> None:
    report = send(
        write_bag(tmp_path / "bag"), settings_for(server, tmp_path), {"ARCHIVE_TARGET_THERE_TOKEN": "wrong-one"}
    )
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})
    assert "wrong-one" not in repr(report)


def test_a_quota_is_told_as_full(server: Invenio, tmp_path: Path) -> None:
    server.quota = 100
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-104"})


def test_the_description_goes_through_the_crosswalk(server: Invenio, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    (bag / "metadata" / "descriptive").mkdir(parents=True)
    (bag / "metadata" / "descriptive" / "dc.xml").write_text(
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Warrants</dc:title><dc:title>أوامر</dc:title><dc:creator>A House</dc:creator><dc:type>Text</dc:type>"
        "<dc:date>2023-11-15</dc:date><dc:date>about 1900</dc:date><dc:language>ara</dc:language>"
        "<dc:rights>In copyright</dc:rights><dc:subject>chemical weapons</dc:subject></oai_dc:dc>"
    )
    seal(bag)
    record = (bag / "metadata" / "descriptive" / "dc.xml").read_bytes()
    metadata = make_metadata(record, CROSSWALK, title="bag", identifier="urn:x", today="2026-01-01")
    assert metadata == {
        "title": "Warrants",
        "additional_titles": [{"title": "أوامر", "type": {"id": "other"}}],
        "creators": [{"person_or_org": {"type": "organizational", "name": "A House"}}],
        "resource_type": {"id": "publication"},
        "publication_date": "2023-11-15",
        "languages": [{"id": "ara"}],
        "rights": [{"title": {"en": "In copyright"}}],
        "subjects": [{"subject": "chemical weapons"}],
        "identifiers": [{"identifier": "urn:x", "scheme": "other"}],
    }


def test_every_rule_of_the_crosswalk_has_its_effect() -> None:
    for name in CROSSWALK["elements"]:
        value = {"language": "ara"}.get(name, "2020-01-01")
        record = f'<r xmlns:t="http://purl.org/dc/terms/"><t:{name}>{value}</t:{name}></r>'.encode()
        with_it = make_metadata(record, CROSSWALK, title="t", identifier="i", today="2000-01-01")
        assert value in json.dumps(with_it), name


def test_values_go_as_the_repository_wants_them() -> None:
    terms = (
        b"<t:language>ar-SY</t:language><t:language>qaa</t:language><t:language>x-own</t:language>"
        b"<t:description>a &lt; b &amp; c</t:description><t:abstract>x &lt;i&gt;</t:abstract>"
        b"<t:rights>https://rights.example/1</t:rights><t:spatial>Daraa</t:spatial><t:spatial>Daraa</t:spatial>"
        b"<t:format>application/pdf</t:format><t:extent>4 pages</t:extent><t:rightsHolder>A House</t:rightsHolder>"
    )
    record = b'<r xmlns:t="http://purl.org/dc/terms/">' + terms + b"</r>"
    metadata = make_metadata(record, CROSSWALK, title="t", identifier="i", today="2000-01-01")
    assert metadata["languages"] == [{"id": "ara"}, {"id": "qaa"}]
    assert metadata["description"] == "a &lt; b &amp; c"
    assert metadata["additional_descriptions"][0]["description"] == "x &lt;i&gt;"
    assert metadata["rights"] == [{"title": {"en": "https://rights.example/1"}, "link": "https://rights.example/1"}]
    assert metadata["locations"] == {"features": [{"place": "Daraa"}]}
    assert (metadata["formats"], metadata["sizes"]) == (["application/pdf"], ["4 pages"])
    assert metadata["contributors"][0]["role"] == {"id": "rightsholder"}


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ({"Retry-After": "9"}, 9.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:20 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 20.0),
        ({"X-RateLimit-Reset": "1795521612", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 12.0),
        ({"Retry-After": "86400"}, 300.0),
        ({"Retry-After": "soon"}, 0.5),
        ({}, 0.5),
    ],
)
def test_too_many_requests_are_made_slower(
    server: Invenio, tmp_path: Path, asked: dict[str, str], waited: float
) -> None:
    server.busy, server.pause = 1, {name.replace("-", "_"): value for name, value in asked.items()}
    waits: list[float] = []
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS, wait=waits.append)
    assert (report.state, codes_of(report), waits) == (DepositState.ACCEPTED, {"DEP-115"}, [waited])


def test_a_doi_is_reserved_when_asked_and_stands_in_the_receipt(server: Invenio, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, reserve_doi=True)
    for _ in range(2):
        report = send(bag, settings, SECRETS)
        assert report.receipt is not None
        assert (report.state, report.receipt.doi) == (DepositState.ACCEPTED, "10.5072/rec1")
        for path in (tmp_path / "project" / "deposits").glob("*.j*"):
            path.unlink()
    assert server.records["rec1"]["is_published"] is False
    report = send(write_bag(tmp_path / "other"), settings_for(server, tmp_path), SECRETS)
    assert report.receipt is not None
    assert (report.receipt.doi, server.records["rec2"]["pids"]) == (None, {})


@pytest.mark.parametrize("unseen", [0, 1])
def test_a_draft_whose_answer_was_lost_is_taken_up(server: Invenio, tmp_path: Path, unseen: int) -> None:
    server.fail_create, server.unseen = 1, unseen
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, publish=True), SECRETS)
    assert (report.state, list(server.records)) == (DepositState.ACCEPTED, ["rec1"])


@pytest.mark.parametrize("step", ["begin", "start", "put", "commit"])
def test_a_stopped_client_goes_on_with_its_draft(
    server: Invenio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, publish=True)
    real = HttpClient.ask
    ends = {"begin": ("POST", "/api/records"), "start": ("POST", "/draft/files"), "put": ("PUT", "/content"),
            "commit": ("POST", "/commit")}  # fmt: skip

    def stop(self: HttpClient, method: str, address: str, **named: Any) -> Any:
        answer = real(self, method, address, **named)
        if method == ends[step][0] and address.endswith(ends[step][1]):
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(HttpClient, "ask", stop)
        with pytest.raises(KeyboardInterrupt):
            send(bag, settings, SECRETS)
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert list(server.records) == ["rec1"]


def test_a_draft_that_is_gone_is_made_anew(server: Invenio, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, publish=True)
    server.quota = 100
    send(bag, settings, SECRETS)
    server.records.clear()
    server.quota = 1 << 40
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert list(server.records) == ["rec2"]


def test_other_content_becomes_a_new_version_of_a_published_record(server: Invenio, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path, publish=True)
    named = {"External-Identifier": "urn:x:1"}
    first = write_bag(tmp_path / "one" / "bag", {"a.txt": b"first"}, info=named)
    second = write_bag(tmp_path / "two" / "bag", {"a.txt": b"other"}, info=named)
    assert send(first, settings, SECRETS).state is DepositState.ACCEPTED
    before = dict(server.files["rec1"])
    report = send(second, settings, SECRETS)
    assert report.receipt is not None
    assert (report.state, report.receipt.identifier) == (DepositState.ACCEPTED, "rec2")
    assert server.records["rec2"]["metadata"]["publication_date"]
    assert server.files["rec1"] == before
    for path in (tmp_path / "project" / "deposits").glob("*.j*"):
        path.unlink()
    assert [send(bag, settings, SECRETS).already for bag in (second, first)] == [True, True]
    assert list(server.records) == ["rec1", "rec2"]


def test_a_draft_with_other_content_is_never_overwritten(server: Invenio, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    named = {"External-Identifier": 'urn:x:"1"\\'}
    first = write_bag(tmp_path / "one" / "bag", {"a.txt": b"first"}, info=named)
    second = write_bag(tmp_path / "two" / "bag", {"a.txt": b"other"}, info=named)
    assert send(first, settings, SECRETS).state is DepositState.ACCEPTED
    before = dict(server.files["rec1"])
    report = send(second, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-103"})
    assert (list(server.records), server.files["rec1"]) == (["rec1"], before)


def test_a_false_checksum_of_the_server_is_refused(server: Invenio, tmp_path: Path) -> None:
    server.lie = True
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-105"})


@pytest.mark.parametrize("spoilt", [False, True])
def test_contents_in_a_store_behind_are_read_back_without_our_token(
    server: Invenio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: bool
) -> None:
    asked: list[dict[str, str]] = []
    commit = InvenioTarget.commit

    def spoil(self: InvenioTarget, *given: Any) -> Any:
        done = commit(self, *given)
        if spoilt:
            server.files["rec1"]["bag.zip"] = server.files["rec1"]["bag.zip"][:-1] + b"?"
        return done

    monkeypatch.setattr(InvenioTarget, "commit", spoil)
    with start_store(server, asked) as server.store:
        report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert asked
    assert not any("authorization" in {name.lower() for name in headers} for headers in asked)
    assert report.state is (DepositState.FAILED if spoilt else DepositState.ACCEPTED)
    assert codes_of(report) == ({"DEP-108"} if spoilt else set())


def test_metadata_that_would_stop_the_publication_stop_the_deposit(server: Invenio, tmp_path: Path) -> None:
    server.complaints = [{"field": "metadata.title", "messages": ["too short"]}, {"field": "files.enabled"}]
    bag = write_bag(tmp_path / "bag")
    report = send(bag, settings_for(server, tmp_path, publish=True), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-105"})
    assert "metadata.title: too short" in report.findings[-1].message
    assert server.files["rec1"] == {}
    assert send(bag, settings_for(server, tmp_path), SECRETS).state is DepositState.ACCEPTED
    assert list(server.records) == ["rec1"]
