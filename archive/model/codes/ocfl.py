"""Findings about OCFL objects and storage roots; the codes are the specification's own.

`OCFL-E023` is the specification's E023 (OCFL validation codes 1.0 and 1.1), W for what SHOULD be. Only codes that a
validator can report are declared here: some codes of the specification tell a client how to behave.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_COPY = "Restore the object from a copy that validates; do not edit it by hand"
_WRITER = "Fix the program that wrote the object, then write the object again"


def _error(code: str, section: str, title: str, explanation: str, remedy: str = _WRITER) -> FindingKind:
    return FindingKind(f"OCFL-{code}", Tells.RULE, f"OCFL 1.1, {section}", title, explanation, remedy)


def _loss(code: str, section: str, title: str, explanation: str) -> FindingKind:
    return FindingKind(f"OCFL-{code}", Tells.LOSS, f"OCFL 1.1, {section}", title, explanation, _COPY)


def _warning(code: str, section: str, title: str, explanation: str) -> FindingKind:
    remedy = "No action needed; follow the recommendation in the next version"
    return FindingKind(f"OCFL-{code}", Tells.ADVICE, f"OCFL 1.1, {section}", title, explanation, remedy)


E001 = _error(
    "E001", "3.1",
    "{subject} does not belong in an object's root",
    "An object's root contains only its declaration, its inventory and sidecar, version folders, logs and extensions.",
)  # fmt: skip
E002 = _error(
    "E002", "3.2",
    "{subject} does not follow the NAMASTE form",
    "A declaration is named T=dvalue, and its content is dvalue followed by one newline.",
)  # fmt: skip
E003 = _error(
    "E003", "3.2",
    "the object must have exactly one version declaration: {found}",
    "A file 0=ocfl_object_1.0 or 0=ocfl_object_1.1 in the object's root states which specification applies.",
)  # fmt: skip
E004 = _error(
    "E004", "3.2",
    "{subject} declares a version of the specification that is not supported",
    "The name of the declaration ends with the specification's version, 1.0 or 1.1.",
)  # fmt: skip
E005 = _error(
    "E005", "3.2",
    "{subject} does not begin with 0=",
    "The name of the declaration follows NAMASTE: T=dvalue, where T is 0.",
)  # fmt: skip
E006 = _error(
    "E006", "3.2",
    "{subject} is not a declaration of an OCFL object",
    "In an object's root, a NAMASTE file is named 0=ocfl_object_ followed by the version.",
)  # fmt: skip
E007 = _error(
    "E007", "3.2",
    "the content of {subject} does not match its name",
    "The content of the declaration is its name without 0=, followed by one newline.",
)  # fmt: skip
E008 = _error(
    "E008", "3.3",
    "the inventory does not have any version",
    "An object is stored as a sequence of one or more versions.",
)  # fmt: skip
E009 = _error(
    "E009", "3.3",
    "the version numbers start at {found}, not at 1",
    "The version numbers start at 1.",
)  # fmt: skip
E010 = _loss(
    "E010", "3.3",
    "version {expected} is missing",
    "Version numbers have no gaps.",
)  # fmt: skip
E011 = _loss(
    "E011", "3.3",
    "{found} is not zero-padded like the other versions",
    "Zero-padded version numbers begin with v and a zero.",
)  # fmt: skip
E012 = _error(
    "E012", "3.3",
    "the versions are numbered in different ways: {found}",
    "All versions of an object are numbered in the same way: without padding, or zero-padded to the same length.",
)  # fmt: skip
E013 = _error(
    "E013", "3.3",
    "version {found} does not follow the numbering of the first version",
    "A new version follows the convention of the earlier versions.",
)  # fmt: skip
E014 = _error(
    "E014", "3.3", "the content path {found} does not use the name of the version folder",
    "References to content use the name of the version folder as it is, with or without padding.",
)  # fmt: skip
E015 = _error(
    "E015", "3.3",
    "{subject} does not belong in a version folder",
    "The only files in a version folder are its inventory and the sidecar with the inventory's digest.",
)  # fmt: skip
E016 = _loss(
    "E016", "3.3.1",
    "{subject} has content to preserve but no folder {expected}",
    "The files of a version are stored in its content folder.",
)  # fmt: skip
E017 = _error(
    "E017", "3.3.1",
    "the name of the content folder must be the name of a single folder: {found}",
    "contentDirectory is a string without a forward slash.",
)  # fmt: skip
E018 = _error(
    "E018", "3.3.1",
    "the content folder must not be named {found}",
    "contentDirectory must not be . or ..",
)  # fmt: skip
E019 = _error(
    "E019", "3.3.1",
    "{subject} names the content folder {found}, but version 1 names it {expected}",
    "contentDirectory, if used, is set in the first version and does not change.",
)  # fmt: skip
E020 = _error(
    "E020", "3.3.1",
    "{subject} names the content folder {found}, but the object's root names it {expected}",
    "contentDirectory does not change between versions.",
)  # fmt: skip
E021 = _error(
    "E021", "3.3.1",
    "contentDirectory is not set, and {found} does not lead through a folder content",
    "If an inventory has no contentDirectory, content folders are named content.",
)  # fmt: skip
E023 = _loss(
    "E023", "3.3.1",
    "the content folder and the manifest of {inventory} disagree about {subject}",
    "Every file in a content folder is in the manifest, and every entry of the manifest is a file.",
)  # fmt: skip
E024 = _error(
    "E024", "3.3.1",
    "{subject} is an empty folder",
    "Content folders must not contain empty folders.",
)  # fmt: skip
E025 = _error(
    "E025", "3.4", "{subject} uses the digest algorithm {found} for content",
    "Content is addressed by sha512 or sha256 only.",
)  # fmt: skip
E026 = _error(
    "E026", "3.4",
    "{subject} has fixity values of an unknown algorithm: {found}",
    "Fixity values use an algorithm of the specification or of a registered extension.",
)  # fmt: skip
E029 = _error(
    "E029", "3.4",
    "{found} is not a valid hexadecimal SHA-1 digest",
    "SHA-1 is written with 40 hex digits.",
)  # fmt: skip
E030 = _error(
    "E030", "3.4",
    "{found} is not a valid hexadecimal SHA-256 digest",
    "SHA-256 is written with 64 hex digits.",
)  # fmt: skip
E031 = _error(
    "E031", "3.4",
    "{found} is not a valid hexadecimal SHA-512 digest",
    "SHA-512 is written with 128 hex digits.",
)  # fmt: skip
E032 = _error(
    "E032", "3.4",
    "{found} is not a valid hexadecimal blake2b-512 digest",
    "blake2b-512 is written with 128 hex digits.",
)  # fmt: skip
E033 = _error(
    "E033", "3.5",
    "{subject} is not JSON of the form that the specification requires: {found}",
    "An inventory is one JSON object in UTF-8, and none of its keys is repeated.",
    _COPY,
)  # fmt: skip
E034 = _error(
    "E034", "3.5",
    "{subject} looks like an inventory but has a different name",
    "An inventory is named inventory.json.",
)  # fmt: skip
E035 = _error(
    "E035", "3.5",
    "the content path {found} does not use forward slashes",
    "Elements of a content path are separated by the forward slash.",
)  # fmt: skip
E036 = _error("E036", "3.5.1", "{subject} has no {expected}", "An inventory has id, type, digestAlgorithm and head.")
E037 = _error(
    "E037", "3.5.1",
    "the id in {subject} is not the id of the object: {found}",
    "The id is a string that is not empty, is the same in all versions, and is unique in the storage root.",
)  # fmt: skip
E038 = _error(
    "E038", "3.5.1",
    "the type of {subject} is {found}, not {expected}",
    "The type is the address of the inventory section in the version of the specification that the object declares.",
)  # fmt: skip
E039 = _error(
    "E039", "3.5.1",
    "{subject} has a digest that does not fit its digestAlgorithm: {found}",
    "The manifest and states use digests of the algorithm named by digestAlgorithm.",
)  # fmt: skip
E040 = _error(
    "E040", "3.5.1",
    "the head of {subject} is {found}, not {expected}",
    "head names the highest version; in the inventory of a version, it names that version.",
)  # fmt: skip
E041 = _error(
    "E041", "3.5.1",
    "{subject} has no usable {expected}",
    "An inventory has a manifest and versions, and both are JSON objects.",
)  # fmt: skip
E042 = _error(
    "E042", "3.5.2",
    "{found} is not a valid content path of this object",
    "A content path is relative to the object's root and leads through the content folder of a version.",
)  # fmt: skip
E043 = _error(
    "E043", "3.5.3",
    "{subject} has no versions",
    "An inventory has a block with the versions.",
)  # fmt: skip
E044 = _error(
    "E044", "3.5.3",
    "{subject} has no block named versions",
    "The block with the versions is named versions.",
)  # fmt: skip
E045 = _error(
    "E045", "3.5.3",
    "the value of versions in {subject} is {found}",
    "The value of versions is a JSON object.",
)  # fmt: skip
E046 = _loss(
    "E046", "3.5.3",
    "the version folders and the versions in the inventory do not match: {subject}",
    "The keys of versions are the names of all version folders, and nothing else.",
)  # fmt: skip
E047 = _error(
    "E047", "3.5.3",
    "version {found} is not a JSON object",
    "Each version is described by a JSON object.",
)  # fmt: skip
E048 = _error("E048", "3.5.3.1", "version {version} of {subject} has no {expected}", "A version has created and state.")
E049 = _error(
    "E049", "3.5.3.1",
    "created of version {version} is not a valid RFC 3339 time: {found}",
    "A time has a date, hours, minutes, seconds and a time zone, such as 2026-11-24T09:30:00Z.",
)  # fmt: skip
E050 = _error(
    "E050", "3.5.3.1",
    "the state of version {version} and the manifest do not match: {found}",
    "state is a JSON object. Its keys are digests of the manifest, in the same spelling, and its values are lists"
    " of paths.",
)  # fmt: skip
E051 = _error(
    "E051", "3.5.3.1",
    "version {version} has a logical path that is not a string",
    "A logical path is a string of path elements.",
)  # fmt: skip
E052 = _error(
    "E052", "3.5.3.1",
    "version {version} has an invalid logical path: {found}",
    "The elements of a logical path must not be ., .. or empty.",
)  # fmt: skip
E053 = _error(
    "E053", "3.5.3.1",
    "version {version} has an invalid logical path: {found}",
    "A logical path must not begin or end with a slash.",
)  # fmt: skip
E054 = _error(
    "E054", "3.5.3.1",
    "the user of version {version} is not valid: {found}",
    "user is a JSON object with a name; name and address are strings.",
)  # fmt: skip
E056 = _error(
    "E056", "3.5.4",
    "the fixity block is not valid: {found}",
    "The keys of the fixity block are algorithms of the specification or of a registered extension.",
)  # fmt: skip
E057 = _error(
    "E057", "3.5.4",
    "the fixity values of {algorithm} do not have the form of a manifest: {found}",
    "Each algorithm has digests, and each digest has a list of content paths from the manifest.",
)  # fmt: skip
E058 = _loss(
    "E058", "3.6",
    "{subject} is missing",
    "Every inventory has a sidecar beside it, which contains the inventory's digest.",
)  # fmt: skip
E059 = _loss(
    "E059", "3.6",
    "{subject} is a sidecar for a different algorithm from the inventory's {expected}",
    "The name of the sidecar ends with the inventory's digestAlgorithm.",
)  # fmt: skip
E060 = _loss(
    "E060", "3.6",
    "the digest of {subject} does not match its sidecar",
    "The sidecar contains the digest of the inventory file.",
)  # fmt: skip
E061 = _error(
    "E061", "3.6",
    "{subject} is not a valid sidecar",
    "A sidecar is one line: DIGEST inventory.json",
)  # fmt: skip
E063 = _loss(
    "E063", "3.5",
    "the object does not have an inventory.json in its root",
    "Every object has an inventory in its root.",
)  # fmt: skip
E064 = _loss(
    "E064", "3.7",
    "the inventory in the root differs from {subject}",
    "The inventory in the root is byte for byte the same as the one of the newest version.",
)  # fmt: skip
E066 = _loss(
    "E066", "3.7",
    "{subject} records a different state of version {version} from the root: {found}",
    "Every earlier inventory records the same state of a version as the current one.",
)  # fmt: skip
E067 = _error(
    "E067", "3.9",
    "{subject} is not the folder of an extension",
    "The extensions folder contains only folders of extensions.",
)  # fmt: skip
E069 = _error(
    "E069", "4.2",
    "the storage root must have exactly one declaration: {found}",
    "A file 0=ocfl_1.0 or 0=ocfl_1.1 states that a folder is a storage root.",
)  # fmt: skip
E070 = _error(
    "E070", "4.1",
    "ocfl_layout.json is not valid: {found}",
    "The layout file is a JSON object with the strings extension and description.",
)  # fmt: skip
E071 = _error(
    "E071", "4.1",
    "ocfl_layout.json names an unknown layout: {found}",
    "The layout is named by its registered extension name.",
)  # fmt: skip
E072 = _error(
    "E072", "4.3",
    "{subject} is a file outside any object",
    "Files are allowed only inside objects.",
    "Find out what the file is and move it out of the storage root",
)  # fmt: skip
E073 = _error(
    "E073", "4.3",
    "{subject} is an empty folder",
    "A storage root must not contain empty folders.",
    "Find out whether an object is missing; otherwise remove the folder",
)  # fmt: skip
E075 = _error(
    "E075", "4.2",
    "{subject} does not follow the NAMASTE form",
    "A declaration is named T=dvalue, and its content is dvalue followed by one newline.",
)  # fmt: skip
E076 = _error(
    "E076", "4.2",
    "there is more than one root declaration: {found}",
    "A storage root has exactly one declaration.",
)  # fmt: skip
E077 = _error(
    "E077", "4.2",
    "{subject} declares an unknown version of the storage root",
    "The name of the declaration is 0=ocfl_ followed by the version, 1.0 or 1.1.",
)  # fmt: skip
E078 = _error(
    "E078", "4.2",
    "{subject} does not begin with 0=",
    "The name of the declaration is T=dvalue, where T is 0.",
)  # fmt: skip
E079 = _error(
    "E079", "4.2",
    "{subject} is not a declaration of a storage root",
    "The dvalue is ocfl_ followed by the version.",
)  # fmt: skip
E080 = _error(
    "E080", "4.2",
    "the content of {subject} does not match its name",
    "The content of the declaration is its name without 0=, followed by one newline.",
)  # fmt: skip
E081 = _error(
    "E081", "4.2",
    "the object {subject} declares version {found}, which is newer than version {expected} of its root",
    "Objects follow the same version of the specification as the root, or an earlier one.",
)  # fmt: skip
E083 = _error(
    "E083", "4.3",
    "{subject} is not where the layout places its id: {expected}",
    "The layout maps each id to one path.",
    "Move the object to that path, or correct ocfl_layout.json",
)  # fmt: skip
E084 = _error(
    "E084", "4.3",
    "{subject} is a file in a folder between the root and the objects",
    "Folders between the root and the objects contain only folders.",
    "Find out what the file is and move it out of the storage root",
)  # fmt: skip
E085 = _error(
    "E085", "4.3",
    "{subject} ends the hierarchy but is not an object",
    "Every path of the hierarchy ends in an object.",
    "Find out whether an object is missing; otherwise remove the folder",
)  # fmt: skip
E086 = _error(
    "E086", "4.4",
    "{subject} does not belong in the root's extensions folder",
    "The root's extensions are laid out like those of an object: each has its own folder.",
)  # fmt: skip
E088 = _error(
    "E088", "4.1",
    "{subject} belongs neither to an object nor to an extension",
    "A storage root contains only the hierarchy of its objects and the extensions folder.",
)  # fmt: skip
E089 = _error(
    "E089", "4.6",
    "{subject} is neither a file nor a folder",
    "OCFL does not allow devices, sockets and pipes.",
)  # fmt: skip
E090 = _error(
    "E090", "4.6",
    "{subject} is a link",
    "Hard and symbolic links are not portable and must not be used.",
    "Replace the link with the file",
)  # fmt: skip
E092 = _loss(
    "E092", "3.5.2",
    "{subject} does not match the manifest of {inventory}: expected {expected}, found {found}",
    "The manifest lists the files that have each digest.",
)  # fmt: skip
E093 = _loss(
    "E093", "3.5.4",
    "{subject} does not match the fixity block of {inventory}: expected {expected}, found {found}",
    "The digests in the fixity block match the files that they list.",
)  # fmt: skip
E094 = _error(
    "E094", "3.5.3.1",
    "the message of version {version} is not a string",
    "message is a JSON string.",
)  # fmt: skip
E095 = _error(
    "E095", "3.5.3.1",
    "version {version} uses the logical path {found} twice, or as both a file and a folder",
    "Logical paths are unique, and none is the beginning of another one.",
)  # fmt: skip
E096 = _error(
    "E096", "3.5.2",
    "the manifest of {subject} has the digest {found} more than once",
    "A manifest lists each digest once.",
)  # fmt: skip
E097 = _error(
    "E097", "3.5.4",
    "the fixity block of {algorithm} has the digest {found} more than once",
    "The block of an algorithm lists each digest once.",
)  # fmt: skip
E099 = _error(
    "E099", "3.5.2",
    "the content path {found} has an element that is ., .. or empty",
    "The elements of a content path must not be ., .. or empty.",
)  # fmt: skip
E100 = _error(
    "E100", "3.5.2",
    "the content path {found} begins or ends with a slash",
    "A content path must not begin or end with a slash.",
)  # fmt: skip
E101 = _error(
    "E101", "3.5.2",
    "the content path {found} occurs twice, or as both a file and a folder",
    "Content paths are unique, and none is the beginning of another one.",
)  # fmt: skip
E102 = _error(
    "E102", "3.5",
    "{subject} has the unknown key {found}",
    "An inventory has only the keys that the specification defines.",
)  # fmt: skip
E103 = _error(
    "E103", "3.7.1",
    "{subject} follows {found}, which is earlier than that of the previous version",
    "Each version follows the same specification as the previous version, or a later one.",
)  # fmt: skip
E104 = _error(
    "E104", "3.3",
    "the version name {found} does not begin with v",
    "A version is named v followed by its number.",
)  # fmt: skip
E105 = _error(
    "E105", "3.3",
    "the version {found} does not have a positive whole number",
    "Version numbers are 1, 2, 3 and so on.",
)  # fmt: skip
E106 = _error(
    "E106", "3.5.2",
    "the manifest of {subject} is not a JSON object",
    "The manifest is a JSON object.",
)  # fmt: skip
E107 = _error(
    "E107", "3.5.2",
    "the manifest of {subject} has a digest that no version uses: {found}",
    "Each digest in the manifest is used by the state of a version.",
)  # fmt: skip
E108 = _error(
    "E108", "3.3.1",
    "contentDirectory is not a folder inside the version folder: {found}",
    "The content folder is a direct child of the version folder.",
)  # fmt: skip
E110 = _error(
    "E110", "3.5.1",
    "{subject} has a different id for the object: {found}",
    "The id does not change between versions.",
)  # fmt: skip
E111 = _error(
    "E111", "3.5.4",
    "the fixity block of {subject} is not a JSON object",
    "fixity is a JSON object, which may be empty.",
)  # fmt: skip
E112 = _error(
    "E112", "4.4",
    "{subject} is not the folder of an extension",
    "The root's extensions folder contains only folders of extensions.",
)  # fmt: skip
W001 = _warning(
    "W001", "3.3",
    "the versions are zero-padded",
    "Versions should be named v1, v2, v3 and so on.",
)  # fmt: skip
W002 = _warning(
    "W002", "3.3",
    "{subject} is a folder beside the content",
    "A version folder should contain only the content folder.",
)  # fmt: skip
W003 = _warning(
    "W003", "3.3.1",
    "{subject} is empty",
    "A version without files should not have a content folder.",
)  # fmt: skip
W004 = _warning("W004", "3.4", "{subject} uses sha256", "Content should be addressed by sha512.")
W005 = _warning(
    "W005", "3.5.1",
    "the id in {subject} is not a URI: {found}",
    "The id should be a URI.",
)  # fmt: skip
W007 = _warning(
    "W007", "3.5.3.1",
    "version {version} has no {expected}",
    "A version should have a message and a user.",
)  # fmt: skip
W008 = _warning("W008", "3.5.3.1", "the user of version {version} has no address", "A user should have an address.")
W009 = _warning(
    "W009", "3.5.3.1",
    "the user's address in version {version} is not a URI: {found}",
    "The address should be a mailto: URI or the URL of a personal identifier.",
)  # fmt: skip
W010 = _warning(
    "W010", "3.7",
    "{subject} has no inventory",
    "Every version folder should contain its inventory.",
)  # fmt: skip
W011 = _warning(
    "W011", "3.7",
    "{subject} records a different {expected} of version {version} from the root",
    "created, message and user of a version should be the same in all inventories.",
)  # fmt: skip
W013 = _warning(
    "W013", "3.9",
    "{subject} is not a registered extension",
    "Extensions should have a registered name.",
)  # fmt: skip
W014 = _warning(
    "W014", "4.3",
    "the objects are stored at different depths: {found}",
    "A root should use one layout.",
)  # fmt: skip
W015 = _warning(
    "W015", "4.3",
    "{subject} is stored at the top, but other objects are stored in a hierarchy",
    "A root should use one pattern for all objects.",
)  # fmt: skip
W016 = _warning(
    "W016", "4.4",
    "{subject} is not a registered extension",
    "Extensions should have a registered name.",
)  # fmt: skip

UNREADABLE = FindingKind(
    "OCFL-100", Tells.UNREAD, "OCFL 1.1, 3",
    "{subject} cannot be read: {found}",
    "A file or folder that cannot be read is neither intact nor damaged: nothing is known about it.",
    "Fix the permissions or the disk, then validate again",
)  # fmt: skip
MORE = FindingKind(
    "OCFL-102", Tells.NOTE, "OCFL 1.1, 3.5",
    "not listed here: {count} more findings of {code}",
    "Only the first findings of one code are listed, to keep memory use and the report small. All of them were"
    " counted.",
    "Fix the listed ones, then validate again",
)  # fmt: skip
TOO_LARGE = FindingKind(
    "OCFL-101", Tells.UNREAD, "OCFL 1.1, 3.5",
    "{subject} is larger than {expected} bytes and was not read",
    "Inventories and small declarations are read as a whole. Beyond this limit, that could use up the memory.",
    "Check whether the file is right; an inventory of this size is unusual",
)  # fmt: skip
