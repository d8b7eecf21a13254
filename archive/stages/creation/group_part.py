"""What one bag of a group takes of the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.model.creation import SourceRoot
from archive.model.description import Description
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class GroupPart:
    """One bag's share. `elsewhere` are the files of each source, by the source's path, that other bags take.

    `left_out` are sources, single files, that other bags take; `everything` are the bag paths of all files of the
    group.
    """

    elsewhere: Mapping[str, frozenset[str]]
    left_out: frozenset[str]
    everything: frozenset[str]

    def choose(self, roots: tuple[SourceRoot, ...]) -> tuple[SourceRoot, ...]:
        """The sources of this bag."""
        return tuple(
            replace(root, elsewhere=self.elsewhere.get(root.path, frozenset()))
            for root in roots
            if root.path not in self.left_out
        )

    def describe(self, description: Description, own: Iterable[str]) -> Description:
        """The description without what it says of other bags' files."""
        from archive.stages.description.matching import match_files

        described = match_files(description, self.everything)
        others = self.everything - set(own)
        return replace(described, statements=tuple(one for one in described.statements if one.about not in others))
