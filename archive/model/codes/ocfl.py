"""What is wrong with an OCFL object or root; the codes are the specification's own.

`OCFL-E023` is the specification's E023 (OCFL validation codes 1.0 and 1.1), W for what SHOULD be. Only codes that a
validator can provoke stand here: some of the specification's tell a client how to behave.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_COPY = "Restore the object from a copy that validates; do not edit it by hand"
_WRITER = "Correct the program that wrote the object and write the object again"


def _error(code: str, section: str, title: str, explanation: str, remedy: str = _WRITER) -> FindingKind:
    return FindingKind(f"OCFL-{code}", Tells.RULE, f"OCFL 1.1, {section}", title, explanation, remedy)


def _loss(code: str, section: str, title: str, explanation: str) -> FindingKind:
    return FindingKind(f"OCFL-{code}", Tells.LOSS, f"OCFL 1.1, {section}", title, explanation, _COPY)


def _warning(code: str, section: str, title: str, explanation: str) -> FindingKind:
    remedy = "Nothing is lost; follow the recommendation in the next version"
    return FindingKind(f"OCFL-{code}", Tells.ADVICE, f"OCFL 1.1, {section}", title, explanation, remedy)


E001 = _error(
    "E001", "3.1", "{subject} does not belong in an object's root",
    "An object's root holds its declaration, its inventory and sidecar, version folders, logs and extensions only.",
)  # fmt: skip
E002 = _error(
    "E002", "3.2", "{subject} is not formed as NAMASTE wants it",
    "A declaration is called T=dvalue, and its text is dvalue and one newline.",
)  # fmt: skip
E003 = _error(
    "E003", "3.2", "the object does not have exactly one version declaration: {found}",
    "A file 0=ocfl_object_1.0 or 0=ocfl_object_1.1 in the object's root says which specification holds.",
)  # fmt: skip
E004 = _error(
    "E004", "3.2", "{subject} declares a version of the specification that is not known here",
    "The name of the declaration ends with the specification's version, 1.0 or 1.1.",
)  # fmt: skip
E005 = _error(
    "E005", "3.2", "{subject} does not begin with 0=", "The declaration's name follows NAMASTE: T=dvalue with T 0."
)
E006 = _error(
    "E006", "3.2", "{subject} is no declaration of an OCFL object",
    "In an object's root a NAMASTE file is called 0=ocfl_object_ and the version.",
)  # fmt: skip
E007 = _error(
    "E007", "3.2", "{subject} does not hold what its name says",
    "The declaration's text is its name without 0=, followed by one newline.",
)  # fmt: skip
E008 = _error(
    "E008", "3.3", "the inventory has no version", "An object is stored as a sequence of one or more versions."
)
E009 = _error("E009", "3.3", "the versions do not begin at 1 but at {found}", "The version numbers start at 1.")
E010 = _loss("E010", "3.3", "version {expected} is missing", "The version numbers run without a gap.")
E011 = _loss(
    "E011", "3.3", "{found} is not padded as the other versions are",
    "Zero-padded version numbers begin with v and a zero.",
)  # fmt: skip
E012 = _error(
    "E012", "3.3", "the versions mix ways of numbering: {found}",
    "All versions of an object are numbered alike: without padding, or padded to one length.",
)  # fmt: skip
E013 = _error(
    "E013", "3.3", "version {found} does not follow the numbering of the first",
    "A new version follows the convention that earlier versions set.",
)  # fmt: skip
E014 = _error(
    "E014", "3.3", "the content path {found} does not use the name of the version folder",
    "References to content use the name of the version folder as it is, with or without padding.",
)  # fmt: skip
E015 = _error(
    "E015", "3.3", "{subject} does not belong in a version folder",
    "The only files in a version folder are its inventory and the inventory's digest.",
)  # fmt: skip
E016 = _loss(
    "E016", "3.3.1", "{subject} has content to preserve and no folder {expected}",
    "The files of a version stand in its content folder.",
)  # fmt: skip
E017 = _error(
    "E017", "3.3.1", "the content folder's name is no name of one folder: {found}",
    "contentDirectory is a text without a forward slash.",
)  # fmt: skip
E018 = _error("E018", "3.3.1", "the content folder is called {found}", "contentDirectory is neither . nor ...")
E019 = _error(
    "E019", "3.3.1", "{subject} names the content folder {found} where version 1 said {expected}",
    "contentDirectory, where it is used, is set in the first version and stays.",
)  # fmt: skip
E020 = _error(
    "E020", "3.3.1", "{subject} names the content folder {found}, the object's root {expected}",
    "contentDirectory does not change between versions.",
)  # fmt: skip
E021 = _error(
    "E021", "3.3.1", "contentDirectory is not set, and {found} does not go through content",
    "Where an inventory has no contentDirectory, content folders are called content.",
)  # fmt: skip
E023 = _loss(
    "E023", "3.3.1", "content and manifest of {inventory} do not agree on {subject}",
    "Every file in a content folder is in the manifest, and every entry there is a file.",
)  # fmt: skip
E024 = _error("E024", "3.3.1", "{subject} is an empty folder", "Content folders hold no empty folders.")
E025 = _error(
    "E025", "3.4", "{subject} uses the digest algorithm {found} for content",
    "Content is addressed by sha512 or sha256 only.",
)  # fmt: skip
E026 = _error(
    "E026", "3.4", "{subject} gives fixity by an algorithm that is not known: {found}",
    "Fixity is given by an algorithm of the specification or of a registered extension.",
)  # fmt: skip
E029 = _error("E029", "3.4", "{found} is no SHA-1 in hex", "SHA-1 is written with 40 hex digits.")
E030 = _error("E030", "3.4", "{found} is no SHA-256 in hex", "SHA-256 is written with 64 hex digits.")
E031 = _error("E031", "3.4", "{found} is no SHA-512 in hex", "SHA-512 is written with 128 hex digits.")
E032 = _error("E032", "3.4", "{found} is no blake2b in hex", "blake2b-512 is written with 128 hex digits.")
E033 = _error(
    "E033", "3.5", "{subject} is no JSON as the specification wants it: {found}",
    "An inventory is one JSON object in UTF-8, and each of its keys stands once.", _COPY,
)  # fmt: skip
E034 = _error(
    "E034", "3.5", "{subject} looks like an inventory and has another name", "An inventory is called inventory.json."
)
E035 = _error(
    "E035", "3.5", "the content path {found} is not separated by forward slashes",
    "Elements of a content path are separated by the forward slash.",
)  # fmt: skip
E036 = _error("E036", "3.5.1", "{subject} has no {expected}", "An inventory has id, type, digestAlgorithm and head.")
E037 = _error(
    "E037", "3.5.1", "the id of {subject} is not the object's: {found}",
    "The id is a text that is not empty, the same in all versions, and no other object's in the root.",
)  # fmt: skip
E038 = _error(
    "E038", "3.5.1", "the type of {subject} is {found}, not {expected}",
    "The type is the address of the inventory section of the version that the object declares.",
)  # fmt: skip
E039 = _error(
    "E039", "3.5.1", "{subject} has a digest that is not by its digestAlgorithm: {found}",
    "Manifest and states use the digests of the algorithm that digestAlgorithm names.",
)  # fmt: skip
E040 = _error(
    "E040", "3.5.1", "the head of {subject} is {found}, not {expected}",
    "head names the highest version, in a version's inventory that version.",
)  # fmt: skip
E041 = _error(
    "E041", "3.5.1", "{subject} has no usable {expected}", "An inventory has a manifest and versions, each an object."
)
E042 = _error(
    "E042", "3.5.2", "{found} is no content path of this object",
    "A content path is relative to the object's root and goes through a version's content folder.",
)  # fmt: skip
E043 = _error("E043", "3.5.3", "{subject} has no versions", "An inventory has a block that stores the versions.")
E044 = _error(
    "E044", "3.5.3", "{subject} has no object of the name versions", "The block of versions is called versions."
)
E045 = _error("E045", "3.5.3", "versions of {subject} is {found}", "The value of versions is a JSON object.")
E046 = _loss(
    "E046", "3.5.3", "{subject} and the inventory's versions do not correspond",
    "The keys of versions are the names of the version folders, all of them and no others.",
)  # fmt: skip
E047 = _error("E047", "3.5.3", "version {found} is no object", "Each version is described by a JSON object.")
E048 = _error("E048", "3.5.3.1", "version {version} of {subject} has no {expected}", "A version has created and state.")
E049 = _error(
    "E049", "3.5.3.1", "created of version {version} is no RFC 3339 time: {found}",
    "A time has a date, hours, minutes, seconds and a time zone: 2026-11-24T09:30:00Z.",
)  # fmt: skip
E050 = _error(
    "E050", "3.5.3.1", "the state of version {version} and the manifest do not agree: {found}",
    "state is an object whose keys are digests of the manifest, in the same spelling, with lists of paths.",
)  # fmt: skip
E051 = _error(
    "E051", "3.5.3.1", "version {version} has a logical path that is no text", "A logical path is a text of elements."
)
E052 = _error(
    "E052", "3.5.3.1", "version {version} has the logical path {found}",
    "The elements of a logical path are not ., .. or empty.",
)  # fmt: skip
E053 = _error(
    "E053", "3.5.3.1", "version {version} has the logical path {found}",
    "A logical path neither begins nor ends with a slash.",
)  # fmt: skip
E054 = _error(
    "E054", "3.5.3.1", "user of version {version} is not as it must be: {found}",
    "user is an object with a name; name and address are texts.",
)  # fmt: skip
E056 = _error(
    "E056", "3.5.4", "the fixity block has {found}",
    "The keys of the fixity block are algorithms of the specification or of a registered extension.",
)  # fmt: skip
E057 = _error(
    "E057", "3.5.4", "fixity by {algorithm} is not built like a manifest: {found}",
    "For each algorithm: digests, each with a list of content paths of the manifest.",
)  # fmt: skip
E058 = _loss("E058", "3.6", "{subject} is missing", "Every inventory has a sidecar with its digest beside it.")
E059 = _loss(
    "E059", "3.6", "{subject} is a sidecar for another algorithm than the inventory's {expected}",
    "The sidecar's name ends with the inventory's digestAlgorithm.",
)  # fmt: skip
E060 = _loss(
    "E060", "3.6", "{subject} does not have the digest that its sidecar says",
    "The sidecar holds the digest of the inventory as it is.",
)  # fmt: skip
E061 = _error(
    "E061", "3.6", "{subject} is no digest and the name inventory.json", "A sidecar is one line: DIGEST inventory.json."
)
E063 = _loss(
    "E063", "3.5", "the object has no inventory.json in its root", "Every object has an inventory in its root."
)
E064 = _loss(
    "E064", "3.7", "the root's inventory is not the same as {subject}",
    "The inventory in the root is byte for byte that of the newest version.",
)  # fmt: skip
E066 = _loss(
    "E066", "3.7", "{subject} tells another state of version {version} than the root: {found}",
    "Every earlier inventory tells the same state of a version as the current one.",
)  # fmt: skip
E067 = _error(
    "E067", "3.9", "{subject} is no extension's folder", "The extensions folder holds folders of extensions only."
)
E069 = _error(
    "E069", "4.2", "the storage root does not have exactly one declaration: {found}",
    "A file 0=ocfl_1.0 or 0=ocfl_1.1 says that a folder is a storage root.",
)  # fmt: skip
E070 = _error(
    "E070", "4.1", "ocfl_layout.json is not as it must be: {found}",
    "The layout file is a JSON object with the texts extension and description.",
)  # fmt: skip
E071 = _error(
    "E071", "4.1", "ocfl_layout.json names a layout that is not known: {found}",
    "The layout is named by its registered extension name.",
)  # fmt: skip
E072 = _error(
    "E072", "4.3", "{subject} is a file outside any object", "The hierarchy holds files in objects only.",
    "Find out what the file is and take it out of the storage root",
)  # fmt: skip
E073 = _error(
    "E073", "4.3", "{subject} is an empty folder", "No empty folder stands under a storage root.",
    "Find out whether an object is missing; else remove the folder",
)  # fmt: skip
E075 = _error(
    "E075", "4.2", "{subject} is not formed as NAMASTE wants it",
    "A declaration is called T=dvalue, and its text is dvalue and one newline.",
)  # fmt: skip
E076 = _error(
    "E076", "4.2", "there is more than one root declaration: {found}", "Exactly one root declaration is there."
)
E077 = _error(
    "E077", "4.2", "{subject} is a root declaration of no known version",
    "The declaration's name is 0=ocfl_ and the version, 1.0 or 1.1.",
)  # fmt: skip
E078 = _error("E078", "4.2", "{subject} does not begin with 0=", "The declaration's name is T=dvalue with T 0.")
E079 = _error("E079", "4.2", "{subject} is no declaration of a storage root", "The dvalue is ocfl_ and the version.")
E080 = _error(
    "E080", "4.2", "{subject} does not hold what its name says",
    "The declaration's text is its name without 0=, followed by one newline.",
)  # fmt: skip
E081 = _error(
    "E081", "4.2", "the object {subject} declares {found}, newer than its root's {expected}",
    "Objects follow the root's version of the specification or an earlier one.",
)  # fmt: skip
E083 = _error(
    "E083", "4.3", "{subject} does not stand where the layout puts its id: {expected}",
    "The layout maps each id to one path.", "Move the object to its place, or correct ocfl_layout.json",
)  # fmt: skip
E084 = _error(
    "E084", "4.3", "{subject} is a file in a folder between root and objects", "Folders between hold folders only.",
    "Find out what the file is and take it out of the storage root",
)  # fmt: skip
E085 = _error(
    "E085", "4.3", "{subject} ends the hierarchy and is no object", "The hierarchy ends in objects.",
    "Find out whether an object is missing; else remove the folder",
)  # fmt: skip
E086 = _error(
    "E086", "4.4", "{subject} does not belong in the root's extensions folder",
    "The root's extensions are laid out as an object's are: a folder for each.",
)  # fmt: skip
E088 = _error(
    "E088", "4.1", "{subject} belongs neither to an object nor to an extension",
    "A storage root holds the hierarchy of its objects and the extensions folder.",
)  # fmt: skip
E089 = _error(
    "E089", "4.6", "{subject} is neither a file nor a folder", "Devices, sockets and pipes have no place in OCFL."
)
E090 = _error(
    "E090", "4.6", "{subject} is a link", "Hard and symbolic links are not portable and must not be used.",
    "Put the file in place of the link",
)  # fmt: skip
E092 = _loss(
    "E092", "3.5.2", "{subject} is not what the manifest of {inventory} says: expected {expected}, found {found}",
    "The manifest gives for each digest the list of files that have it.",
)  # fmt: skip
E093 = _loss(
    "E093", "3.5.4", "{subject} is not what the fixity of {inventory} says: expected {expected}, found {found}",
    "Digests in the fixity block match the files they name.",
)  # fmt: skip
E094 = _error("E094", "3.5.3.1", "message of version {version} is no text", "message is a JSON string.")
E095 = _error(
    "E095", "3.5.3.1", "version {version} uses the logical path {found} twice, or as file and folder",
    "Logical paths are unique and none is the beginning of another.",
)  # fmt: skip
E096 = _error(
    "E096", "3.5.2", "the manifest of {subject} has the digest {found} more than once", "A digest stands once."
)
E097 = _error("E097", "3.5.4", "fixity by {algorithm} has the digest {found} more than once", "A digest stands once.")
E099 = _error(
    "E099", "3.5.2", "the content path {found} has an element ., .. or nothing",
    "The elements of a content path are not ., .. or empty.",
)  # fmt: skip
E100 = _error(
    "E100", "3.5.2", "the content path {found} begins or ends with a slash", "A content path does not begin or end so."
)
E101 = _error(
    "E101", "3.5.2", "the content path {found} stands twice, or as file and folder",
    "Content paths are unique and none is the beginning of another.",
)  # fmt: skip
E102 = _error("E102", "3.5", "{subject} has the unknown key {found}", "An inventory has only keys that are specified.")
E103 = _error(
    "E103", "3.7.1", "{subject} follows {found}, earlier than the version before it",
    "Each version follows the specification of the one before, or a later one.",
)  # fmt: skip
E104 = _error("E104", "3.3", "the version {found} does not begin with v", "A version is called v and its number.")
E105 = _error(
    "E105", "3.3", "the version {found} is no positive whole number", "Version numbers are 1, 2, 3 and so on."
)
E106 = _error("E106", "3.5.2", "the manifest of {subject} is no object", "The manifest is a JSON object.")
E107 = _error(
    "E107", "3.5.2", "the manifest of {subject} has a digest that no version uses: {found}",
    "Each digest of the manifest is in the state of a version.",
)  # fmt: skip
E108 = _error(
    "E108", "3.3.1", "contentDirectory is no folder in a version's folder: {found}",
    "The content folder is a direct child of the version's folder.",
)  # fmt: skip
E110 = _error(
    "E110", "3.5.1", "{subject} gives the object another id: {found}", "The id does not change between versions."
)
E111 = _error("E111", "3.5.4", "the fixity of {subject} is no object", "fixity is a JSON object, which may be empty.")
E112 = _error(
    "E112",
    "4.4",
    "{subject} is no extension's folder",
    "The root's extensions folder holds folders of extensions only.",
)
W001 = _warning("W001", "3.3", "the versions are zero-padded", "Versions should be called v1, v2, v3.")
W002 = _warning(
    "W002", "3.3", "{subject} is a folder beside the content", "A version folder should hold the content folder only."
)
W003 = _warning("W003", "3.3.1", "{subject} is empty", "A version without files should have no content folder.")
W004 = _warning("W004", "3.4", "{subject} uses sha256", "Content should be addressed by sha512.")
W005 = _warning("W005", "3.5.1", "the id of {subject} is no URI: {found}", "The id should be a URI.")
W007 = _warning("W007", "3.5.3.1", "version {version} has no {expected}", "A version should have message and user.")
W008 = _warning("W008", "3.5.3.1", "the user of version {version} has no address", "A user should have an address.")
W009 = _warning(
    "W009", "3.5.3.1", "the user's address of version {version} is no URI: {found}",
    "The address should be a mailto: URI or the URL of a personal identifier.",
)  # fmt: skip
W010 = _warning("W010", "3.7", "{subject} has no inventory", "Every version folder should have its inventory.")
W011 = _warning(
    "W011", "3.7", "{subject} tells another {expected} of version {version} than the root",
    "created, message and user of a version should be the same in all inventories.",
)  # fmt: skip
W013 = _warning("W013", "3.9", "{subject} is no registered extension", "Extensions should have a registered name.")
W014 = _warning("W014", "4.3", "the objects stand at different depths: {found}", "A root should use one layout.")
W015 = _warning(
    "W015", "4.3", "{subject} stands at the top, other objects in a hierarchy", "A root should use one pattern."
)
W016 = _warning("W016", "4.4", "{subject} is no registered extension", "Extensions should have a registered name.")

UNREADABLE = FindingKind(
    "OCFL-100", Tells.UNREAD, "OCFL 1.1, 3", "{subject} cannot be read: {found}",
    "A file or folder that cannot be read is neither intact nor damaged: nothing is said of it.",
    "Mend the access or the disk and validate again",
)  # fmt: skip
MORE = FindingKind(
    "OCFL-102", Tells.NOTE, "OCFL 1.1, 3.5", "{count} more findings {code} are not listed here",
    "Only the first findings of one kind are listed, so that memory and report stay small; all of them were counted.",
    "Put the first ones right and validate again",
)  # fmt: skip
TOO_LARGE = FindingKind(
    "OCFL-101", Tells.UNREAD, "OCFL 1.1, 3.5", "{subject} is larger than {expected} bytes and was not read",
    "Inventories and small declarations are read whole; beyond a limit that would exhaust the memory.",
    "Validate on a machine with more memory and a version that allows for it",
)  # fmt: skip
