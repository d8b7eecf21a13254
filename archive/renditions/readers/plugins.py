"""Readers that other packages bring, for formats that no reader of the program knows; see `docs/plugins.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol, cast

from archive.errors import RenditionError, UsageError
from archive.model.blocks import Document
from archive.plugins import Group, load_plugin, plugin_names


class ReaderPlugin(Protocol):
    """What the entry point of a media type in the group `muniment.readers` is: a module or any other object."""

    ENDINGS: Sequence[str]
    """The endings of the names of such files, as (".gmi",): for files that identification does not know."""

    def read(self, content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
        """The document in `content`. `language` is a BCP 47 tag, `encoding` what a person stated; both may be None.

        Whatever this raises costs one rendition, whose reason then names it.
        """
        ...


def has_plugin(media_type: str | None) -> bool:
    """Whether a package brings a reader for this media type. Nothing is loaded."""
    return media_type in plugin_names(Group.READER)


@cache
def type_by_plugin(ending: str) -> str | None:
    """The media type of the reader that names this ending, such as ".gmi"; one that cannot be loaded names none."""
    for media_type in plugin_names(Group.READER):
        try:
            if ending in cast(ReaderPlugin, load_plugin(Group.READER, media_type)).ENDINGS:
                return media_type
        except Exception:  # noqa: BLE001, S112 - a stranger's code may raise anything; `archive doctor` says what
            continue
    return None


def read_by_plugin(
    content: bytes, media_type: str, *, name: str, language: str | None, encoding: str | None,
    finish: Callable[[Document], Document],
) -> Document:  # fmt: skip
    """The document as the plugin for `media_type` reads it and `finish` completes it.

    Raises `RenditionError`, and no other exception.
    """
    try:
        plugin = cast(ReaderPlugin, load_plugin(Group.READER, media_type))
        document = plugin.read(content, name=name, language=language, encoding=encoding)
        if not isinstance(document, Document):
            raise RenditionError(f"the plugin that reads {media_type} did not return a Document", subject=name)
        return finish(document)
    except RenditionError:
        raise
    except UsageError as error:
        raise RenditionError(f"{error.subject}: {error.problem}", subject=name, remedy=error.remedy) from error
    except Exception as error:
        said = " ".join(str(error).split())[:160]
        raise RenditionError(
            f"the plugin that reads {media_type} failed: {type(error).__name__}{f': {said}' if said else ''}",
            subject=name,
            remedy="The file may be damaged; if it is not, report this to the authors of the plugin",
        ) from error
