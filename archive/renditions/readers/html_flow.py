"""Blocks in the making: inline text gathers until a block or the end makes a paragraph of it."""

from __future__ import annotations

from dataclasses import replace

from archive.model.blocks import Block, Direction, Paragraph, Preformatted, Span
from archive.renditions.readers.inline import LINE_BREAK, Style, collapse, join


class Flow:
    """The content of one element. With `fixed`, white space stays as it is and the text becomes preformatted."""

    def __init__(self, direction: Direction, language: str | None, *, fixed: bool = False) -> None:
        self.blocks: list[Block] = []
        self.direction, self.language, self.fixed = direction, language, fixed
        self._spans: list[Span] = []
        self._style: Style | None = None
        self._texts: list[str] = []

    @property
    def spans(self) -> list[Span]:
        """The runs that have gathered so far."""
        self._end_run()
        return self._spans

    def _end_run(self) -> None:
        if self._style is not None:
            self._spans.append(self._style.span("".join(self._texts)))
            self._style, self._texts = None, []

    @property
    def has_begun(self) -> bool:
        """Whether anything has gathered."""
        return self._style is not None or bool(self._spans)

    def add(self, style: Style, text: str | None, anchor: str | None = None) -> None:
        """Text of the source; a line end in it is a space unless the flow is fixed."""
        if text == LINE_BREAK and not self.fixed:
            text = " "
        if not text:
            return
        if anchor is not None:
            self.spans.append(style.span(text, anchor))
        elif style is self._style or style == self._style:
            # Pages in which every word has an element of its own are real: neighbours of one style are one run.
            self._texts.append(text)
        else:
            self._end_run()
            self._style, self._texts = style, [text]

    def add_break(self, style: Style) -> None:
        """A forced line end."""
        self.spans.append(style.span(LINE_BREAK))

    def add_lines(self, style: Style, text: str) -> None:
        """Text whose line ends are forced."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.add_break(style)
            if line:
                self.spans.append(style.span(line))

    def flush(self) -> None:
        """Make a block of what has gathered."""
        spans, self._spans = self.spans, []
        if self.fixed:
            self._flush_fixed(spans)
            return
        collapsed = collapse(spans)
        if collapsed:
            self.blocks.append(Paragraph(collapsed, self.language, self.direction))

    def end(self) -> list[Block]:
        """All the blocks, in their order."""
        self.flush()
        return self.blocks

    def _flush_fixed(self, spans: list[Span]) -> None:
        joined = list(join(spans))
        if joined:
            joined[0] = replace(joined[0], text=joined[0].text.removeprefix("\n"))
            joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip("\n"))
        text = "".join(span.text for span in joined)
        if not text.strip():
            return
        kept = tuple(span for span in joined if span.text)
        plain = len(kept) == 1 and kept[0] == Span(kept[0].text)
        self.blocks.append(Preformatted(text, self.language, self.direction, () if plain else kept))
