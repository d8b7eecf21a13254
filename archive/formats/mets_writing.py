"""Writing METS 1.12 as the E-ARK packages have it: the package's own and one for each representation.

Clause: E-ARK CSIP, SIP and AIP 2.2.0 (DILCIS Board). The text is made file by file, so that its length does not matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from archive.formats.mets_reading import METS, XLINK
from archive.formats.xml_elements import attribute_text, escape_text
from archive.model.light import light_dataclass

CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
CHECKSUM_TYPES = {
    "sha256": "SHA-256", "sha512": "SHA-512", "sha384": "SHA-384", "sha1": "SHA-1", "md5": "MD5",
}  # fmt: skip
"""BagIt's names of the digests that METS has a word for, the preferred one first."""
ANY_TYPE = "application/octet-stream"
_DEFAULT_SPACE = uuid.UUID("e5a4c0de-0000-5000-8000-6d756e696d65")
_PART = 1 << 16


@light_dataclass(frozen=True)
class MetsFormat:
    """A format as SIP names it: PRONOM key, name and version, each None where it is not known."""

    key: str | None = None
    name: str | None = None
    version: str | None = None


class MetsFile(NamedTuple):
    """A file of the package. `path` is relative to the METS that names it; `checksum` pairs type and hex digest.

    `kind` is MDTYPE, and where that is OTHER the word that says which, of a metadata record.
    """

    path: str
    size: int
    checksum: tuple[str, str]
    media_type: str = ANY_TYPE
    format: MetsFormat | None = None
    kind: tuple[str, str | None] | None = None


class MetsAgent(NamedTuple):
    """An agent of the header. `note` pairs the type of a note with its text."""

    type: str
    name: str
    note: tuple[str, str] | None = None


@light_dataclass(frozen=True)
class MetsHeader:
    """What all METS files of a package have in common. `kind` is SIP or AIP, `created` a day (YYYY-MM-DD).

    `content_type` is a term of the E-ARK vocabulary of content categories. `former_name` is the name that the package
    had before.
    """

    identifier: str
    kind: str
    content_type: str
    created: str
    agents: tuple[MetsAgent, ...]
    former_name: str | None = None

    @property
    def time(self) -> str:
        return f"{self.created}T00:00:00Z"


@light_dataclass(frozen=True)
class PackageFiles:
    """The files that the METS of a package names. `representations` pairs each name with the file of its METS."""

    descriptive: Sequence[MetsFile]
    preservation: Sequence[MetsFile]
    documentation: Sequence[MetsFile]
    schemas: Sequence[MetsFile]
    representations: Sequence[tuple[str, MetsFile]]


def write_package_mets(header: MetsHeader, files: PackageFiles) -> Iterator[bytes]:
    """The METS of a package, in pieces of about 64 KiB."""
    return _encoded(_Writer(header, header.identifier, "").package(files))


def write_representation_mets(header: MetsHeader, name: str, files: Iterable[MetsFile]) -> Iterator[bytes]:
    """The METS of the representation `name`, in pieces of about 64 KiB."""
    return _encoded(_Writer(header, name, "../../").representation(name, files))


def encode_href(path: str) -> str:
    """A path in the package as a relative URI: everything but letters, digits and `-._~/` of ASCII is encoded."""
    return quote(path, safe="/", errors="surrogateescape")


def _encoded(parts: Iterator[str]) -> Iterator[bytes]:
    gathered: list[str] = []
    size = 0
    for part in parts:
        gathered.append(part)
        size += len(part)
        if size >= _PART:
            yield "".join(gathered).encode()
            gathered.clear()
            size = 0
    yield "".join(gathered).encode()


class _Writer:
    """One METS file. `up` leads from its folder to that of the package."""

    def __init__(self, header: MetsHeader, identifier: str, up: str) -> None:
        self._header = header
        self._identifier = identifier
        self._up = up
        self._space = uuid.uuid5(_DEFAULT_SPACE, f"{header.kind}\n{header.identifier}\n{identifier}")

    def package(self, files: PackageFiles) -> Iterator[str]:
        yield from self._begin()
        descriptive = [self._id("dmdSec", one.path) for one in files.descriptive]
        for number, one in zip(descriptive, files.descriptive, strict=True):
            yield f'  <dmdSec ID="{number}" CREATED="{self._header.time}" STATUS="CURRENT">\n'
            yield f"    {self._reference(one)}\n  </dmdSec>\n"
        preservation = [self._id("digiprovMD", one.path) for one in files.preservation]
        if preservation:
            yield f'  <amdSec ID="{self._id("amdSec")}">\n'
            for number, one in zip(preservation, files.preservation, strict=True):
                yield f'    <digiprovMD ID="{number}" CREATED="{self._header.time}" STATUS="CURRENT">\n'
                yield f"      {self._reference(one)}\n    </digiprovMD>\n"
            yield "  </amdSec>\n"
        yield f'  <fileSec ID="{self._id("fileSec")}">\n'
        groups = [("Documentation", files.documentation), ("Schemas", files.schemas)]
        groups += [(f"Representations/{name}", [one]) for name, one in files.representations]
        for use, members in groups:
            if members:
                yield from self._group(use, members)
        yield "  </fileSec>\n"
        yield from self._begin_map()
        links = f' DMDID="{" ".join(descriptive)}"' if descriptive else ""
        links += f' ADMID="{" ".join(preservation)}"' if preservation else ""
        yield f'      <div ID="{self._id("div", "Metadata")}" LABEL="Metadata"{links}/>\n'
        for use, members in groups:
            if use in ("Documentation", "Schemas"):
                if members:
                    yield from self._division(use)
                continue
            (target,) = members
            yield f'      <div ID="{self._id("div", use)}" LABEL="{attribute_text(use)}">\n'
            yield (
                f'        <mptr LOCTYPE="URL" xlink:type="simple" xlink:href="{encode_href(target.path)}"'
                f' xlink:title="{self._id("fileGrp", use)}"/>\n      </div>\n'
            )
        yield from self._end()

    def representation(self, name: str, files: Iterable[MetsFile]) -> Iterator[str]:
        del name
        yield from self._begin()
        yield f'  <fileSec ID="{self._id("fileSec")}">\n'
        yield from self._group("Data", files)
        yield "  </fileSec>\n"
        yield from self._begin_map()
        yield f'      <div ID="{self._id("div", "Metadata")}" LABEL="Metadata"/>\n'
        yield from self._division("Data")
        yield from self._end()

    def _begin(self) -> Iterator[str]:
        header, is_sip = self._header, self._header.kind == "SIP"
        word = header.kind.lower()
        schemas = [(METS, "mets.xsd"), (XLINK, "xlink.xsd"), (CSIP, "DILCISExtensionMETS.xsd")]
        schemas += [(SIP, "DILCISExtensionSIPMETS.xsd")] if is_sip else []
        places = " ".join(f"{space} {self._up}schemas/{name}" for space, name in schemas)
        yield "<?xml version='1.0' encoding='UTF-8'?>\n"
        yield f'<mets xmlns="{METS}" xmlns:xlink="{XLINK}" xmlns:csip="{CSIP}"'
        yield ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        yield f' xmlns:sip="{SIP}"' if is_sip else ""
        yield f' OBJID="{attribute_text(self._identifier)}" TYPE="{attribute_text(header.content_type)}"'
        yield f' PROFILE="https://eark{word}.dilcis.eu/profile/E-ARK-{header.kind}-v2-2-0.xml"'
        yield f' csip:CONTENTINFORMATIONTYPE="MIXED" xsi:schemaLocation="{places}">\n'
        yield f'  <metsHdr CREATEDATE="{header.time}" LASTMODDATE="{header.time}" RECORDSTATUS="NEW"'
        yield f' csip:OAISPACKAGETYPE="{header.kind}">\n'
        yield from map(_agent, header.agents)
        if header.former_name is not None:
            yield f'    <altRecordID TYPE="{FORMER_NAME}">{escape_text(header.former_name)}</altRecordID>\n'
        yield "  </metsHdr>\n"

    def _begin_map(self) -> Iterator[str]:
        yield f'  <structMap ID="{self._id("structMap")}" TYPE="PHYSICAL" LABEL="CSIP">\n'
        yield f'    <div ID="{self._id("div")}" LABEL="{attribute_text(self._identifier)}">\n'

    def _end(self) -> Iterator[str]:
        yield "    </div>\n  </structMap>\n</mets>\n"

    def _division(self, use: str) -> Iterator[str]:
        yield f'      <div ID="{self._id("div", use)}" LABEL="{use}">\n'
        yield f'        <fptr FILEID="{self._id("fileGrp", use)}"/>\n      </div>\n'

    def _group(self, use: str, files: Iterable[MetsFile]) -> Iterator[str]:
        kind = ' csip:CONTENTINFORMATIONTYPE="MIXED"' if use.startswith("Representations/") else ""
        yield f'    <fileGrp ID="{self._id("fileGrp", use)}" USE="{attribute_text(use)}"{kind}>\n'
        for one in files:
            yield f'      <file ID="ID-{self._id("file", one.path)}" {self._facts(one)}{self._format(one)}>\n'
            yield f'        <FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{encode_href(one.path)}"/>\n'
            yield "      </file>\n"
        yield "    </fileGrp>\n"

    def _reference(self, file: MetsFile) -> str:
        kind, other = file.kind or ("OTHER", None)
        named = f' OTHERMDTYPE="{other}"' if kind == "OTHER" else ' MDTYPEVERSION="3.0"' if kind == "PREMIS" else ""
        return (
            f'<mdRef ID="{self._id("mdRef", file.path)}" LOCTYPE="URL" xlink:type="simple"'
            f' xlink:href="{encode_href(file.path)}" MDTYPE="{kind}"{named} {self._facts(file)}/>'
        )

    def _facts(self, file: MetsFile) -> str:
        kind, digest = file.checksum
        return (
            f'MIMETYPE="{file.media_type}" SIZE="{file.size}" CREATED="{self._header.time}" CHECKSUM="{digest}"'
            f' CHECKSUMTYPE="{kind}"'
        )

    def _format(self, file: MetsFile) -> str:
        """The attributes of SIP for the format; AIP has none."""
        found = file.format
        if found is None or self._header.kind != "SIP":
            return ""
        pairs = [("NAME", found.name), ("VERSION", found.version)]
        pairs += [("REGISTRY", "PRONOM"), ("KEY", found.key)] if found.key else []
        return "".join(f' sip:FILEFORMAT{name}="{attribute_text(value)}"' for name, value in pairs if value)

    def _id(self, *labels: str) -> str:
        """An XML ID, always the same for the same thing in the same package."""
        return f"uuid-{uuid.uuid5(self._space, chr(10).join(labels).encode('utf-8', 'surrogateescape').hex())}"


FORMER_NAME = "FORMERNAME"
"""The type of the alternative identifier that holds the name of the bag."""


def _agent(agent: MetsAgent) -> str:
    other = ' OTHERTYPE="SOFTWARE"' if agent.type == "OTHER" else ""
    lines = [f'    <agent ROLE="CREATOR" TYPE="{agent.type}"{other}>\n      <name>{escape_text(agent.name)}</name>\n']
    if agent.note is not None:
        kind, text = agent.note
        lines.append(f'      <note csip:NOTETYPE="{kind}">{escape_text(text)}</note>\n')
    return "".join(lines) + "    </agent>\n"
