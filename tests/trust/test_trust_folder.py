"""The trust folder: read strictly, changed by commands, handed over."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from archive.cli.app import run
from archive.errors import UsageError
from archive.resources import metadata_path
from archive.trust.chains import problem_of_chain
from archive.trust.store import MAX_CERTIFICATE_BYTES, read_trust
from tests.support.needing import need, needs
from tests.support.sealing_by_hand import DAY, NOW, HandKey, write_trust
from tests.support.terminal import Terminal
from tests.support.timestamp_authority import issue, make_authority, revocation_list, run_authority

Capture = pytest.CaptureFixture[str]
ANNA, ROOT = HandKey("anna"), HandKey("root")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def call(capture: Capture, *words: str, code: int = 0) -> Any:
    """The document of a command of archive trust or keys, which fits its schema."""
    assert run([*words, "--json"]) == code, capture.readouterr().err
    document = json.loads(capture.readouterr().out)
    name = document["schema"].replace("/", "-")
    jsonschema.Draft202012Validator(json.loads(metadata_path("reports", f"{name}.json").read_bytes())).validate(
        document
    )
    return document


class TestReading:
    def folder(self, tmp_path: Path) -> Path:
        return write_trust(tmp_path / "t", [("one", "One", make_authority("One", NOW))], [(ANNA, {})])

    def test_a_folder_is_read(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path)
        trust = read_trust(str(folder))
        assert trust.sha256 == hashlib.sha256((folder / "trust.toml").read_bytes()).hexdigest()
        assert len(trust.digits.split()) == 12
        assert all(len(group) == 5 and group.isdigit() for group in trust.digits.split())
        assert trust.authorities[0].operator == "One"

    def test_a_copy_under_another_name_is_as_good(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path)
        shutil.copytree(folder, tmp_path / "copy")
        copy, trust = read_trust(str(tmp_path / "copy")), read_trust(str(folder))
        assert (copy.digits, copy.authorities) == (trust.digits, trust.authorities)

    @pytest.mark.parametrize(
        "change",
        [
            lambda t: (t / "authorities/one-root.pem").unlink(),
            lambda t: (t / "authorities/one-root.pem").write_bytes(make_authority("One", NOW).root.pem),
            lambda t: (t / "authorities/one-root.pem").write_bytes(b"x" * (1 << 20)),
            lambda t: ((t / "authorities/one-root.pem").unlink(), os.mkfifo(t / "authorities/one-root.pem")),
            lambda t: (t / "trust.toml").unlink(),
            lambda t: (t / "trust.toml").write_bytes(b""),
            lambda t: (t / "trust.toml").write_bytes(b"#" * (2 << 20)),
            lambda t: (t / "trust.toml").write_bytes((t / "trust.toml").read_bytes() + b"\nsurplus = 1\n"),
        ],
    )
    def test_anything_odd_is_a_usage_error(
        self, tmp_path: Path, change: Callable[[Path], object], capsys: Capture
    ) -> None:
        folder = self.folder(tmp_path)
        change(folder)
        code = run(["trust", "show", "--trust", str(folder)])
        assert code in (2, 4)
        assert run(["verify", str(tmp_path), "--trust", str(folder)]) == code
        assert "error: " in capsys.readouterr().err

    def test_of_the_lists_only_those_that_are_named_so_are_read(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path)
        authority = make_authority("Other", NOW)
        (folder / "crls").mkdir()
        (folder / "crls/1.crl").write_bytes(authority.lists["mid"])
        (folder / "crls/notes").mkdir()
        assert read_trust(str(folder)).lists == (authority.lists["mid"],)
        (folder / "crls/2.crl").symlink_to("gone")
        with pytest.raises(UsageError, match="not there"):
            read_trust(str(folder))

    @pytest.mark.parametrize(
        "change",
        [
            lambda root, mid: root + mid,
            lambda root, _: b"-----BEGIN CERTIFICATE-----\n!\n" + root,
            lambda root, _: root.replace(b"\nM", b"\n!M", 1),
            lambda root, _: root.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
            lambda root, _: b"",
        ],
    )
    def test_not_one_certificate_in_a_file(self, tmp_path: Path, change: Callable[[bytes, bytes], bytes]) -> None:
        authority = make_authority("One", NOW)
        folder = write_trust(tmp_path / "t", [("one", "One", authority)], [])
        content = change(authority.root.pem, authority.mid.pem)
        (folder / "authorities/one-root.pem").write_bytes(content)
        text = (folder / "trust.toml").read_text()
        old = hashlib.sha256(authority.root.pem).hexdigest()
        (folder / "trust.toml").write_text(text.replace(old, hashlib.sha256(content).hexdigest()))
        with pytest.raises(UsageError, match="not one certificate"):
            read_trust(str(folder))


class TestCommands:
    def test_a_folder_is_made_and_filled(self, tmp_path: Path, capsys: Capture) -> None:
        public = str(ANNA.write_public(tmp_path))
        first = call(capsys, "trust", "init", "Our archive", "--trust", "t")
        assert first["policy"] == {
            "stamps": 2, "signatures": 1, "revocation": "required", "stamp_within_days": 7,
        }  # fmt: skip
        assert (first["version"], first["previous"]) == (1, None)
        second = call(capsys, "trust", "add-key", "anna", public, "--trust", "t")
        assert (second["version"], second["previous"]) == (2, first["sha256"])
        assert second["keys"][0]["fingerprint"] == ANNA.fingerprint
        assert [second["keys"][0][name] for name in ("role", "valid_from", "valid_until")] == ["seal", None, None]
        third = call(
            capsys, "trust", "revoke", "anna", "--since", "2026-01-01T00:00:00Z", "--why", "lost", "--trust", "t"
        )
        assert (third["keys"][0]["revoked"], third["keys"][0]["why"]) == ("2026-01-01T00:00:00Z", "lost")
        assert third["digits"] != second["digits"]
        assert call(capsys, "trust", "show", "--trust", "t") == {**third, "folder": "t"}

    def test_validity_in_the_past_and_a_root_key(self, tmp_path: Path, capsys: Capture) -> None:
        call(capsys, "trust", "init", "x", "--trust", "t")
        words = ["--from", "2020-01-01T00:00:00Z", "--until", "2021-01-01T00:00:00Z", "--role", "root"]
        shown = call(capsys, "trust", "add-key", "a", str(ANNA.write_public(tmp_path)), *words, "--trust", "t")
        key = shown["keys"][0]
        assert (key["role"], key["valid_from"], key["valid_until"]) == (
            "root", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["trust", "init", "x"], "it already exists, and nothing is overwritten"),
            (["trust", "add-key", "anna", "{other}"], "this name already exists"),
            (["trust", "add-key", "other", "{key}"], "this key already exists, as anna"),
            (["trust", "add-key", "na me", "{other}"], "not a name for a trust file"),
            (["trust", "add-key", "x", "gone.pub"], "gone.pub"),
            (["trust", "add-key", "x", "{other}", "--from", "2026-01-01"], "2026-01-01"),
            (["trust", "add-key", "x", "{other}", "--role", "both"], "both"),
            (["trust", "add-key", "x", "{other}", "--from", "2026-01-02T00:00:00Z", "--until", "2026-01-01T00:00:00Z"],
             "--until is before --from"),
            (["trust", "revoke", "nobody", "--since", "2026-01-01T00:00:00Z"], "there is no such key or authority"),
            (["trust", "revoke", "anna", "--since", "yesterday"], "yesterday"),
            (["trust", "revoke", "anna", "--since", "2026-01-01T00:00:00Z", "--why", " "], "why is wrong"),
            (["trust", "revoke", "anna", "--since", "2026-01-01T00:00:00Z", "--why", "\udc80"], "no text holds"),
            (["trust", "revoke", "anna"], "--since"),
            (["trust", "add-authority", "x", "{key}", "--operator", "X"], "not one certificate in PEM"),
            (["trust", "add-authority", "x", "gone.pem", "--operator", "X"], "gone.pem"),
            (["trust", "add-authority", "x", "{long}", "--operator", "X"], "larger than 65,536 bytes"),
            (["trust", "add-authority", "x", "{root}", "--operator", " "], "--operator is empty"),
            (["trust", "add-authority", "x/../y", "{root}", "--operator", "X"], "not a name for a trust file"),
            (["trust", "add-authority", "x", "{root}", "--operator", "X", "--url", "ftp://x"], "urls is wrong"),
            (["trust", "add-authority", "x", "{root}", "--operator", "X", "--policy", "1.x"], "policies is wrong"),
            (["trust", "adopt", "{key}"], "neither a trust folder nor a zip"),
            (["trust", "show", "--trust", ""], "--trust does not name a folder"),
        ],
    )  # fmt: skip
    def test_wrong_calls_change_nothing(self, tmp_path: Path, capsys: Capture, words: list[str], said: str) -> None:
        (tmp_path / "root.pem").write_bytes(make_authority("A", NOW).root.pem)
        (tmp_path / "long.pem").write_bytes(b"x" * (MAX_CERTIFICATE_BYTES + 1))
        names = {
            "key": str(ANNA.write_public(tmp_path)), "other": str(HandKey("other").write_public(tmp_path)),
            "root": str(tmp_path / "root.pem"), "long": str(tmp_path / "long.pem"),
        }  # fmt: skip
        call(capsys, "trust", "init", "x", "--trust", "t")
        call(capsys, "trust", "add-key", "anna", names["key"], "--trust", "t")
        before = (tmp_path / "t/trust.toml").read_bytes()
        code = run([*words[:2], "--trust", "t", *(word.format(**names) for word in words[2:])])
        assert code == (10 if "gone" in said else 2)
        assert said in capsys.readouterr().err
        assert (tmp_path / "t/trust.toml").read_bytes() == before
        assert os.listdir("t") == ["trust.toml"]

    def test_a_folder_without_a_name_is_not_made(self, capsys: Capture) -> None:
        assert run(["trust", "init", " ", "--trust", "t"]) == 2
        assert "needs a name" in capsys.readouterr().err
        assert not os.path.exists("t")

    def test_a_file_where_a_folder_is_wanted(self, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "root.pem").write_bytes(make_authority("A", NOW).root.pem)
        call(capsys, "trust", "init", "x", "--trust", "t")
        Path("t/authorities").touch()
        before = Path("t/trust.toml").read_bytes()
        assert run(["trust", "add-authority", "a", "root.pem", "--operator", "A", "--trust", "t"]) != 0
        assert run(["trust", "init", "x", "--trust", "t/authorities/t"]) != 0
        assert capsys.readouterr().err.count("error: t/authorities") == 2
        assert Path("t/trust.toml").read_bytes() == before

    def test_a_key_may_be_in_force_for_one_moment(self, tmp_path: Path, capsys: Capture) -> None:
        call(capsys, "trust", "init", "x", "--trust", "t")
        moment = "2026-01-01T00:00:00Z"
        words = ["trust", "add-key", "anna", str(ANNA.write_public(tmp_path)), "--from", moment, "--until", moment]
        assert call(capsys, *words, "--trust", "t")["keys"][0]["valid_until"] == moment

    def test_the_setting_of_a_project_that_is_not_trusted_does_not_count(self, tmp_path: Path, capsys: Capture) -> None:
        """Whoever writes archive.toml would else say whom to believe."""
        call(capsys, "trust", "init", "Theirs", "--trust", "theirs")
        Path("archive.toml").write_text('[seal]\ntrust = "theirs"\n')
        assert run(["trust", "show"]) == 2
        assert "seal.trust: this setting does not count" in capsys.readouterr().err

    def test_without_an_option_it_is_the_folder_beside_archive_toml(self, tmp_path: Path, capsys: Capture) -> None:
        assert call(capsys, "trust", "init", "x")["folder"] == str(tmp_path / "trust")
        call(capsys, "trust", "show")

    def test_the_signature_of_the_version_before_goes(self, tmp_path: Path, capsys: Capture) -> None:
        call(capsys, "trust", "init", "x", "--trust", "t")
        (tmp_path / "t/trust.toml.sig").write_bytes(b"x")
        call(capsys, "trust", "add-key", "anna", str(ANNA.write_public(tmp_path)), "--trust", "t")
        assert not (tmp_path / "t/trust.toml.sig").exists()


class TestAuthorities:
    def add(self, capsys: Capture, *paths: Path, code: int = 0, more: tuple[str, ...] = ()) -> Any:
        if not os.path.exists("t"):
            call(capsys, "trust", "init", "x", "--trust", "t")
        words = ["trust", "add-authority", "a", *map(str, paths), "--operator", "A", "--trust", "t", *more]
        return call(capsys, *words, code=code)

    def pem(self, path: Path, content: bytes) -> Path:
        path.write_bytes(content)
        return path

    def test_a_root_alone_and_with_an_intermediate(self, tmp_path: Path, capsys: Capture) -> None:
        authority = make_authority("A", NOW)
        root, mid = self.pem(tmp_path / "r", authority.root.pem), self.pem(tmp_path / "m", authority.mid.pem)
        assert self.add(capsys, root)["authorities"][0]["intermediates"] == 0
        shutil.rmtree("t")
        assert self.add(capsys, root, mid)["authorities"][0]["intermediates"] == 1
        assert sorted(os.listdir("t/authorities")) == ["a-mid.pem", "a-root.pem"]
        shutil.rmtree("t")
        root.write_bytes(root.read_bytes().ljust(MAX_CERTIFICATE_BYTES, b"\n"))
        assert self.add(capsys, root)["authorities"][0]["name"] == "a", "as long as the bound"

    def test_certificates_by_which_no_stamp_could_be_verified(self, tmp_path: Path, capsys: Capture) -> None:
        authority, other = make_authority("A", NOW), make_authority("B", NOW)
        root = self.pem(tmp_path / "r", authority.root.pem)
        assert "no path leads" in self.add(capsys, root, self.pem(tmp_path / "m", other.mid.pem), code=2)["problem"]
        leaf = self.pem(tmp_path / "l", authority.leaf.pem)
        assert "not a certification authority" in self.add(capsys, leaf, code=2)["problem"]
        short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the short key is what is tried
        for key, words in ((short, "1024"), (ec.generate_private_key(ec.BrainpoolP256R1()), "brainpool")):
            path = self.pem(tmp_path / "k", self_signed(key))
            assert words in self.add(capsys, path, code=2)["problem"]
        assert os.listdir("t") == ["trust.toml"]

    def test_intermediates_are_taken_in_any_order(self, tmp_path: Path) -> None:
        one = make_authority("One", NOW)
        below = issue("Below", one.mid, start=NOW, end=NOW + timedelta(days=9), ca=True)
        assert problem_of_chain(one.root.der, [below.der, one.mid.der]) == ""
        assert "no path leads from it" in problem_of_chain(one.root.der, [below.der])

    @pytest.mark.parametrize(
        ("properties", "words"),
        [
            ({"ca": False, "usages": (), "key_usage": "key_cert_sign"}, "not a certification authority"),
            ({"ca": True, "key_cert_sign": False}, "not a certification authority"),
            ({"ca": True, "key": rsa.generate_private_key(65537, 1024)}, "only 1024 bits"),  # noqa: S505 - what is refused
            ({"ca": True, "key": ec.generate_private_key(ec.SECP256K1())}, "curve secp256k1"),
        ],
    )
    def test_a_root_that_can_prove_nothing_is_told(self, properties: dict[str, object], words: str) -> None:
        root = issue("Odd", None, start=NOW, end=NOW + timedelta(days=9), **properties)  # type: ignore[arg-type]
        assert words in problem_of_chain(root.der, [])

    def test_a_root_with_a_large_rsa_key(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        root = issue("RSA", None, start=NOW, end=NOW + timedelta(days=9), ca=True, key=key)
        assert problem_of_chain(root.der, []) == ""

    def test_an_address_that_does_not_answer_is_a_warning(self, tmp_path: Path, capsys: Capture) -> None:
        root = self.pem(tmp_path / "r", make_authority("A", NOW).root.pem)
        shown = self.add(capsys, root, more=("--url", "http://127.0.0.1:1/tsa"))
        assert shown["authorities"][0]["urls"] == ["http://127.0.0.1:1/tsa"]
        assert "127.0.0.1" in shown["problems"][0]
        words = ["trust", "add-authority", "b", str(root), "--operator", "B", "--trust", "t"]
        assert call(capsys, *words)["problems"] == [], "only the new one is tried"

    def test_lists_are_fetched_again(self, tmp_path: Path, capsys: Capture) -> None:
        with run_authority("A") as running:
            root = self.pem(tmp_path / "r", running.authority.root.pem)
            mid = self.pem(tmp_path / "m", running.authority.mid.pem)
            self.add(capsys, root, mid, more=("--url", running.url))
            made = call(capsys, "trust", "refresh", "--trust", "t")
            assert (len(made["new"]), made["known"], made["lists"]) == (2, 0, 2)
            assert {(Path("t") / name).read_bytes() for name in made["new"]} == set(running.authority.lists.values())
            again = call(capsys, "trust", "refresh", "--trust", "t")
            assert (again["new"], again["known"]) == ([], 2)
            now = datetime.now(UTC)
            entry = (running.authority.leaf, now - DAY, x509.ReasonFlags.key_compromise)
            running.authority.lists["mid"] = revocation_list(
                running.authority.mid, (entry,), this=now - timedelta(hours=1), until=now + DAY
            )
            assert len(call(capsys, "trust", "refresh", "--trust", "t")["new"]) == 1
        assert call(capsys, "trust", "refresh", "--trust", "t", code=4)["problems"]

    def test_an_authority_can_be_distrusted(self, tmp_path: Path, capsys: Capture) -> None:
        self.add(capsys, self.pem(tmp_path / "r", make_authority("A", NOW).root.pem))
        shown = call(capsys, "trust", "revoke", "a", "--since", "2026-01-01T00:00:00Z", "--trust", "t")
        assert shown["authorities"][0]["distrusted"] == "2026-01-01T00:00:00Z"


def self_signed(key: Any) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(NOW).not_valid_after(NOW + DAY).add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(True, None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM)


class TestAdopting:
    def offer(self, tmp_path: Path, capsys: Capture) -> tuple[Path, Any]:
        """A folder that somebody hands over, and its document."""
        call(capsys, "trust", "init", "Theirs", "--trust", "theirs")
        return tmp_path / "theirs", call(
            capsys, "trust", "add-key", "root", str(ROOT.write_public(tmp_path)), "--role", "root", "--trust", "theirs"
        )

    @needs("ssh-keygen")
    def test_the_digits_are_asked_for_in_a_terminal(self, tmp_path: Path, capsys: Capture) -> None:
        folder, shown = self.offer(tmp_path, capsys)
        for heard, code in ((" ".join(shown["digits"].split()[:4]), 0), ("11111 22222 33333 44444", 12)):
            target = f"ours-{code}"
            terminal = Terminal("trust", "adopt", str(folder), "--trust", target, cwd=tmp_path)
            terminal.answer("as they were read to you", heard)
            assert terminal.end() == code
            assert os.path.exists(target) is (code == 0)

    def test_without_a_terminal_it_ends_with_2(self, tmp_path: Path, capsys: Capture) -> None:
        folder, _ = self.offer(tmp_path, capsys)
        assert run(["trust", "adopt", str(folder), "--trust", "ours"]) == 2
        assert not os.path.exists("ours")

    @needs("ssh-keygen")
    def test_a_version_that_a_root_key_signed_is_adopted_without(self, tmp_path: Path, capsys: Capture) -> None:
        keygen = need("ssh-keygen")
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", "rootkey"], check=True)
        call(capsys, "trust", "init", "Ours", "--trust", "ours")
        call(capsys, "trust", "add-key", "root", "rootkey.pub", "--role", "root", "--trust", "ours")
        shutil.copytree("ours", "next")
        following = call(capsys, "trust", "add-key", "anna", str(ANNA.write_public(tmp_path)), "--trust", "next")
        assert run(["trust", "adopt", "next", "--trust", "ours"]) == 2
        sign = [keygen, "-q", "-Y", "sign", "-f", "rootkey", "-n", "muniment-trust-1", "next/trust.toml"]
        subprocess.run(sign, check=True, capture_output=True)
        with zipfile.ZipFile("next.zip", "w") as packed:
            for path in sorted(Path("next").rglob("*")):
                packed.write(path)
        for forged in ("wrong namespace", "another key"):
            shutil.copytree("next", forged)
            (Path(forged) / "trust.toml.sig").unlink()
            key = "rootkey" if forged == "wrong namespace" else "other"
            if key == "other":
                subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", "other"], check=True)
            space = "file" if forged == "wrong namespace" else "muniment-trust-1"
            subprocess.run(
                [keygen, "-q", "-Y", "sign", "-f", key, "-n", space, f"{forged}/trust.toml"],
                check=True, capture_output=True,
            )  # fmt: skip
            assert run(["trust", "adopt", forged, "--trust", "ours"]) == 2
        capsys.readouterr()
        adopted = call(capsys, "trust", "adopt", "next.zip", "--trust", "ours")
        assert (adopted["adopted"], adopted["signed_by"], adopted["sha256"]) == (True, "root", following["sha256"])
        assert call(capsys, "trust", "adopt", "next.zip", "--trust", "ours")["adopted"] is False
        assert sorted(os.listdir(tmp_path)) == sorted(
            ["another key", "anna.pub", "next", "next.zip", "other", "other.pub", "ours", "rootkey", "rootkey.pub",
             "wrong namespace"]
        )  # fmt: skip

    def test_a_zip_cannot_write_elsewhere(self, tmp_path: Path) -> None:
        with zipfile.ZipFile("bad.zip", "w") as packed:
            packed.writestr("trust.toml", 'schema = "archive.trust/1"\nname = "x"\nversion = 1\n')
            packed.writestr("authorities/../../evil", "x")
            packed.writestr("../evil", "x")
        assert run(["trust", "adopt", "bad.zip", "--trust", "ours"]) == 2
        assert sorted(os.listdir(tmp_path)) == ["bad.zip"]


class TestKeysCommands:
    def test_a_key_is_made_and_shown(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", "correct horse")
        made = call(capsys, "keys", "new", "anna.key")
        assert made["file"] == "anna.key.pub"
        assert call(capsys, "keys", "show", "anna.key.pub") == made
        assert run(["keys", "new", "anna.key"]) == 2
        assert run(["keys", "show", "anna.key"]) == 2
        assert run(["keys", "show", "nothing.pub"]) == 10
        assert "correct horse" not in capsys.readouterr().out

    def test_the_passphrase_is_no_setting(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", "correct horse")
        assert run(["config", "--json"]) == 0
        assert "correct" not in capsys.readouterr().out
        monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASES", "x")
        assert run(["config"]) == 2

    def test_without_a_terminal_and_without_a_passphrase(self, tmp_path: Path) -> None:
        assert run(["keys", "new", "anna.key"]) == 2
        assert os.listdir(tmp_path) == []

    def test_the_passphrase_by_descriptor(self, capsys: Capture) -> None:
        for content, code in ((b"correct horse\nrest", 0), (b"", 2), (b"\n", 2), (b"\xff\n", 2), (b"x" * 9000, 2)):
            read, write = os.pipe()
            os.write(write, content)
            os.close(write)
            assert run(["keys", "new", f"key-{len(content)}", "--passphrase-fd", str(read)]) == code
            os.close(read)
        capsys.readouterr()

    def test_the_passphrase_is_asked_for_twice(self, tmp_path: Path) -> None:
        terminal = Terminal("keys", "new", "anna.key", cwd=tmp_path)
        terminal.answer("New passphrase", "correct horse")
        terminal.answer("Repeat", "correct horse")
        assert terminal.end() == 0
        assert "correct" not in terminal.said
        assert (tmp_path / "anna.key").stat().st_mode & 0o777 == 0o600
