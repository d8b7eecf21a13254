"""The links of a PREMIS record: gathered compactly while it is read, judged at its end.

An identifier is kept as a number of 64 bits, a link takes 17 bytes. What a finding must name is looked up by these
numbers: in memory where the record is small, by reading it once more where it is not.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from archive.model.codes import premis as codes
from archive.model.finding import Fact, FindingKind
from archive.model.record import Identifier
from archive.stages.validation.records.notes import KEPT, Notes
from archive.stages.validation.records.values import vocabulary

OBJECT, EVENT, AGENT, RIGHTS = range(4)
KINDS = ("object", "event", "agent", "rights statement")

_LINKS = (
    ("linkingObjectIdentifier", OBJECT), ("linkingEventIdentifier", EVENT), ("linkingAgentIdentifier", AGENT),
    ("linkingRightsStatementIdentifier", RIGHTS), ("relatedEventIdentifier", EVENT),
    ("linkingEnvironmentIdentifier", OBJECT), ("relatedObjectIdentifier", OBJECT),
)  # fmt: skip
_NUMBERS = {name: number for number, (name, _target) in enumerate(_LINKS)}
_RELATED_EVENT = _NUMBERS["relatedEventIdentifier"]
_RELATION = len(_LINKS) - 1
"""A link with this number or a higher one is a relationship; the number above it is that of its subtype."""

_MOST_SUBTYPES = 30_000
_ODD = 1
_RECENT = 32

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

Names = Callable[[set[int]], dict[int, tuple[str, str]]]
"""Looks up the types and values of identifiers by their numbers."""


def show(key: tuple[str, str] | None) -> str:
    """An identifier in a sentence."""
    return "(no identifier)" if key is None else f"{key[1]} ({key[0]})"


def key_of(kind: str, value: str) -> int:
    """The number of an identifier: 64 bits, different in each process."""
    return hash((kind, value))


class _Named(NamedTuple):
    """An identifier in a finding that waits for its name. `kind` is the kind of entity to name before it."""

    key: int | None
    kind: int | None = None


_Waiting = tuple[FindingKind, int, dict[str, Fact | _Named]]


class LinkGraph:
    """Entities, their identifiers and the links between them. With `names` identifiers are not kept in memory."""

    def __init__(self, notes: Notes, names: Names | None = None) -> None:
        self._notes = notes
        self._look_up = names
        self._known: dict[int, tuple[str, str]] | None = {} if names is None else None
        self._kind = array("b")
        self._line = array("i")
        self._name = array("q")
        self._named = bytearray()
        self._section: dict[int, int] = {}
        self._more_names: list[tuple[int, int]] = []
        self._source, self._target = array("i"), array("q")
        self._sort, self._at = array("h"), array("i")
        self._subtypes: dict[str, int] = {}
        self._outside: set[int] = set()
        self._settled = bytearray()
        self._whole = bytearray()
        self._keys = array("q")
        self._entities = array("i")
        self._waiting: dict[str, list[_Waiting]] = {}
        self._more: dict[FindingKind, int] = {}
        self._sums = dict.fromkeys(product(range(len(KINDS)), repeat=2), 0)
        self._relations = 0
        self._self_related = self._mistaken = False

    def enter(
        self, kind: int, identifiers: tuple[Identifier, ...], line: int, section: int = 0, *, whole: bool = False
    ) -> int:
        """A new entity: its number. `section` tells METS sections apart, where an entity may be told again;

        `whole` says of an object that it is a representation or an intellectual entity, made of others.
        """
        first = identifiers[0] if identifiers else None
        key = 0 if first is None else self._key(first)
        number = self.enter_key(kind, key, line, named=first is not None and bool(first.value), whole=whole)
        if first is not None and not first.value:
            self._named[number] = 2
        if section:
            self._section[number] = section
        for identifier in identifiers[1:]:
            if identifier.value:
                self._more_names.append((self._key(identifier), number))
        return number

    def enter_key(self, kind: int, key: int, line: int, *, named: bool = True, whole: bool = False) -> int:
        """A new entity whose one identifier is known by its number."""
        number = len(self._kind)
        self._kind.append(kind)
        self._line.append(line)
        self._name.append(key)
        self._named.append(named)
        self._settled.append(0)
        self._whole.append(whole)
        return number

    def link(self, source: int, element: str, identifier: Identifier, line: int, *, outside: bool = False) -> None:
        """A link told by entity `source`; `outside` when it says by itself that it leads elsewhere."""
        if not identifier.value:
            return
        key = self._key(identifier)
        if outside or "://" in identifier.value:
            self._outside.add(key)
        self.link_key(source, _NUMBERS[_ALIASES.get(element, element)], key, line)

    def link_key(self, source: int, sort: int, key: int, line: int) -> None:
        """A link whose sort, by `sort_of`, and whose target are known by their numbers."""
        self._source.append(source)
        self._target.append(key)
        self._sort.append(sort)
        self._at.append(line)

    def link_keys(self, source: int, sort: int, keys: list[int], first: int, lines: int) -> None:
        """As `link_key` for many targets, the first told in line `first`, each `lines` lines after the one before."""
        count = len(keys)
        self._source.extend([source] * count)
        self._target.extend(keys)
        self._sort.extend([sort] * count)
        self._at.extend(range(first, first + lines * count, lines) if lines else [first] * count)

    def relate(self, source: int, subtype: str, identifier: Identifier, line: int) -> None:
        """A relationship told by object `source`."""
        if identifier.value:
            key = self._key(identifier)
            if "://" in identifier.value:
                self._outside.add(key)
            self.link_key(source, self.sort_of("relatedObjectIdentifier", subtype), key, line)

    def sort_of(self, element: str, subtype: str | None = None) -> int:
        """The number of a sort of link: the linking element, or a relationship of this subtype."""
        if subtype is None:
            return _NUMBERS[_ALIASES.get(element, element)]
        return _RELATION + 1 + self._subtypes.setdefault(subtype, min(len(self._subtypes), _MOST_SUBTYPES))

    def settle(self, entity: int) -> None:
        """Say that an entity belongs to something by where it is, as in one METS section with an object."""
        self._settled[entity] = 1

    def kind_of(self, entity: int) -> int:
        """What kind of entity this is."""
        return self._kind[entity]

    def count(self, kind: int) -> int:
        """How many entities of a kind there are."""
        return self._kind.count(kind)

    def _key(self, identifier: Identifier) -> int:
        key = key_of(identifier.type, identifier.value)
        if self._known is not None:
            self._known[key] = identifier.key
        return key

    def judge(self, *, alone: bool, strict: bool = False, embedded: bool = False) -> None:
        """Note what is wrong with the links. `alone`: the record is one entity, whose partners are elsewhere;

        `strict`: the record is a whole by itself, so that each link is told by both of its ends. `embedded`: it may be
        one of several records of a package, as PREMIS in METS and PREMIS 2 often are.
        """
        self._index()
        self._judge_targets(elsewhere=alone or embedded)
        if not alone:
            self._judge_orphans()
            self._judge_both_ways(strict)
            self._judge_relationships()
        self._tell()

    def _index(self) -> None:
        """Sort the identifiers, so that entities are found by them; one that is given twice is noted."""
        named = [number for number, state in enumerate(self._named) if state == 1]
        named.sort(key=self._name.__getitem__)
        self._keys = array("q", map(self._name.__getitem__, named))
        self._entities = array("i", named)
        del named
        if self._more_names:
            pairs = sorted([*zip(self._keys, self._entities, strict=True), *self._more_names])
            self._keys = array("q", [key for key, _number in pairs])
            self._entities = array("i", [number for _key, number in pairs])
        first, last = -1, None
        for key, number in zip(self._keys, self._entities, strict=True):
            if key != last:
                first, last = number, key
                continue
            section = self._section.get(number, 0)
            again = self._kind[first] == self._kind[number] and section and self._section.get(first, 0) != section
            if number != first and not again:
                self._note(codes.DUPLICATE_ENTITY, self._line[number], target=_Named(key), first=int(self._line[first]))

    def _find(self, key: int) -> int | None:
        """The first entity with this identifier."""
        at = bisect_left(self._keys, key)
        return self._entities[at] if at < len(self._keys) and self._keys[at] == key else None

    def _links(self) -> Iterator[tuple[int, int, int, int]]:
        return zip(self._source, self._target, self._sort, self._at, strict=True)

    def _judge_targets(self, *, elsewhere: bool) -> None:
        held = [self._kind.count(kind) for kind in range(len(KINDS))]
        kinds, settled, find, sums = self._kind, self._settled, self._find, self._sums
        ranks, turned = self._rank_subtypes()
        recent: dict[int, int | None] = {}
        for source, key, sort, line in self._links():
            if key in recent:
                entity = recent[key]
            else:
                if len(recent) >= _RECENT:
                    recent.clear()
                entity = recent[key] = find(key)
            element, wanted = _LINKS[sort if sort < _RELATION else _RELATION]
            kind = kinds[source]
            if wanted in _PARTNERS[kind]:
                settled[source] = 1
            if entity is not None and kinds[entity] == wanted:
                if kind in _PARTNERS[wanted]:
                    settled[entity] = 1
                if wanted != kind:
                    sums[kind, wanted] += hash((source, entity) if kind < wanted else (entity, source)) | _ODD
                elif sort > _RELATION and turned[sort - _RELATION - 1] >= 0:
                    self._relations += hash((source, entity, ranks[sort - _RELATION - 1]))
                    self._relations -= hash((entity, source, turned[sort - _RELATION - 1]))
                    self._self_related = self._self_related or source == entity
            elif entity is None:
                others = held[wanted] - (kind == wanted)
                outside = elsewhere or not others or key in self._outside
                told = codes.OUTSIDE_LINK if outside else codes.DANGLING_LINK
                self._note(told, line, element=element, target=_Named(key))
            else:
                self._mistaken = True
                found = KINDS[kinds[entity]]
                self._note(codes.WRONG_LINK_TARGET, line, element=element, target=_Named(key), found=found)

    def _judge_orphans(self) -> None:
        for entity, kind in enumerate(self._kind):
            if kind not in _ORPHANS or self._settled[entity]:
                continue
            first = self._find(self._name[entity]) if entity in self._section and self._named[entity] == 1 else None
            if first is None or not self._settled[first]:
                self._note(_ORPHANS[kind], self._line[entity], source=self._name_of(entity))

    def _name_of(self, entity: int, *, kind: bool = False) -> _Named:
        key = self._name[entity] if self._named[entity] else None
        return _Named(key, self._kind[entity] if kind else None)

    def _pairs(self) -> Iterator[tuple[int, int, int]]:
        """Source, target and sort of each link that leads to an entity."""
        last, entity = 0, self._find(0)
        for source, key, sort in zip(self._source, self._target, self._sort, strict=True):
            if key != last:
                last, entity = key, self._find(key)
            if entity is not None:
                yield source, entity, sort

    def _judge_both_ways(self, strict: bool) -> None:
        """Links between objects and events are told by both, what rights and agents link is told there too.

        Unless `strict`, a record may tell the links between objects and events on one side only, all of them.
        """
        one_sided = not self._sums[OBJECT, EVENT] or not self._sums[EVENT, OBJECT]
        for kinds, element in _BOTH_WAYS.items():
            told_alike = self._sums[kinds] in (0, self._sums[kinds[::-1]]) and not self._mistaken
            if not element or told_alike or (not strict and (one_sided or set(kinds) != {OBJECT, EVENT})):
                continue
            self._find_one_way(kinds, element)

    def _find_one_way(self, kinds: tuple[int, int], element: str) -> None:
        told, back = set(), set()
        for source, entity, sort in self._pairs():
            pair = (self._kind[source], self._kind[entity])
            if sort == _RELATED_EVENT and pair == (OBJECT, EVENT):
                if kinds == (EVENT, OBJECT):
                    back.add(entity << 32 | source)
            elif pair == kinds:
                told.add(source << 32 | entity)
            elif pair == kinds[::-1]:
                back.add(entity << 32 | source)
        for pair_number in sorted(told - back):
            source, target = pair_number >> 32, pair_number & 0xFFFFFFFF
            self._note(
                codes.ONE_WAY_LINK, self._line[source], element=element,
                source=self._name_of(source, kind=True), target=self._name_of(target, kind=True),
            )  # fmt: skip

    def _rank_subtypes(self) -> tuple[list[int], list[int]]:
        """For each subtype of relationship a number that is the same for the same word, and that of its inverse."""
        inverses = vocabulary("premis-relationship-subtypes").inverses
        words = [word.strip().lower() for word in self._subtypes]
        ranks = {word: rank for rank, word in enumerate(dict.fromkeys([*words, *inverses, *inverses.values()]))}
        return [ranks[word] for word in words], [ranks[inverses[word]] if word in inverses else -1 for word in words]

    def _judge_relationships(self) -> None:
        if self._relations or self._self_related or self._mistaken:
            self._find_one_way_relationships()

    def _find_one_way_relationships(self) -> None:
        inverses = vocabulary("premis-relationship-subtypes").inverses
        words = [word.strip().lower() for word in self._subtypes]
        rank_of, turned = self._rank_subtypes()
        told = {
            (source, entity, rank_of[sort - _RELATION - 1])
            for source, entity, sort in self._pairs()
            if sort > _RELATION
        }
        for source, key, sort, line in self._links():
            entity = self._find(key)
            if sort <= _RELATION or entity is None or self._kind[entity] != OBJECT:
                continue
            subtype = sort - _RELATION - 1
            word, here = words[subtype], self._name_of(source)
            if entity == source:
                self._note(codes.SELF_RELATION, line, source=here, subtype=word)
            elif turned[subtype] >= 0 and (entity, source, turned[subtype]) not in told:
                loose = word in _DERIVATIONS and self._whole[entity] and self._whole[source]
                kind = codes.ONE_WAY_DERIVATION if loose else codes.ONE_WAY_RELATIONSHIP
                self._note(kind, line, source=here, subtype=word, target=_Named(key), inverse=inverses[word])

    def _note(self, kind: FindingKind, line: int, **facts: Fact | _Named) -> None:
        waiting = self._waiting.setdefault(kind.code, [])
        if len(waiting) < KEPT:
            waiting.append((kind, int(line), facts))
        else:
            self._more[kind] = self._more.get(kind, 0) + 1

    def _tell(self) -> None:
        """Note what was found, once the identifiers in it have their names."""
        waiting = [one for each in self._waiting.values() for one in each]
        self._waiting = {}
        keys = {fact.key for _kind, _line, facts in waiting for fact in facts.values() if isinstance(fact, _Named)}
        wanted = {key for key in keys if key is not None}
        names = self._known if self._known is not None else {}
        if self._look_up is not None and wanted:
            names = self._look_up(wanted)
        for kind, line, facts in waiting:
            shown = {name: _show(fact, names) if isinstance(fact, _Named) else fact for name, fact in facts.items()}
            self._notes.add(kind, line, **shown)
        for kind, count in self._more.items():
            self._notes.count(kind, count)


def _show(named: _Named, names: dict[int, tuple[str, str]]) -> str:
    text = show(None if named.key is None else names.get(named.key))
    return text if named.kind is None else f"{KINDS[named.kind]} {text}"
