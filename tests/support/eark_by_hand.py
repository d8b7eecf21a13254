"""E-ARK packages written by hand from the rules of CSIP and SIP 2.2.0, for which no code of the program is asked.

There are two levels of METS: that of the package, and one for each of two representations, each of which has metadata
and agents of its own. Clause: E-ARK CSIP 2.2.0 (CSIP1 to CSIP119), E-ARK SIP 2.2.0.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from archive.resources import metadata_path

NAME = "by-hand-1"
_TIME = "2026-05-03T10:00:00Z"
_HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:csip="https://DILCIS.eu/XML/METS/CSIPExtensionMETS" xmlns:sip="https://DILCIS.eu/XML/METS/SIPExtensionMETS"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_AGENTS = (
    '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>by hand</name>'
    '<note csip:NOTETYPE="SOFTWARE VERSION">1</note></agent>'
    '<agent ROLE="ARCHIVIST" TYPE="ORGANIZATION"><name>State Archive</name>'
    '<note csip:NOTETYPE="IDENTIFICATIONCODE">SA-1</note></agent>'
    '<agent ROLE="CREATOR" TYPE="ORGANIZATION"><name>Ministry of Works</name>'
    '<note csip:NOTETYPE="IDENTIFICATIONCODE">MW-2</note></agent>'
    '<agent ROLE="EDITOR" TYPE="INDIVIDUAL"><name>A. Haddad</name></agent>'
    '<agent ROLE="PRESERVATION" TYPE="ORGANIZATION"><name>State Archive</name>'
    '<note csip:NOTETYPE="IDENTIFICATIONCODE">SA-1</note></agent>'
)
_INNER_AGENTS = (
    '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>by hand</name>'
    '<note csip:NOTETYPE="SOFTWARE VERSION">1</note></agent>'
    '<agent ROLE="EDITOR" TYPE="INDIVIDUAL"><name>B. Nasser</name></agent>'
)
_SCHEMAS = (
    "DILCISExtensionMETS.xsd", "DILCISExtensionSIPMETS.xsd", "dc.xsd", "mets.xsd", "oai_dc.xsd", "premis.xsd",
    "xlink.xsd", "xml.xsd",
)  # fmt: skip
FILES = {
    "master": {"deep/one.txt": b"one\n", "two.txt": b"two\n"},
    "access": {"one.txt": b"one, for reading\n"},
}
"""The content of each representation."""


def package_by_hand(to: Path) -> Path:
    """A SIP in the folder `to`: its own Dublin Core, and two representations with Dublin Core and PREMIS."""
    package = to / NAME
    for name in _SCHEMAS:
        _write(package / "schemas" / name, metadata_path("schemas", name).read_bytes())
    _write(package / "metadata/descriptive/dc.xml", _dublin_core("Letters to the ministry"))
    for name, files in FILES.items():
        folder = package / "representations" / name
        for path, content in files.items():
            _write(folder / "data" / path, content)
        _write(folder / "metadata/descriptive/dc.xml", _dublin_core(f"Letters, {name}"))
        _write(folder / "metadata/preservation/premis.xml", _premis(name, next(iter(files))))
        _write(folder / "METS.xml", _representation(folder, name, sorted(files)))
    _write(package / "METS.xml", _package(package))
    return package


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _dublin_core(title: str) -> bytes:
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></oai_dc:dc>\n"
    ).encode()


def _premis(name: str, file: str) -> bytes:
    """Two files' worth of agents: a person, an organization and a program had a part in the event."""
    agents = [("person", "A. Haddad"), ("organization", "State Archive"), ("software", "scanner 3")]
    kind = "<{0}IdentifierType>local</{0}IdentifierType><{0}IdentifierValue>{1}</{0}IdentifierValue>"
    links = "".join(
        f"<linkingAgentIdentifier>{kind.format('linkingAgent', f'{name}-{number}')}</linkingAgentIdentifier>"
        for number in range(len(agents))
    )
    told = "".join(
        f"<agent><agentIdentifier>{kind.format('agent', f'{name}-{number}')}</agentIdentifier>"
        f"<agentName>{who}</agentName><agentType>{what}</agentType></agent>"
        for number, (what, who) in enumerate(agents)
    )
    return (
        '<premis xmlns="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' version="3.0">'
        f'<object xsi:type="file"><objectIdentifier>{kind.format("object", f"{name}-file")}</objectIdentifier>'
        "<objectCharacteristics><format><formatDesignation><formatName>text/plain</formatName></formatDesignation>"
        "</format></objectCharacteristics><storage><contentLocation><contentLocationType>relative path"
        f"</contentLocationType><contentLocationValue>data/{file}</contentLocationValue></contentLocation></storage>"
        f"</object><event><eventIdentifier>{kind.format('event', f'{name}-event')}</eventIdentifier>"
        f"<eventType>migration</eventType><eventDateTime>{_TIME}</eventDateTime><eventDetailInformation>"
        f"<eventDetail>scanned as {name}</eventDetail></eventDetailInformation><eventOutcomeInformation>"
        f"<eventOutcome>success</eventOutcome></eventOutcomeInformation>{links}<linkingObjectIdentifier>"
        f"{kind.format('linkingObject', f'{name}-file')}</linkingObjectIdentifier></event>{told}</premis>\n"
    ).encode()


def _begin(identifier: str, up: str, agents: str) -> str:
    spaces = " ".join(
        f"{space} {up}schemas/{name}"
        for space, name in (
            ("http://www.loc.gov/METS/", "mets.xsd"), ("http://www.w3.org/1999/xlink", "xlink.xsd"),
            ("https://DILCIS.eu/XML/METS/CSIPExtensionMETS", "DILCISExtensionMETS.xsd"),
            ("https://DILCIS.eu/XML/METS/SIPExtensionMETS", "DILCISExtensionSIPMETS.xsd"),
        )
    )  # fmt: skip
    return (
        f'{_HEAD} OBJID="{identifier}" TYPE="Text" csip:CONTENTINFORMATIONTYPE="MIXED"'
        f' PROFILE="https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml" xsi:schemaLocation="{spaces}">'
        f'<metsHdr CREATEDATE="{_TIME}" RECORDSTATUS="NEW" csip:OAISPACKAGETYPE="SIP">{agents}</metsHdr>'
    )


def _facts(path: Path) -> str:
    content = path.read_bytes()
    kind = {".txt": "text/plain"}.get(path.suffix, "text/xml")
    digest = hashlib.sha256(content).hexdigest()
    return f'MIMETYPE="{kind}" SIZE="{len(content)}" CREATED="{_TIME}" CHECKSUM="{digest}" CHECKSUMTYPE="SHA-256"'


def _id() -> str:
    return f"uuid-{uuid.uuid4()}"


def _record(folder: Path, path: str, section: str, kind: str) -> tuple[str, str]:
    number = _id()
    return number, (
        f'<{section} ID="{number}" CREATED="{_TIME}" STATUS="CURRENT"><mdRef ID="{_id()}" LOCTYPE="URL"'
        f' xlink:type="simple" xlink:href="{path}" MDTYPE="{kind}" {_facts(folder / path)}/></{section}>'
    )


def _group(folder: Path, use: str, paths: list[str]) -> tuple[str, str]:
    number = _id()
    files = "".join(
        f'<file ID="ID-{_id()}" {_facts(folder / path)}><FLocat LOCTYPE="URL" xlink:type="simple"'
        f' xlink:href="{path}"/></file>'
        for path in paths
    )
    kind = ' csip:CONTENTINFORMATIONTYPE="MIXED"' if use.startswith("Representations/") else ""
    return number, f'<fileGrp ID="{number}" USE="{use}"{kind}>{files}</fileGrp>'


def _division(label: str, inside: str, attributes: str = "") -> str:
    return f'<div ID="{_id()}" LABEL="{label}"{attributes}>{inside}</div>'


def _map(identifier: str, inside: str) -> str:
    return f'<structMap ID="{_id()}" TYPE="PHYSICAL" LABEL="CSIP">{_division(identifier, inside)}</structMap></mets>\n'


def _representation(folder: Path, name: str, files: list[str]) -> bytes:
    described, dmd = _record(folder, "metadata/descriptive/dc.xml", "dmdSec", "DC")
    preserved, digiprov = _record(folder, "metadata/preservation/premis.xml", "digiprovMD", "PREMIS")
    group, data = _group(folder, "Data", [f"data/{path}" for path in files])
    inside = _division("Metadata", "", f' DMDID="{described}" ADMID="{preserved}"')
    inside += _division("Data", f'<fptr FILEID="{group}"/>')
    amd = f'<amdSec ID="{_id()}">{digiprov}</amdSec>'
    file_sec = f'<fileSec ID="{_id()}">{data}</fileSec>'
    return (_begin(name, "../../", _INNER_AGENTS) + dmd + amd + file_sec + _map(name, inside)).encode()


def _package(package: Path) -> bytes:
    described, dmd = _record(package, "metadata/descriptive/dc.xml", "dmdSec", "DC")
    schemas, listed = _group(package, "Schemas", [f"schemas/{name}" for name in _SCHEMAS])
    inside = _division("Metadata", "", f' DMDID="{described}"') + _division("Schemas", f'<fptr FILEID="{schemas}"/>')
    for name in FILES:
        group, more = _group(package, f"Representations/{name}", [f"representations/{name}/METS.xml"])
        listed += more
        inside += _division(
            f"Representations/{name}",
            f'<mptr LOCTYPE="URL" xlink:type="simple" xlink:href="representations/{name}/METS.xml"'
            f' xlink:title="{group}"/>',
        )
    file_sec = f'<fileSec ID="{_id()}">{listed}</fileSec>'
    return (_begin(NAME, "", _AGENTS) + dmd + file_sec + _map(NAME, inside)).encode()
