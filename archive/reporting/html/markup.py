"""Elements that escape by themselves: text from outside cannot become markup, whatever it holds.

Only `element`, `group` and `raw_style` make `Markup`; every other `str` among children and attributes is escaped, first
as a name that is safe to show (control and bidi characters), then as HTML.
"""

from __future__ import annotations

from markupsafe import Markup
from markupsafe import escape as escape_html

from archive.formats.naming import escape as escape_name

_VOID = {"meta", "br", "col", "hr"}

Child = Markup | str | int | None


def element(tag: str, *children: Child, **attributes: str | int | None) -> Markup:
    """An element. `class_` and `for_` lose their underscore, other underscores become hyphens; None leaves out."""
    shown = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    opening = "".join(f' {name}="{escape_text(str(value))}"' for name, value in shown.items())
    if tag in _VOID:
        return Markup(f"<{tag}{opening}>")  # noqa: S704 - the tag comes from the program, the attributes are escaped
    return Markup(f"<{tag}{opening}>{group(*children)}</{tag}>")  # noqa: S704


def group(*children: Child) -> Markup:
    """Several children without an element around them."""
    return Markup().join(_render(child) for child in children)


def name(text: str) -> Markup:
    """A name from outside, kept apart from the direction of the text around it."""
    return element("bdi", text)


def raw_style(text: str) -> Markup:
    """A style element with the CSS of the page, which holds nothing from outside."""
    return Markup(f"<style>{text}</style>")  # noqa: S704


def escape_text(text: str) -> Markup:
    """Text as HTML, with control and bidi characters made visible."""
    return escape_html(escape_name(text))


def _render(child: Child) -> Markup:
    if child is None:
        return Markup()
    return child if isinstance(child, Markup) else escape_text(str(child))
