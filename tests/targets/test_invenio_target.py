"""`invenio+https://` against a stand-in written from the published API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.formats.invenio import make_metadata
from archive.model.deposit import DepositReport, DepositState, Proof
from archive.resources import metadata_path
from archive.stages.depositing.retrieval import retrieve
from archive.targets.registry import open_target
from tests.support.deposit_bags import seal, send, settings_in, write_bag
from tests.support.invenio_fake import TOKEN, Invenio, start_invenio

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
    target, _ = open_target("there", settings, environ=SECRETS)
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
