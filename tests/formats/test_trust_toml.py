"""trust.toml: what is written is read back; what is not understood is an error, never less trust."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.errors import FormatError
from archive.formats.sshsig import parse_public_line
from archive.formats.trust_toml import MAX_TRUST_BYTES, parse_trust, write_trust
from archive.model.seal import AuthorityEntry, RevocationRule, Role, TrustedKey, TrustFile, TrustPolicy
from tests.support.sealing_by_hand import HandKey

TIME = datetime(2026, 11, 29, 1, 11, 23, tzinfo=UTC)
KEY = HandKey("anna")
FILE = TrustFile(
    'Our "archive"\n\u202e\x7f',
    2,
    "0" * 64,
    TrustPolicy(1, 2, RevocationRule.WHEN_STORED, 0),
    (
        TrustedKey("anna", parse_public_line(KEY.line), Role.ROOT, TIME, TIME, TIME, "lost"),
        TrustedKey("bela", parse_public_line(HandKey("bela").line)),
    ),
    (
        AuthorityEntry("a", "A", "authorities/a-root.pem", "1" * 64, ("authorities/a-mid.pem",), ("1.2.3",),
                       ("https://a.example/x",), TIME),
        AuthorityEntry("b", "B", "authorities/b-root.pem", "2" * 64),
    ),
)  # fmt: skip
GOOD = f"""schema = "archive.trust/1"
name = "Our archive"
version = 1

[policy]
stamps = 2

[[keys]]
name = "anna"
public = "{KEY.line}"
role = "seal"

[[authorities]]
name = "a"
operator = "A"
root = "authorities/a-root.pem"
sha256 = "{"0" * 64}"
"""


def test_a_trust_file_is_read_back() -> None:
    assert parse_trust(write_trust(FILE)) == FILE
    assert parse_trust(write_trust(TrustFile("x"))) == TrustFile("x")
    assert b"[]" not in write_trust(FILE), "what is not given is left out"


def test_what_init_writes() -> None:
    assert write_trust(TrustFile("x")).decode() == (
        'schema = "archive.trust/1"\nname = "x"\nversion = 1\n\n[policy]\nstamps = 2\nsignatures = 1\n'
        'revocation = "required"\nstamp_within_days = 7\n'
    )


def test_times_are_written_in_one_form() -> None:
    text = write_trust(FILE).decode()
    for name in ("valid_from", "valid_until", "revoked", "distrusted"):
        assert f"\n{name} = 2026-11-29T01:11:23Z\n" in text


def test_the_good_file_of_these_tests_is_read() -> None:
    file = parse_trust(GOOD.encode())
    assert replace(file.policy) == TrustPolicy()


def test_times_in_another_zone_and_as_text() -> None:
    for written in ("2026-11-29T02:11:23+01:00", '"2026-11-29T01:11:23Z"', "2026-11-29 01:11:23Z"):
        file = parse_trust(GOOD.replace('role = "seal"', f"revoked = {written}").encode())
        assert file.keys[0].revoked == TIME


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("archive.trust/1", "archive.trust/2", "schema"),
        ('schema = "archive.trust/1"', "", "schema is missing"),
        ("version = 1", "version = 0", "version"),
        ("version = 1", "version = true", "version"),
        ("version = 1", 'version = "1"', "version"),
        ("version = 1", 'version = 1\nprevious = "x"', "previous"),
        ("version = 1", "version = 1\nprevious = 1", "previous is wrong: not a SHA-256"),
        ("version = 1", "version = 1\nmore = 1", "more is not known"),
        ("stamps = 2", "stamps = 0", "stamps"),
        ("stamps = 2", "stamps = 2\nstamp = 2", "did you mean stamps?"),
        ("stamps = 2", 'revocation = "never"', "revocation"),
        ("stamps = 2", "signatures = 0", "signatures"),
        ("stamps = 2", "stamp_within_days = -1", "stamp_within_days"),
        ('role = "seal"', 'role = "all"', "role"),
        ('role = "seal"', 'role = ["seal"]', "role is wrong: must be one of"),
        ('role = "seal"', "revoke = 2026-11-29T01:11:23Z", "did you mean revoked?"),
        ('role = "seal"', "revoked = 2026-11-29T01:11:23", "without a zone"),
        ('role = "seal"', "revoked = 2026-11-29", "not a time"),
        ('role = "seal"', 'revoked = "yesterday"', "not a time"),
        ('role = "seal"', "revoked = 0001-01-01T00:00:00+01:00", "not a time within bounds"),
        ('role = "seal"', "revoked = 2026-02-30T00:00:00Z", "TOML"),
        ('role = "seal"', "valid_from = 2026-11-29T01:11:23Z\nvalid_until = 2026-11-28T01:11:23Z", "before"),
        ("ssh-ed25519 AAAA", "ssh-rsa AAAA", "public"),
        ("ssh-ed25519 AAAA", "sk-ssh-ed25519@openssh.com AAAA", "public"),
        ('name = "anna"', 'name = ""', "name"),
        ('name = "anna"', 'name = "an na"', "name"),
        ("authorities/a-root.pem", "../a-root.pem", "root"),
        ("authorities/a-root.pem", "authorities/../../x.pem", "root"),
        ("authorities/a-root.pem", "/etc/a-root.pem", "root"),
        ("0" * 64, "0" * 63, "sha256"),
        ("0" * 64, "A" * 64, "sha256"),
        ('operator = "A"', 'operator = " "', "operator"),
        ('operator = "A"', 'operator = "A"\nurls = ["file:///etc/passwd"]', "urls"),
        ('operator = "A"', 'operator = "A"\nurls = "https://a"', "urls is wrong: not a list"),
        ('operator = "A"', 'operator = "A"\nurls = 1', "urls is wrong: not a list"),
        ('operator = "A"', 'operator = "A"\nurls = ["https://a b.example"]', "not an http or https address"),
        ('operator = "A"', 'operator = "A"\nurls = ["https://\u00fc.example"]', "not an http or https address"),
        ('operator = "A"', 'operator = "A"\npolicies = ["x"]', "policies"),
        ('operator = "A"', 'operator = "A"\ndistrusted = 1', "distrusted"),
        ("[[keys]]", "[keys]", "keys must be a list"),
        ("[policy]", "[[policy]]", "must be a table"),
        ("[[authorities]]", "[[authoritys]]", "did you mean authorities?"),
        ("name = \"Our archive\"", "name = 1", "name"),
        ("name = \"Our archive\"", "name = \"a\"\nname = \"b\"", "TOML"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_an_error(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(FormatError, match=r".") as raised:
        parse_trust(GOOD.replace(old, new, 1).encode())
    assert words.lower() in str(raised.value).lower()


@pytest.mark.parametrize("what", ["keys", "authorities"])
def test_no_name_is_given_twice(what: str) -> None:
    table = GOOD.partition(f"[[{what}]]")[2].partition("[[")[0].replace(KEY.line, HandKey("bela").line)
    with pytest.raises(FormatError, match="name is given twice"):
        parse_trust(f"{GOOD}\n[[{what}]]{table}".encode())


def test_one_key_under_two_names_is_an_error() -> None:
    with pytest.raises(FormatError, match="public is given twice"):
        parse_trust(f'{GOOD}\n[[keys]]\nname = "other"\npublic = "{KEY.line} comment"\n'.encode())


@pytest.mark.parametrize("operator", ["a", " A", "A ", "\\uFF21"])
def test_one_operator_spelled_in_two_ways_is_an_error(operator: str) -> None:
    second = GOOD.partition("[[authorities]]")[2].replace('name = "a"', 'name = "b"')
    assert len(parse_trust(f"{GOOD}\n[[authorities]]{second}".encode()).authorities) == 2
    with pytest.raises(FormatError, match="spelled in two ways"):
        parse_trust(
            f"{GOOD}\n[[authorities]]{second}".replace('operator = "A"', f'operator = "{operator}"', 1).encode()
        )


@pytest.mark.parametrize("content", [b"\xff", b"a = " + b"[" * 5000, b"x"])
def test_other_bytes_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(FormatError, match="not readable TOML"):
        parse_trust(content)


def test_a_file_may_be_as_large_as_the_bound_and_no_larger() -> None:
    padded = GOOD.encode().ljust(MAX_TRUST_BYTES, b"#")
    assert parse_trust(padded) == parse_trust(GOOD.encode())
    with pytest.raises(FormatError, match="larger than 1,048,576 bytes"):
        parse_trust(padded + b"#")


def test_a_text_may_be_as_long_as_the_bound_and_no_longer() -> None:
    longest = "x" * 4096
    assert parse_trust(GOOD.replace("Our archive", longest).encode()).name == longest
    with pytest.raises(FormatError, match="name is wrong"):
        parse_trust(GOOD.replace("Our archive", f"{longest}x").encode())


def test_numbers_may_be_those_at_the_bounds() -> None:
    policy = "stamps = 9\nsignatures = 9\nstamp_within_days = 36500"
    file = parse_trust(GOOD.replace("stamps = 2", policy).replace("version = 1", "version = 2147483648").encode())
    assert (file.version, file.policy.stamps, file.policy.stamp_within_days) == (1 << 31, 9, 36_500)
    for old, new in (("2147483648", "2147483649"), ("stamps = 9", "stamps = 10"), ("36500", "36501")):
        text = GOOD.replace("stamps = 2", policy).replace("version = 1", "version = 2147483648")
        with pytest.raises(FormatError, match="not a whole number from"):
            parse_trust(text.replace(old, new, 1).encode())


def test_a_key_may_be_in_force_for_one_moment() -> None:
    moment = "valid_from = 2026-11-29T01:11:23Z\nvalid_until = 2026-11-29T01:11:23Z"
    (key,) = parse_trust(GOOD.replace('role = "seal"', moment).encode()).keys
    assert (key.valid_from, key.valid_until) == (TIME, TIME)
