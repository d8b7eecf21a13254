"""What the options of bagit.py, bdbag and DART are called here, for people whose fingers know those."""

from __future__ import annotations

_FIELDS = (
    "source-organization", "organization-address", "contact-name", "contact-phone", "contact-email", "contact-orcid",
    "external-description", "external-identifier", "bag-size", "bag-group-identifier", "bag-count",
    "internal-sender-identifier", "internal-sender-description", "bagit-profile-identifier",
)  # fmt: skip
_ALGORITHMS = (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b",
    "blake2s", "shake_128", "shake_256",
)  # fmt: skip
_OWN = {
    "validate": ("bagit.py and bdbag", "archive validate BAG"),
    "fast": ("bagit.py", "archive validate BAG --depth quick"),
    "completeness-only": ("bagit.py", "archive validate BAG --depth complete"),
    "processes": ("bagit.py", "archive validate BAG --workers N"),
    "log": ("bagit.py", "--events, with standard error sent to a file"),
    "validate-profile": ("bdbag", "archive validate BAG --profile FILE"),
    "profile-path": ("bdbag", "archive validate BAG --profile FILE"),
    "update": ("bdbag", "archive update BAG"),
    "skip-manifests": ("bdbag", "archive update BAG, which never digests an unchanged file twice"),
    "skip-payload": ("bdbag", "archive update BAG, which never digests an unchanged file twice"),
    "metadata-only": ("bdbag", "archive update BAG, which never digests an unchanged file twice"),
    "materialize": ("bdbag", "archive unpack BAG.tar --to DIR, then archive fetch"),
    "fetch": ("bdbag", "archive fetch BAG"),
    "ro-manifest-generate": ("bdbag", "nothing: archive create writes Dublin Core and PREMIS"),
    "prune-manifests": ("bdbag", "archive update BAG --drop-algorithm NAME"),
    "strict": ("bdbag", "archive validate BAG --strict"),
    "checksum": ("bdbag", "archive create SOURCE --to DIR --algorithm NAME"),
    "archiver": ("bdbag", "archive create SOURCE --to DIR --serialize zip, tar, tar.gz or tar.zst"),
    "idempotent": ("bdbag", "archive create, which always makes the same bytes when SOURCE_DATE_EPOCH is set"),
    "remote-file-manifest": ("bdbag", "archive create --fetch-from FILE.csv --to DIR --name NAME"),
    "resolve-fetch": ("bdbag", "archive fetch BAG"),
    "fetch-filter": ("bdbag", "archive fetch BAG, which fetches all that is missing"),
    "keychain-file": ("bdbag", "the setting fetch.hosts, in archive.toml"),
    "config-file": ("bdbag", "archive.toml; see archive config"),
    "metadata": ("bdbag", "--bag-info KEY=VALUE, or a description with --description FILE"),
    "metadata-file": ("bdbag", "--bag-info KEY=VALUE, or a description with --description FILE"),
    "ro-metadata-file": ("bdbag", "--description FILE"),
    "output-path": ("bdbag", "--to DIR"),
    "output-dir": ("DART", "--to DIR"),
    "job": ("DART", "archive create --dart-job FILE --to DIR, then archive deposit BAG TARGET"),
    "workflow": ("DART", "the settings in archive.toml: archive config --import-dart FILE shows them"),
    "batch": ("DART", "archive create --from-csv FILE --to DIR"),
    "concurrency": ("DART", "the setting render.workers"),
    "skip-artifacts": ("DART", "nothing: no artifacts are written beside the bag"),
    "delete": ("DART", "nothing: a bag is not removed after a deposit"),
}
"""Each option, without its hyphens: whose it is, and what to use instead."""


def find_own(option: str) -> str:
    """The sentence that names what to use instead of another program's `option`; empty where none is known."""
    name = option.lstrip("-").lower()
    if name == "revert":
        return "--revert is bdbag's; a bag is not unmade here: its files are under data/."
    if name in _ALGORITHMS:
        return f"--{name} is bagit.py's; here it is archive create SOURCE --to DIR --algorithm {name}."
    if name in _FIELDS:
        label = (
            "-".join(part.capitalize() for part in name.split("-")).replace("Bagit", "BagIt").replace("Orcid", "ORCID")
        )
        return f"--{name} is bagit.py's; here it is --bag-info '{label}=VALUE'."
    if name not in _OWN:
        return ""
    tool, instead = _OWN[name]
    return f"--{name} is an option of {tool}; here it is {instead}."
