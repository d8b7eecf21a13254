"""stamped.sha512: the lines that `sha512sum -c` checks, and which files of a bag they name.

The list is only ever written; what a seal holds is compared with the list built again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from archive.errors import FormatError
from archive.model.seal import ENVELOPE_NAME, README_NAME, SIGNERS_NAME, STATEMENT_NAME, folder_of, is_tag_manifest

_SIGNATURE = re.compile(r"statement\.json\.[1-9]\.sig")


def is_ssh_signature(name: str) -> bool:
    """True for the name of an SSHSIG in a seal's folder."""
    return _SIGNATURE.fullmatch(name) is not None


def is_stamped(path: str, number: int) -> bool:
    """True for a bag-relative path that the list of seal `number` names."""
    if is_tag_manifest(path):
        return True
    folder, _, name = path.rpartition("/")
    return folder == folder_of(number) and (
        name in (README_NAME, SIGNERS_NAME, STATEMENT_NAME, ENVELOPE_NAME) or is_ssh_signature(name)
    )


def write_stamped_list(digests: Mapping[str, str]) -> bytes:
    """The list for `digests`: SHA-512 in lower-case hex by bag-relative path, sorted by name.

    Raises `FormatError` for a name that sha512sum would write in another way, or that is not UTF-8.
    """
    lines = []
    for path in sorted(digests):
        if any(character in "\\\n\r\0" or "\ud800" <= character <= "\udfff" for character in path):
            raise FormatError("a name that a sha512sum list cannot hold", subject=path)
        lines.append(f"{digests[path]}  {path}\n")
    return "".join(lines).encode("utf-8")
