"""Preservation copies by the real tools, on small files that the tests make; and policies that cannot be used."""

from __future__ import annotations

import json
import math
import os
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from PIL import Image

from archive.errors import RenditionError, UsageError
from archive.model.build import Identification, Tool
from archive.renditions.normalising import Normalised, normalise_file
from archive.renditions.normalising_policy import ENDINGS, Policy, Rule, load_policy
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.storage.clock import Clock
from tests.support.needing import need

_SETTINGS = Settings()


def _need(*programs: str) -> None:
    for program in programs:
        need(program)


def _normalise(path: Path, to: str, tool: str) -> tuple[Normalised, Path]:
    target = path.parent / f"copy{ENDINGS[to]}"
    rule = Rule("test", to, tool, frozenset(), frozenset())
    return normalise_file(os.fsencode(path), path.name, rule, str(target), settings=_SETTINGS), target


def _sound(path: Path, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, width, 8000, 0, "NONE", ""))
        samples = (int(math.sin(n / 9) * (2 ** (8 * width - 2))) for n in range(4000))
        file.writeframes(b"".join(struct.pack("<i", sample)[:width] for sample in samples))
    return path


def _gif(path: Path) -> Path:
    frames = [Image.new("P", (9, 5), n) for n in range(3)]
    for frame in frames:
        frame.putpalette(bytes(n % 256 for n in range(768)))
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


@pytest.mark.parametrize("tool", ["pillow", "imagemagick"])
@pytest.mark.parametrize("to", ["tiff", "png"])
def test_a_picture_keeps_its_pixels(tmp_path: Path, to: str, tool: str) -> None:
    if tool == "imagemagick":
        _need("convert", "identify")
    picture = Image.radial_gradient("L").resize((40, 30)).convert("RGB")
    picture.save(tmp_path / "a.bmp")
    made, target = _normalise(tmp_path / "a.bmp", to, tool)
    assert str(tmp_path) not in made.command
    with Image.open(target) as copy:
        assert (copy.format, copy.convert("RGB").tobytes()) == (to.upper(), picture.tobytes())


def test_all_frames_of_a_moving_picture_come_along_and_their_timing_is_named(tmp_path: Path) -> None:
    made, target = _normalise(_gif(tmp_path / "a.gif"), "tiff", "pillow")
    assert made.left_out == ("the timing of its frames",)
    with Image.open(target) as copy:
        assert getattr(copy, "n_frames", 1) == 3
    with pytest.raises(RenditionError, match="PNG holds one"):
        _normalise(tmp_path / "a.gif", "png", "pillow")


def test_a_damaged_picture_has_no_copy(tmp_path: Path) -> None:
    (tmp_path / "a.bmp").write_bytes(b"BM no picture")
    with pytest.raises(RenditionError, match="UnidentifiedImageError"):
        _normalise(tmp_path / "a.bmp", "tiff", "pillow")


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("to", ["flac", "wav"])
def test_sound_keeps_its_samples(tmp_path: Path, to: str, width: int) -> None:
    _need("ffmpeg", "ffprobe")
    if width == 1:
        with wave.open(str(tmp_path / "a.wav"), "wb") as file:
            file.setparams((1, 1, 8000, 0, "NONE", ""))
            file.writeframes(bytes(range(256)) * 9)
    else:
        _sound(tmp_path / "a.wav", width)
    made, target = _normalise(tmp_path / "a.wav", to, "ffmpeg")
    assert made.maker.name == "FFmpeg"
    assert "SOURCE" in made.command
    said = json.loads(subprocess.check_output(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(target)]
    ))  # fmt: skip
    assert said["streams"][0]["sample_rate"] == "8000"


def test_samples_that_flac_cannot_hold_are_refused(tmp_path: Path) -> None:
    _need("ffmpeg", "ffprobe")
    _sound(tmp_path / "a.wav")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", tmp_path / "a.wav", "-c:a", "pcm_f32le", tmp_path / "b.wav"], check=True
    )
    with pytest.raises(RenditionError, match="take WAV"):
        _normalise(tmp_path / "b.wav", "flac", "ffmpeg")
    _normalise(tmp_path / "b.wav", "wav", "ffmpeg")


def test_a_film_keeps_its_frames_and_sound(tmp_path: Path) -> None:
    _need("ffmpeg", "ffprobe")
    film = tmp_path / "a.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi",
         "-i", "sine=duration=1", "-c:v", "mpeg4", "-c:a", "aac", film],
        check=True,
    )  # fmt: skip
    _, target = _normalise(film, "ffv1", "ffmpeg")
    said = json.loads(subprocess.check_output(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(target)]
    ))  # fmt: skip
    assert [one["codec_name"] for one in said["streams"]] == ["ffv1", "flac"]


def test_a_bag_with_copies_is_valid(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    _gif(source / "moving.gif")
    (source / "broken.gif").write_bytes(b"GIF89a" + bytes(20) + b";")
    settings = _SETTINGS.with_flags("render", normalise="default").with_flags("identify", virus="none")
    report = create([str(source)], str(tmp_path / "bags"), settings=settings, clock=Clock(1_700_000_000))
    assert report.created
    assert report.validation is not None
    assert report.validation.ok
    codes = {finding.code for one in report.renditions for finding in one.findings}
    assert {"REN-121", "REN-122"} <= codes
    bag = next(path for path in (tmp_path / "bags").iterdir() if path.is_dir())
    assert (bag / "data/preservation/moving.gif.tiff").is_file()
    premis = (bag / "metadata/preservation/premis.xml").read_text("utf-8")
    assert "Image.open(SOURCE).save(TARGET" in premis
    assert "every pixel of the copy" in premis
    assert "to TIFF" in premis


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule", "not valid TOML"), ("", r"no \[\[rule\]\]"), ("rules = 1", "unknown key 'rules'"),
        ('[[rule]]\nto = "mp3"', "`to` must be one of"), ('[[rule]]\nto = "flac"\ntool = "sh"', "made by ffmpeg"),
        ('[[rule]]\nto = "flac"\ntool = "ffmpeg"', "neither"), ('[[rule]]\ncommand = "rm"', "unknown key 'command'"),
        ('[[rule]]\nto = "flac"\ntool = "ffmpeg"\npuids = "fmt/6"', "list of texts"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_policy(_SETTINGS.with_flags("render", normalise=str(path)))


def test_the_pronom_id_goes_before_the_media_type() -> None:
    assert load_policy(_SETTINGS) is None
    policy = load_policy(_SETTINGS.with_flags("render", normalise="default"))
    assert isinstance(policy, Policy)

    def rule(puid: str | None, mime: str | None) -> str | None:
        found = policy.rule_for(Identification("x", None, puid, mime, "", Tool("t", "1")))
        return found.to if found is not None else None

    assert [rule("fmt/6", "image/gif"), rule(None, "image/gif"), rule("fmt/43", "image/jpeg"), rule(None, None)] == [
        "flac", "tiff", None, None,
    ]  # fmt: skip
    assert policy.rule_for(None) is None
