"""The pages of bags: the list, a bag, its files, its history."""

from __future__ import annotations

from tests.support.desks import RunningDesk, Visitor
from tests.support.held_bags import damage, file_page, make_bag


def test_smoke(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", private=True, hostile=True)
    for path in (
        "/bags",
        "/bags/1",
        "/bags/1/history",
        "/bags/1/restricted",
        "/bags/add",
        "/check",
        *(f"/bags/1/{x}" for x in ["repair", "update", "seal", "copy", "export", "deposit", "retire"]),
    ):
        answer = visitor.get(path)
        print(path, answer.status_code, answer.text if answer.status_code != 200 else len(answer.text))
        import re

        print(
            re.sub(r"<[^>]*>", " ", answer.text)[:1500].split("Settings")[-1].split()
            if path in ("/bags/1/restricted", "/bags/1")
            else ""
        )
    p = file_page(visitor, 1, "letter.txt")
    for q in (p, p + "/content", p + "/content?as=download"):
        a = visitor.get(q)
        print(q, a.status_code, a.headers.get("content-type"), a.headers.get("content-disposition"), a.text[-200:])
    damage(bag)
    print(visitor.finish(visitor.post("/bags/1/check"))[-1500:])
    page = visitor.get("/bags/1").text
    assert "This bag is damaged" in page
    a = visitor.post("/bags/1/repair", {"copy": "holding-2"})
    print(visitor.finish(a)[-900:])
    r = visitor.get(f"/bags/1/result/{a.url.path.rsplit('/', 1)[1]}")
    print(r.status_code, r.text[-1500:])
    print(visitor.finish(visitor.post(r.url.path))[-900:])
    assert "All files are intact" in visitor.get("/bags/1").text
