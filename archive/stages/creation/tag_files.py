"""Sealing: bag-info and manifests, tag manifests last (RFC 8493 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archive import __version__
from archive.errors import from_os_error
from archive.formats.bagit_txt import write_declaration
from archive.formats.manifest import manifest_line, manifest_name
from archive.formats.tagfile import Tag, write_tags
from archive.stages.creation.builder import BagBuilder
from archive.storage.clock import Clock

COMPUTED = ("Payload-Oxum", "Bag-Size")
"""Fields that follow from the payload alone: they cannot be given."""

OWN = ("Bagging-Date", "Bag-Software-Agent")
"""Fields that are filled in here unless they are given."""

_SIZES = ("bytes", "KB", "MB", "GB", "TB", "PB")


def write_tag_files(
    build: BagBuilder,
    bag_info: Iterable[tuple[str, str]],
    clock: Clock,
    tag_files: Mapping[str, Iterable[tuple[str, str]]] | None = None,
) -> None:
    """Write bagit.txt, bag-info.txt, the payload manifests' ends and, last, the tag manifests.

    `bag_info` is in its order, repeats kept; `tag_files` are further files of labels and values, by name. Raises
    `StorageError`.
    """
    fields = list(bag_info)
    labels = {label.lower() for label, _ in fields}
    own = zip(OWN, (clock.now().strftime("%Y-%m-%d"), f"muniment {__version__}"), strict=True)
    fields.extend(pair for pair in own if pair[0].lower() not in labels)
    fields.append(("Payload-Oxum", f"{build.size}.{build.files}"))
    fields.append(("Bag-Size", show_size(build.size)))
    build.add_tag("bagit.txt", [write_declaration()])
    build.add_tag("bag-info.txt", [write_tags(Tag(*pair) for pair in fields)])
    for name, others in (tag_files or {}).items():
        build.add_tag(name, [write_tags(Tag(*pair) for pair in others)])
    build.finish_manifests()
    try:
        for index, algorithm in enumerate(build.tag_algorithms):
            with build.tree.create(manifest_name(algorithm, tag=True)) as file:
                file.writelines(_tag_lines(build, index))
    except OSError as error:
        raise from_os_error(error, build.root) from error


def _tag_lines(build: BagBuilder, index: int) -> Iterator[bytes]:
    for path, digests in sorted(build.tags):
        yield manifest_line(digests[index], path)


def show_size(size: int) -> str:
    """Bytes in the words of RFC 8493 2.2.2 for Bag-Size, thousand by thousand: "42.6 GB"."""
    amount, unit = float(size), 0
    while amount >= 999.95 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{size} {_SIZES[0]}" if not unit else f"{amount:.1f} {_SIZES[unit]}"
