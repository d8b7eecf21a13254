"""Findings about XML records of any standard."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_XML = "XML 1.0 (fifth edition)"

NOT_WELL_FORMED = FindingKind(
    "XML-101", Tells.RULE, f"{_XML} 2.1, well-formed documents",
    "this is not well-formed XML: {problem}",
    "XML parsers cannot read the document beyond this place, so nothing else is known about it.",
    "Correct this place, or write the record again with the program that created it",
)  # fmt: skip
DOCTYPE = FindingKind(
    "XML-102", Tells.RULE, "design: entities, network and DTD are off, a DOCTYPE is refused",
    "the document has a DOCTYPE",
    "A document type declaration can define entities that grow without limit or that read other files. None of"
    " the standards for these records needs one, so the document is not read any further.",
    "Remove the DOCTYPE and replace each entity with its text",
)  # fmt: skip
BAD_ENCODING = FindingKind(
    "XML-103", Tells.RULE, f"{_XML} 4.3.3, character encoding in entities",
    "the encoding cannot be read: {found}",
    "The bytes are not valid in the encoding that the document declares or begins with, the encoding does not"
    " exist, or it is one in which text can be hidden (UTF-7, EBCDIC and others in which ASCII bytes do not mean"
    " ASCII characters).",
    "Write the record as UTF-8",
)  # fmt: skip
TOO_MUCH = FindingKind(
    "XML-104", Tells.UNREAD, "design: XML is read with limits",
    "a limit that no normal record reaches was exceeded: {what}, more than {limit}",
    "Documents are read within limits on depth, attributes and values, so that a hostile one cannot use up the"
    " memory.",
    "Check this place; archival records do not normally have this structure",
)  # fmt: skip
TOO_LARGE = FindingKind(
    "XML-105", Tells.UNREAD, "design: XML is read with limits",
    "the document is too large to be checked ({found} bytes at once; the limit is {limit})",
    "A record of this kind is read into memory as a whole, and this one would take too much of it. PREMIS files"
    " are read in parts and may be larger.",
    "Split the record",
)  # fmt: skip
INCLUSION = FindingKind(
    "XML-106", Tells.RULE, "design: inclusions are never followed",
    "the document includes another document (XInclude)",
    "The content of the other document is not part of this record and is never fetched, so the record is incomplete.",
    "Copy the included text into the record itself",
)  # fmt: skip
SCHEMA = FindingKind(
    "XML-107", Tells.RULE, "the XML schema of the standard, in metadata/schemas",
    "the schema does not allow this: {problem}",
    "The record was checked against the standard's own XML schema, offline.",
    "Correct the element; to see how the record was understood: archive show FILE.xml",
)  # fmt: skip
UNKNOWN_KIND = FindingKind(
    "XML-108", Tells.UNREAD, "design: not checked, because",
    "no rules are available for <{root}>",
    "The document is well-formed XML, but it is not PREMIS, METS, Dublin Core or EAD, so nothing more was checked.",
    "Check it with a program that knows this format",
)  # fmt: skip
BAD_LANGUAGE = FindingKind(
    "XML-109", Tells.ADVICE, "BCP 47 (RFC 5646) 2.1 and 2.2; XML 1.0 2.12",
    "{found!r} is not a valid language tag",
    "xml:lang takes a BCP 47 language tag such as en, ar or ar-SY. Programs cannot recognise the language of this"
    " text.",
    "Write a tag such as en, ar or ar-Latn; if the language is not known, write und",
)  # fmt: skip
DUPLICATE_ID = FindingKind(
    "XML-110", Tells.RULE, "XML Schema 1.0 part 2, 3.3.8 ID",
    "the ID {id!r} is used twice, first in line {first}",
    "An XML ID identifies one element of a document. If two elements have it, references to it are ambiguous.",
    "Give each element its own ID",
)  # fmt: skip
BROKEN_IDREF = FindingKind(
    "XML-111", Tells.RULE, "XML Schema 1.0 part 2, 3.3.9 IDREF",
    "{attribute} refers to the ID {id!r}, which does not exist",
    "The reference leads nowhere. Many schema validators do not check this.",
    "Correct the reference, or add what it should point to",
)  # fmt: skip
NO_SCHEMA = FindingKind(
    "XML-112", Tells.UNREAD, "design: not checked, because",
    "the record was not checked against the XML schema of {standard}, only against its rules",
    "No schema of this version is included. Structure, links and values were checked by rules instead.",
    "Check it against its schema with another program",
)  # fmt: skip
FOREIGN_PART = FindingKind(
    "XML-113", Tells.NOTE, "design: not checked, because",
    "parts in {namespace} were not checked",
    "The record contains elements of a different standard, where its own standard allows that. No rules are"
    " available for them.",
    "No action needed; if those parts matter, check them with a program that knows them",
)  # fmt: skip
LOST_CHARACTERS = FindingKind(
    "XML-114", Tells.ADVICE, "Unicode 23.8, replacement character",
    "a value contains the replacement character U+FFFD",
    "An earlier conversion could not read the bytes and put this character in their place, so text was lost.",
    "Compare with the source of the record and write the text again",
)  # fmt: skip
UNBALANCED_BIDI = FindingKind(
    "XML-115", Tells.ADVICE, "Unicode Standard Annex 9, 2.1 to 2.5",
    "a value has a text direction control that is not closed",
    "Direction controls that are not closed affect the text around the value and can show it in a different order.",
    "Close each direction control, or remove it",
)  # fmt: skip
MORE = FindingKind(
    "XML-116", Tells.NOTE, "design: memory stays flat",
    "not listed here: {count} more findings of {code}",
    "Only the first findings of one code are listed, to keep the report readable and memory use small.",
    "Fix the listed ones, then check again",
)  # fmt: skip
NOT_READABLE = FindingKind(
    "XML-117", Tells.UNREAD, "design: not checked, because",
    "the file cannot be read: {reason}",
    "The system did not allow the record to be read, so nothing is known about it.",
    "Make the file readable, then check again",
)  # fmt: skip
ODD_LANGUAGE = FindingKind(
    "XML-118", Tells.ADVICE, "BCP 47 (RFC 5646) 4.5, canonical form",
    "the preferred form of the language tag {found!r} is {expected!r}",
    "The tag is valid, but the registry prefers a different form.",
    "Write {expected} instead",
)  # fmt: skip
UNKNOWN_WRAPPER = FindingKind(
    "XML-119", Tells.UNREAD, "design: not checked, because",
    "the record is inside <{root}>, for which no rules are available",
    "Only the inner record was checked. The outer part may be correct, or it may be a known kind of record with a"
    " wrong namespace.",
    "Compare the root's namespace with its standard, or check the inner record separately",
)  # fmt: skip
DECLARATIONS = FindingKind(
    "XML-120", Tells.UNREAD, "design: entities, network and DTD are off; EAD 2002 is defined by a DTD",
    "the document type declaration of this EAD declares its own entities, which are not read",
    "EAD 2002 may store parts of a finding aid, or the names of pictures, in entities. Entities can also grow"
    " without limit or read other files, so the document is not read any further.",
    "Check it against its DTD with another program, or replace each entity with its text",
)  # fmt: skip
TOO_MANY_FAULTS = FindingKind(
    "XML-121", Tells.UNREAD, "design: not checked, because",
    "there are more than {limit} errors up to this line; the rest of the record was not checked",
    "Each error takes time to report, so a record with very many errors is not read to its end.",
    "Fix the errors that are listed and check again",
)  # fmt: skip
OTHER_SCHEMA = FindingKind(
    "XML-122", Tells.ADVICE, "design: no schema of this version is shipped",
    "no XML schema of {standard} is included; {instead}",
    "The rules of this version are nearly the same as the ones that were used, so the errors they report are"
    " real; a few errors specific to this version may have been missed.",
    "To be sure, check it against its own schema with another program",
)  # fmt: skip
OPEN_VALUE = FindingKind(
    "XML-123", Tells.ADVICE, "EAD 2002 schema; its document type definition leaves these values open",
    "the schema does not allow this: {problem}",
    "The document type definition leaves the values of codes and dates open, but the schema of the same standard"
    " restricts them.",
    "Write the code or the date as the schema requires",
)  # fmt: skip
