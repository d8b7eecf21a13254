"""Preservation copies of pictures, sound and film: made by a confined tool, and believed only when the decoded copy is
the decoded original, sample for sample.

The tool sees a copy of the original under a neutral name. Sound is compared at the depth of the copy, which is that of
the original (16 or 24 bits for FLAC); film frame for frame as raw video, and its sound likewise.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import RenditionError
from archive.model.build import Tool
from archive.renditions.confinement import Finished, Limits, run_confined
from archive.renditions.normalising_policy import ENDINGS, Rule
from archive.settings import Settings

_PIXEL_LINES = 100_000
_PCM = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le", "dbl": "pcm_f64le"}
_CHECKED = {
    "pillow": "every pixel of the copy is that of the original",
    "imagemagick": "the pixel signatures of copy and original are the same",
    "ffmpeg": "the MD5 of the decoded streams of copy and original is the same",
}
_QUIET = ("-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A finished copy: its maker, the command line (with SOURCE and TARGET for the files), what was compared, and what
    it leaves out."""

    maker: Tool
    command: str
    check: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shop:
    """The folder with the copy of the original, and the limits."""

    folder: str
    source: str
    target: str
    settings: Settings

    def run(self, command: list[str]) -> Finished:
        render = self.settings.render
        return run_confined(
            command,
            limits=Limits(render.seconds, render.memory_mb, file_mb=1 << 16),
            folder=self.folder,
            environment={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def ask(self, command: list[str], what: str) -> bytes:
        """The output of a command that must end well. Raises `RenditionError`."""
        finished = self.run(command)
        if not finished.ended_well:
            lines = finished.errors.decode("utf-8", "replace").strip().splitlines()
            said = f" and said: {lines[-1].replace(self.folder, '')[:200]}" if lines else ""
            raise RenditionError(f"{what}: {finished.ending}{said}")
        return finished.output


def normalise_file(location: bytes, name: str, rule: Rule, target: str, *, settings: Settings) -> Normalised:
    """Write the preservation copy that `rule` asks for to `target`.

    Raises `RenditionError` when the tool is not here, fails or takes more than its limits, when the format cannot hold
    what the original has, or when the decoded copy differs from the decoded original.
    """
    ending = re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())[:8] if "." in name else ""
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        source = f"source.{ending}" if ending else "source"
        try:
            shutil.copyfile(location, os.path.join(folder, source))
        except OSError as error:
            raise RenditionError(f"could not be copied: {error.strerror}") from error
        shop = _Shop(folder, source, f"target{ENDINGS[rule.to]}", settings)
        make = {"pillow": _by_pillow, "imagemagick": _by_imagemagick, "ffmpeg": _by_ffmpeg}[rule.tool]
        made = make(rule, shop)
        try:
            shutil.move(os.path.join(folder, shop.target), target)
        except OSError as error:
            raise RenditionError(f"its copy could not be stored: {error.strerror}") from error
    return made


def _by_pillow(rule: Rule, shop: _Shop) -> Normalised:
    from PIL import __version__

    form = rule.to.upper()
    module = "archive.renditions.normalising_pictures"
    output = shop.ask([sys.executable, "-P", "-m", module, shop.source, shop.target, form], "Pillow made no copy")
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError as error:
        raise RenditionError("Pillow's answer could not be read") from error
    if "problem" in answer:
        raise RenditionError(str(answer["problem"]))
    command = f"Image.open(SOURCE).save(TARGET, {form!r})"
    return Normalised(Tool("Pillow", __version__), command, _CHECKED["pillow"], tuple(answer["lost"]))


def _by_imagemagick(rule: Rule, shop: _Shop) -> Normalised:
    convert, identify = (
        shutil.which("magick") or _program("convert", "imagemagick"),
        _program("identify", "imagemagick"),
    )
    version = re.search(rb"ImageMagick (\S+)", shop.ask([convert, "-version"], "ImageMagick does not start"))
    options = ["-compress", "Zip"] if rule.to == "tiff" else []
    first = f"{shop.source}[0]"  # of a layered picture, the whole; of others, the first
    shop.ask([convert, first, *options, shop.target], "ImageMagick made no copy")
    signatures = ["-format", "%w %h %#\n"]
    before, after = (
        shop.ask([identify, *signatures, one], "ImageMagick cannot read it").splitlines()[:_PIXEL_LINES]
        for one in (first, shop.target)
    )
    if before != after or not before:
        raise RenditionError("the pixels of the copy are not those of the original")
    every = shop.ask([identify, "-format", "%w\n", shop.source], "ImageMagick cannot read it").splitlines()
    lost = (f"{len(every) - 1} further pictures or layers of the file",) if len(every) > 1 else ()
    command = " ".join(["convert", "SOURCE[0]", *options, "TARGET"])
    tool = Tool("ImageMagick", version[1].decode("ascii", "replace") if version else "unknown")
    return Normalised(tool, command, _CHECKED["imagemagick"], lost)


def _by_ffmpeg(rule: Rule, shop: _Shop) -> Normalised:
    ffmpeg, ffprobe = _program("ffmpeg", "ffmpeg"), _program("ffprobe", "ffmpeg")
    version = re.search(rb"version (\S+)", shop.ask([ffmpeg, "-version"], "FFmpeg does not start"))
    streams = _streams(ffprobe, shop.source, shop)
    video = [one for one in streams if one.get("codec_type") == "video"]
    audio = [one for one in streams if one.get("codec_type") == "audio"]
    if rule.to == "ffv1" and not video:
        raise RenditionError("it has no moving picture")
    if rule.to != "ffv1" and not audio:
        raise RenditionError("it has no sound")
    taken = [*video, *audio] if rule.to == "ffv1" else audio[:1]
    options: list[str] = []
    for one in taken:
        options += ["-map", f"0:{one['index']}"]
    depths = [_depth(one, rule.to) for one in taken if one in audio]
    if rule.to == "ffv1":
        options += ["-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-vsync", "passthrough"]
    for number, depth in enumerate(depths):
        codec = _PCM[depth] if rule.to == "wav" else "flac"
        options += [f"-c:a:{number}", codec]
        options += [f"-sample_fmt:a:{number}", depth] if codec == "flac" else []
    options += ["-map_metadata", "0", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    # Turning as the file asks would change pixels, so it is left to the program that shows the copy.
    shop.ask([ffmpeg, *_QUIET, "-noautorotate", "-i", shop.source, *options, shop.target], "FFmpeg made no copy")
    made = _streams(ffprobe, shop.target, shop)
    if len(made) != len(taken):
        raise RenditionError("the copy has another number of streams")
    sounds = iter(depths)
    for before, after in zip(taken, made, strict=True):
        codec = _PCM[next(sounds)] if before in audio else ""
        codec = "pcm_s24le" if codec == "pcm_s32le" and rule.to != "wav" else codec
        same = {_fingerprint(ffmpeg, one, stream, codec, shop) for one, stream in
                ((shop.source, before), (shop.target, after))}  # fmt: skip
        if len(same) != 1:
            kind = "sound" if before in audio else "picture"
            raise RenditionError(f"the decoded {kind} of the copy is not that of the original")
    left = len(streams) - len(taken)
    lost = (f"{left} other stream{'' if left == 1 else 's'} of the file (subtitles, covers, data)",) if left else ()
    command = " ".join(["ffmpeg", "-noautorotate", "-i", "SOURCE", *options, "TARGET"])
    tool = Tool("FFmpeg", version[1].decode("ascii", "replace") if version else "unknown")
    return Normalised(tool, command, _CHECKED["ffmpeg"], lost)


def _streams(ffprobe: str, name: str, shop: _Shop) -> list[dict[str, Any]]:
    command = [ffprobe, "-v", "error", "-show_streams", "-of", "json", "-protocol_whitelist", "file,pipe", name]
    try:
        streams = json.loads(shop.ask(command, "FFmpeg cannot read it"))["streams"]
    except (ValueError, LookupError, TypeError) as error:
        raise RenditionError("FFmpeg's answer could not be read") from error
    return [dict(one) for one in streams]


def _depth(stream: dict[str, Any], to: str) -> str:
    """The kind of samples of the copy. Raises `RenditionError` where FLAC cannot hold those of the original."""
    kind = str(stream.get("sample_fmt", "")).removesuffix("p")
    codec, bits = str(stream.get("codec_name", "")), int(stream.get("bits_per_raw_sample") or 0)
    if to == "wav":
        if kind not in _PCM:
            raise RenditionError(f"samples of the kind {kind} cannot be stored in WAV")
        return kind
    exact = codec.startswith("pcm_")
    if exact and (kind in ("flt", "dbl") or (kind == "s32" and bits > 24)):
        raise RenditionError("FLAC holds whole numbers of at most 24 bits, and its samples have more: take WAV")
    return "s16" if kind in ("u8", "s16") else "s32"


def _fingerprint(ffmpeg: str, name: str, stream: dict[str, Any], codec: str, shop: _Shop) -> bytes:
    """The MD5 of a decoded stream, with its number of frames where it is video."""
    decoding = ["-c:a", codec] if codec else ["-c:v", "rawvideo", "-vsync", "passthrough"]
    form = "md5" if codec else "framehash"
    choice = [] if codec else ["-hash", "md5"]
    command = [ffmpeg, *_QUIET, "-noautorotate", "-i", name, "-map", f"0:{stream['index']}", *decoding, "-f", form,
               *choice, "-"]  # fmt: skip
    output = shop.ask(command, "FFmpeg cannot decode it")
    if codec:
        return output
    # Of each frame its size and digest: the copy counts time in other units.
    return b"\n".join(b",".join(line.split(b",")[4:]) for line in output.splitlines() if not line.startswith(b"#"))


def _program(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise RenditionError(f"{name} is not installed: apt install {package}")
    return os.path.abspath(path)
