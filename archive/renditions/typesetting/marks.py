"""What the marks of a run do to its letters: capitals in two sizes, raised and lowered text, and their attributes."""

from __future__ import annotations

from archive.model.blocks import Marks

SMALL_CAPITALS = 0.8
_SCALES = {"base": 1.0, "raised": 0.66, "lowered": 0.66}
_RISES = {"base": 0.0, "raised": 0.36, "lowered": -0.14}
_DOTTED = ("tr", "az")
HIGHLIGHT = (1.0, 0.93, 0.5)


def scale_of(marks: Marks) -> float:
    """The size of the run's letters in parts of the size of the text around it."""
    return _SCALES[marks.position]


def rise_of(marks: Marks) -> float:
    """How far the run is above the baseline, in parts of the size of the text around it."""
    return _RISES[marks.position]


def capital_of(character: str, language: str | None) -> str:
    """The capital of a letter; the letter itself where no single character is its capital."""
    if character == "i" and (language or "").partition("-")[0].lower() in _DOTTED:
        return "\u0130"
    capital = "\u1e9e" if character == "\xdf" else character.upper()
    return capital if len(capital) == 1 else character


def attributes_of(marks: Marks, size: float) -> dict[str, str | float | tuple[float, ...]]:
    """The Layout attributes of a run whose text is set in `size` points (ISO 32000-1, 14.8.5.4.4)."""
    entries: dict[str, str | float | tuple[float, ...]] = {}
    if marks.strike or marks.underline:
        entries["TextDecorationType"] = "LineThrough" if marks.strike else "Underline"
    if marks.highlight:
        entries["BackgroundColor"] = HIGHLIGHT
    if marks.position != "base":
        entries["BaselineShift"] = round(rise_of(marks) * size, 2)
    return entries
