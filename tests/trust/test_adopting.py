"""Adopting a trust folder: which signature is enough, which digits are, and what an offer may hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import NotAuthorisedError, NotFoundError, StorageError, UsageError
from archive.model.seal import Role, Trust
from archive.stages import adopting
from archive.stages.adopting import Adopted, adopt
from archive.stages.trusting import add_key, init_trust, revoke
from archive.trust.store import read_trust
from tests.support.needing import need, needs
from tests.support.sealing_by_hand import HandKey

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANNA, BELA = HandKey("anna"), HandKey("bela")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def take(offered: str = "theirs", heard: Callable[[Trust], str] = lambda _: "", target: str = "ours") -> Adopted:
    """Adopt `offered`; `heard` is asked where no signature is enough, and by default it knows no digits."""
    return adopt(target, offered, at=NOW, ask=heard)


def refused(offered: str = "theirs", heard: Callable[[Trust], str] = lambda _: "") -> None:
    """The offer is not adopted without its digits, and the folder stays as it is."""
    before = Path("ours/trust.toml").read_bytes()
    with pytest.raises(NotAuthorisedError):
        take(offered, heard)
    assert Path("ours/trust.toml").read_bytes() == before


def make_root(name: str = "rootkey") -> str:
    subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", name], check=True, timeout=60)
    return f"{name}.pub"


def sign(folder: str, key: str = "rootkey") -> None:
    Path(folder, "trust.toml.sig").unlink(missing_ok=True)
    subprocess.run(
        [need("ssh-keygen"), "-q", "-Y", "sign", "-f", key, "-n", "muniment-trust-1", f"{folder}/trust.toml"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


def follow(folder: str = "theirs", key: HandKey = ANNA) -> None:
    """The version after the one in `ours`, in `folder`."""
    shutil.copytree("ours", folder)
    add_key(folder, key.name, str(key.write_public(Path())))


@needs("ssh-keygen")
class TestSignatures:
    @pytest.mark.parametrize(
        ("begin", "end"), [(None, None), (NOW, NOW), (NOW - DAY, NOW + DAY), (NOW - DAY, None), (None, NOW + DAY)]
    )
    def test_of_a_root_key_in_force(self, begin: datetime | None, end: datetime | None) -> None:
        init_trust("ours", "Ours")
        add_key("ours", "root", make_root(), role=Role.ROOT, valid_from=begin, valid_until=end)
        follow()
        sign("theirs")
        made = take()
        assert (made.changed, made.signed_by, made.trust.file.version) == (True, "root", 3)

    @pytest.mark.parametrize(
        ("begin", "end"), [(NOW + DAY, None), (None, NOW - DAY), (NOW + DAY, NOW + 2 * DAY), (NOW - 2 * DAY, NOW - DAY)]
    )
    def test_of_a_root_key_that_is_not_in_force(self, begin: datetime | None, end: datetime | None) -> None:
        init_trust("ours", "Ours")
        add_key("ours", "root", make_root(), role=Role.ROOT, valid_from=begin, valid_until=end)
        follow()
        sign("theirs")
        refused()

    def test_of_a_root_key_that_is_revoked(self) -> None:
        """Who has stolen it cannot hand over a trust folder of his own, whatever time the theft is given."""
        init_trust("ours", "Ours")
        add_key("ours", "root", make_root(), role=Role.ROOT)
        revoke("ours", "root", since=NOW + DAY, why="stolen")
        follow()
        sign("theirs")
        refused()

    def test_of_a_sealing_key(self) -> None:
        init_trust("ours", "Ours")
        add_key("ours", "seal", make_root(), role=Role.SEAL)
        follow()
        sign("theirs")
        refused()

    def test_of_a_root_key_that_only_the_offer_names(self) -> None:
        init_trust("ours", "Ours")
        shutil.copytree("ours", "theirs")
        add_key("theirs", "root", make_root(), role=Role.ROOT)
        sign("theirs")
        refused()

    def test_a_version_that_does_not_follow_is_asked_about(self) -> None:
        """An older version would bring back a key that was revoked since; one of another line was never seen here."""
        init_trust("ours", "Ours")
        add_key("ours", "root", make_root(), role=Role.ROOT)
        shutil.copytree("ours", "older")
        sign("older")
        add_key("ours", "anna", str(ANNA.write_public(Path())))
        refused("older")
        follow("next", BELA)
        shutil.copytree("next", "skips")
        revoke("skips", "anna", since=NOW, why=None)
        sign("skips")
        refused("skips")
        text = Path("next/trust.toml").read_text()
        for version in (1, 3):
            Path("next/trust.toml").write_text(text.replace("version = 4", f"version = {version}"))
            sign("next")
            refused("next")
        Path("next/trust.toml").write_text(text)
        sign("next")
        assert take("next").signed_by == "root"

    def test_other_bytes_than_those_that_were_signed(self) -> None:
        init_trust("ours", "Ours")
        add_key("ours", "root", make_root(), role=Role.ROOT)
        follow()
        sign("theirs")
        with open("theirs/trust.toml", "a") as file:
            file.write("# more\n")
        refused()
        Path("theirs/trust.toml.sig").write_bytes(b"-----BEGIN SSH SIGNATURE-----\n")
        refused()


class TestDigits:
    def groups(self, trust: Trust, count: int) -> str:
        return " ".join(trust.digits.split()[:count])

    def test_four_groups_or_more_as_they_are_written(self) -> None:
        init_trust("theirs", "Theirs")
        for number, heard in enumerate(
            (
                lambda trust: self.groups(trust, 4),
                lambda trust: self.groups(trust, 4).replace(" ", "-"),
                lambda trust: f"  {self.groups(trust, 12)}\n",
            )
        ):
            made = take(heard=heard, target=f"ours-{number}")
            assert (made.changed, made.signed_by, made.before) == (True, None, None)

    def test_fewer_or_other_digits(self) -> None:
        init_trust("ours", "Ours")
        init_trust("theirs", "Theirs")
        refused()
        refused(heard=lambda trust: self.groups(trust, 3))
        refused(heard=lambda trust: self.groups(trust, 4)[:-1])
        refused(heard=lambda trust: self.groups(trust, 12) + "0")
        refused(heard=lambda trust: self.groups(trust, 4)[:-1] + str((int(self.groups(trust, 4)[-1]) + 1) % 10))
        refused(heard=lambda trust: trust.digits.split(maxsplit=1)[1])
        refused(heard=lambda _: self.groups(read_trust("ours"), 4))


class TestOffers:
    def agree(self, trust: Trust) -> str:
        return trust.digits

    def test_the_lists_that_were_fetched_stay(self) -> None:
        for folder in ("ours", "theirs"):
            init_trust(folder, folder)
            Path(folder, "crls").mkdir()
            Path(folder, "crls/notes").write_text(folder)
        Path("ours/crls/kept").write_text("ours")
        shutil.rmtree("theirs/crls")
        take(heard=self.agree)
        assert {one.name: one.read_text() for one in Path("ours/crls").iterdir()} == {"kept": "ours", "notes": "ours"}
        init_trust("third", "third")
        Path("third/crls").mkdir()
        Path("third/crls/kept").write_text("third")
        take("third", self.agree)
        assert Path("ours/crls/kept").read_text() == "third"

    def test_a_folder_that_is_not_a_trust_folder_is_not_replaced(self) -> None:
        init_trust("theirs", "Theirs")
        Path("ours").mkdir()
        Path("ours/letter.txt").write_text("mine")
        with pytest.raises(UsageError, match="not empty"):
            take(heard=self.agree)
        assert os.listdir("ours") == ["letter.txt"]
        Path("ours/letter.txt").unlink()
        assert take(heard=self.agree).changed

    def test_only_what_belongs_to_a_trust_folder_is_taken(self) -> None:
        init_trust("theirs", "Theirs")
        Path("theirs/letter.txt").write_text("x")
        Path("theirs/authorities").mkdir()
        Path("theirs/authorities/x y.pem").write_text("x")
        Path("theirs/authorities/.pem").write_text("x")
        take(heard=self.agree)
        assert sorted(os.listdir("ours")) == ["authorities", "trust.toml"]
        assert os.listdir("ours/authorities") == [".pem"]

    @pytest.mark.parametrize("top", ["", "theirs/", "deep/er/"])
    def test_a_zip_with_the_folder_at_any_depth(self, top: str) -> None:
        init_trust("theirs", "Theirs")
        content = Path("theirs/trust.toml").read_text()
        with zipfile.ZipFile("offer.zip", "w") as packed:
            packed.writestr(f"{top}old/trust.toml", content.replace("Theirs", "Older"))
            packed.writestr(f"{top}trust.toml", content)
            packed.writestr("crls/elsewhere.crl" if top else "other/crls/elsewhere.crl", b"x")
            packed.writestr("x", b"x")
        assert take("offer.zip", self.agree).trust.file.name == "Theirs"
        assert os.listdir("ours") == ["trust.toml"]

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_zip_that_says_two_things(self) -> None:
        init_trust("theirs", "Theirs")
        with zipfile.ZipFile("offer.zip", "w") as packed:
            for name in ("Theirs", "Others"):
                packed.writestr("trust.toml", Path("theirs/trust.toml").read_text().replace("Theirs", name))
        with pytest.raises(UsageError, match="neither a trust folder nor a zip"):
            take("offer.zip", self.agree)

    @pytest.mark.parametrize(("limit", "value"), [("_MOST_FILES", 2), ("MAX_LIST_BYTES", 400), ("_MOST_BYTES", 1000)])
    @pytest.mark.parametrize("form", ["folder", "zip"])
    def test_an_offer_that_is_larger_than_any_trust_folder(
        self, monkeypatch: pytest.MonkeyPatch, form: str, limit: str, value: int
    ) -> None:
        init_trust("theirs", "Theirs")
        Path("theirs/crls").mkdir()
        size = value - len(Path("theirs/trust.toml").read_bytes()) if limit == "_MOST_BYTES" else 400

        def offer(*sizes: int) -> str:
            shutil.rmtree("theirs/crls")
            Path("theirs/crls").mkdir()
            for number, one in enumerate(sizes):
                Path(f"theirs/crls/{number}").write_bytes(b"x" * one)
            if form == "folder":
                return "theirs"
            with zipfile.ZipFile("offer.zip", "w") as packed:
                for path in sorted(Path("theirs").rglob("*")):
                    if path.is_file():
                        packed.write(path, path.relative_to("theirs"))
            return "offer.zip"

        monkeypatch.setattr(adopting, limit, value)
        too_much = (1, 1) if limit == "_MOST_FILES" else (size + 1,)
        with pytest.raises(UsageError, match="neither a trust folder nor a zip"):
            take(offer(*too_much), self.agree)
        assert not os.path.exists("ours")
        assert take(offer(1 if limit == "_MOST_FILES" else size), self.agree).changed

    def test_the_version_that_is_there_changes_nothing(self) -> None:
        init_trust("ours", "Ours")
        shutil.copytree("ours", "theirs")
        made = take()
        assert (made.changed, made.signed_by, made.before) == (False, None, made.trust.sha256)

    def test_a_folder_without_trust_toml(self) -> None:
        Path("theirs").mkdir()
        with pytest.raises(UsageError, match=r"it has no trust\.toml") as caught:
            take(heard=self.agree)
        assert caught.value.subject == "theirs"

    @pytest.mark.parametrize(
        ("place", "values"),
        [(6, (1, 0)), (8, (99, 0)), (18, (0, 0, 1, 0, 0, 0, 1, 0))],
        ids=["encrypted", "a compression that is not known", "shorter than it says"],
    )
    def test_a_zip_that_cannot_be_unpacked(self, place: int, values: tuple[int, ...]) -> None:
        """The bytes at `place` of the local header, and those of the directory, which has two bytes more before."""
        init_trust("theirs", "Theirs")
        with zipfile.ZipFile("offer.zip", "w") as packed:
            packed.write("theirs/trust.toml", "trust.toml")
        content = bytearray(Path("offer.zip").read_bytes())
        for start in (place, content.index(b"PK\x01\x02") + place + 2):
            content[start : start + len(values)] = bytes(values)
        Path("offer.zip").write_bytes(content)
        with pytest.raises(UsageError, match="neither a trust folder nor a zip"):
            take("offer.zip", self.agree)
        assert not os.path.exists("ours")

    def test_an_offer_that_is_not_there(self) -> None:
        with pytest.raises(NotFoundError):
            take("nowhere", self.agree)

    def test_the_folder_is_made_where_it_is_wanted(self) -> None:
        init_trust("theirs", "Theirs")
        assert take(heard=self.agree, target="deep/er/ours").changed
        Path("file").touch()
        with pytest.raises(StorageError):
            take(heard=self.agree, target="file/ours")
