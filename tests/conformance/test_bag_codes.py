"""Every finding about bags has a test that names it, and its title can be filled."""

from __future__ import annotations

from pathlib import Path

from archive.model.codes import all_kinds


def test_every_code_is_provoked_by_a_test(checkout: Path) -> None:
    folders = (
        "tests/conformance",
        "tests/support",
        "tests/stages",
        "tests/crosscheck",
        "tests/cli",
        "tests/bags",
        "tests/properties",
        "tests/model",
    )
    written = "".join(path.read_text("utf-8") for name in folders for path in (checkout / name).rglob("*.py"))
    missing = [code for code in all_kinds() if code.startswith("BAG-") and code not in written]
    assert missing == []


def test_every_kind_is_whole() -> None:
    kinds = [kind for code, kind in all_kinds().items() if code.startswith("BAG-")]
    assert len(kinds) > 80
    for kind in kinds:
        assert kind.explanation.endswith(".")
        assert not kind.remedy.endswith(".")
        assert kind.clause.startswith(("RFC 8493 ", "BagIt Profiles 1.4"))
