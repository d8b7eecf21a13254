"""What is wrong with any XML record, whatever its standard."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_XML = "XML 1.0 (fifth edition)"

NOT_WELL_FORMED = FindingKind(
    "XML-101", Tells.RULE, f"{_XML} 2.1, well-formed documents",
    "this is not well-formed XML: {problem}",
    "No parser can read the document past this place, so nothing else can be said of it.",
    "Correct the place named, or write the record again with the program that made it",
)  # fmt: skip
DOCTYPE = FindingKind(
    "XML-102", Tells.RULE, "design: entities, network and DTD are off, a DOCTYPE is refused",
    "the document has a DOCTYPE",
    "A document type declaration can define entities that grow without bound or that read other files. No standard for"
    " these records needs one, so the document is not read past it.",
    "Remove the DOCTYPE and replace each entity by its text",
)  # fmt: skip
BAD_ENCODING = FindingKind(
    "XML-103", Tells.RULE, f"{_XML} 4.3.3, character encoding in entities",
    "the encoding cannot be read: {found}",
    "The bytes are not in the encoding that the document declares or begins with, or there is no such encoding, or it"
    " is one in which text can hide (UTF-7, EBCDIC and others where ASCII bytes are no ASCII characters).",
    "Write the record as UTF-8",
)  # fmt: skip
TOO_MUCH = FindingKind(
    "XML-104", Tells.UNREAD, "design: XML is read with limits",
    "there is more of one thing than any record needs: {what}, more than {limit}",
    "Documents are read within limits on depth, attributes and values, so that a crafted one cannot use up the memory.",
    "Look at the place named; no archival record is built like this",
)  # fmt: skip
TOO_LARGE = FindingKind(
    "XML-105", Tells.UNREAD, "design: XML is read with limits",
    "the document is too large to be judged ({found} bytes at once, the limit is {limit})",
    "A record of this kind is built in memory as a whole, and this one would take too much of it. PREMIS files are read"
    " piece by piece and may be larger.",
    "Split the record",
)  # fmt: skip
INCLUSION = FindingKind(
    "XML-106", Tells.RULE, "design: inclusions are never followed",
    "the document includes another one (XInclude)",
    "What is in the other document is not part of this record and is never fetched, so the record is incomplete.",
    "Put the included text in the record itself",
)  # fmt: skip
SCHEMA = FindingKind(
    "XML-107", Tells.RULE, "the XML schema of the standard, in metadata/schemas",
    "the schema does not allow this: {problem}",
    "The record was checked against the standard's own XML schema, offline.",
    "Correct the element named; `archive show FILE.xml` shows how the record was understood",
)  # fmt: skip
UNKNOWN_KIND = FindingKind(
    "XML-108", Tells.UNREAD, "design: not checked, because",
    "there are no rules here for <{root}>",
    "The document is well-formed XML, but not PREMIS, METS, Dublin Core or EAD, so nothing more can be said of it.",
    "Check it with a program that knows this format",
)  # fmt: skip
BAD_LANGUAGE = FindingKind(
    "XML-109", Tells.ADVICE, "BCP 47 (RFC 5646) 2.1 and 2.2; XML 1.0 2.12",
    "the language tag {found!r} is not one",
    "xml:lang takes a BCP 47 language tag such as en, ar or ar-SY. Programs cannot tell the language of the text.",
    "Write a tag such as en, ar, ar-Latn; for an unknown language und",
)  # fmt: skip
DUPLICATE_ID = FindingKind(
    "XML-110", Tells.RULE, "XML Schema 1.0 part 2, 3.3.8 ID",
    "the ID {id!r} is given twice, first in line {first}",
    "An XML ID names one element of a document. With two of them no reference to it can be followed.",
    "Give each element its own ID",
)  # fmt: skip
BROKEN_IDREF = FindingKind(
    "XML-111", Tells.RULE, "XML Schema 1.0 part 2, 3.3.9 IDREF",
    "{attribute} names the ID {id!r}, which no element has",
    "The reference points nowhere. Many schema validators do not look for this.",
    "Correct the reference, or add what it should point to",
)  # fmt: skip
NO_SCHEMA = FindingKind(
    "XML-112", Tells.UNREAD, "design: not checked, because",
    "the XML schema of {standard} was not checked; only its rules were",
    "No schema of this version is shipped. The structure, the links and the values were checked by rules instead.",
    "Check it against its schema with another program",
)  # fmt: skip
FOREIGN_PART = FindingKind(
    "XML-113", Tells.NOTE, "design: not checked, because",
    "parts in {namespace} were not judged",
    "The record holds elements of another standard, where its own standard allows that. No rules for them are here.",
    "Nothing to do, unless those parts matter; then check them with a program that knows them",
)  # fmt: skip
LOST_CHARACTERS = FindingKind(
    "XML-114", Tells.ADVICE, "Unicode 23.8, replacement character",
    "a value holds the replacement character U+FFFD",
    "Some earlier conversion could not read the bytes and put this mark in their place: text is lost.",
    "Compare with the source of the record and write the text again",
)  # fmt: skip
UNBALANCED_BIDI = FindingKind(
    "XML-115", Tells.ADVICE, "Unicode Standard Annex 9, 2.1 to 2.5",
    "a value opens a writing direction that it does not close",
    "Direction controls that are not closed reach into the text beside the value and can show it in another order.",
    "Close each direction control, or remove it",
)  # fmt: skip
MORE = FindingKind(
    "XML-116", Tells.NOTE, "design: memory stays flat",
    "{count} more findings {code} are not listed here",
    "Only the first findings of one kind are listed, so that a report stays readable and memory small.",
    "Put the first ones right and check again",
)  # fmt: skip
NOT_READABLE = FindingKind(
    "XML-117", Tells.UNREAD, "design: not checked, because",
    "the file cannot be read: {reason}",
    "The system did not let us read the record, so nothing can be said of it.",
    "Make it readable and check again",
)  # fmt: skip
ODD_LANGUAGE = FindingKind(
    "XML-118", Tells.ADVICE, "BCP 47 (RFC 5646) 4.5, canonical form",
    "the language tag {found!r} is better written {expected!r}",
    "The tag is understood, but it is not in the form that the registry prefers.",
    "Write {expected} instead",
)  # fmt: skip
UNKNOWN_WRAPPER = FindingKind(
    "XML-119", Tells.UNREAD, "design: not checked, because",
    "the record is inside <{root}>, for which there are no rules here",
    "Only what is inside was judged. What stands around it may be right, or a record of a known kind with a mistaken"
    " namespace.",
    "Compare the root's namespace with its standard, or check the inner record by itself",
)  # fmt: skip
DECLARATIONS = FindingKind(
    "XML-120", Tells.UNREAD, "design: entities, network and DTD are off; EAD 2002 is defined by a DTD",
    "the document type declaration of this EAD declares entities of its own, which are not read",
    "EAD 2002 may keep parts of a finding aid, or the names of pictures, in entities. Entities can also grow without"
    " bound or read other files, so the document is not read past them.",
    "Check it against its DTD with another program, or replace each entity by its text",
)  # fmt: skip
TOO_MANY_FAULTS = FindingKind(
    "XML-121", Tells.UNREAD, "design: not checked, because",
    "there are more than {limit} errors up to this line; the rest of the record was not checked",
    "Each faulty part costs time, so a record that is invalid many times over is not read to its end.",
    "Fix the errors that are listed and check again",
)  # fmt: skip
OTHER_SCHEMA = FindingKind(
    "XML-122", Tells.ADVICE, "design: no schema of this version is shipped",
    "there is no XML schema of {standard} here; {instead}",
    "The rules of this version are nearly those that were used, so what they find is wrong; a few of its own may have"
    " been passed over.",
    "To be sure, check it against its own schema with another program",
)  # fmt: skip
OPEN_VALUE = FindingKind(
    "XML-123", Tells.ADVICE, "EAD 2002 schema; its document type definition leaves these values open",
    "the schema does not allow this: {problem}",
    "The document type definition says nothing of the values of codes and dates, the schema of the same standard does.",
    "Write the code or the date as the schema has it",
)  # fmt: skip
