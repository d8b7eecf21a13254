"""Why a file has no reader, and what can be done about it."""

from __future__ import annotations

_OFFICE = "save it as .docx, .odt or PDF and keep that beside it"
_DO = {
    "pst": "an Outlook mailbox: export it as .mbox or .eml and keep that beside it",
    "doc": f"the older Word format: {_OFFICE}",
    "wpd": f"WordPerfect: {_OFFICE}",
    "pages": f"Pages: {_OFFICE}",
    "xls": "the older Excel format: save it as .xlsx, .csv or PDF and keep that beside it",
    "ppt": "slides: save them as PDF and keep that beside them",
    "epub": "an e-book: save it as PDF and keep that beside it",
    "heic": "a HEIC picture: install the Python package pillow-heif, or save it as PNG or TIFF beside it",
    "zip": "an archive: unpack it before bagging if its files should have renditions",
}
_KINDS = {
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt", "application/epub+zip": "epub",
    "image/heic": "heic", "image/heif": "heic", "application/zip": "zip",
}  # fmt: skip


def why_not(media_type: str | None, name: str) -> str:
    """Why a file cannot be drawn, with what to do about it where that is known."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    advice = _DO.get(_KINDS.get(media_type or "", ending if media_type is None or ending == "pst" else ""))
    if media_type is None:
        said = "format not recognised"
        return (
            f"{said}; by its name it is {advice}"
            if advice
            else (f"{said}; if it is text, give it a name that ends in .txt")
        )
    return f"there is no reader for {media_type}" + (f" ({advice})" if advice else "")
