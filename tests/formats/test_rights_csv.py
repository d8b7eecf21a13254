"""rights.csv of Archivematica transfers."""

from __future__ import annotations

import pytest

from archive.formats.rights_csv import read_rights

HEAD = (
    "file,basis,status,jurisdiction,terms,citation,note,grant_act,grant_restriction,grant_end_date,grant_note,"
    "doc_id_value\n"
)


def values(row: str) -> dict[str, str]:
    statements, findings = read_rights((HEAD + row).encode())
    assert findings == []
    return {one.property: one.value for one in statements}


@pytest.mark.parametrize(
    ("act", "word", "end", "access"),
    [
        ("disseminate", "Disallow", "", "closed"),
        ("Disseminate", "disallow", "2040-01-01", "embargoed"),
        ("publish", "Conditional", "", "restricted"),
        ("disseminate", "Allow", "", "open"),
        ("migrate", "Disallow", "", None),
        ("disseminate", "", "", None),
    ],
)
def test_a_grant_decides_who_may_see_a_file(act: str, word: str, end: str, access: str | None) -> None:
    found = values(f"objects/a.txt,copyright,copyrighted,de,,,,{act},{word},{end},,\n")
    assert found.get("accessRights") == access
    assert found["rights.basis"] == "copyright"
    assert found["rights.jurisdiction"] == "de"
    assert ("available" in found) is (access == "embargoed")


def test_paths_begin_at_objects_and_semicolons_are_read() -> None:
    statements, _ = read_rights(
        HEAD.replace(",", ";").encode() + b"objects/sub/a.txt;license;;;CC0;;;;;;;https://e.org/x\n"
    )
    assert {one.about for one in statements} == {"sub/a.txt"}
    assert {one.property: one.value for one in statements}["license"] == "CC0"


@pytest.mark.parametrize(
    "content",
    [b"id,colour\n1,red\n", (HEAD + 'a,copyright,"x\n').encode(), HEAD.encode() + b"a,other,,,,,caf\xe9,,,,,\n",
     (HEAD + "a,other,,,,,,disseminate,Perhaps,,,\n").encode()],
)  # fmt: skip
def test_what_cannot_be_understood_is_an_error(content: bytes) -> None:
    assert [one.severity.value for one in read_rights(content)[1]] == ["error"]
