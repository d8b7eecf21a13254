"""Two authorities, a key, a trust folder, and one sealed bag, made once a session; each test changes its own copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.model.inclusion import ProvenExpectation
from archive.model.seal import SealReceipt, VerificationReport
from archive.settings import Settings
from archive.stages.verification import verify
from archive.trust.store import read_trust
from tests.support.bag_drafts import Files, draft, write_folder
from tests.support.sealing_by_hand import NOW, Hand, HandKey, seal_by_hand, sealed_draft, write_trust
from tests.support.timestamp_authority import TestAuthority, make_authority

ANNA, BELA, ROOT = HandKey("anna"), HandKey("bela"), HandKey("root")
Codes = dict[str, str]


@dataclass(frozen=True)
class World:
    """Who seals and stamps in these tests."""

    one: TestAuthority
    two: TestAuthority
    three: TestAuthority
    sealed: Files
    pending: Files
    twice: Files

    @property
    def hand(self) -> Hand:
        return Hand([ANNA], [self.one, self.two])

    def seal(self, files: Files | None = None, number: int = 1, **changes: Any) -> Files:
        """A bag with a seal that differs from the usual one in these fields."""
        return seal_by_hand(draft() if files is None else files, replace(self.hand, **changes), number)


@pytest.fixture(scope="session")
def world() -> World:
    one, two, three = (make_authority(name, NOW) for name in ("One", "Two", "Three"))
    hand = Hand([ANNA], [one, two])
    sealed = sealed_draft(hand)
    pending = sealed_draft(replace(hand, authorities=[]))
    twice = seal_by_hand(dict(sealed), replace(hand, reason="renewal", time=NOW + timedelta(days=1)), 2)
    return World(one, two, three, sealed, pending, twice)


Judge = Callable[..., tuple[VerificationReport, Codes]]


@pytest.fixture
def judge(world: World, tmp_path: Path) -> Judge:
    """Verify a bag given as files or as a path: the report, and the severity of each SEAL code in it."""
    count = 0

    def verified(
        bag: Mapping[bytes, bytes] | Path,
        *,
        at: datetime = NOW + timedelta(hours=1),
        keys: Sequence[tuple[HandKey, dict[str, Any]]] = ((ANNA, {}),),
        authorities: Sequence[tuple[str, str, TestAuthority]] | None = None,
        policy: str = "",
        lines: str = "",
        receipts: Sequence[SealReceipt] = (),
        complete: tuple[int, ...] = (),
        trusted: bool = True,
    ) -> tuple[VerificationReport, Codes]:
        nonlocal count
        count += 1
        known = authorities
        if known is None:
            known = [("one", "Company One", world.one), ("two", "Company Two", world.two)]
        folder = write_trust(tmp_path / f"trust-{count}", known, keys, policy=policy, authority_lines=lines)
        path = bag if isinstance(bag, Path) else write_folder(bag, tmp_path / f"bag-{count}")
        trust = read_trust(str(folder)) if trusted else None
        report = verify(
            str(path), trust, at=at, settings=Settings(), receipts=receipts,
            proven=ProvenExpectation(complete=complete), workers=1,
        )  # fmt: skip
        found = {one.code: one.severity.value for one in report.findings if one.code.startswith("SEAL-")}
        return report, found

    return verified
