"""Light dataclasses behave as frozen dataclasses do."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class Sample:
    """A sample."""

    name: str
    words: tuple[str, ...] = ()
    facts: dict[str, int] = field(default_factory=dict, metadata={"help": "counts"})


def test_it_is_a_dataclass() -> None:
    one = Sample("a", facts={"x": 1})
    assert [entry.name for entry in fields(one)] == ["name", "words", "facts"]
    assert replace(one, words=("b",)) == Sample("a", ("b",), {"x": 1})
    assert one != Sample("a")
    assert repr(Sample("a")) == "Sample(name='a', words=(), facts={})"
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    assert Sample("a").facts is not Sample("a").facts


def test_it_is_frozen() -> None:
    one: Any = Sample("a")
    with pytest.raises(FrozenInstanceError):
        one.name = "b"
    with pytest.raises(FrozenInstanceError):
        del one.name


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), (("a",), {"name": "b"}), (("a",), {"other": 1}), (("a", (), {}, 4), {})]
)
def test_wrong_values_are_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Sample(*values, **named)


@light_dataclass(frozen=True)
class NamedLikeInside:
    """Fields whose names are those of things in the generated method."""

    values: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    slots: bool = False


def test_a_field_may_have_any_name() -> None:
    one = NamedLikeInside(("a",), ("b",), True)
    assert (one.values, one.lines, one.slots) == (("a",), ("b",), True)
    assert NamedLikeInside().values == ()
