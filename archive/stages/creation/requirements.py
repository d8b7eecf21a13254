"""What the bag must carry: algorithms, bag-info fields and other tag files, from the settings and a BagIt profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.stages.creation.tag_files import COMPUTED, OWN
from archive.storage.hashing import check_algorithms, normalise_name

if TYPE_CHECKING:
    from archive.formats.profile import Profile, TagRule

Fields = tuple[tuple[str, str], ...]

_PACKED_AS = {
    "zip": "application/zip", "tar": "application/tar", "tar.gz": "application/tar+gzip", "tar.zst": "application/zstd",
}  # fmt: skip


@light_dataclass(frozen=True)
class Requirements:
    """What creation must meet. `bag_info` holds fields in order, repeats kept; `tag_files` those of further tag files.

    `findings` are what the settings and the profile do not agree in. What the profile demands and nothing gives yet is
    found by `find_missing`, when the description has had its say.
    """

    algorithms: tuple[str, ...]
    tag_algorithms: tuple[str, ...]
    bag_info: Fields
    tag_files: Mapping[str, Fields] = field(default_factory=dict)
    profile: Profile | None = None
    findings: tuple[Finding, ...] = ()


def gather_requirements(settings: Settings) -> Requirements:
    """What the settings and their profile ask for. Raises `UsageError` on a field or a profile that cannot be used."""
    algorithms = check_algorithms(settings.create.algorithms)
    fields = _read_fields(settings)
    if not settings.create.profile:
        return Requirements(algorithms, algorithms, fields)
    from archive.stages.validation.bags.profiles import load_profile

    profile = load_profile(settings.create.profile)
    conflicts: list[str] = []
    chosen = settings.origins.get("create.algorithms", "default") != "default"
    payload = _agree(algorithms, profile.manifests_required, profile.manifests_allowed, chosen, conflicts)
    tags = _agree(payload, profile.tag_manifests_required, profile.tag_manifests_allowed, False, conflicts)
    conflicts += _judge_form(profile, settings.create.serialize)
    fields, tag_files = _share_out(profile, fields)
    conflicts += _judge_values(profile.bag_info, fields)
    for name, others in tag_files.items():
        conflicts += _judge_values(profile.other_info[name], others)
    found = tuple(codes.PROFILE_CONFLICT.at(settings.create.profile, reason=reason) for reason in conflicts)
    return Requirements(payload, tags, fields, tag_files, profile, found)


def find_missing(requirements: Requirements, fields: Fields) -> tuple[Finding, ...]:
    """The fields that the profile requires and that neither `fields`, for bag-info.txt, nor the program gives."""
    profile = requirements.profile
    if profile is None:
        return ()
    found = []
    for name, rules in (("bag-info.txt", profile.bag_info), *profile.other_info.items()):
        given = fields if name == "bag-info.txt" else requirements.tag_files.get(name, ())
        labels = {label.lower() for label, _ in given}
        if name == "bag-info.txt":
            labels.update(label.lower() for label in (*COMPUTED, *OWN))
        found += [
            codes.TAG_MISSING.at(name, tag=label)
            for label, rule in rules.items()
            if rule.required and label.lower() not in labels
        ]
    return tuple(found)


def merge_fields(given: Fields, described: Fields) -> Fields:
    """The fields that were given, then those of the description that were not given."""
    labels = {label.lower() for label, _ in given}
    return (*given, *(pair for pair in described if pair[0].lower() not in labels))


def _read_fields(settings: Settings) -> Fields:
    """The fields of [create.bag_info] in their order; Source-Organization from create.organization, unless given."""
    fields = []
    for label, value in settings.create.bag_info.items():
        if not label or label != label.strip() or ":" in label or not label.isprintable():
            raise UsageError("this cannot be the name of a field in bag-info.txt", subject=label[:60])
        if label.lower() in (one.lower() for one in COMPUTED):
            raise UsageError("this field is computed from the payload and cannot be given", subject=label)
        values = value if isinstance(value, (list, tuple)) else (value,)
        for one in values:
            if not isinstance(one, str):
                raise UsageError("a field of bag-info.txt must be a text or a list of texts", subject=label)
            if not one.strip() or "\0" in one:
                raise UsageError("a field of bag-info.txt needs a value", subject=label)
            try:
                f"{label}{one}".encode()
            except UnicodeEncodeError:
                raise UsageError("a field of bag-info.txt must be UTF-8", subject=label) from None
            fields.append((label, one))
    organization = settings.create.organization
    if organization and not any(label.lower() == "source-organization" for label, _ in fields):
        fields.insert(0, ("Source-Organization", organization))
    return tuple(fields)


def _agree(
    wanted: tuple[str, ...],
    required: Iterable[str],
    allowed: Iterable[str] | None,
    chosen: bool,
    conflicts: list[str],
) -> tuple[str, ...]:
    """The algorithms to use: those wanted, as far as they are allowed, and those required.

    One that a person chose is not dropped in silence: it is a conflict.
    """
    needed = check_algorithms(tuple(required)) if tuple(required) else ()
    if allowed is None:
        return tuple(dict.fromkeys((*wanted, *needed)))
    known = {normalise_name(name) for name in allowed}
    conflicts += [
        f"--algorithm {name} is not among {', '.join(sorted(known))}" for name in wanted if chosen and name not in known
    ]
    kept = tuple(dict.fromkeys((*(name for name in wanted if name in known), *needed)))
    if not kept:
        kept = check_algorithms(tuple(sorted(known))[-1:])
    return kept


def _judge_form(profile: Profile, serialize: str) -> list[str]:
    conflicts = []
    if profile.accept_version and "1.0" not in profile.accept_version:
        conflicts.append(f"it accepts BagIt {', '.join(profile.accept_version)} only, and 1.0 is what is written here")
    if serialize and profile.serialization == "forbidden":
        conflicts.append(f"--serialize {serialize}: it requires a folder")
    elif not serialize and profile.serialization == "required":
        conflicts.append("it requires one file: give --serialize zip or tar")
    elif serialize and not _accepts(profile, serialize):
        conflicts.append(f"--serialize {serialize}: it accepts {', '.join(profile.accept_serialization) or 'a folder'}")
    if profile.fetch_required:
        conflicts.append("it requires a fetch.txt, and a new bag holds all its files")
    return conflicts


def _accepts(profile: Profile, serialize: str) -> bool:
    from archive.formats.profile import SERIALIZATION_TYPES

    known = SERIALIZATION_TYPES[_PACKED_AS[serialize]]
    return any(one.lower() in known for one in profile.accept_serialization)


def _share_out(profile: Profile, fields: Fields) -> tuple[Fields, dict[str, Fields]]:
    """Fields by tag file: what only a further tag file knows goes there; what has one allowed value is filled in."""
    shares: dict[str, list[tuple[str, str]]] = {name: [] for name in profile.other_info}
    info: list[tuple[str, str]] = []
    for label, value in fields:
        home = None
        if label not in profile.bag_info:
            home = next((name for name, rules in profile.other_info.items() if label in rules), None)
        (info if home is None else shares[home]).append((label, value))
    _fill(profile.bag_info, info)
    for name, rules in profile.other_info.items():
        _fill(rules, shares[name])
    if profile.identifier and not any(label == "BagIt-Profile-Identifier" for label, _ in info):
        info.append(("BagIt-Profile-Identifier", profile.identifier))
    return tuple(info), {name: tuple(share) for name, share in shares.items() if share}


def _fill(rules: Mapping[str, TagRule], fields: list[tuple[str, str]]) -> None:
    given = {label.lower() for label, _ in fields}
    for label, rule in rules.items():
        if rule.required and len(rule.values) == 1 and label.lower() not in given:
            fields.append((label, rule.values[0]))


def _judge_values(rules: Mapping[str, TagRule], fields: Fields) -> list[str]:
    conflicts = []
    known = {label.lower(): rule for label, rule in rules.items()}
    for label, value in fields:
        rule = known.get(label.lower())
        if rule is not None and rule.values and value not in rule.values:
            conflicts.append(f"{label} must be one of {', '.join(rule.values)}")
    counts = Counter(label.lower() for label, _ in fields)
    conflicts += [
        f"{label} may be given once only"
        for label, rule in rules.items()
        if not rule.repeatable and counts[label.lower()] > 1
    ]
    return conflicts
