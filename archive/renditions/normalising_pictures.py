"""The worker that turns a picture into TIFF or PNG with Pillow, and compares every pixel with the original's.

Run by `archive.renditions.normalising` with limits. Arguments: the source, the target, "TIFF" or "PNG".
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

_MODES = {"TIFF": ("1", "L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "P"), "PNG": ("1", "L", "LA", "P", "RGB",
          "RGBA", "I;16")}  # fmt: skip
_MOST_PIXELS = 250_000_000


def convert(source: str, target: str, form: str) -> dict[str, Any]:
    """Write all frames of the source to the target; says how many there are, or what is wrong."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with Image.open(source) as picture:
        count = getattr(picture, "n_frames", 1)
        if count > 1 and form == "PNG":
            return {"problem": f"it has {count} pictures, and PNG holds one: take TIFF"}
        if picture.width * picture.height * count > _MOST_PIXELS:
            return {"problem": "it has too many pixels"}
        timed = count > 1 and bool(picture.info.get("duration"))
        frames = []
        for number in range(count):
            picture.seek(number)
            frames.append(_plain(picture, form))
        kept = {key: picture.info[key] for key in ("icc_profile", "dpi") if picture.info.get(key)}
    if form == "TIFF":
        frames[0].save(target, form, compression="tiff_deflate", save_all=True, append_images=frames[1:], **kept)
    else:
        frames[0].save(target, form, **kept)
    with Image.open(target) as made:
        if getattr(made, "n_frames", 1) != count:
            return {"problem": "the copy has another number of pictures"}
        for number, frame in enumerate(frames):
            made.seek(number)
            if (made.size, _samples(made)) != (frame.size, _samples(frame)):
                return {"problem": f"the pixels of picture {number + 1} of the copy are not the same"}
    return {"frames": count, "lost": ["the timing of its frames"] if timed else []}


def _plain(frame: Any, form: str) -> Any:
    """A copy of a frame in a mode that the target holds, with no sample changed."""
    if frame.mode == "P" and "transparency" in frame.info:
        return frame.convert("RGBA")
    if frame.mode in _MODES[form]:
        return frame.copy()
    if frame.mode in ("RGBX", "PA"):
        return frame.convert("RGB" if frame.mode == "RGBX" else "RGBA")
    raise ValueError(f"samples of the kind {frame.mode} have no place in {form}")


def _samples(frame: Any) -> bytes:
    return bytes((frame.convert("RGB") if frame.mode == "P" else frame).tobytes())


def main(arguments: list[str]) -> int:
    """The worker: its answer is JSON on standard output."""
    warnings.simplefilter("ignore")
    source, target, form = arguments
    try:
        answer = convert(source, target, form)
    except Exception as error:  # noqa: BLE001 - whatever a damaged picture makes the library do is the answer
        answer = {"problem": f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"}
    os.write(1, json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
