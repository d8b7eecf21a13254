"""How bags are read at an address: the options of its place, with the place itself where only its target can read.

Light to import, for every worker of an audit does: what places are is loaded when one is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from archive.errors import UsageError
from archive.model.addresses import is_deposit, is_remote, shown_scheme
from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from archive.settings import Settings
    from archive.targets.protocol import Target


@light_dataclass(frozen=True, slots=True)
class TargetPlace:
    """A place whose deposits only its target reads. It holds no credential and may go to another process.

    `token` is new for each command, so that what one has learned of a deposit is not taken for true by the next.
    """

    name: str
    root: str
    settings: Settings
    token: str = field(default_factory=lambda: os.urandom(8).hex())

    def open(self) -> Target:
        """The target. It connects to nothing yet. Raises `UsageError`, `NotAuthorisedError`."""
        from archive.targets.registry import open_target

        return open_target(self.name, self.settings)

    def label(self) -> str:
        """The target's own address, as its receipts have it."""
        target = self.open()
        try:
            return target.label
        finally:
            target.close()


def options_of_place(settings: Settings, name: str) -> Mapping[str, Any]:
    """What `open_reader` needs for bags in the place `name`; empty for a name that is none. Raises `UsageError`."""
    from archive.places import options_of, root_of

    options = options_of(settings, name)
    root = root_of(settings, name) if options else None
    return options if root is None or not is_deposit(root) else {**options, "place": TargetPlace(name, root, settings)}


def reading_options(settings: Settings, address: str) -> Mapping[str, Any]:
    """The options of the place that holds the URL `address`: endpoint, credentials and the like; none for a path.

    Raises `UsageError` for a URL that only a place can open where there is none, and for a place with a wrong root.
    """
    if not is_remote(address):
        return {}
    from archive.places import place_at

    name = place_at(settings, address)
    if name is None and is_deposit(address):
        from archive.storage.credentials import without_secrets

        without_secrets(address)
        raise UsageError(
            "no place in archive.toml has this address, so it cannot be read",
            subject=shown_scheme(address), remedy='Write [places.NAME] with its url in archive.toml',
        )  # fmt: skip
    return {} if name is None else options_of_place(settings, name)
