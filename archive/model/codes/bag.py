"""What is wrong with a bag: RFC 8493.

1xx declaration and structure, 2xx manifests, 3xx fixity, 4xx bag-info.txt and fetch.txt, 7xx second opinion and depth.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

MISSING_DECLARATION = FindingKind(
    "BAG-101", Tells.RULE, "RFC 8493 2.1.1", "there is no bagit.txt",
    "Every bag has the tag file bagit.txt at its top. Without it nothing says that this is a bag, of which version and"
    " in which encoding; the rest is judged as BagIt 1.0 in UTF-8.",
    "Check that the path names the bag's own top folder; if it does, bring bagit.txt back from a copy of the bag",
)  # fmt: skip
MALFORMED_DECLARATION = FindingKind(
    "BAG-102", Tells.RULE, "RFC 8493 2.1.1", "bagit.txt is malformed: {why}",
    "bagit.txt consists of exactly two lines in UTF-8 without a byte order mark: BagIt-Version and"
    " Tag-File-Character-Encoding.",
    "Bring bagit.txt back from a copy of the bag, or ask the bag's maker for a correct one",
)  # fmt: skip
UNKNOWN_VERSION = FindingKind(
    "BAG-103", Tells.RULE, "RFC 8493 2.1.1", "BagIt version {found} is not known here; known are {known}",
    "The rules differ between versions; a bag of an unknown version cannot be called valid.",
    "Check the first line of bagit.txt; for a newer version of BagIt, update this program",
)  # fmt: skip
UNKNOWN_ENCODING = FindingKind(
    "BAG-104", Tells.RULE, "RFC 8493 2.1.1", "the tag file encoding {found} is not on the list of those read here",
    "Tag files are read in a short list of encodings, UTF-8 before all; another one is not guessed at.",
    "Ask the bag's maker to write its tag files in UTF-8",
)  # fmt: skip
LOOSE_DECLARATION = FindingKind(
    "BAG-105", Tells.ADVICE, "RFC 8493 2.1.1", "bagit.txt has more or other white space than the standard allows",
    "Label and value are joined by a colon and one space, and nothing follows the value. Versions before 1.0 were less"
    " strict, and the meaning is clear here; from 1.0 on, the same is an error.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
NO_PAYLOAD_FOLDER = FindingKind(
    "BAG-107", Tells.RULE, "RFC 8493 2.1.2", "there is no folder data",
    "Every bag has a payload folder named data, even when it is empty.",
    "Bring the folder back from a copy of the bag",
)  # fmt: skip
NO_MANIFEST = FindingKind(
    "BAG-108", Tells.RULE, "RFC 8493 2.1.3", "there is no payload manifest that can be used",
    "Every bag has at least one payload manifest, manifest-ALGORITHM.txt. Without one nothing can be proven.",
    "Bring the manifest back from a copy of the bag",
)  # fmt: skip
WRONG_ENCODING = FindingKind(
    "BAG-110", Tells.RULE, "RFC 8493 2.1.1", "the file is not in the declared encoding, {encoding}",
    "bagit.txt declares the encoding of all other tag files; these bytes do not exist in it.",
    "Ask the bag's maker for a correct one; names that are not in the encoding cannot be listed",
)  # fmt: skip
BYTE_ORDER_MARK = FindingKind(
    "BAG-111", Tells.ADVICE, "RFC 8493 2.1.1", "the file begins with a byte order mark",
    "In UTF-8 a byte order mark says nothing, and some readers take it for part of the first line.",
    "Nothing needs to be done; a new version of the bag should leave it out",
)  # fmt: skip
TAG_FILE_TOO_LARGE = FindingKind(
    "BAG-112", Tells.UNREAD, "RFC 8493 5.2", "the tag file is larger than the limit of {limit} bytes and was not read",
    "Tag files are read within limits, so that a hostile bag cannot exhaust the machine.",
    "Check the file by hand; a tag file of this size is unusual",
)  # fmt: skip
TOO_MANY_LINES = FindingKind(
    "BAG-118", Tells.UNREAD, "RFC 8493 5.2", "more than {limit} {what} stand in the file; the rest of it was not read",
    "A tag file is read within limits, so that a hostile bag cannot keep the machine busy.",
    "Look at the file; bring it back from a copy of the bag",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "BAG-113", Tells.RULE, "RFC 8493 2.4", "the digest algorithm {algorithm} is not known",
    "The manifest's name must hold a known algorithm; its lines cannot be checked.",
    "Check the file's name; every algorithm with a fixed length that Python's hashlib knows is read",
)  # fmt: skip
ALGORITHM_SPELLING = FindingKind(
    "BAG-114", Tells.ADVICE, "RFC 8493 2.4", "the algorithm is spelt {found} where the standard writes {expected}",
    "In a manifest's name the algorithm is in lower case, letters and digits only. The manifest was used.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
WEAK_ALGORITHMS = FindingKind(
    "BAG-115", Tells.ADVICE, "RFC 8493 2.4", "only weak digests protect this bag: {algorithms}",
    "MD5 and SHA-1 find accidents, but somebody could make another file with the same digest on purpose.",
    "Make a new version of the bag with sha256 or sha512",
)  # fmt: skip
NO_TAG_MANIFEST = FindingKind(
    "BAG-116", Tells.NOTE, "RFC 8493 2.2.1", "there is no tag manifest: the tag files themselves are not protected",
    "Tag manifests are optional. Without one, a change in bag-info.txt or in a manifest may go unseen.",
    "Make a new version of the bag with tag manifests",
)  # fmt: skip
REPEATED_MANIFEST = FindingKind(
    "BAG-117", Tells.RULE, "RFC 8493 2.1.3", "a second manifest for {algorithm}",
    "There is at most one manifest of a kind for each algorithm; these two could contradict each other.",
    "Ask the bag's maker which of the two is right",
)  # fmt: skip
MISSING_FILE = FindingKind(
    "BAG-201", Tells.LOSS, "RFC 8493 3", "the file is listed in a manifest but is not there",
    "A bag is complete only when every file that a payload manifest lists is present.",
    "Bring the file back from a copy of the bag, then validate again",
)  # fmt: skip
UNLISTED_FILE = FindingKind(
    "BAG-202", Tells.LOSS, "RFC 8493 3", "the payload file is listed in no manifest",
    "Every payload file must be listed. This one was added later, renamed, or forgotten.",
    "Find out where the file comes from; take it away, or make a new version of the bag that lists it",
)  # fmt: skip
NOT_IN_EVERY_MANIFEST = FindingKind(
    "BAG-203", Tells.RULE, "RFC 8493 3", "the payload file is not listed in {manifests}",
    "From BagIt 1.0 on, every payload manifest lists every payload file.",
    "Bring the manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
MALFORMED_LINE = FindingKind(
    "BAG-204", Tells.RULE, "RFC 8493 2.1.3", "a line of the manifest is malformed: {why}",
    "A manifest line is a digest in hexadecimal, spaces or tabs, and a path to the end of the line.",
    "Look at the line; bring the manifest back from a copy of the bag",
)  # fmt: skip
UNSAFE_PATH = FindingKind(
    "BAG-205", Tells.RULE, "RFC 8493 5.2", "the path {path} is not safe: {why}",
    "A path must stay inside the bag, whatever the system: not absolute, no . or .. component, no ~ in front, no NUL."
    " It was not followed.",
    "Do not unpack or copy this bag with another tool; ask its maker",
)  # fmt: skip
OUTSIDE_PAYLOAD = FindingKind(
    "BAG-206", Tells.RULE, "RFC 8493 2.1.3", "a payload manifest lists {path}, which is not under data/",
    "Payload manifests list payload files only.",
    "Bring the manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
CONFLICTING_LINES = FindingKind(
    "BAG-207", Tells.RULE, "RFC 8493 2.1.3", "{path} is listed twice with different digests",
    "Two lines for one file contradict each other; at most one can be right.",
    "Bring the manifest back from a copy of the bag",
)  # fmt: skip
LISTED_TWICE = FindingKind(
    "BAG-220", Tells.RULE, "RFC 8493 2.1.3", "the manifest lists {path} a second time, with the same digest",
    "From BagIt 1.0 on, a manifest lists each file exactly once.",
    "Bring the manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
SAME_NAME_TWICE = FindingKind(
    "BAG-221", Tells.ADVICE, "RFC 8493 5.3", "the manifests list one file in two spellings: {path} and {other}",
    "The two names differ only in their Unicode normalisation and no two of their digests contradict each other: some"
    " system wrote the name in two forms. The file that is there was compared with all of them.",
    "Nothing is lost; a new version of the bag should list the file once",
)  # fmt: skip
MORE = FindingKind(
    "BAG-222", Tells.NOTE, "RFC 8493 5.2", "{count} more findings {code} are not listed here",
    "Only the first findings of one kind are listed, so that memory and report stay small; all of them were counted.",
    "Put the first ones right and validate again",
)  # fmt: skip
REPEATED_LINE = FindingKind(
    "BAG-208", Tells.ADVICE, "RFC 8493 2.1.3", "{path} is listed twice",
    "A manifest lists each file once. Both lines hold the same digest, so nothing is in doubt.",
    "Nothing needs to be done; a new version of the bag should list it once",
)  # fmt: skip
LOOSE_LINE = FindingKind(
    "BAG-209", Tells.ADVICE, "RFC 8493 2.1.3", "a line is not exactly as the standard writes it: {why}",
    "Checksum tools write such lines; the meaning is clear and the file was checked.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
RAW_PERCENT = FindingKind(
    "BAG-210", Tells.ADVICE, "RFC 8493 2.1.3",
    "the path {path} holds a % that encodes nothing; it was taken as it stands",
    "From BagIt 1.0 on a % in a name is written %25, and only LF, CR and % are encoded.",
    "Nothing needs to be done; a new version of the bag should encode it",
)  # fmt: skip
TAG_MANIFEST_LISTS_PAYLOAD = FindingKind(
    "BAG-211", Tells.RULE, "RFC 8493 2.2.1", "a tag manifest lists the payload file {path}",
    "Tag manifests list tag files only.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LISTS_TAG_MANIFEST = FindingKind(
    "BAG-212", Tells.RULE, "RFC 8493 2.2.1", "a tag manifest lists the tag manifest {path}",
    "A tag manifest lists no tag manifest: neither itself nor another.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LACKS_MANIFEST = FindingKind(
    "BAG-213", Tells.RULE, "RFC 8493 2.2.1", "the tag manifest does not list {path}",
    "Each tag manifest lists every payload manifest; else a change of the manifest would go unseen.",
    "Bring the tag manifest back from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
UNLISTED_TAG_FILE = FindingKind(
    "BAG-214", Tells.ADVICE, "RFC 8493 2.2.1", "the tag file is not listed in {manifests}",
    "Each tag manifest should list all tag files but the tag manifests. This one may have been added later.",
    "Find out where the file comes from; a new version of the bag should list it",
)  # fmt: skip
MISSING_TAG_FILE = FindingKind(
    "BAG-216", Tells.LOSS, "RFC 8493 3", "the tag file is listed in a tag manifest but is not there",
    "A bag is complete only when every file that a tag manifest lists is present.",
    "Bring the file back from a copy of the bag, then validate again",
)  # fmt: skip
PARTLY_LISTED = FindingKind(
    "BAG-218", Tells.ADVICE, "RFC 8493 3",
    "the payload file is not listed in {manifests}, as versions before 1.0 allowed",
    "Before BagIt 1.0 a payload file could be listed in just one of the manifests.",
    "Nothing needs to be done; a new version of the bag should list every file in every manifest",
)  # fmt: skip
OTHER_ALGORITHMS = FindingKind(
    "BAG-219", Tells.ADVICE, "RFC 8493 2.2.1", "tag manifests use {tag} where payload manifests use {payload}",
    "Tag manifests should use the same algorithms as the payload manifests.",
    "Nothing needs to be done; a new version of the bag should use the same",
)  # fmt: skip
MISMATCH = FindingKind(
    "BAG-301", Tells.LOSS, "RFC 8493 3", "the {algorithm} digest does not match: expected {expected}, found {found}",
    "The file's bytes are not those that the manifest was made from. One of the two has changed.",
    "Compare with another copy of the bag and replace what is damaged, then validate again",
)  # fmt: skip
TAG_MISMATCH = FindingKind(
    "BAG-302", Tells.LOSS, "RFC 8493 3",
    "the {algorithm} digest of the tag file does not match: expected {expected}, found {found}",
    "The tag file's bytes are not those that the tag manifest was made from. One of the two has changed.",
    "Compare with another copy of the bag and replace what is damaged, then validate again",
)  # fmt: skip
MALFORMED_TAG = FindingKind(
    "BAG-401", Tells.RULE, "RFC 8493 2.2.2", "a line is malformed: {why}",
    "An element is a label, a colon, one space or tab, and a value; a long value goes on in lines that are indented.",
    "Look at the line; bring the file back from a copy of the bag",
)  # fmt: skip
MALFORMED_OXUM = FindingKind(
    "BAG-402", Tells.RULE, "RFC 8493 2.2.2", "Payload-Oxum is malformed: {found}",
    "Payload-Oxum is the number of octets, a full stop, and the number of files, in decimal digits.",
    "Bring bag-info.txt back from a copy of the bag",
)  # fmt: skip
REPEATED_OXUM = FindingKind(
    "BAG-403", Tells.RULE, "RFC 8493 2.2.2", "Payload-Oxum stands more than once",
    "Payload-Oxum must not be repeated: two of them could contradict each other.",
    "Bring bag-info.txt back from a copy of the bag",
)  # fmt: skip
OXUM_MISMATCH = FindingKind(
    "BAG-404", Tells.LOSS, "RFC 8493 2.2.2", "Payload-Oxum does not match: expected {expected}, found {found}",
    "The payload does not have as many bytes or files as bag-info.txt says.",
    "Validate with full depth to see which files are missing, added or changed",
)  # fmt: skip
LOOSE_TAG = FindingKind(
    "BAG-405", Tells.ADVICE, "RFC 8493 2.2.2", "a line is not exactly as the standard writes it: {why}",
    "The meaning is clear, but other readers may disagree.",
    "Nothing needs to be done; a new version of the bag should write it exactly",
)  # fmt: skip
REPEATED_TAG = FindingKind(
    "BAG-406", Tells.ADVICE, "RFC 8493 2.2.2", "{label} stands more than once",
    "This reserved element should not be repeated.",
    "Nothing needs to be done; a new version of the bag should say it once",
)  # fmt: skip
ODD_VALUE = FindingKind(
    "BAG-407", Tells.ADVICE, "RFC 8493 2.2.2",
    "the value of {label} is not of the form that the standard gives: {found}",
    "Bagging-Date is YYYY-MM-DD; Bag-Count is N of T, where T may be a question mark.",
    "Nothing needs to be done; a new version of the bag should write it so",
)  # fmt: skip
MALFORMED_FETCH = FindingKind(
    "BAG-411", Tells.RULE, "RFC 8493 2.2.3", "a line is malformed: {why}",
    "A line of fetch.txt is a URL, a length in bytes or -, and a path under data/.",
    "Look at the line; ask the bag's maker",
)  # fmt: skip
FETCH_LOCAL = FindingKind(
    "BAG-418", Tells.ADVICE, "RFC 8493 2.2.3", "fetch.txt names {where}",
    "The lines of fetch.txt are addresses from which anyone can complete the bag. One that leads to the machine itself"
    " or into a private network gives other bytes elsewhere, and fetching it could reach what was not meant to be"
    " reached.",
    "Ask the maker of the bag for a public address",
)  # fmt: skip
FETCH_UNLISTED = FindingKind(
    "BAG-412", Tells.RULE, "RFC 8493 2.2.3", "fetch.txt names {path}, which is not listed in every payload manifest",
    "Every file that fetch.txt lists must be listed in every payload manifest, or what comes cannot be checked.",
    "Ask the bag's maker",
)  # fmt: skip
FETCH_PENDING = FindingKind(
    "BAG-413", Tells.UNREAD, "RFC 8493 2.2.3", "the file is still to be fetched",
    "fetch.txt names where the file can be had; until it is there the bag is not complete. Nothing is fetched during"
    " validation.",
    "Run archive fetch on the bag, then validate again",
)  # fmt: skip
FETCH_OUTSIDE_PAYLOAD = FindingKind(
    "BAG-415", Tells.RULE, "RFC 8493 2.2.3", "fetch.txt names {path}, which is not under data/",
    "fetch.txt may list payload files only, never tag files.",
    "Ask the bag's maker",
)  # fmt: skip
FETCH_SIZE = FindingKind(
    "BAG-416", Tells.ADVICE, "RFC 8493 2.2.3", "fetch.txt gives {expected} bytes, the file has {found}",
    "The length in fetch.txt is not what is there; the digests decide whether the file is right.",
    "Nothing needs to be done when the digests match",
)  # fmt: skip
REPEATED_FETCH = FindingKind(
    "BAG-417", Tells.ADVICE, "RFC 8493 2.2.3", "fetch.txt names {path} more than once",
    "One address for a file is enough; the first was taken.",
    "Nothing needs to be done",
)  # fmt: skip
SECOND_OPINION = FindingKind(
    "BAG-701", Tells.ADVICE, "RFC 8493 3", "the bagit library says {theirs} where we say {ours}: {why}",
    "The two readers disagree. The library follows BagIt 0.97 and is known to differ from RFC 8493 in places.",
    "Read both reasons; ours names the clause it rests on",
)  # fmt: skip
NO_SECOND_OPINION = FindingKind(
    "BAG-702", Tells.UNREAD, "RFC 8493 3", "the bagit library could not be asked: {why}",
    "The second opinion was asked for and could not be had.",
    "Install the library, or unpack the archive and validate the folder",
)  # fmt: skip
NO_OXUM = FindingKind(
    "BAG-703", Tells.UNREAD, "RFC 8493 2.2.2", "there is no Payload-Oxum to compare with",
    "A quick look compares the payload's size and count with Payload-Oxum in bag-info.txt, and there is none.",
    "Validate with --depth complete or full",
)  # fmt: skip
