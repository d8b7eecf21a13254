"""Findings about bags that do not meet their BagIt Profile."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

PROFILE_VERSION = FindingKind(
    "BAG-601", Tells.PROFILE, "BagIt Profiles 1.4 Accept-BagIt-Version",
    "BagIt version {found} is not accepted; accepted versions are {expected}",
    "The profile lists the BagIt versions that its bags may have.",
    "Make a new version of the bag in an accepted version of BagIt",
)  # fmt: skip
PROFILE_TAG_MISSING = FindingKind(
    "BAG-602", Tells.PROFILE, "BagIt Profiles 1.4 Bag-Info", "the required element {label} is missing",
    "The profile requires this element with a value.",
    "Add the element in a new version of the bag",
)  # fmt: skip
PROFILE_TAG_VALUE = FindingKind(
    "BAG-603", Tells.PROFILE, "BagIt Profiles 1.4 Bag-Info",
    "{label} has the value {found}; allowed values are {expected}",
    "The profile lists the values that this element may have.",
    "Choose an allowed value in a new version of the bag",
)  # fmt: skip
PROFILE_TAG_REPEATED = FindingKind(
    "BAG-604", Tells.PROFILE, "BagIt Profiles 1.4 Bag-Info",
    "{label} occurs more than once",
    "According to the profile this element cannot be repeated.",
    "Write it once in a new version of the bag",
)  # fmt: skip
PROFILE_MANIFEST_MISSING = FindingKind(
    "BAG-605", Tells.PROFILE, "BagIt Profiles 1.4 Manifests-Required",
    "the required manifest {name} is missing",
    "The profile requires a manifest for this algorithm.",
    "Add the algorithm: archive update BAG --add-algorithm NAME",
)  # fmt: skip
PROFILE_MANIFEST_NOT_ALLOWED = FindingKind(
    "BAG-606", Tells.PROFILE, "BagIt Profiles 1.4 Manifests-Allowed",
    "the manifest is for an algorithm that is not allowed",
    "The profile lists the algorithms that manifests may use.",
    "Remove the algorithm: archive update BAG --drop-algorithm NAME",
)  # fmt: skip
PROFILE_FETCH = FindingKind(
    "BAG-607", Tells.PROFILE, "BagIt Profiles 1.4 Allow-Fetch.txt",
    "fetch.txt is {rule} by the profile",
    "The profile states whether bags may, must or must not have a fetch.txt.",
    "Make a new version of the bag accordingly",
)  # fmt: skip
PROFILE_SERIALIZATION = FindingKind(
    "BAG-608", Tells.PROFILE, "BagIt Profiles 1.4 Serialization",
    "the bag is provided as {found}, but the profile requires {expected}",
    "The profile states whether bags are provided as a folder or as a packed file, and in which format.",
    "Pack or unpack the bag, then validate it again",
)  # fmt: skip
PROFILE_FILE_MISSING = FindingKind(
    "BAG-609", Tells.PROFILE, "BagIt Profiles 1.4 Tag-Files-Required, Payload-Files-Required",
    "a file that the profile requires is missing",
    "The profile requires this file.",
    "Add the file in a new version of the bag",
)  # fmt: skip
PROFILE_FILE_NOT_ALLOWED = FindingKind(
    "BAG-610", Tells.PROFILE, "BagIt Profiles 1.4 Tag-Files-Allowed, Payload-Files-Allowed",
    "the profile does not allow this file",
    "The profile lists the files that a bag may contain.",
    "Leave the file out in a new version of the bag",
)  # fmt: skip
PROFILE_DATA_EMPTY = FindingKind(
    "BAG-611", Tells.PROFILE, "BagIt Profiles 1.4 Data-Empty",
    "the payload must be empty but contains {files} files with {octets} bytes",
    "The profile requires an empty payload, or a single file of zero bytes.",
    "Remove the content in a new version of the bag",
)  # fmt: skip
PROFILE_IDENTIFIER = FindingKind(
    "BAG-612", Tells.ADVICE, "BagIt Profiles 1.4 BagIt-Profile-Identifier",
    "bag-info.txt does not name the profile {expected}",
    "A bag made for a profile names it in BagIt-Profile-Identifier.",
    "Name the profile in a new version of the bag",
)  # fmt: skip
PROFILE_RECOMMENDED = FindingKind(
    "BAG-613", Tells.NOTE, "BagIt Profiles 1.4 Bag-Info", "the recommended element {label} is missing",
    "The profile recommends this element.",
    "Add the element in a new version of the bag if you can",
)  # fmt: skip
