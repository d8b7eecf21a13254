"""The pictures of an RTF: digits in the text, and a word before them for the kind."""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import RenditionError
from archive.model.blocks import Block
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.pictures import draw_picture, kind_of

PICTURES = frozenset({
    "pngblip", "jpegblip", "emfblip", "wmetafile", "dibitmap", "wbitmap", "macpict", "pmmetafile",
})  # fmt: skip
"""The words for the kinds of pictures."""
_MOST_BYTES = 64 << 20


def read_digits(kind: str, digits: str, name: str, account: Account) -> Sequence[Block]:
    """The picture of this kind in hexadecimal digits; nothing, and named, where it is damaged or not drawn here."""
    if kind not in ("pngblip", "jpegblip") or len(digits) > 2 * _MOST_BYTES:
        account.leave_out(f"a picture of a kind that is not drawn here ({kind or 'unknown'})")
        return ()
    try:
        content = bytes.fromhex(digits[: len(digits) // 2 * 2])
        return draw_picture(content, kind_of(content), name=name, alternative=None).blocks
    except (ValueError, KeyError):
        account.leave_out("a picture that is damaged")
    except RenditionError as error:
        account.leave_out(f"a picture: {error.problem}")
    return ()
