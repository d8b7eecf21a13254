"""The target that the documentation shows works as it stands there, and every target keeps to the protocol."""

from __future__ import annotations

import inspect
import re
import sys
import types
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from archive.errors import SourceError
from archive.model.deposit import DepositState, Item
from archive.stages.depositing.retrieval import retrieve
from archive.targets import registry
from archive.targets.protocol import Target, read_source
from tests.support.deposit_bags import bytes_of, send, settings_in, write_bag


def test_the_documented_target_works(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (checkout / "docs" / "writing-a-target.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    module: Any = types.ModuleType("archive_share_example")
    exec(compile(source, "docs/writing-a-target.md", "exec"), module.__dict__)  # noqa: S102 - our own documentation
    monkeypatch.setitem(sys.modules, "archive_share_example", module)
    monkeypatch.setitem(registry.SCHEMES, "share", "archive_share_example")
    (tmp_path / "share").mkdir()
    settings = settings_in(tmp_path / "project", url=f"share:{tmp_path}/share")
    bag = write_bag(tmp_path / "bag")
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    assert [path.name for path in (tmp_path / "share").iterdir()] == ["bag.zip"]
    assert send(bag, settings).already
    target = registry.open_target("there", settings, environ={})
    assert retrieve(target, "bag.zip", str(tmp_path / "back"), settings=settings).verdict == "valid"


@pytest.mark.parametrize("name", sorted(set(registry.SCHEMES.values())))
def test_every_target_has_what_the_protocol_asks(name: str, checkout: Path) -> None:
    module = import_module(name)
    kinds = [value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == name]
    (kind,) = [value for value in kinds if hasattr(value, "commit")]
    asked = {member for member in vars(Target) if not member.startswith("_")}
    assert asked <= set(dir(kind))
    assert asked == set(
        re.findall(r"^\| `(\w+)", (checkout / "docs" / "writing-a-target.md").read_text(), re.MULTILINE)
    )
    pages = ("places.md", f"deposits/{name.rpartition('.')[2]}.md")
    told = "".join((checkout / "docs" / page).read_text("utf-8") for page in pages)
    for option in module.OPTIONS:
        assert f"`{option}`" in told, option


@pytest.mark.parametrize("scheme", sorted(registry.SCHEMES))
def test_every_kind_is_documented_and_has_its_word_in_the_reports(scheme: str, checkout: Path) -> None:
    text = (checkout / "docs" / "places.md").read_text("utf-8")
    kind, encrypted = scheme.partition("+")[0], scheme.replace("+http", "+https").replace("+httpss", "+https")
    assert re.search(rf"^\| `{re.escape(encrypted)}:", text, re.MULTILINE)
    page = checkout / "docs" / "deposits" / f"{registry.SCHEMES[scheme].rpartition('.')[2]}.md"
    assert f'url = "{encrypted}:' in page.read_text("utf-8")
    help_text = " ".join((checkout / "docs" / "commands.md").read_text("utf-8").split())
    assert f"{encrypted}:" in help_text
    for name in ("receipt", "deposit"):
        schema = (checkout / "metadata" / "reports" / f"archive.{name}-1.json").read_text("utf-8")
        assert f'"{kind}"' in schema


def test_a_source_that_changed_is_never_sent_whole(tmp_path: Path) -> None:
    import hashlib

    content = bytes_of(3 << 20)
    path = tmp_path / "x"
    path.write_bytes(content)
    item = Item("x", len(content), {"sha256": hashlib.sha256(content).hexdigest()}, str(path))
    for offset in (0, 1, 1 << 20, (2 << 20) + 7, len(content)):
        assert b"".join(read_source(item, offset)) == content[offset:]
    path.write_bytes(content[:-1] + b"?")
    got: list[bytes] = []
    with pytest.raises(SourceError):
        got.extend(read_source(item))
    assert sum(map(len, got)) < len(content)
    path.unlink()
    with pytest.raises(SourceError):
        list(read_source(item))


def test_a_bag_that_changes_on_the_way_is_no_deposit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.targets.folder import Directory

    bag = write_bag(tmp_path / "bag")
    begin = Directory.begin

    def change(self: Directory, *given: Any) -> Any:
        (bag / "data" / "a+b.txt").write_bytes(b"changed")
        return begin(self, *given)

    monkeypatch.setattr(Directory, "begin", change)
    report = send(bag, settings_in(tmp_path / "project", url=f"dir:{tmp_path}/shelf"))
    assert report.state is DepositState.REFUSED
    assert report.findings[0].code == "DEP-101"
    assert not (tmp_path / "shelf").exists()
