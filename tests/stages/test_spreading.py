"""Work on many bags by a real Dask cluster: the same answers in the same order as here, whoever is killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import archive
from archive.cli.app import run
from archive.errors import NotFoundError, StorageError, UsageError
from archive.settings import Settings
from archive.stages.spreading import MOST_LOST, Spread, choose_spread, work_each
from archive.stages.validation import validate_each
from archive.stages.validation.spreading import validate_spread
from tests.support.deposit_bags import write_bag
from tests.support.spread_work import work

dask: Any = pytest.importorskip("dask")
distributed: Any = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A standing cluster of two workers."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
    ):
        yield cluster.scheduler_address


@pytest.fixture
def bags(tmp_path: Path) -> list[str]:
    """Four bags, the second of them damaged."""
    made = [write_bag(tmp_path / f"bag{number}", {"a.txt": b"%d" % number, "b": b"same"}) for number in range(4)]
    (made[1] / "data/a.txt").write_bytes(b"X")
    return [str(bag) for bag in made]


def test_answers_come_in_order_when_a_worker_is_killed(scheduler: str, tmp_path: Path) -> None:
    once = str(tmp_path / "once")
    jobs = [("a", "1"), ("die once", once), ("fail", "x"), ("b", "2"), ("c", "3")]
    first, second, third, *rest = work_each(work, jobs, Spread(scheduler))
    assert (first, second, rest) == ("a 1", f"die once {once}", ["b 2", "c 3"])
    assert isinstance(third, NotFoundError)
    assert third.subject == "x"


def test_what_ends_every_worker_is_given_up(scheduler: str) -> None:
    dead, fine = work_each(work, [("die", ""), ("a", "1")], Spread(scheduler))
    assert fine == "a 1"
    assert isinstance(dead, StorageError)
    assert f"{MOST_LOST} workers ended" in dead.problem


def test_a_mistake_of_the_program_is_raised(scheduler: str) -> None:
    with pytest.raises(RuntimeError, match="a mistake"):
        list(work_each(work, [("break", "a mistake")], Spread(scheduler)))


def test_validation_says_the_same(scheduler: str, bags: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(bags[0]).parent)
    named = ["bag0", "bag1", "nothing", bags[2]]
    here = list(validate_each(named))
    heard: list[str] = []
    there = list(validate_spread(named, Spread(scheduler), on_finding=lambda subject, finding: heard.append(subject)))
    assert [(subject, str(answer)) for subject, answer in there] == [(subject, str(answer)) for subject, answer in here]
    assert "bag1" in heard
    assert "bag0" not in heard


def test_deposits_arrive_and_are_proven(
    scheduler: str, bags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["deposit", *bags, "ocfl:root", "--engine", "dask", "--scheduler", scheduler]
    assert run([*words, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [one["bag"] for one in document["deposits"]] == bags
    assert [one["state"] for one in document["deposits"]] == ["accepted", "refused", "accepted", "accepted"]
    assert run(["validate", "root", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reports"][0]["facts"]["objects"] == 3
    again = archive.deposit_each([bags[0], bags[2]], "ocfl:root", engine="dask", scheduler=scheduler)
    assert [answer.already for _, answer in again if isinstance(answer, archive.DepositReport)] == [True, True]
    here = archive.deposit_each([bags[3]], "ocfl:root")
    assert [answer.already for _, answer in here if isinstance(answer, archive.DepositReport)] == [True]


def test_a_cluster_is_started_where_none_is_named(bags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", *bags[:2], "--engine", "dask", "--workers", "1", "-q"]) == 1
    assert "bag1" in capsys.readouterr().out


def test_where_the_work_goes() -> None:
    settings = Settings()
    assert choose_spread(settings, "local", None, 2) is None
    assert choose_spread(settings, "dask", None, 2) == Spread("", 2)
    named = replace(settings, audit=replace(settings.audit, scheduler="tcp://a:1"))
    assert choose_spread(named, "dask", None, None) == Spread("tcp://a:1", 0)
    for engine, scheduler in (("local", "tcp://a:1"), ("cloud", None)):
        with pytest.raises(UsageError):
            choose_spread(settings, engine, scheduler, None)
