"""The files that a METS names, looked at where the METS is in its package. Nothing outside its folder is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus, urlsplit

from archive.formats.mets_reading import href_of
from archive.formats.xml_elements import line_of, local_name
from archive.model.codes import mets as codes
from archive.model.codes import xml as xml_codes
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.values import normal_algorithm
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor, is_known

if TYPE_CHECKING:
    from lxml.etree import _Element


def check_files(places: Iterable[_Element], folder: str, notes: Notes) -> None:
    """Compare each FLocat and mdRef in `places` with the file it names, relative to `folder`.

    When not one of them is there, the METS was given alone, and one note says so.
    """
    absent: list[tuple[_Element, str]] = []
    present = 0
    try:
        top = Folder.at(folder)
    except OSError:
        return
    with top:
        for place in places:
            href = href_of(place) or ""
            path = unquote(urlsplit(href).path)
            if ".." in path.replace("\\", "/").split("/"):
                if not os.path.lexists(os.path.join(folder, path)):
                    notes.add(codes.ODD_PLACE, line_of(place), href=href, problem="leaves the folder of the METS")
                continue
            descriptor = open_beside(top, path)
            if descriptor is None and "+" in href:
                descriptor = open_beside(top, unquote_plus(urlsplit(href).path))
            if descriptor is None:
                absent.append((place, href))
                continue
            present += 1
            try:
                _compare(descriptor, place, href, notes)
            except OSError as error:
                notes.add(xml_codes.NOT_READABLE, line_of(place), reason=f"{href}: {error.strerror}")
            finally:
                os.close(descriptor)
    if absent and not present:
        notes.add(codes.FILES_NOT_HERE, None, count=len(absent))
        return
    for place, href in absent:
        notes.add(codes.FILE_MISSING, line_of(place), href=href)


def open_beside(top: Folder, path: str) -> int | None:
    """A descriptor for a regular file under `top`, no link followed; None when there is none, or `path` leaves it."""
    *folders, name = [part for part in path.split("/") if part not in ("", ".")] or [""]
    if ".." in (*folders, name) or path.startswith("/"):
        return None
    walked: list[Folder] = []
    try:
        folder = top
        for part in folders:
            folder = folder.enter(part)
            walked.append(folder)
        descriptor = folder.open(name)
    except (OSError, ValueError):
        return None
    finally:
        for one in walked:
            one.close()
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return descriptor


def _compare(descriptor: int, place: _Element, href: str, notes: Notes) -> None:
    told = place if local_name(place) == "mdRef" else place.getparent()
    if told is None:
        return
    size, checksum = told.get("SIZE"), told.get("CHECKSUM")
    found_size = os.fstat(descriptor).st_size
    if size is not None and size.strip().isdigit() and int(size) != found_size:
        notes.add(
            codes.FILE_DIFFERS, line_of(told), href=href, what="size", expected=size.strip(), found=str(found_size)
        )
    algorithm = normal_algorithm(told.get("CHECKSUMTYPE") or "")
    if checksum is None or not is_known(algorithm):
        return
    _read, (digest,) = digest_descriptor(descriptor, (algorithm,))
    if digest != checksum.strip().lower():
        notes.add(
            codes.FILE_DIFFERS, line_of(told), href=href, what=algorithm, expected=checksum.strip(), found=digest
        )  # fmt: skip
