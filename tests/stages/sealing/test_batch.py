"""Many bags with one stamp of each authority: each bag is whole in itself."""

from __future__ import annotations

import json
import shutil
import time

from archive.formats.seal_batch import parse_batch_head, parse_batch_proof
from tests.support.making import contents
from tests.support.sealing import SealingPlace

NAMES = [f"bag{number}" for number in range(5)]


def make_bags(place: SealingPlace) -> None:
    for name in NAMES:
        place.bag(name)


def requests_of(place: SealingPlace) -> list[int]:
    return [len(one.behaviour.requests) for one in place.authorities.values()]


def test_one_request_to_each_authority(place: SealingPlace) -> None:
    make_bags(place)
    code, out, err = place.seal(*NAMES, "--batch", "--json")
    assert (code, err) == (0, "")
    assert [one["bag"] for one in json.loads(out)["seals"]] == NAMES
    assert requests_of(place) == [1, 1]
    heads = {(place.folder / name / "seal/0001/batch.json").read_bytes() for name in NAMES}
    assert [parse_batch_head(head).size for head in heads] == [5]
    for index, name in enumerate(NAMES):
        assert parse_batch_proof((place.folder / name / "seal/0001/batch.proof.json").read_bytes()).index == index
        assert place.codes(name) == (0, [])
    shutil.rmtree(place.folder / "bag0")
    assert place.codes("bag4") == (0, [])


def test_a_bag_that_cannot_be_sealed_is_not_in_the_batch(place: SealingPlace) -> None:
    make_bags(place)
    (place.folder / "bag2/data/a.txt").write_bytes(b"other")
    code, out, err = place.seal(*NAMES, "nowhere", "bag1", "--batch")
    assert code == 1
    assert "bag2" in err
    assert "nowhere" in err
    assert out.count("muniment-seal/1") == 4
    assert parse_batch_head((place.folder / "bag3/seal/0001/batch.json").read_bytes()).size == 4
    assert [place.verify(name)[0] for name in NAMES] == [0, 0, 1, 0, 0]
    assert not (place.folder / "bag2/seal").exists()


def test_a_proof_of_another_bag_is_refused(place: SealingPlace) -> None:
    make_bags(place)
    assert place.seal(*NAMES, "--batch")[0] == 0
    seal = "seal/0001/batch.proof.json"
    shutil.copy(place.folder / "bag1" / seal, place.folder / "bag2" / seal)
    code, codes = place.codes("bag2")
    assert code == 1
    assert "SEAL-117" in codes


def test_a_batch_of_one(place: SealingPlace) -> None:
    bag = place.bag()
    assert place.seal("bag", "--batch")[0] == 0
    assert "seal/0001/batch.json" in contents(bag)
    assert place.codes("bag") == (0, [])


def test_a_batch_without_a_bag_asks_no_one(place: SealingPlace) -> None:
    assert place.seal("nowhere", "--batch")[0] == 10
    assert requests_of(place) == [0, 0]


def test_a_batch_is_completed_with_one_request_to_each(place: SealingPlace) -> None:
    make_bags(place)
    assert place.seal(*NAMES, "--batch", "--offline")[0] == 4
    assert requests_of(place) == [0, 0]
    code, out, err = place.run("seal", "--complete", *NAMES, "--trust", "trust")
    assert (code, err) == (0, ""), out
    assert requests_of(place) == [1, 1]
    assert [place.codes(name) for name in NAMES] == [(0, [])] * 5


def test_a_small_bag_of_a_batch_costs_little(place: SealingPlace) -> None:
    """A loose bound for any machine; `benchmarks/seal.py` measures the bar of 10 ms beside validation."""
    names = [f"many{number}" for number in range(40)]
    for name in names:
        place.bag(name)
    place.run("validate", *names)
    start = time.process_time()
    place.run("validate", *names)
    alone = time.process_time() - start
    start = time.process_time()
    assert place.seal(*names, "--batch")[0] == 0
    assert time.process_time() - start - alone < 1.0 + 0.05 * len(names)
