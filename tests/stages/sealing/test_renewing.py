"""archive seal --renew and --complete without a name, with the clock and the ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.formats.seal_statement import parse_statement
from archive.stages.sealing.renewing import parse_ahead
from tests.support.making import archive
from tests.support.needing import needs
from tests.support.sealing import SealingPlace, sealing_place
from tests.support.timestamp_authority import fresh_lists, issue
from tests.support.trusting import trust


def renew(place: SealingPlace, *arguments: str) -> tuple[int, str, str]:
    return place.seal("--renew", *arguments)


def move_clocks(place: SealingPlace, by: timedelta) -> None:
    """Move the clocks of the authorities, which get new certificates and lists."""
    now = datetime.now(UTC) + by
    for running in place.authorities.values():
        old = running.authority
        address = running.url.removesuffix("/tsa")
        leaf = issue(
            "New signer", old.mid, start=now - timedelta(days=1), end=now + timedelta(days=900),
            crl_url=f"{address}/mid.crl",
        )  # fmt: skip
        fresh = replace(old, leaf=leaf)
        fresh.lists.update(fresh_lists(fresh, now))
        running.behaviour.authority = fresh
        running.behaviour.now = by


def test_a_renewal_covers_the_older_seal(place: SealingPlace) -> None:
    bag = place.sealed()
    code, out, _ = renew(place, "bag", "--json")
    (seal,) = json.loads(out)["seals"]
    assert (code, seal["done"], seal["reason"], seal["seal"], seal["warnings"]) == (0, "renewed", "renewal", 2, [])
    statement = parse_statement((bag / "seal/0002/statement.json").read_bytes())
    assert "seal/0001/1.tsr" in {one.name for one in statement.subjects}
    assert place.codes("bag") == (0, [])


def test_only_what_is_due(place: SealingPlace) -> None:
    place.sealed()
    code, out, _ = renew(place, "--due", "bag")
    assert (code, out) == (0, "Nothing to do: no seal is due\n")
    code, out, _ = renew(place, "--due", "--within", "4y", "bag")
    assert code == 0
    assert out.startswith("renewed: bag (seal 0002")
    assert renew(place, "nowhere")[0] == 10
    place.bag("unsealed")
    assert renew(place, "unsealed")[0] == 10
    assert renew(place, "--due", "unsealed")[0] == 0


@needs("faketime")
def test_a_late_renewal_is_made_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sealing_place(tmp_path / "place", monkeypatch, leaf_end=timedelta(days=2)) as place:
        place.sealed()
        move_clocks(place, timedelta(days=40))
        later = {"cwd": place.folder, "before": ["faketime", "-f", "+40d"]}
        done = archive("seal", "--renew", "--due", "bag", "--key", "anna.key", "--trust", "trust", **later)
        assert done.returncode == 0, done.stdout + done.stderr
        assert b"seal/0001 is renewed late: its certificates ended at" in done.stdout
        done = archive("verify", "bag", "--trust", "trust", "--json", **later)
        assert done.returncode == 0
        assert {one["code"] for one in json.loads(done.stdout)["findings"]} == {"SEAL-151"}


def test_all_holdings_of_a_project(place: SealingPlace) -> None:
    for name in ("one", "two", "three", "plain"):
        place.bag(name)
    place.start()
    (place.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\nkey = "anna.key"\n')
    trust(place.folder)
    assert place.run("holdings", "add", "one", "two", "three", "plain")[0] == 0
    assert place.run("seal", "one")[0] == 0
    assert place.run("seal", "two", "three", "--offline")[0] == 4
    code, out, err = place.run("seal", "--complete")
    assert (code, err) == (0, "")
    assert [line.split("/")[-1].split(" ")[0] for line in out.splitlines() if line.startswith("completed:")] == [
        "two", "three",
    ]  # fmt: skip
    assert place.run("seal", "--complete")[1] == "Nothing to do: no seal waits for stamps\n"
    assert place.run("seal", "--renew", "--due")[1] == "Nothing to do: no seal is due\n"
    code, out, _ = place.run("seal", "--renew", "--due", "--within", "5y", "--json")
    assert (code, len(json.loads(out)["seals"])) == (0, 3)


def test_the_ledger_is_told(place: SealingPlace) -> None:
    bag = place.bag()
    place.start()
    assert place.run("holdings", "add", "bag")[0] == 0
    code, out, _ = place.seal("bag", "--json")
    (seal,) = json.loads(out)["seals"]
    assert code == 0
    assert seal["ledger"] is not None
    assert seal["receipt"].split()[1] == seal["ledger"]
    statement = parse_statement((bag / "seal/0001/statement.json").read_bytes())
    assert (statement.witness or "").startswith("muniment-witness/1 ")
    code, found = place.audit()
    assert code == 0, found
    assert renew(place, "bag")[0] == 0
    assert place.audit()[0] == 0
    (bag / "seal/0001/1.tsr").unlink()
    assert place.audit("bag")[0] == 1


def test_a_seal_that_was_not_recorded_is_recorded_by_the_next(place: SealingPlace) -> None:
    from archive.ledger.book import open_ledger
    from archive.ledger.holdings import list_holdings
    from archive.ledger.seal_events import read_seals

    bag = place.sealed()
    place.start()
    assert place.run("holdings", "add", "bag")[0] == 0
    assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 0
    ledger = open_ledger(str(place.folder / "ledger.sqlite3"))
    try:
        (holding,) = list_holdings(ledger)
        (seal,) = read_seals(ledger.backend, holding.id)
        assert (seal.number, seal.complete) == (1, True)
    finally:
        ledger.close()
    assert bag.exists()


def test_another_bag_at_the_place_of_a_holding_is_not_sealed(place: SealingPlace) -> None:
    import shutil

    place.bag()
    place.bag("other", {"x.txt": b"x"})
    place.start()
    assert place.run("holdings", "add", "bag")[0] == 0
    shutil.rmtree(place.folder / "bag")
    shutil.move(place.folder / "other", place.folder / "bag")
    code, _, err = place.seal("bag")
    assert code == 1
    assert "not the bag that the ledger knows" in err
    assert not (place.folder / "bag/seal").exists()


@pytest.mark.parametrize(("text", "days"), [("12m", 365), ("90d", 90), ("2w", 14), ("1y", 365)])
def test_spans(text: str, days: int) -> None:
    assert parse_ahead(text).days == days


@pytest.mark.parametrize("text", ["", "12", "m", "0m", "-1y", "1h", "1.5y", "12m "])
def test_what_is_not_a_span(text: str) -> None:
    with pytest.raises(UsageError):
        parse_ahead(text)
