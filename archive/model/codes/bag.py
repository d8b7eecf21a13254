"""What is wrong with a bag: RFC 8493 and BagIt Profiles.

1xx declaration and structure, 2xx manifests, 3xx fixity, 4xx bag-info.txt and fetch.txt, 5xx kinds of file and
archives, 6xx profiles, 7xx second opinion and depth.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Severity

_E, _U, _W, _N = Severity.ERROR, Severity.UNCHECKED, Severity.WARNING, Severity.NOTE

MISSING_DECLARATION = FindingKind(
    "BAG-101", _E, "RFC 8493 2.1.1", "there is no bagit.txt",
    "Every bag has the tag file bagit.txt at its top. Without it nothing says that this is a bag, of which version and"
    " in which encoding; the rest is judged as BagIt 1.0 in UTF-8.",
    "Check that the path names the bag's own top folder; if it does, bring bagit.txt back from a copy of the bag",
)  # fmt: skip
MALFORMED_DECLARATION = FindingKind(
    "BAG-102", _E, "RFC 8493 2.1.1", "bagit.txt is malformed: {why}",
    "bagit.txt consists of exactly two lines in UTF-8 without a byte order mark: BagIt-Version and"
    " Tag-File-Character-Encoding.",
    "Bring bagit.txt back from a copy of the bag, or ask whoever made the bag for a right one",
)  # fmt: skip
UNKNOWN_VERSION = FindingKind(
    "BAG-103", _E, "RFC 8493 2.1.1", "BagIt version {found} is not known here; known are {known}",
    "The rules differ between versions; a bag of an unknown version cannot be called valid.",
    "Check the first line of bagit.txt; for a newer version of BagIt, update this program",
)  # fmt: skip
UNKNOWN_ENCODING = FindingKind(
    "BAG-104", _E, "RFC 8493 2.1.1", "the tag file encoding {found} is not on the list of those read here",
    "Tag files are read in a short list of encodings, UTF-8 before all; another one is not guessed at.",
    "Ask whoever made the bag to write its tag files in UTF-8",
)  # fmt: skip
LOOSE_DECLARATION = FindingKind(
    "BAG-105", _W, "RFC 8493 2.1.1", "bagit.txt has more or other white space than the standard allows",
    "Label and value are joined by a colon and one space, and nothing follows the value. Versions before 1.0 were less"
    " strict, and the meaning is clear here; from 1.0 on, the same is an error.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
NO_PAYLOAD_FOLDER = FindingKind(
    "BAG-107", _E, "RFC 8493 2.1.2", "there is no folder data",
    "Every bag has a payload folder named data, even when it is empty.",
    "Bring the folder back from a copy of the bag",
)  # fmt: skip
NO_MANIFEST = FindingKind(
    "BAG-108", _E, "RFC 8493 2.1.3", "there is no payload manifest that can be used",
    "Every bag has at least one payload manifest, manifest-ALGORITHM.txt. Without one nothing can be proven.",
    "Bring the manifest back from a copy of the bag",
)  # fmt: skip
WRONG_ENCODING = FindingKind(
    "BAG-110", _E, "RFC 8493 2.1.1", "the file is not in the declared encoding, {encoding}",
    "bagit.txt declares the encoding of all other tag files; these bytes do not exist in it.",
    "Ask whoever made the bag for a right one; names that are not in the encoding cannot be listed",
)  # fmt: skip
BYTE_ORDER_MARK = FindingKind(
    "BAG-111", _W, "RFC 8493 2.1.1", "the file begins with a byte order mark",
    "In UTF-8 a byte order mark says nothing, and some readers take it for part of the first line.",
    "Nothing needs to be done; a new version of the bag should leave it out",
)  # fmt: skip
TAG_FILE_TOO_LARGE = FindingKind(
    "BAG-112", _U, "RFC 8493 5.2", "the tag file is larger than the limit of {limit} bytes and was not read",
    "Tag files are read within limits, so that a hostile bag cannot exhaust the machine.",
    "Check the file by hand; a tag file of this size is unusual",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "BAG-113", _E, "RFC 8493 2.4", "the digest algorithm {algorithm} is not known",
    "The manifest's name must hold a known algorithm; its lines cannot be checked.",
    "Check the file's name; every algorithm with a fixed length that Python's hashlib knows is read",
)  # fmt: skip
ALGORITHM_SPELLING = FindingKind(
    "BAG-114", _W, "RFC 8493 2.4", "the algorithm is spelt {found} where the standard writes {expected}",
    "In a manifest's name the algorithm stands in lower case, letters and digits only. The manifest was used.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
WEAK_ALGORITHMS = FindingKind(
    "BAG-115", _W, "RFC 8493 2.4", "only weak digests protect this bag: {algorithms}",
    "MD5 and SHA-1 find accidents, but somebody could make another file with the same digest on purpose.",
    "Make a new version of the bag with sha256 or sha512",
)  # fmt: skip
NO_TAG_MANIFEST = FindingKind(
    "BAG-116", _N, "RFC 8493 2.2.1", "there is no tag manifest: the tag files themselves are not protected",
    "Tag manifests are optional. Without one, a change in bag-info.txt or in a manifest may go unseen.",
    "Make a new version of the bag with tag manifests",
)  # fmt: skip
REPEATED_MANIFEST = FindingKind(
    "BAG-117", _E, "RFC 8493 2.1.3", "a second manifest for {algorithm}",
    "There is at most one manifest of a kind for each algorithm; these two could contradict each other.",
    "Ask whoever made the bag which of the two is right",
)  # fmt: skip
MISSING_FILE = FindingKind(
    "BAG-201", _E, "RFC 8493 3", "the file is listed in a manifest but is not there",
    "A bag is complete only when every file that a payload manifest lists is present.",
    "Bring the file back from a copy of the bag, then validate again",
)  # fmt: skip
UNLISTED_FILE = FindingKind(
    "BAG-202", _E, "RFC 8493 3", "the payload file is listed in no manifest",
    "Every payload file must be listed. This one was added later, renamed, or forgotten.",
    "Find out where the file comes from; take it away, or make a new version of the bag that lists it",
)  # fmt: skip
NOT_IN_EVERY_MANIFEST = FindingKind(
    "BAG-203", _E, "RFC 8493 3", "the payload file is not listed in {manifests}",
    "From BagIt 1.0 on, every payload manifest lists every payload file.",
    "Bring the manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
MALFORMED_LINE = FindingKind(
    "BAG-204", _E, "RFC 8493 2.1.3", "a line of the manifest is malformed: {why}",
    "A manifest line is a digest in hexadecimal, spaces or tabs, and a path to the end of the line.",
    "Look at the line; bring the manifest back from a copy of the bag",
)  # fmt: skip
UNSAFE_PATH = FindingKind(
    "BAG-205", _E, "RFC 8493 5.2", "the path {path} is not safe: {why}",
    "A path must stay inside the bag, whatever the system: not absolute, no . or .. component, no ~ in front, no NUL."
    " It was not followed.",
    "Do not unpack or copy this bag with another tool; ask whoever made it",
)  # fmt: skip
OUTSIDE_PAYLOAD = FindingKind(
    "BAG-206", _E, "RFC 8493 2.1.3", "a payload manifest lists {path}, which is not under data/",
    "Payload manifests list payload files only.",
    "Bring the manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
CONFLICTING_LINES = FindingKind(
    "BAG-207", _E, "RFC 8493 2.1.3", "{path} is listed twice with different digests",
    "Two lines for one file contradict each other; at most one can be right.",
    "Bring the manifest back from a copy of the bag",
)  # fmt: skip
REPEATED_LINE = FindingKind(
    "BAG-208", _W, "RFC 8493 2.1.3", "{path} is listed twice",
    "A manifest lists each file once. Both lines hold the same digest, so nothing is in doubt.",
    "Nothing needs to be done; a new version of the bag should list it once",
)  # fmt: skip
LOOSE_LINE = FindingKind(
    "BAG-209", _W, "RFC 8493 2.1.3", "a line is not exactly as the standard writes it: {why}",
    "Checksum tools write such lines; the meaning is clear and the file was checked.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
RAW_PERCENT = FindingKind(
    "BAG-210", _W, "RFC 8493 2.1.3", "the path {path} holds a % that encodes nothing; it was taken as it stands",
    "From BagIt 1.0 on a % in a name is written %25, and only LF, CR and % are encoded.",
    "Nothing needs to be done; a new version of the bag should encode it",
)  # fmt: skip
TAG_MANIFEST_LISTS_PAYLOAD = FindingKind(
    "BAG-211", _E, "RFC 8493 2.2.1", "a tag manifest lists the payload file {path}",
    "Tag manifests list tag files only.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LISTS_TAG_MANIFEST = FindingKind(
    "BAG-212", _E, "RFC 8493 2.2.1", "a tag manifest lists the tag manifest {path}",
    "A tag manifest lists no tag manifest: neither itself nor another.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LACKS_MANIFEST = FindingKind(
    "BAG-213", _E, "RFC 8493 2.2.1", "the tag manifest does not list {path}",
    "Each tag manifest lists every payload manifest; else a change of the manifest would go unseen.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
UNLISTED_TAG_FILE = FindingKind(
    "BAG-214", _W, "RFC 8493 2.2.1", "the tag file is not listed in {manifests}",
    "Each tag manifest should list all tag files but the tag manifests. This one may have been added later.",
    "Find out where the file comes from; a new version of the bag should list it",
)  # fmt: skip
MISSING_TAG_FILE = FindingKind(
    "BAG-216", _E, "RFC 8493 3", "the tag file is listed in a tag manifest but is not there",
    "A bag is complete only when every file that a tag manifest lists is present.",
    "Bring the file back from a copy of the bag, then validate again",
)  # fmt: skip
EMPTY_FOLDER = FindingKind(
    "BAG-217", _N, "RFC 8493 2.1.3", "the folder holds no file; no manifest can protect it",
    "Manifests list files only, so that an empty folder may get lost without anybody noticing.",
    "Put a small file in it before bagging if the folder itself matters",
)  # fmt: skip
PARTLY_LISTED = FindingKind(
    "BAG-218", _W, "RFC 8493 3", "the payload file is not listed in {manifests}, as versions before 1.0 allowed",
    "Before BagIt 1.0 a payload file could be listed in just one of the manifests.",
    "Nothing needs to be done; a new version of the bag should list every file in every manifest",
)  # fmt: skip
OTHER_ALGORITHMS = FindingKind(
    "BAG-219", _W, "RFC 8493 2.2.1", "tag manifests use {tag} where payload manifests use {payload}",
    "Tag manifests should use the same algorithms as the payload manifests.",
    "Nothing needs to be done; a new version of the bag should use the same",
)  # fmt: skip
MISMATCH = FindingKind(
    "BAG-301", _E, "RFC 8493 3", "the {algorithm} digest does not match: expected {expected}, found {found}",
    "The file's bytes are not those that the manifest was made from. One of the two has changed.",
    "Compare with another copy of the bag and replace what is damaged, then validate again",
)  # fmt: skip
TAG_MISMATCH = FindingKind(
    "BAG-302", _E, "RFC 8493 3",
    "the {algorithm} digest of the tag file does not match: expected {expected}, found {found}",
    "The tag file's bytes are not those that the tag manifest was made from. One of the two has changed.",
    "Compare with another copy of the bag and replace what is damaged, then validate again",
)  # fmt: skip
UNREADABLE_FILE = FindingKind(
    "BAG-303", _U, "RFC 8493 3", "the file could not be read and was not checked: {why}",
    "A read error is not a changed file: nothing can be said about its bytes.",
    "Check permissions and the disk, then validate again",
)  # fmt: skip
UNREADABLE_FOLDER = FindingKind(
    "BAG-304", _U, "RFC 8493 3", "the folder could not be listed; what is in it was not checked: {why}",
    "A folder that cannot be opened is not an empty folder: nothing can be said about its files.",
    "Check permissions and the disk, then validate again",
)  # fmt: skip
MALFORMED_TAG = FindingKind(
    "BAG-401", _E, "RFC 8493 2.2.2", "a line is malformed: {why}",
    "An element is a label, a colon, one space or tab, and a value; a long value goes on in lines that are indented.",
    "Look at the line; bring the file back from a copy of the bag",
)  # fmt: skip
MALFORMED_OXUM = FindingKind(
    "BAG-402", _E, "RFC 8493 2.2.2", "Payload-Oxum is malformed: {found}",
    "Payload-Oxum is the number of octets, a full stop, and the number of files, in decimal digits.",
    "Bring bag-info.txt back from a copy of the bag",
)  # fmt: skip
REPEATED_OXUM = FindingKind(
    "BAG-403", _E, "RFC 8493 2.2.2", "Payload-Oxum stands more than once",
    "Payload-Oxum must not be repeated: two of them could contradict each other.",
    "Bring bag-info.txt back from a copy of the bag",
)  # fmt: skip
OXUM_MISMATCH = FindingKind(
    "BAG-404", _E, "RFC 8493 2.2.2", "Payload-Oxum does not match: expected {expected}, found {found}",
    "The payload does not have as many bytes or files as bag-info.txt says.",
    "Validate with full depth to see which files are missing, added or changed",
)  # fmt: skip
LOOSE_TAG = FindingKind(
    "BAG-405", _W, "RFC 8493 2.2.2", "a line is not exactly as the standard writes it: {why}",
    "The meaning is clear, but other readers may disagree.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
REPEATED_TAG = FindingKind(
    "BAG-406", _W, "RFC 8493 2.2.2", "{label} stands more than once",
    "This reserved element should not be repeated.",
    "Nothing needs to be done; a new version of the bag should say it once",
)  # fmt: skip
ODD_VALUE = FindingKind(
    "BAG-407", _W, "RFC 8493 2.2.2", "the value of {label} is not of the form that the standard gives: {found}",
    "Bagging-Date is YYYY-MM-DD; Bag-Count is N of T, where T may be a question mark.",
    "Nothing needs to be done; a new version of the bag should write it so",
)  # fmt: skip
MALFORMED_FETCH = FindingKind(
    "BAG-411", _E, "RFC 8493 2.2.3", "a line is malformed: {why}",
    "A line of fetch.txt is a URL, a length in bytes or -, and a path under data/.",
    "Look at the line; ask whoever made the bag",
)  # fmt: skip
FETCH_UNLISTED = FindingKind(
    "BAG-412", _E, "RFC 8493 2.2.3", "fetch.txt names {path}, which is not listed in every payload manifest",
    "Every file that fetch.txt lists must be listed in every payload manifest, or what comes cannot be checked.",
    "Ask whoever made the bag",
)  # fmt: skip
FETCH_PENDING = FindingKind(
    "BAG-413", _E, "RFC 8493 2.2.3", "the file is still to be fetched",
    "fetch.txt names where the file can be had; until it is there the bag is not complete. Nothing is fetched during"
    " validation.",
    "Fetch the file to its place in the bag, then validate again",
)  # fmt: skip
FETCH_OUTSIDE_PAYLOAD = FindingKind(
    "BAG-415", _E, "RFC 8493 2.2.3", "fetch.txt names {path}, which is not under data/",
    "fetch.txt may list payload files only, never tag files.",
    "Ask whoever made the bag",
)  # fmt: skip
FETCH_SIZE = FindingKind(
    "BAG-416", _W, "RFC 8493 2.2.3", "fetch.txt gives {expected} bytes, the file has {found}",
    "The length in fetch.txt is not what is there; the digests decide whether the file is right.",
    "Nothing needs to be done when the digests match",
)  # fmt: skip
REPEATED_FETCH = FindingKind(
    "BAG-417", _W, "RFC 8493 2.2.3", "fetch.txt names {path} more than once",
    "One address for a file is enough; the first was taken.",
    "Nothing needs to be done",
)  # fmt: skip
LINK = FindingKind(
    "BAG-501", _E, "RFC 8493 5.2", "this is a symbolic link, not a file",
    "What a link leads to lies outside the bag's protection, and may not exist elsewhere. It was not followed.",
    "Put the file itself in its place and make a new version of the bag",
)  # fmt: skip
SPECIAL_FILE = FindingKind(
    "BAG-502", _E, "RFC 8493 2", "this is neither a file nor a folder but {what}",
    "A bag holds files. Pipes, sockets and devices have no bytes that could be kept; it was not opened.",
    "Take it away, then validate again",
)  # fmt: skip
HARD_LINKS = FindingKind(
    "BAG-503", _W, "RFC 8493 5.2", "{count} files have more than one name (hard links)",
    "A change through another name, perhaps outside the bag, changes the bag. The first of them is named.",
    "Copy the bag to have files of its own",
)  # fmt: skip
NORMAL_FORM_TWINS = FindingKind(
    "BAG-504", _W, "RFC 8493 6.1.2", "differs from {other} only in Unicode normalisation",
    "Some systems take these two names for one, so that one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
CASE_TWINS = FindingKind(
    "BAG-505", _W, "RFC 8493 6.1.3", "differs from {other} only in case",
    "Some systems take these two names for one, so that one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
OTHER_NORMAL_FORM = FindingKind(
    "BAG-506", _W, "RFC 8493 6.1.2", "the name is listed as {listed}, in another Unicode normalisation",
    "A system on the way rewrote the name. The bytes were checked against the line of the listed name.",
    "Nothing needs to be done here; a new version of the bag should list the name as it is",
)  # fmt: skip
BROKEN_ARCHIVE = FindingKind(
    "BAG-511", _E, "RFC 8493 4", "the archive is damaged: {why}",
    "The archive cannot be read to its end as it is; what could be read was judged.",
    "Bring the archive back from a copy",
)  # fmt: skip
DUPLICATE_MEMBER = FindingKind(
    "BAG-512", _E, "RFC 8493 4.2", "the archive holds this name more than once",
    "Which of the two remains after unpacking depends on the tool.",
    "Do not unpack it; ask whoever made the archive",
)  # fmt: skip
UNSAFE_MEMBER = FindingKind(
    "BAG-513", _E, "RFC 8493 5.2", "the archive holds a name that is not safe: {why}",
    "Unpacking this archive could write outside its folder.",
    "Do not unpack it; ask whoever made the archive",
)  # fmt: skip
SEVERAL_ROOTS = FindingKind(
    "BAG-514", _E, "RFC 8493 4.2", "the archive does not hold exactly one top folder but {roots}",
    "A serialized bag holds one folder, the bag, and nothing beside it.",
    "Pack the bag's own folder, and only that",
)  # fmt: skip
ARCHIVE_LIMIT = FindingKind(
    "BAG-515", _U, "RFC 8493 5.2", "the archive was not read: {why}",
    "Archives are read within limits, so that a hostile one cannot exhaust the machine.",
    "If you trust the archive, unpack it and validate the folder",
)  # fmt: skip
ENCRYPTED_MEMBER = FindingKind(
    "BAG-516", _U, "RFC 8493 4", "the member is encrypted and could not be checked",
    "Nothing can be said about bytes that cannot be read.",
    "Decrypt the archive, then validate again",
)  # fmt: skip
UNKNOWN_METHOD = FindingKind(
    "BAG-517", _U, "RFC 8493 4", "the member is stored in a way that is not read here: {what}",
    "Nothing can be said about bytes that cannot be read.",
    "Unpack the archive with the tool that made it and validate the folder",
)  # fmt: skip
HEADERS_DIFFER = FindingKind(
    "BAG-518", _E, "RFC 8493 5.2", "the archive contradicts itself about this member: {why}",
    "Its directory and the member's own header differ, so that two tools may unpack two different things.",
    "Do not unpack it; ask whoever made the archive",
)  # fmt: skip
FOREIGN_BYTES = FindingKind(
    "BAG-519", _E, "RFC 8493 4", "the archive holds bytes that belong to no member: {why}",
    "Something was put before, between or after the members; the archive is not what was once made.",
    "Compare with another copy of the archive",
)  # fmt: skip
OTHER_ROOT_NAME = FindingKind(
    "BAG-520", _W, "RFC 8493 4.2", "the archive is not named after its top folder {root}",
    "A serialized bag should have the name of the folder in it.",
    "Nothing needs to be done",
)  # fmt: skip
PROFILE_VERSION = FindingKind(
    "BAG-601", _E, "BagIt Profiles 1.4 Accept-BagIt-Version",
    "BagIt version {found} is not accepted; accepted are {expected}",
    "The profile names the versions of BagIt that its bags may have.",
    "Make a new version of the bag in an accepted version of BagIt",
)  # fmt: skip
PROFILE_TAG_MISSING = FindingKind(
    "BAG-602", _E, "BagIt Profiles 1.4 Bag-Info", "the required element {label} is missing",
    "The profile requires this element with a value.",
    "Add the element in a new version of the bag",
)  # fmt: skip
PROFILE_TAG_VALUE = FindingKind(
    "BAG-603", _E, "BagIt Profiles 1.4 Bag-Info", "{label} has the value {found}; allowed are {expected}",
    "The profile lists the values that this element may have.",
    "Choose an allowed value in a new version of the bag",
)  # fmt: skip
PROFILE_TAG_REPEATED = FindingKind(
    "BAG-604", _E, "BagIt Profiles 1.4 Bag-Info", "{label} stands more than once",
    "The profile says that this element is not repeatable.",
    "Say it once in a new version of the bag",
)  # fmt: skip
PROFILE_MANIFEST_MISSING = FindingKind(
    "BAG-605", _E, "BagIt Profiles 1.4 Manifests-Required", "the required manifest {name} is missing",
    "The profile requires a manifest for this algorithm.",
    "Make a new version of the bag with this algorithm",
)  # fmt: skip
PROFILE_MANIFEST_NOT_ALLOWED = FindingKind(
    "BAG-606", _E, "BagIt Profiles 1.4 Manifests-Allowed", "the manifest is for an algorithm that is not allowed",
    "The profile lists the algorithms that manifests may use.",
    "Make a new version of the bag without this algorithm",
)  # fmt: skip
PROFILE_FETCH = FindingKind(
    "BAG-607", _E, "BagIt Profiles 1.4 Allow-Fetch.txt", "fetch.txt is {rule} by the profile",
    "The profile says whether bags may, must or must not have a fetch.txt.",
    "Make a new version of the bag accordingly",
)  # fmt: skip
PROFILE_SERIALIZATION = FindingKind(
    "BAG-608", _E, "BagIt Profiles 1.4 Serialization", "the bag comes as {found}; the profile wants {expected}",
    "The profile says whether bags come as a folder or packed, and how packed.",
    "Pack or unpack the bag, then validate again",
)  # fmt: skip
PROFILE_FILE_MISSING = FindingKind(
    "BAG-609", _E, "BagIt Profiles 1.4 Tag-Files-Required, Payload-Files-Required",
    "a file that the profile requires is missing",
    "The profile requires this file.",
    "Add the file in a new version of the bag",
)  # fmt: skip
PROFILE_FILE_NOT_ALLOWED = FindingKind(
    "BAG-610", _E, "BagIt Profiles 1.4 Tag-Files-Allowed, Payload-Files-Allowed",
    "the profile does not allow this file",
    "The profile lists the files that a bag may hold.",
    "Leave the file out in a new version of the bag",
)  # fmt: skip
PROFILE_DATA_EMPTY = FindingKind(
    "BAG-611", _E, "BagIt Profiles 1.4 Data-Empty",
    "the payload must be empty but holds {files} files with {octets} bytes",
    "The profile wants no payload, or one file without bytes.",
    "Move the content out in a new version of the bag",
)  # fmt: skip
PROFILE_IDENTIFIER = FindingKind(
    "BAG-612", _W, "BagIt Profiles 1.4 BagIt-Profile-Identifier", "bag-info.txt does not name the profile {expected}",
    "A bag made for a profile names it in BagIt-Profile-Identifier.",
    "Name the profile in a new version of the bag",
)  # fmt: skip
PROFILE_RECOMMENDED = FindingKind(
    "BAG-613", _N, "BagIt Profiles 1.4 Bag-Info", "the recommended element {label} is missing",
    "The profile recommends this element.",
    "Add the element in a new version of the bag if you can",
)  # fmt: skip
SECOND_OPINION = FindingKind(
    "BAG-701", _W, "RFC 8493 3", "the bagit library says {theirs} where we say {ours}: {why}",
    "The two readers disagree. The library follows BagIt 0.97 and is known to differ from RFC 8493 in places.",
    "Read both reasons; ours names the clause it rests on",
)  # fmt: skip
NO_SECOND_OPINION = FindingKind(
    "BAG-702", _U, "RFC 8493 3", "the bagit library could not be asked: {why}",
    "The second opinion was asked for and could not be had.",
    "Install the library, or unpack the archive and validate the folder",
)  # fmt: skip
NO_OXUM = FindingKind(
    "BAG-703", _U, "RFC 8493 2.2.2", "there is no Payload-Oxum to compare with",
    "A quick look compares the payload's size and count with Payload-Oxum in bag-info.txt, and there is none.",
    "Validate with --depth complete or full",
)  # fmt: skip
