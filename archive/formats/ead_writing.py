"""Writing EAD3 1.1.1 for the archival description of one package: control, archdesc, a component a described file.

Clause: EAD3 1.1.1 tag library; ISAD(G) 2nd edition, chapters 2 and 3 (each unit says only what is its own).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from urllib.parse import quote

from archive.formats.authorities import check_authority
from archive.formats.description_checks import is_level
from archive.formats.edtf import is_edtf
from archive.formats.language import check_language
from archive.formats.xml_elements import escape_text
from archive.model.archival import ARCHIVAL, TRUE
from archive.model.description import Statement

NAMESPACE = "http://ead3.archivists.org/schema/"
_DATES = ("created", "date", "issued")
_TEXTS = (
    ("custodhist", "custodial_history"), ("acqinfo", "acquisition"), ("scopecontent", "scope"),
    ("arrangement", "arrangement"), ("accessrestrict", "access_conditions"), ("userestrict", "use_conditions"),
    ("otherfindaid", "finding_aid"), ("processinfo", "archivist_note"),
)  # fmt: skip


def has_archival(statements: Iterable[Statement]) -> bool:
    """True where something of an archival description is asserted about the package or a file in it."""
    return any(one.asserted and (one.property.startswith("archival.") or one.authority) for one in statements)


def write_ead(
    statements: Iterable[Statement],
    *,
    identifier: str,
    stamp: str,
    agency: str,
    agent: str,
    files: Container[str] = frozenset(),
) -> Iterator[bytes]:
    """ead.xml: the asserted statements about the package, and a component for each file that has a title or a field of
    archival description.

    `identifier` is the package's; `stamp` (xs:dateTime) is when it is written, `agency` who answers for it, empty where
    no one is named, and `agent` the program. `files` are the bag paths of the files that components lead to.
    """
    places: dict[str | None, list[Statement]] = {None: []}
    for one in statements:
        if one.asserted:
            places.setdefault(one.about, []).append(one)
    whole = _Unit(places.pop(None))
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<ead xmlns="{NAMESPACE}">\n'.encode()
    yield "".join(_write_control(whole, identifier, stamp, agency, agent)).encode()
    yield f" <archdesc {whole.level('package')}>\n".encode()
    yield "".join(whole.write("  ")).encode()
    parts = [(path, _Unit(said)) for path, said in places.items() if path is not None]
    described = [(path, unit) for path, unit in parts if unit.is_described]
    if described:
        yield b"  <dsc>\n"
        for path, unit in described:
            yield f"   <c {unit.level('document')}>\n".encode()
            yield "".join(unit.write("    ", path, is_there=path in files)).encode()
            yield b"   </c>\n"
        yield b"  </dsc>\n"
    yield b" </archdesc>\n</ead>\n"


def _write_control(unit: _Unit, identifier: str, stamp: str, agency: str, agent: str) -> Iterator[str]:
    """What the finding aid says of itself: its identifier, rules, dates and who made it."""
    repository = next((one.value for one in unit.archival("repository")), "")
    titles = unit.of("title")
    yield f" <control>\n  <recordid>{escape_text(identifier)}</recordid>\n  <filedesc><titlestmt>"
    yield "".join(f"<titleproper{_language(one)}>{escape_text(one.value)}</titleproper>" for one in titles[:1])
    yield "</titlestmt></filedesc>\n"
    yield '  <maintenancestatus value="new">new</maintenancestatus>\n  <maintenanceagency>'
    yield f"<agencyname>{escape_text(agency or repository or agent)}</agencyname></maintenanceagency>\n"
    for one in unit.archival("rules"):
        yield f"  <conventiondeclaration><citation>{escape_text(one.value)}</citation></conventiondeclaration>\n"
    yield "  <maintenancehistory>\n"
    for one in unit.archival("description_date"):
        yield _maintenance("created", one.value, "human", agency or repository or "archivist")
    yield _maintenance("derived", stamp, "machine", agent) + "  </maintenancehistory>\n </control>\n"


class _Unit:
    """A unit of description: the package, or a file in it."""

    def __init__(self, statements: list[Statement]) -> None:
        self._statements = statements

    @property
    def is_described(self) -> bool:
        """True when there is something to say that a finding aid is for, and that it can be found by."""
        return bool(self.of("title")) or has_archival(self._statements)

    def of(self, *properties: str) -> list[Statement]:
        """The statements with these properties, in their order."""
        return [one for prop in properties for one in self._statements if one.property == prop]

    def archival(self, key: str) -> list[Statement]:
        """The statements of a field of ISAD(G)."""
        return self.of(ARCHIVAL[key])

    def level(self, otherwise: str) -> str:
        """The attributes for the level of description; `otherwise` is what it is called where none is named."""
        level = next((one.value for one in self.archival("level") if is_level(one.value)), None)
        return f'level="{level}"' if level else f'level="otherlevel" otherlevel="{otherwise}"'

    def write(self, pad: str, path: str | None = None, *, is_there: bool = False) -> Iterator[str]:
        """What is said of the unit; `path` is the bag path of the file that it is, None for the package."""
        inside = f"{pad} "
        yield f"{pad}<did>\n"
        repository = self.archival("repository")
        if repository:
            names = "".join(f"<corpname><part>{escape_text(one.value)}</part></corpname>" for one in repository)
            yield f"{inside}<repository>{names}</repository>\n"
        for one in self.archival("reference"):
            yield f"{inside}<unitid>{escape_text(one.value)}</unitid>\n"
        supplied = any(one.value == TRUE for one in self.archival("supplied_title"))
        mark = ' localtype="supplied"' if supplied else ""
        for one in self.of("title"):
            yield f"{inside}<unittitle{mark}{_language(one)}>{escape_text(one.value)}</unittitle>\n"
        if path is not None and not self.of("title"):
            name = escape_text(path.rpartition("/")[2])
            yield f'{inside}<unittitle localtype="file name">{name}</unittitle>\n'
        for one in self.of(*_DATES):
            if is_edtf(one.value):
                yield f'{inside}<unitdate datechar="{one.property}">{escape_text(one.value)}</unitdate>\n'
        for given in self._creators():
            yield f"{inside}<origination>{given}</origination>\n"
        for one in self.of("extent"):
            yield f"{inside}<physdesc>{escape_text(one.value)}</physdesc>\n"
        languages = [one.value for one in self.of("language") if check_language(one.value).valid]
        if languages:
            tags = "".join(f'<language langcode="{tag}">{tag}</language>' for tag in languages)
            yield f"{inside}<langmaterial>{tags}</langmaterial>\n"
        if path is not None and is_there:
            place = quote("../../" + path, safe="/", errors="surrogateescape")
            yield f'{inside}<dao daotype="borndigital" href="{place}"/>\n'
        for one in self.of("abstract"):
            yield f"{inside}<abstract{_language(one)}>{escape_text(one.value)}</abstract>\n"
        yield f"{pad}</did>\n"
        for element, key in _TEXTS:
            for one in self.archival(key):
                paragraphs = "".join(f"<p>{escape_text(part)}</p>" for part in _paragraphs(one.value))
                yield f"{pad}<{element}{_language(one)}>{paragraphs}</{element}>\n"
        if path is not None:
            yield from self._own_conventions(pad)

    def _own_conventions(self, pad: str) -> Iterator[str]:
        """The rules and the date of a component's description, which EAD puts in a note on its processing."""
        for one in (*self.archival("rules"), *self.archival("description_date")):
            words = "Rules or conventions" if one.property == ARCHIVAL["rules"] else "Date of the description"
            yield f"{pad}<processinfo><p>{words}: {escape_text(one.value)}</p></processinfo>\n"

    def _creators(self) -> Iterator[str]:
        """Each creator with the authority identifier of its own, else with that of the same position."""
        positions = [one.value for one in self.archival("creator_authority")]
        for number, one in enumerate(self.of("creator")):
            text = one.authority or (positions[number] if number < len(positions) else None)
            known = check_authority(text) if text else None
            given = ""
            if known is not None and known.uri:
                given = f' identifier="{escape_text(known.uri)}" source="{known.scheme.lower()}"'
            yield f"<name{given}{_language(one)}><part>{escape_text(one.value)}</part></name>"


def _maintenance(kind: str, when: str, agent_kind: str, agent: str) -> str:
    return (
        f'   <maintenanceevent><eventtype value="{kind}">{kind}</eventtype>'
        f"<eventdatetime>{escape_text(when)}</eventdatetime>"
        f'<agenttype value="{agent_kind}">{agent_kind}</agenttype><agent>{escape_text(agent)}</agent>'
        "</maintenanceevent>\n"
    )


def _language(one: Statement) -> str:
    tag = one.language
    return f' lang="{tag}"' if tag and check_language(tag).valid else ""


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()] or [text]
