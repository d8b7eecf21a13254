"""Reading and filling in a form of the desk as a browser without a script does."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

import httpx

from tests.support.desks import Visitor

File = tuple[str, bytes]
"""A file of an upload: its path and its content."""


class FilledForm(HTMLParser):
    """The form with the id `identity` in a page, its inputs as they stand there; `fields` is what would be sent."""

    def __init__(self, page: str, identity: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.checkable: list[tuple[str, str]] = []
        self._identity, self._inside = identity, False
        self._select = self._area = ""
        self.feed(page)
        assert self.fields, page[:3000]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == self._identity
        if not self._inside:
            return
        name = found.get("name", "")
        if tag == "input" and found.get("type") in ("checkbox", "radio"):
            self.checkable.append((name, found.get("value", "on")))
            if "checked" in found:
                self.fields.append((name, found.get("value", "on")))
        elif tag == "input" and name:
            self.fields.append((name, found.get("value", "")))
        elif tag == "select":
            self._select = name
            self.fields.append((name, ""))
        elif tag == "option" and "selected" in found and self._select:
            self.set(self._select, found.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._inside:
            self.set(self._area, self.get(self._area) + data)

    def get(self, name: str) -> str:
        return next(value for one, value in self.fields if one == name)

    def set(self, name: str, value: str) -> None:
        """Fill in an input, or add a field that is not there, such as the button that was pressed."""
        at = next((number for number, (one, _value) in enumerate(self.fields) if one == name), None)
        if at is None:
            self.fields.append((name, value))
        else:
            self.fields[at] = (name, value)

    def check(self, name: str, value: str = "1") -> None:
        assert (name, value) in self.checkable, (name, value, self.checkable)
        self.fields.append((name, value))

    def rows(self, term: str, about: str = "") -> list[str]:
        """The numbers of the rows of a term, about the whole or a file."""
        numbers = [name.partition(".")[2] for name, value in self.fields if name.startswith("term.") and value == term]
        given = dict(self.fields)
        return [one for one in numbers if given.get(f"about.{one}", "") == about]

    def say(self, term: str, value: str, *, language: str = "", private: bool = False, about: str = "") -> None:
        """Type a value into the last row of a term."""
        number = self.rows(term, about)[-1]
        self.set(f"value.{number}", value)
        if language:
            self.set(f"language.{number}", language)
        if private:
            self.check(f"private.{number}")

    def send(self, visitor: Visitor, path: str, button: str) -> httpx.Response:
        """Press a button of the form."""
        return visitor.client.post(
            path, data=_grouped([*self.fields, ("do", button)]), headers={"Origin": visitor.desk.origin}
        )


def _grouped(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"


def multipart(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A body of parts, each given by the value of its Content-Disposition after `form-data; ` and its content."""
    made = [
        b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    ]
    return b"".join((*made, b"--", BOUNDARY, b"--\r\n"))


def file_parts(token: str, files: Sequence[File]) -> list[tuple[bytes, bytes]]:
    """The parts of an upload as a browser without a script sends it."""
    head = (b'name="form-token"', token.encode())
    return [head, *((b'name="file"; filename="' + _quoted(path) + b'"', content) for path, content in files)]


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    return raw.replace(b'"', b"%22").replace(b"\r", b"%0D").replace(b"\n", b"%0A")


FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"


def send_body(visitor: Visitor, body: bytes, path: str = "/new/upload") -> httpx.Response:
    """Send a body as a form with files."""
    headers = {"Origin": visitor.desk.origin, "Content-Type": FORM_TYPE}
    return visitor.client.post(path, content=body, headers=headers)


def send_files(visitor: Visitor, files: Sequence[File]) -> httpx.Response:
    """Send files to the page New bag."""
    return send_body(visitor, multipart(file_parts(visitor.form_token(), files)))
