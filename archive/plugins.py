"""Plugins: further targets, readers and exporters that other packages bring, found by their entry points.

A package declares an entry point in one of the groups `muniment.targets`, `muniment.readers` and `muniment.exporters`;
its name is the scheme, the media type or the format it serves, its object a module or class as `docs/plugins.md`
describes. What muniment itself has always comes first: a plugin cannot take the place of a part of the program. A
plugin that cannot be loaded is an error only for the one who asks for it; `examine_plugins` reports it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from archive.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Group(Enum):
    """The entry-point groups, by what their plugins are."""

    TARGET = "muniment.targets"
    READER = "muniment.readers"
    EXPORTER = "muniment.exporters"


@dataclass(frozen=True, slots=True)
class PluginState:
    """One plugin as it was found. `problem` says why it cannot be used; None when it loaded."""

    group: Group
    name: str
    distribution: str
    version: str
    problem: str | None


def plugin_names(group: Group) -> tuple[str, ...]:
    """The names that plugins of a group serve, sorted. Nothing of them is loaded."""
    return tuple(sorted(_entries(group)))


def plugin_folders(group: Group) -> tuple[str, ...]:
    """The folders that the packages of a group's plugins are installed in, for a process that must find them too."""
    packages = (entry.dist for entry in _entries(group).values())
    return tuple(sorted({os.path.abspath(str(one.locate_file(""))) for one in packages if one is not None}))


def load_plugin(group: Group, name: str) -> object | None:
    """The object that the plugin `name` of a group provides; None when there is no such plugin.

    Raises `UsageError` when the plugin is installed but cannot be loaded: whatever it raises stays in here.
    """
    entry = _entries(group).get(name)
    if entry is None:
        return None
    try:
        return entry.load()  # type: ignore[no-any-return]
    except Exception as error:
        raise UsageError(
            f"the plugin cannot be loaded: {_words_of(error)}",
            subject=f"{name} of {_origin(entry)[0]}",
            remedy="Run archive doctor, then update or remove that package",
        ) from error


def examine_plugins() -> tuple[PluginState, ...]:
    """Every installed plugin, loaded once to see whether it works."""
    states = []
    for group in Group:
        for name, entry in sorted(_entries(group).items()):
            distribution, version = _origin(entry)
            problem = None
            try:
                entry.load()
            except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything; the report says what
                problem = _words_of(error)
            states.append(PluginState(group, name, distribution, version, problem))
    return tuple(states)


@cache
def _entries(group: Group) -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=group.value)}


def _origin(entry: EntryPoint) -> tuple[str, str]:
    package = entry.dist
    return (entry.value, "") if package is None else (package.name, package.version)


def _words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
