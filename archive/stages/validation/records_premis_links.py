"""The links of a PREMIS record: gathered compactly while it is read, judged at its end.

An identifier is kept once; a link costs 32 bytes, so that a record of some hundred thousand files stays small.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from sys import intern

from archive.model.codes import premis as codes
from archive.model.record import Identifier
from archive.stages.validation.record_notes import Notes
from archive.stages.validation.record_values import vocabulary

OBJECT, EVENT, AGENT, RIGHTS = range(4)
KINDS = ("object", "event", "agent", "rights statement")

_LINKS = (
    ("linkingObjectIdentifier", (OBJECT,)), ("linkingEventIdentifier", (EVENT,)), ("linkingAgentIdentifier", (AGENT,)),
    ("linkingRightsStatementIdentifier", (RIGHTS,)), ("relatedObjectIdentifier", (OBJECT,)),
    ("relatedEventIdentifier", (EVENT,)), ("linkingEnvironmentIdentifier", (OBJECT,)),
)  # fmt: skip
_NUMBERS = {name: number for number, (name, _targets) in enumerate(_LINKS)}
_ALIASES = {
    "relatedObjectIdentification": "relatedObjectIdentifier", "relatedEventIdentification": "relatedEventIdentifier",
    "linkingPermissionStatementIdentifier": "linkingRightsStatementIdentifier",
    "linkingObject": "linkingObjectIdentifier", "grantingAgent": "linkingAgentIdentifier",
}  # fmt: skip

_PARTNERS = {
    OBJECT: frozenset(), EVENT: frozenset({OBJECT}), AGENT: frozenset({EVENT, RIGHTS, OBJECT}),
    RIGHTS: frozenset({OBJECT, AGENT}),
}  # fmt: skip
_BOTH_WAYS = {
    (OBJECT, EVENT): "linkingObjectIdentifier", (EVENT, OBJECT): "linkingEventIdentifier",
    (RIGHTS, OBJECT): "linkingRightsStatementIdentifier", (AGENT, EVENT): "linkingAgentIdentifier",
    (AGENT, RIGHTS): "linkingAgentIdentifier", (OBJECT, RIGHTS): "", (EVENT, AGENT): "", (RIGHTS, AGENT): "",
}  # fmt: skip
"""Pairs of entities, and the element with which the second must answer a link of the first; "" where it need not."""

_DERIVATIONS = frozenset({"has source", "is source of"})
_ORPHANS = {EVENT: codes.ORPHAN_EVENT, AGENT: codes.ORPHAN_AGENT, RIGHTS: codes.ORPHAN_RIGHTS}


def show(key: tuple[str, str] | None) -> str:
    """An identifier in a sentence."""
    return "(no identifier)" if key is None else f"{key[1]} ({key[0]})"


class LinkGraph:
    """Entities, their identifiers and the links between them."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._keys: dict[tuple[str, str], int] = {}
        self._entity_of: dict[int, int] = {}
        self._kind = array("b")
        self._line = array("q")
        self._name = array("q")
        self._section = array("q")
        self._source, self._target, self._sort, self._at = array("q"), array("q"), array("b"), array("q")
        self._subtypes: dict[str, int] = {}
        self._related: list[array[int]] = [array("q") for _ in range(4)]
        self._outside: set[int] = set()
        self._settled = bytearray()
        self._whole = bytearray()

    def enter(
        self, kind: int, identifiers: tuple[Identifier, ...], line: int, section: int = 0, *, whole: bool = False
    ) -> int:
        """A new entity: its number. `section` tells METS sections apart, where an entity may be told again;

        `whole` says of an object that it is a representation or an intellectual entity, made of others.
        """
        number = len(self._kind)
        self._kind.append(kind)
        self._line.append(line)
        self._section.append(section)
        self._name.append(-1)
        self._settled.append(0)
        self._whole.append(whole)
        for identifier in identifiers:
            key = self._key(identifier)
            if self._name[number] < 0:
                self._name[number] = key
            if not identifier.value:
                continue
            first = self._entity_of.setdefault(key, number)
            again = self._kind[first] == kind and section and self._section[first] != section
            if first != number and not again:
                self._notes.add(codes.DUPLICATE_ENTITY, line, target=show(identifier.key), first=int(self._line[first]))
        return number

    def link(self, source: int, element: str, identifier: Identifier, line: int, *, outside: bool = False) -> None:
        """A link told by entity `source`; `outside` when it says by itself that it leads elsewhere."""
        if not identifier.value:
            return
        key = self._key(identifier)
        if outside:
            self._outside.add(key)
        self._source.append(source)
        self._target.append(key)
        self._sort.append(_NUMBERS[_ALIASES.get(element, element)])
        self._at.append(line)

    def relate(self, source: int, subtype: str, identifier: Identifier, line: int) -> None:
        """A relationship told by object `source`."""
        self.link(source, "relatedObjectIdentifier", identifier, line)
        if identifier.value:
            number = self._subtypes.setdefault(subtype, len(self._subtypes))
            for column, value in zip(self._related, (source, self._key(identifier), number, line), strict=True):
                column.append(value)

    def settle(self, entity: int) -> None:
        """Say that an entity belongs to something by where it stands, as in one METS section with an object."""
        self._settled[entity] = 1

    def kind_of(self, entity: int) -> int:
        """What kind of entity this is."""
        return self._kind[entity]

    def count(self, kind: int) -> int:
        """How many entities of a kind there are."""
        return self._kind.count(kind)

    def _key(self, identifier: Identifier) -> int:
        return self._keys.setdefault((intern(identifier.type), identifier.value), len(self._keys))

    def judge(self, *, alone: bool, strict: bool = False) -> None:
        """Note what is wrong with the links. `alone`: the record is one entity, whose partners are elsewhere;

        `strict`: the record is a whole by itself, so that each link is told by both of its ends.
        """
        names = list(self._keys)
        self._judge_targets(names, alone)
        if alone:
            return
        self._judge_orphans(names)
        self._judge_both_ways(names, strict)
        self._judge_relationships(names)

    def _links(self) -> Iterator[tuple[int, int, int, int]]:
        return zip(self._source, self._target, self._sort, self._at, strict=True)

    def _judge_targets(self, names: list[tuple[str, str]], alone: bool) -> None:
        for source, key, sort, line in self._links():
            element, wanted = _LINKS[sort]
            entity = self._entity_of.get(key)
            self._settle(source, wanted[0])
            if entity is None:
                kind = codes.OUTSIDE_LINK if alone or key in self._outside else codes.DANGLING_LINK
                self._notes.add(kind, line, element=element, target=show(names[key]))
            elif self._kind[entity] not in wanted:
                self._notes.add(
                    codes.WRONG_LINK_TARGET, line, element=element, target=show(names[key]),
                    found=KINDS[self._kind[entity]],
                )  # fmt: skip
            else:
                self._settle(entity, self._kind[source])

    def _settle(self, entity: int, partner: int) -> None:
        """An entity is no orphan once it is linked with what it is about."""
        if partner in _PARTNERS[self._kind[entity]]:
            self._settled[entity] = 1

    def _judge_orphans(self, names: list[tuple[str, str]]) -> None:
        for entity, kind in enumerate(self._kind):
            name = self._name[entity]
            first = self._entity_of.get(name, entity) if self._section[entity] else entity
            if not self._settled[entity] and not self._settled[first] and kind in _ORPHANS:
                source = show(names[name] if name >= 0 else None)
                self._notes.add(_ORPHANS[kind], int(self._line[entity]), source=source)

    def _judge_both_ways(self, names: list[tuple[str, str]], strict: bool) -> None:
        """Links between objects and events are told by both, what rights and agents link is told there too.

        Unless `strict`, a record may tell the links between objects and events on one side only, all of them.
        """
        told: dict[tuple[int, int], set[int]] = {pair: set() for pair in _BOTH_WAYS}
        related: set[int] = set()
        for source, key, sort, _line in self._links():
            entity = self._entity_of.get(key)
            if entity is None:
                continue
            kinds = (self._kind[source], self._kind[entity])
            if kinds == (OBJECT, EVENT) and _LINKS[sort][0] == "relatedEventIdentifier":
                related.add(source << 32 | entity)
            elif kinds in told:
                told[kinds].add(source << 32 | entity)
        one_sided = not told[OBJECT, EVENT] or not told[EVENT, OBJECT]
        for (source_kind, target_kind), element in _BOTH_WAYS.items():
            if not element or (not strict and (one_sided or {source_kind, target_kind} != {OBJECT, EVENT})):
                continue
            back = told[target_kind, source_kind]
            for pair in sorted(told[source_kind, target_kind]):
                source, target = pair >> 32, pair & 0xFFFFFFFF
                turned = target << 32 | source
                if turned not in back and turned not in related:
                    self._note_one_way(names, source, target, element)

    def _note_one_way(self, names: list[tuple[str, str]], source: int, target: int, element: str) -> None:
        self._notes.add(
            codes.ONE_WAY_LINK,
            int(self._line[source]),
            source=f"{KINDS[self._kind[source]]} {show(names[self._name[source]])}",
            target=f"{KINDS[self._kind[target]]} {show(names[self._name[target]])}",
            element=element,
        )

    def _judge_relationships(self, names: list[tuple[str, str]]) -> None:
        inverses = vocabulary("premis-relationship-subtypes").inverses
        words = [word.strip().lower() for word in self._subtypes]
        numbers = {word: number for number, word in enumerate(words)}
        told = {
            (source << 32 | entity) * len(words) + numbers[words[subtype]]
            for source, key, subtype, _line in zip(*self._related, strict=True)
            if (entity := self._entity_of.get(key)) is not None
        }
        for source, key, subtype, line in zip(*self._related, strict=True):
            entity, word = self._entity_of.get(key), words[subtype]
            if entity is None or self._kind[entity] != OBJECT:
                continue
            here = show(names[self._name[source]])
            if entity == source:
                self._notes.add(codes.SELF_RELATION, line, source=here, subtype=word)
                continue
            inverse = inverses.get(word)
            if inverse is None:
                continue
            back = numbers.get(inverse)
            if back is None or (entity << 32 | source) * len(words) + back not in told:
                loose = word in _DERIVATIONS and self._whole[entity] and self._whole[source]
                kind = codes.ONE_WAY_DERIVATION if loose else codes.ONE_WAY_RELATIONSHIP
                self._notes.add(kind, line, source=here, subtype=word, target=show(names[key]), inverse=inverse)
