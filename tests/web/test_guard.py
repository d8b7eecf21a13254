"""Who is let in: the opening address, cookies, foreign hosts and origins, form tokens, sizes, read-only desks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from archive.web.guard import LARGEST_FORM
from archive.web.sessions import MOST_SESSIONS, Sessions
from tests.support.desks import RunningDesk, Visitor, open_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One desk for all tests of this module: none of them changes anything."""
    folder = tmp_path_factory.mktemp("desk")
    with open_desk(folder / "project", folder / "home") as running:
        yield running


@pytest.fixture(scope="module")
def visitor(desk: RunningDesk) -> Iterator[Visitor]:
    """Someone who opened the desk's address."""
    with Visitor(desk) as visiting:
        yield visiting


@pytest.fixture
def unopened(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk whose address was not opened yet."""
    with open_desk(tmp_path / "project", tmp_path / "home") as running:
        yield running


def test_the_opening_address_works_once(unopened: RunningDesk) -> None:
    desk = unopened
    with httpx.Client(follow_redirects=False) as first:
        answer = first.get(desk.opening)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert first.get(desk.origin + "/").status_code == 200
    again = httpx.get(desk.opening)
    assert again.status_code == 403
    assert "used already" in again.text


def test_without_a_session_nothing_is_shown(desk: RunningDesk) -> None:
    for path in ("/", "/jobs", "/bags", "/settings", "/nowhere", "/jobs/00000000000001/progress"):
        assert httpx.get(desk.origin + path).status_code == 403, path
    name = f"muniment-desk-{desk.origin.rpartition(':')[2]}"
    for value in ("", "x", "a" * 43, "%00"):
        assert httpx.get(desk.origin + "/", headers={"Cookie": f"{name}={value}"}).status_code == 403
    assert httpx.get(desk.origin + "/open?token=" + "a" * 43).status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "10.0.0.1:{port}",
    ],
)
def test_a_foreign_host_is_refused(visitor: Visitor, host: str) -> None:
    port = visitor.desk.origin.rpartition(":")[2]
    assert visitor.get("/", Host=host.format(port=port)).status_code == 421


def test_localhost_is_the_desk_too(visitor: Visitor) -> None:
    port = visitor.desk.origin.rpartition(":")[2]
    assert visitor.get("/", Host=f"localhost:{port}").status_code == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_a_form_of_a_foreign_page_is_refused(visitor: Visitor, origin: str | None) -> None:
    port = visitor.desk.origin.rpartition(":")[2]
    headers = {} if origin is None else {"Origin": origin.format(port=port)}
    answer = visitor.client.post("/audit", data={"form-token": visitor.form_token()}, headers=headers)
    assert answer.status_code == 403
    assert not (visitor.desk.state / "jobs").exists()


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_is_refused(visitor: Visitor, token: str) -> None:
    assert visitor.post("/audit", token=token).status_code == 403
    assert not (visitor.desk.state / "jobs").exists()


def test_a_token_of_another_session_is_refused(visitor: Visitor, tmp_path: Path) -> None:
    with open_desk(tmp_path / "other", tmp_path / "home") as other, Visitor(other) as stranger:
        assert visitor.post("/audit", token=stranger.form_token()).status_code == 403


def test_what_is_no_form_is_refused(visitor: Visitor) -> None:
    origin = {"Origin": visitor.desk.origin}
    assert visitor.client.post("/audit", json={"form-token": visitor.form_token()}, headers=origin).status_code == 415
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert visitor.client.request(method, "/audit", headers=origin).status_code == 405, method


def test_a_large_request_is_refused_with_and_without_its_length(visitor: Visitor) -> None:
    large = b"form-token=" + b"a" * LARGEST_FORM
    headers = {"Origin": visitor.desk.origin, "Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.client.post("/audit", content=large, headers=headers).status_code == 413
    pieces = (large[at : at + 65536] for at in range(0, len(large), 65536))
    assert visitor.client.post("/audit", content=pieces, headers=headers).status_code == 413
    fields = {f"f{number}": "x" for number in range(3_000)}
    assert visitor.post("/audit", fields).status_code in (400, 413)


def test_every_answer_has_the_headers(visitor: Visitor) -> None:
    for path in ("/", "/static/desk.css", "/nowhere", "/jobs/00000000000001"):
        headers = visitor.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_a_read_only_desk_changes_nothing(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", "--read-only") as desk, Visitor(desk) as visitor:
        assert "read only" in visitor.get("/").text
        assert visitor.post("/audit").status_code == 403
        assert visitor.post("/language", {"language": "ar"}).status_code == 200
        assert not (desk.state / "jobs").exists()


def test_the_language_goes_back_to_pages_of_the_desk_only(visitor: Visitor, request: pytest.FixtureRequest) -> None:
    visitor.client.follow_redirects = False
    request.addfinalizer(lambda: setattr(visitor.client, "follow_redirects", True))
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "evil"):
        assert visitor.post("/language", {"language": "ar", "back": back}).headers["location"] == "/", back
    assert visitor.post("/language", {"language": "ar", "back": "/jobs"}).headers["location"] == "/jobs"
    assert 'dir="rtl"' in visitor.get("/jobs").text


def test_other_addresses_are_refused(desk: RunningDesk) -> None:
    text = desk.archive("desk", "--listen", "192.0.2.1", code=2)
    assert text == ""


def test_sessions_are_counted() -> None:
    secrets = iter(f"secret {number}" for number in range(100))
    sessions = Sessions(lambda: next(secrets))
    opened = [sessions.open(sessions.make_token()) for _ in range(MOST_SESSIONS + 1)]
    assert [sessions.knows(one or "") for one in opened] == [False, *[True] * MOST_SESSIONS]
