"""Rights statements and licences by their addresses."""

from __future__ import annotations

import pytest

from archive.formats.rights_uris import RIGHTS_STATEMENTS, check_rights_uri


@pytest.mark.parametrize("name", RIGHTS_STATEMENTS)
def test_the_twelve_statements(name: str) -> None:
    found = check_rights_uri(f"http://rightsstatements.org/vocab/{name}/1.0/")
    assert found is not None
    assert found.problem is None
    assert found.kind == "statement"


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "copyrighted"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/igo/", "copyrighted"),
        ("http://creativecommons.org/licenses/by-nd/2.5/", "copyrighted"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "public domain"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "public domain"),
    ],
)
def test_licences(uri: str, status: str) -> None:
    found = check_rights_uri(uri)
    assert found is not None
    assert (found.problem, found.status) == (None, status)


@pytest.mark.parametrize(
    "uri",
    [
        "http://rightsstatements.org/vocab/CNX/1.0/",
        "http://rightsstatements.org/vocab/inc/1.0/",
        "http://rightsstatements.org/vocab/InC/2.0/",
        "http://rightsstatements.org/page/InC/1.0/",
        "rightsstatements.org/InC",
        "https://creativecommons.org/licenses/by/9.0/",
        "https://creativecommons.org/licenses/nc-by/4.0/",
        "https://creativecommons.org/publicdomain/zero/4.0/",
        "https://creativecommons.org/",
    ],
)
def test_what_only_looks_like_one(uri: str) -> None:
    found = check_rights_uri(uri)
    assert found is not None
    assert found.problem


def test_any_other_address_is_not_judged() -> None:
    assert check_rights_uri("https://example.org/rights") is None
    assert check_rights_uri("All rights reserved") is None
