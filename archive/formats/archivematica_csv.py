"""Writing metadata.csv in Archivematica's form: one line a described thing, columns dc.x for the fifteen elements.

Clause: Archivematica user manual, "Import metadata": filename first, paths relative to the transfer, a column again for
each further value. Archivematica reads no language of a value and none of its certainty; these stay in statements.json.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from archive.formats.dublin_core import ELEMENT_OF
from archive.model.description import ELEMENTS, Statement

PATH = "metadata/metadata.csv"


def write_archivematica(statements: Iterable[Statement], payload: str) -> Iterator[bytes]:
    """The table, in UTF-8: the package's line first, called by the folder `payload`, then one for each described file.

    Only asserted values are in it, each under the element that its term refines.
    """
    lines: dict[str | None, dict[str, dict[str, None]]] = {None: {}}
    for one in statements:
        element = ELEMENT_OF.get(one.property, one.property)
        if one.asserted and element in ELEMENTS:
            lines.setdefault(one.about, {}).setdefault(element, {})[" ".join(one.value.split())] = None
    counts = {
        element: max((len(values.get(element, ())) for values in lines.values()), default=0) for element in ELEMENTS
    }
    columns = [element for element in ELEMENTS for _ in range(counts[element])]
    yield _line(["filename", *(f"dc.{element}" for element in columns)])
    for about, values in lines.items():
        cells = []
        for element in ELEMENTS:
            own = list(values.get(element, ()))
            cells += own + [""] * (counts[element] - len(own))
        yield _line([payload if about is None else about, *cells])


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8", "replace")
