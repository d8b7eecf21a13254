"""A seal of a batch counts only where its own list leads to the head that is stamped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.formats.merkle import MerkleTree
from archive.formats.seal_batch import BATCH_HASH, write_batch_head, write_batch_proof
from archive.model.finding import Outcome
from archive.model.seal import BatchHead, BatchProof
from tests.stages.validation.seals.conftest import Judge, World
from tests.support.bag_drafts import Files, draft, write_folder
from tests.support.sealing_by_hand import canonical, sign_by_hand, stamp_by_hand

HEAD, PROOF, LIST = b"seal/0001/batch.json", b"seal/0001/batch.proof.json", b"seal/0001/stamped.sha512"
SIZE = 5


@pytest.fixture
def bags(world: World) -> list[Files]:
    """Bags that are sealed together."""
    made = [draft(payload={b"data/a": b"%d" % number}) for number in range(SIZE)]
    tree = MerkleTree([sign_by_hand(files, 1, world.hand) for files in made], BATCH_HASH)
    head = write_batch_head(BatchHead(SIZE, tree.root))
    for index, files in enumerate(made):
        files[HEAD] = head
        files[PROOF] = write_batch_proof(BatchProof(index, tuple(tree.inclusion_proof(index))))
        stamp_by_hand(files, 1, head, world.hand)
    return made


def change(file: bytes, **members: Any) -> Callable[[list[Files]], None]:
    def changed(bags: list[Files]) -> None:
        bags[1][file] = canonical({**json.loads(bags[1][file]), **members})

    return changed


def put(path: bytes, content: Callable[[list[Files]], bytes]) -> Callable[[list[Files]], None]:
    return lambda bags: bags[1].__setitem__(path, content(bags))


ATTACKS: dict[str, Callable[[list[Files]], None]] = {
    "the proof of another bag": put(PROOF, lambda bags: bags[2][PROOF]),
    "another index": change(PROOF, index=2),
    "an index beyond the end": change(PROOF, index=SIZE),
    "a negative index": change(PROOF, index=-1),
    "an index that is true": change(PROOF, index=True),
    "a huge index": change(PROOF, index=1 << 41),
    "an empty path": change(PROOF, path=[]),
    "a path with a hash more": put(
        PROOF, lambda bags: canonical({**(d := json.loads(bags[1][PROOF])), "path": [*d["path"], d["path"][0]]})
    ),
    "a path in capitals": put(
        PROOF, lambda bags: canonical({**(d := json.loads(bags[1][PROOF])), "path": [h.upper() for h in d["path"]]})
    ),
    "a proof of another schema": change(PROOF, schema="muniment-batch/2"),
    "a proof with a member more": change(PROOF, more=1),
    "a proof with other spaces": put(PROOF, lambda bags: json.dumps(json.loads(bags[1][PROOF])).encode()),
    "a proof of deep JSON": put(PROOF, lambda _: b"[" * 60_000),
    "a proof that is too large": put(PROOF, lambda bags: bags[1][PROOF] + b" " * (64 << 10)),
    "a proof that is larger than any file": put(PROOF, lambda _: b" " * (9 << 20)),
    "an empty proof": put(PROOF, lambda _: b""),
    "another size": change(HEAD, size=SIZE + 1),
    "no size": change(HEAD, size=0),
    "another root": change(HEAD, root="0" * 128),
    "a head of another schema": change(HEAD, schema="other"),
    "a head with a line end more": put(HEAD, lambda bags: bags[1][HEAD] + b"\n"),
    "a head that is larger than any file": put(HEAD, lambda _: b" " * (9 << 20)),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_seal_that_is_not_in_its_batch(bags: list[Files], judge: Judge, name: str) -> None:
    ATTACKS[name](bags)
    report, codes = judge(bags[1])
    assert report.outcome is Outcome.DAMAGED
    assert codes.get("SEAL-117") == "error" or (name == "another size" and codes.get("SEAL-133") == "error"), codes
    assert "SEAL-105" not in codes
    (seal,) = report.seals
    assert not any(one.holds for one in seal.stamps)


def test_a_bag_is_put_under_the_stamps_of_a_batch(world: World, bags: list[Files], judge: Judge) -> None:
    """A new seal, rightly signed, with the head, proof and stamps of another bag of the batch."""
    forged = draft(payload={b"data/a": b"made later"})
    sign_by_hand(forged, 1, world.hand)
    forged |= {path: content for path, content in bags[1].items() if path in (HEAD, PROOF) or path.endswith(b".tsr")}
    report, codes = judge(forged)
    assert report.outcome is Outcome.DAMAGED
    assert codes["SEAL-117"] == "error"


@pytest.mark.parametrize("taken", [(HEAD,), (PROOF,), (HEAD, PROOF)])
def test_a_batch_file_is_gone(bags: list[Files], judge: Judge, taken: tuple[bytes, ...]) -> None:
    for path in taken:
        del bags[1][path]
    report, codes = judge(bags[1])
    assert report.outcome is Outcome.DAMAGED
    assert codes["SEAL-133" if len(taken) == 2 else "SEAL-107"] == "error"
    assert len(taken) == 2 or "SEAL-133" not in codes, "the stamps are over a head that is not known"
    assert "SEAL-105" not in codes, "all that is there can be read"


@pytest.mark.parametrize("path", [b"seal/0001/README.txt", HEAD, PROOF])
def test_a_file_of_a_batch_that_cannot_be_read(
    bags: list[Files], judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: bytes
) -> None:
    from archive.bags.folder_reader import FolderReader

    read = FolderReader.read_tag

    def refuse(self: FolderReader, name: bytes, limit: int) -> bytes:
        if name == path:
            raise OSError(5, "Input/output error")
        return read(self, name, limit)

    monkeypatch.setattr(FolderReader, "read_tag", refuse)
    report, codes = judge(write_folder(bags[1], tmp_path / "bag"))
    assert report.outcome is Outcome.NOT_CHECKED
    assert codes == {"SEAL-105": "unchecked"}


def test_the_head_is_stamped_and_not_the_list(world: World, bags: list[Files], judge: Judge) -> None:
    files = {path: content for path, content in bags[1].items() if not path.endswith((b".tsr", b".crl"))}
    stamp_by_hand(files, 1, files[LIST], world.hand)
    report, codes = judge(files)
    assert report.outcome is Outcome.DAMAGED
    assert codes["SEAL-133"] == "error"
