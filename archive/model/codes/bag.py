"""Findings about bags, by RFC 8493.

1xx declaration and structure, 2xx manifests, 3xx fixity, 4xx bag-info.txt and fetch.txt, 7xx second opinion and depth.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

MISSING_DECLARATION = FindingKind(
    "BAG-101", Tells.RULE, "RFC 8493 2.1.1",
    "there is no bagit.txt",
    "Every bag has the tag file bagit.txt in its top folder. Without it nothing shows that this is a bag, which"
    " version it follows and which encoding it uses; the rest is checked as BagIt 1.0 in UTF-8.",
    "Check that the path names the bag's own top folder; if it does, restore bagit.txt from a copy of the bag",
)  # fmt: skip
MALFORMED_DECLARATION = FindingKind(
    "BAG-102", Tells.RULE, "RFC 8493 2.1.1",
    "bagit.txt is malformed: {why}",
    "bagit.txt consists of exactly two lines in UTF-8 without a byte order mark: BagIt-Version and"
    " Tag-File-Character-Encoding.",
    "Restore bagit.txt from a copy of the bag, or ask the bag's creator for a correct one",
)  # fmt: skip
UNKNOWN_VERSION = FindingKind(
    "BAG-103", Tells.RULE, "RFC 8493 2.1.1",
    "BagIt version {found} is not supported; supported versions are {known}",
    "The rules differ between versions, so a bag of an unknown version cannot be called valid.",
    "Check the first line of bagit.txt; for a newer version of BagIt, update this program",
)  # fmt: skip
UNKNOWN_ENCODING = FindingKind(
    "BAG-104", Tells.RULE, "RFC 8493 2.1.1",
    "the tag file encoding {found} is not supported",
    "Tag files are read in a short list of encodings, UTF-8 first of all. Other encodings are never guessed.",
    "Ask the bag's creator to write its tag files in UTF-8",
)  # fmt: skip
LOOSE_DECLARATION = FindingKind(
    "BAG-105", Tells.ADVICE, "RFC 8493 2.1.1",
    "bagit.txt has white space that the standard does not allow",
    "Label and value are separated by a colon and one space, and nothing follows the value. Versions before 1.0"
    " were less strict, and the meaning is clear; from 1.0 on, the same is an error.",
    "No action needed; write it exactly in the next version of the bag",
)  # fmt: skip
NO_PAYLOAD_FOLDER = FindingKind(
    "BAG-107", Tells.RULE, "RFC 8493 2.1.2",
    "there is no data folder",
    "Every bag has a payload folder named data, even when it is empty.",
    "Restore the folder from a copy of the bag",
)  # fmt: skip
NO_MANIFEST = FindingKind(
    "BAG-108", Tells.RULE, "RFC 8493 2.1.3",
    "there is no usable payload manifest",
    "Every bag has at least one payload manifest, manifest-ALGORITHM.txt. Without one nothing about its files can"
    " be proven.",
    "Restore the manifest from a copy of the bag",
)  # fmt: skip
WRONG_ENCODING = FindingKind(
    "BAG-110", Tells.RULE, "RFC 8493 2.1.1",
    "the file is not in the declared encoding, {encoding}",
    "bagit.txt declares the encoding of all other tag files, and this file has bytes that are not valid in it.",
    "Ask the bag's creator for a corrected file; file names that the encoding cannot express cannot be listed",
)  # fmt: skip
BYTE_ORDER_MARK = FindingKind(
    "BAG-111", Tells.ADVICE, "RFC 8493 2.1.1",
    "the file begins with a byte order mark",
    "A byte order mark has no meaning in UTF-8, and some programs read it as part of the first line.",
    "No action needed; leave it out in the next version of the bag",
)  # fmt: skip
TAG_FILE_TOO_LARGE = FindingKind(
    "BAG-112", Tells.UNREAD, "RFC 8493 5.2",
    "the tag file is larger than the limit of {limit} bytes and was not read",
    "Tag files are read within limits, so that a hostile bag cannot use up the machine's memory.",
    "Open the file and check it; a tag file of this size is unusual",
)  # fmt: skip
TOO_MANY_LINES = FindingKind(
    "BAG-118", Tells.UNREAD, "RFC 8493 5.2",
    "the file has more than {limit} {what}; the rest was not read",
    "Tag files are read within limits, so that a hostile bag cannot keep the machine busy.",
    "Check the file, and restore it from a copy of the bag if it is wrong",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "BAG-113", Tells.RULE, "RFC 8493 2.4",
    "the digest algorithm {algorithm} is not known",
    "The name of a manifest must contain a known algorithm. The lines of this one cannot be checked.",
    "Check the file's name; every fixed-length algorithm of Python's hashlib is supported",
)  # fmt: skip
ALGORITHM_SPELLING = FindingKind(
    "BAG-114", Tells.ADVICE, "RFC 8493 2.4",
    "the algorithm is written {found}; the standard writes {expected}",
    "In the name of a manifest the algorithm is in lower case, with letters and digits only. The manifest was used.",
    "No action needed; write it exactly in the next version of the bag",
)  # fmt: skip
WEAK_ALGORITHMS = FindingKind(
    "BAG-115", Tells.ADVICE, "RFC 8493 2.4",
    "only weak digests protect this bag: {algorithms}",
    "MD5 and SHA-1 detect accidental changes, but a different file with the same digest can be made on purpose.",
    "Add a strong algorithm: archive update BAG --add-algorithm sha256",
)  # fmt: skip
NO_TAG_MANIFEST = FindingKind(
    "BAG-116", Tells.NOTE, "RFC 8493 2.2.1",
    "there is no tag manifest, so the tag files themselves are not protected",
    "Tag manifests are optional. Without one, a change in bag-info.txt or in a manifest may not be noticed.",
    "Ask the bag's creator for a version with tag manifests",
)  # fmt: skip
REPEATED_MANIFEST = FindingKind(
    "BAG-117", Tells.RULE, "RFC 8493 2.1.3",
    "there is a second manifest for {algorithm}",
    "There is at most one payload manifest and one tag manifest for each algorithm. Two could contradict each other.",
    "Ask the bag's creator which of the two is correct",
)  # fmt: skip
MISSING_FILE = FindingKind(
    "BAG-201", Tells.LOSS, "RFC 8493 3",
    "the file is listed in a manifest but is missing",
    "A bag is complete only when every file that a payload manifest lists is present.",
    "Restore the file from a copy: archive repair BAG --from COPY",
)  # fmt: skip
UNLISTED_FILE = FindingKind(
    "BAG-202", Tells.LOSS, "RFC 8493 3",
    "the payload file is not listed in any manifest",
    "Every payload file must be listed. This one was added later, renamed or forgotten.",
    "Find out where the file comes from; remove it, or accept it: archive update BAG --accept-changes",
)  # fmt: skip
NOT_IN_EVERY_MANIFEST = FindingKind(
    "BAG-203", Tells.RULE, "RFC 8493 3",
    "the payload file is not listed in {manifests}",
    "From BagIt 1.0 on, every payload manifest lists every payload file.",
    "Restore the manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
MALFORMED_LINE = FindingKind(
    "BAG-204", Tells.RULE, "RFC 8493 2.1.3",
    "a line of the manifest is malformed: {why}",
    "A manifest line is a digest in hexadecimal, spaces or tabs, and a path to the end of the line.",
    "Check the line, and restore the manifest from a copy of the bag",
)  # fmt: skip
UNSAFE_PATH = FindingKind(
    "BAG-205", Tells.RULE, "RFC 8493 5.2",
    "the path {path} is not safe: {why}",
    "A path must stay inside the bag on every system: it is not absolute, has no . or .. component, does not"
    " begin with ~ and has no NUL. It was not followed.",
    "Do not unpack or copy this bag with another tool; ask its creator",
)  # fmt: skip
OUTSIDE_PAYLOAD = FindingKind(
    "BAG-206", Tells.RULE, "RFC 8493 2.1.3",
    "a payload manifest lists {path}, which is not under data/",
    "Payload manifests list payload files only.",
    "Restore the manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
CONFLICTING_LINES = FindingKind(
    "BAG-207", Tells.RULE, "RFC 8493 2.1.3",
    "{path} is listed twice with different digests",
    "Two lines for one file contradict each other; at most one can be correct.",
    "Restore the manifest from a copy of the bag",
)  # fmt: skip
LISTED_TWICE = FindingKind(
    "BAG-220", Tells.RULE, "RFC 8493 2.1.3",
    "the manifest lists {path} a second time, with the same digest",
    "From BagIt 1.0 on, a manifest lists each file exactly once.",
    "Restore the manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
SAME_NAME_TWICE = FindingKind(
    "BAG-221", Tells.ADVICE, "RFC 8493 5.3",
    "the manifests list one file in two spellings: {path} and {other}",
    "The two names differ only in Unicode normalisation, and none of their digests contradict each other: some"
    " system wrote the name in two forms. The file was checked against all of them.",
    "No action needed; list the file once in the next version of the bag",
)  # fmt: skip
MORE = FindingKind(
    "BAG-222", Tells.NOTE, "RFC 8493 5.2",
    "not listed here: {count} more findings of {code}",
    "Only the first findings of one code are listed, to keep memory use and the report small. All of them were"
    " counted.",
    "Fix the listed ones, then run: archive validate BAG",
)  # fmt: skip
REPEATED_LINE = FindingKind(
    "BAG-208", Tells.ADVICE, "RFC 8493 2.1.3",
    "{path} is listed twice",
    "A manifest lists each file once. Both lines have the same digest, so nothing is in doubt.",
    "No action needed; list the file once in the next version of the bag",
)  # fmt: skip
LOOSE_LINE = FindingKind(
    "BAG-209", Tells.ADVICE, "RFC 8493 2.1.3",
    "the line is not written exactly as the standard requires: {why}",
    "Some checksum tools write such lines. The meaning is clear and the file was checked.",
    "No action needed; write it exactly in the next version of the bag",
)  # fmt: skip
RAW_PERCENT = FindingKind(
    "BAG-210", Tells.ADVICE, "RFC 8493 2.1.3",
    "the path {path} has a % that does not encode anything; it was read as a plain %",
    "From BagIt 1.0 on, a % in a name is written %25, and only LF, CR and % are encoded.",
    "No action needed; encode it in the next version of the bag",
)  # fmt: skip
TAG_MANIFEST_LISTS_PAYLOAD = FindingKind(
    "BAG-211", Tells.RULE, "RFC 8493 2.2.1",
    "a tag manifest lists the payload file {path}",
    "Tag manifests list tag files only.",
    "Restore the tag manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LISTS_TAG_MANIFEST = FindingKind(
    "BAG-212", Tells.RULE, "RFC 8493 2.2.1",
    "a tag manifest lists the tag manifest {path}",
    "A tag manifest must not list tag manifests, neither itself nor others.",
    "Restore the tag manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
TAG_MANIFEST_LACKS_MANIFEST = FindingKind(
    "BAG-213", Tells.RULE, "RFC 8493 2.2.1",
    "the tag manifest does not list {path}",
    "Each tag manifest lists every payload manifest; otherwise a changed manifest would not be noticed.",
    "Restore the tag manifest from a copy of the bag, or make a new version of the bag",
)  # fmt: skip
UNLISTED_TAG_FILE = FindingKind(
    "BAG-214", Tells.ADVICE, "RFC 8493 2.2.1",
    "the tag file is not listed in {manifests}",
    "Each tag manifest should list all tag files except the tag manifests. This one may have been added later.",
    "Find out where the file comes from; list it in the next version of the bag",
)  # fmt: skip
MISSING_TAG_FILE = FindingKind(
    "BAG-216", Tells.LOSS, "RFC 8493 3",
    "the tag file is listed in a tag manifest but is missing",
    "A bag is complete only when every file that a tag manifest lists is present.",
    "Restore the file from a copy: archive repair BAG --from COPY",
)  # fmt: skip
PARTLY_LISTED = FindingKind(
    "BAG-218", Tells.ADVICE, "RFC 8493 3",
    "the payload file is not listed in {manifests}, as versions before 1.0 allowed",
    "Before BagIt 1.0 a payload file could be listed in just one of the manifests.",
    "No action needed; list every file in every manifest in the next version of the bag",
)  # fmt: skip
OTHER_ALGORITHMS = FindingKind(
    "BAG-219", Tells.ADVICE, "RFC 8493 2.2.1",
    "tag manifests use {tag}, but payload manifests use {payload}",
    "Tag manifests should use the same algorithms as the payload manifests.",
    "No action needed; use the same algorithms in the next version of the bag",
)  # fmt: skip
MISMATCH = FindingKind(
    "BAG-301", Tells.LOSS, "RFC 8493 3",
    "the {algorithm} digest does not match: expected {expected}, found {found}",
    "The file's bytes are not the ones that the manifest was made from: the file or the manifest has changed.",
    "Restore the file from a copy: archive repair BAG --from COPY",
)  # fmt: skip
TAG_MISMATCH = FindingKind(
    "BAG-302", Tells.LOSS, "RFC 8493 3",
    "the {algorithm} digest of the tag file does not match: expected {expected}, found {found}",
    "The tag file's bytes are not the ones that the tag manifest was made from: the file or the manifest has changed.",
    "Restore the file from a copy: archive repair BAG --from COPY",
)  # fmt: skip
MALFORMED_TAG = FindingKind(
    "BAG-401", Tells.RULE, "RFC 8493 2.2.2",
    "a line is malformed: {why}",
    "An element is a label, a colon, one space or tab, and a value. A long value continues in indented lines.",
    "Check the line, and restore the file from a copy of the bag if it has changed",
)  # fmt: skip
MALFORMED_OXUM = FindingKind(
    "BAG-402", Tells.RULE, "RFC 8493 2.2.2",
    "Payload-Oxum is malformed: {found}",
    "Payload-Oxum is the number of bytes, a full stop and the number of files, in decimal digits.",
    "Restore bag-info.txt from a copy of the bag",
)  # fmt: skip
REPEATED_OXUM = FindingKind(
    "BAG-403", Tells.RULE, "RFC 8493 2.2.2",
    "Payload-Oxum occurs more than once",
    "Payload-Oxum must not be repeated, because two values could contradict each other.",
    "Restore bag-info.txt from a copy of the bag",
)  # fmt: skip
OXUM_MISMATCH = FindingKind(
    "BAG-404", Tells.LOSS, "RFC 8493 2.2.2",
    "Payload-Oxum does not match: expected {expected}, found {found}",
    "The payload does not have as many bytes or files as bag-info.txt states.",
    "See which files are missing, added or changed: archive validate BAG --depth full",
)  # fmt: skip
LOOSE_TAG = FindingKind(
    "BAG-405", Tells.ADVICE, "RFC 8493 2.2.2",
    "the line is not written exactly as the standard requires: {why}",
    "The meaning is clear, but other programs may read it differently.",
    "No action needed; write it exactly in the next version of the bag",
)  # fmt: skip
REPEATED_TAG = FindingKind(
    "BAG-406", Tells.ADVICE, "RFC 8493 2.2.2",
    "{label} occurs more than once",
    "This reserved element should not be repeated.",
    "No action needed; write it once in the next version of the bag",
)  # fmt: skip
ODD_VALUE = FindingKind(
    "BAG-407", Tells.ADVICE, "RFC 8493 2.2.2",
    "the value of {label} does not have the form that the standard prescribes: {found}",
    "Bagging-Date is YYYY-MM-DD; Bag-Count is N of T, where T may be a question mark.",
    "No action needed; write it in that form in the next version of the bag",
)  # fmt: skip
MALFORMED_FETCH = FindingKind(
    "BAG-411", Tells.RULE, "RFC 8493 2.2.3",
    "a line is malformed: {why}",
    "A line of fetch.txt has a URL, a length in bytes or -, and a path under data/.",
    "Check the line, and ask the bag's creator for a corrected file",
)  # fmt: skip
FETCH_LOCAL = FindingKind(
    "BAG-418", Tells.ADVICE, "RFC 8493 2.2.3",
    "fetch.txt names {where}",
    "The lines of fetch.txt are addresses from which anyone can complete the bag. An address of the machine"
    " itself or of a private network returns different bytes elsewhere, and fetching it could reach systems that"
    " must not be reached.",
    "Ask the bag's creator for a public address",
)  # fmt: skip
FETCH_UNLISTED = FindingKind(
    "BAG-412", Tells.RULE, "RFC 8493 2.2.3",
    "fetch.txt names {path}, which is not listed in every payload manifest",
    "Every file that fetch.txt lists must be listed in every payload manifest; otherwise the fetched file cannot"
    " be checked.",
    "Ask the bag's creator for a corrected fetch.txt or manifest",
)  # fmt: skip
FETCH_PENDING = FindingKind(
    "BAG-413", Tells.UNREAD, "RFC 8493 2.2.3",
    "the file has not been fetched yet",
    "fetch.txt names the address of the file. The bag is not complete until the file is in it. Validation does"
    " not fetch anything.",
    "Fetch it, then validate again: archive fetch BAG",
)  # fmt: skip
FETCH_OUTSIDE_PAYLOAD = FindingKind(
    "BAG-415", Tells.RULE, "RFC 8493 2.2.3",
    "fetch.txt names {path}, which is not under data/",
    "fetch.txt may list payload files only, not tag files.",
    "Ask the bag's creator for a corrected fetch.txt",
)  # fmt: skip
FETCH_SIZE = FindingKind(
    "BAG-416", Tells.ADVICE, "RFC 8493 2.2.3",
    "fetch.txt states {expected} bytes, but the file has {found}",
    "The length in fetch.txt is not the length of the file. The digests decide whether the file is correct.",
    "No action needed if the digests match",
)  # fmt: skip
REPEATED_FETCH = FindingKind(
    "BAG-417", Tells.ADVICE, "RFC 8493 2.2.3",
    "fetch.txt names {path} more than once",
    "One address for a file is enough. The first one was used.",
    "No action needed",
)  # fmt: skip
SECOND_OPINION = FindingKind(
    "BAG-701", Tells.ADVICE, "RFC 8493 3",
    "the bagit library says {theirs}, but muniment says {ours}: {why}",
    "The two programs disagree. The library follows BagIt 0.97 and is known to differ from RFC 8493 in places.",
    "Read both reasons; muniment names the clause that it applies",
)  # fmt: skip
NO_SECOND_OPINION = FindingKind(
    "BAG-702", Tells.UNREAD, "RFC 8493 3",
    "the bagit library could not check the bag: {why}",
    "A second check by the bagit library was requested with --cross-check but could not be made.",
    "Install the library, or unpack the zip or tar file and validate the folder",
)  # fmt: skip
NO_OXUM = FindingKind(
    "BAG-703", Tells.UNREAD, "RFC 8493 2.2.2",
    "there is no Payload-Oxum to compare with",
    "A quick check compares the size and number of payload files with Payload-Oxum in bag-info.txt, which is missing.",
    "Run a complete check instead: archive validate BAG --depth complete",
)  # fmt: skip
