"""Identifiers by syntax and check digit."""

from __future__ import annotations

import pytest

from archive.formats.identifiers import check_identifier, has_ark_check_character, is_uri


@pytest.mark.parametrize(
    ("text", "scheme", "uri"),
    [
        ("ark:/12148/btv1b8449691v", "ARK", None),
        ("ark:12148/btv1b8449691v", "ARK", None),
        ("https://n2t.net/ark:/13030/xf93gt2q", "ARK", "https://n2t.net/ark:/13030/xf93gt2q"),
        ("doi:10.1000/182", "DOI", "https://doi.org/10.1000/182"),
        ("10.1000/182", "DOI", "https://doi.org/10.1000/182"),
        ("https://doi.org/10.5281/zenodo.1234567", "DOI", "https://doi.org/10.5281/zenodo.1234567"),
        ("hdl:2027/mdp.39015012345678", "Handle", "https://hdl.handle.net/2027/mdp.39015012345678"),
        ("info:hdl/4263537/4000", "Handle", "https://hdl.handle.net/4263537/4000"),
        ("ISBN 978-3-16-148410-0", "ISBN", "urn:isbn:9783161484100"),
        ("978-0-306-40615-7", "ISBN", "urn:isbn:9780306406157"),
        ("isbn:0-306-40615-2", "ISBN", "urn:isbn:0306406152"),
        ("urn:isbn:080442957X", "ISBN", "urn:isbn:080442957X"),
        ("issn 0378-5955", "ISSN", "urn:issn:0378-5955"),
        ("01927D2C-7a3b-7c11-9f00-3f5b6f0c9a10", "UUID", "urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c9a10"),
        ("urn:uuid:00000000-0000-0000-0000-000000000000", "UUID", "urn:uuid:00000000-0000-0000-0000-000000000000"),
        ("urn:nbn:de:101:1-201102033592", "URN", "urn:nbn:de:101:1-201102033592"),
        ("https://example.org/ملف", "URI", "https://example.org/ملف"),
        ("REF/2019/12", None, None),
        ("A.1.b", None, None),
    ],
)
def test_sound_identifiers(text: str, scheme: str | None, uri: str | None) -> None:
    checked = check_identifier(text)
    assert checked.problem is None
    assert (checked.scheme, checked.uri) == (scheme, uri)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("ark:/12148", "ARK"),
        ("ark:/12/x", "ARK"),
        ("ark:/1214l/x", "ARK"),
        ("doi:182", "DOI"),
        ("https://doi.org/11.1000/182", "DOI"),
        ("doi:10.1000/", "DOI"),
        ("hdl:abc", "Handle"),
        ("ISBN 978-3-16-148410-1", "ISBN"),
        ("978-0-306-40615-8", "ISBN"),
        ("isbn:0-306-40615-3", "ISBN"),
        ("isbn:12345", "ISBN"),
        ("issn 0378-5956", "ISSN"),
        ("urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c9a1", "UUID"),
        ("uuid:01927d2c-7a3b-0c11-9f00-3f5b6f0c9a10", "UUID"),
        ("01927d2c-7a3b-7c11-cf00-3f5b6f0c9a10", "UUID"),
        ("urn:x", "URN"),
        ("https://example.org/a b", "URI"),
        ("http://example.org/%zz", "URI"),
    ],
)
def test_broken_identifiers_are_named(text: str, scheme: str) -> None:
    checked = check_identifier(text)
    assert checked.scheme == scheme
    assert checked.problem


def test_the_check_character_of_an_ark() -> None:
    assert has_ark_check_character("13030", "xf93gt2q")
    assert not has_ark_check_character("13030", "xf93gt2r")
    assert not has_ark_check_character("13030", "xf39gt2q")


@pytest.mark.parametrize("text", ["c:/x", "not a uri", "x", "http:", "https://a b"])
def test_what_is_no_uri(text: str) -> None:
    assert not is_uri(text)
