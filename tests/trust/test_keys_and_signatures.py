"""Keys and signatures, with openssl and ssh-keygen as second opinions."""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from archive.errors import ExistsError, FormatError, NotAuthorisedError, UsageError
from archive.formats.seal_statement import signed_bytes
from archive.formats.sshsig import (
    parse_public_blob,
    parse_public_line,
    parse_signature,
    public_line,
)
from archive.model.seal import SEAL_NAMESPACE
from archive.storage.credentials import Secret
from archive.trust.keys import make_key, read_key
from archive.trust.signatures import holds_dsse, problem_of_ssh, read_public_file, sign_envelope, sign_ssh
from tests.support.needing import need, needs
from tests.support.sealing_by_hand import HandKey, hardware_signature, string

SECRET = Secret("correct horse")
MESSAGE = b'{"a": 1}\n'


def test_a_key_is_made_encrypted_and_read(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    public = make_key(str(path), SECRET)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert read_public_file(f"{path}.pub") == public
    key = read_key(str(path), SECRET)
    assert key.public == public
    signature = sign_envelope(key, MESSAGE)
    assert signature.keyid == public.fingerprint
    assert holds_dsse(public, MESSAGE, signature.sig)
    assert not holds_dsse(public, MESSAGE + b"x", signature.sig)
    assert not holds_dsse(public, MESSAGE, signature.sig[:-1])
    assert not holds_dsse(parse_public_line(HandKey("other").line), MESSAGE, signature.sig)


@needs("openssl", "ssh-keygen")
def test_openssl_and_ssh_keygen_read_the_key_and_its_signature(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    public = make_key(str(path), SECRET)
    shown = subprocess.run(
        [need("ssh-keygen"), "-lf", f"{path}.pub"], capture_output=True, text=True, check=True
    ).stdout
    assert public.fingerprint in shown
    pem = subprocess.run(
        [need("openssl"), "pkey", "-in", str(path), "-passin", "pass:correct horse", "-pubout"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    (tmp_path / "signer.pem").write_bytes(pem)
    (tmp_path / "signed").write_bytes(signed_bytes(MESSAGE))
    (tmp_path / "signature").write_bytes(sign_envelope(read_key(str(path), SECRET), MESSAGE).sig)
    verified = subprocess.run(
        [need("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", "signer.pem", "-rawin", "-in", "signed",
         "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Signature Verified Successfully" in verified.stdout


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_key(str(tmp_path / name), SECRET)
    (tmp_path / "a").unlink()
    with pytest.raises(ExistsError):
        make_key(str(tmp_path / "a"), SECRET)
    (tmp_path / "b.pub").unlink()
    with pytest.raises(ExistsError):
        make_key(str(tmp_path / "b"), SECRET)
    assert not (tmp_path / "b.pub").exists()
    assert not (tmp_path / "a").exists()


def test_an_unencrypted_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.key"
    private = ed25519.Ed25519PrivateKey.generate()
    formats = (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.OpenSSH)
    for form in formats:
        path.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        with pytest.raises(UsageError, match="not encrypted"):
            read_key(str(path), SECRET)


def test_other_keys_and_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.key"
    path.write_bytes(
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"correct horse"),
        )
    )
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        read_key(str(path), SECRET)
    path.write_bytes(b"x")
    with pytest.raises(UsageError, match="not a private key"):
        read_key(str(path), SECRET)


def test_nothing_secret_is_told(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    make_key(str(path), SECRET)
    with pytest.raises(NotAuthorisedError) as raised:
        read_key(str(path), Secret("wrong battery"))
    assert "battery" not in repr(raised.value) + str(raised.value)
    assert raised.value.__cause__ is None
    key = read_key(str(path), SECRET)
    assert repr(key) == f"KeyFile({key.public.fingerprint})"
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(UsageError, match="empty"):
        make_key(str(tmp_path / "new"), Secret(""))


@pytest.fixture
def agent_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A public file whose private key is in ssh-agent alone."""
    keygen, agent, add = need("ssh-keygen"), need("ssh-agent"), need("ssh-add")
    folder = tmp_path / "ssh"
    folder.mkdir()
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "k")], check=True)
    place = str(tmp_path / "a")
    process = subprocess.Popen([agent, "-D", "-a", place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if os.path.exists(place):
                break
            import time

            time.sleep(0.02)
        monkeypatch.setenv("SSH_AUTH_SOCK", place)
        subprocess.run([add, "-q", str(folder / "k")], check=True, capture_output=True)
        (folder / "k").unlink()
        yield folder / "k.pub"
    finally:
        process.terminate()
        process.wait()


@needs("ssh-keygen", "ssh-agent", "ssh-add")
def test_a_key_of_ssh_agent_signs(agent_key: Path) -> None:
    content = sign_ssh(str(agent_key), MESSAGE, SEAL_NAMESPACE)
    signature = parse_signature(content)
    assert signature.public == read_public_file(str(agent_key))
    assert signature.hash_name == "sha512"
    assert problem_of_ssh(signature, MESSAGE, SEAL_NAMESPACE) == ""
    assert "other bytes" in problem_of_ssh(signature, MESSAGE + b"x", SEAL_NAMESPACE)
    assert "another purpose" in problem_of_ssh(signature, MESSAGE, "file")


@needs("ssh-keygen", "ssh-agent", "ssh-add")
def test_a_key_that_the_agent_does_not_have(agent_key: Path, tmp_path: Path) -> None:
    del agent_key
    other = HandKey("other").write_public(tmp_path)
    with pytest.raises(NotAuthorisedError, match="does not sign"):
        sign_ssh(str(other), MESSAGE, SEAL_NAMESPACE)


@needs("ssh-keygen")
@pytest.mark.parametrize(("key", "namespace"), [("other", "muniment-seal-1"), ("own", "file")])
def test_an_ssh_keygen_that_signs_something_else_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, namespace: str
) -> None:
    keygen = need("ssh-keygen")
    for name in ("own", "other"):
        command = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", name]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/ssh-keygen"
    script.write_text(f"#!/bin/sh\nexec {keygen} -Y sign -q -O hashalg=sha512 -n {namespace} -f {tmp_path}/{key}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(NotAuthorisedError, match="another key"):
        sign_ssh(str(tmp_path / "own.pub"), b"message", "muniment-seal-1")


@needs("ssh-keygen")
def test_a_hardware_key_s_signature_is_judged_as_ssh_keygen_does(tmp_path: Path) -> None:
    for flags, namespace, holds in ((1, SEAL_NAMESPACE, True), (5, SEAL_NAMESPACE, True), (0, SEAL_NAMESPACE, False)):
        line, content = hardware_signature(HandKey("yubi"), namespace, MESSAGE, flags=flags)
        signature = parse_signature(content)
        assert public_line(signature.public) == line
        assert (problem_of_ssh(signature, MESSAGE, SEAL_NAMESPACE) == "") is holds
        (tmp_path / "signers").write_text(f"archive {line}\n")
        (tmp_path / "sig").write_bytes(content)
        done = subprocess.run(
            [need("ssh-keygen"), "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "archive", "-n",
             SEAL_NAMESPACE, "-s", str(tmp_path / "sig")], input=MESSAGE, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr  # ssh-keygen does not ask whether the key was touched
    line, content = hardware_signature(HandKey("yubi"), SEAL_NAMESPACE, b"other")
    assert problem_of_ssh(parse_signature(content), MESSAGE, SEAL_NAMESPACE)


def test_a_hardware_key_makes_no_dsse_signature() -> None:
    line, _ = hardware_signature(HandKey("yubi"), SEAL_NAMESPACE, MESSAGE)
    public = parse_public_line(line)
    assert not holds_dsse(public, MESSAGE, HandKey("yubi").sign(MESSAGE))


def test_broken_signatures_are_refused_in_words() -> None:
    _, content = hardware_signature(HandKey("yubi"), SEAL_NAMESPACE, MESSAGE)
    whole = base64.b64decode(b"".join(content.splitlines()[1:-1]))
    for length in range(len(whole)):
        with pytest.raises(FormatError):
            parse_signature(armoured(whole[:length]))
    for changed in (whole + b"x", whole[:6] + b"\0\0\0\x02" + whole[10:], b"SSHSIX" + whole[6:]):
        with pytest.raises(FormatError):
            parse_signature(armoured(changed))
    for text in (b"", b"x", content.replace(b"\n", b"\r\n"), content + b"x", b"x" * (32 << 10), content[1:]):
        with pytest.raises(FormatError):
            parse_signature(text)


def armoured(whole: bytes) -> bytes:
    body = base64.b64encode(whole)
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"\n-----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize(
    "line",
    ["", "ssh-ed25519", "ssh-ed25519 x", "ssh-rsa AAAA", HandKey("a").line[:-4], HandKey("a").line + "AAAA",
     HandKey("a").line + "\nssh-ed25519 x", "x" * 20_000],
)  # fmt: skip
def test_other_lines_are_no_public_keys(line: str) -> None:
    with pytest.raises(FormatError):
        parse_public_line(line)


def test_keys_of_other_kinds_or_lengths() -> None:
    for blob in (string(b"ssh-ed25519") + string(b"x" * 31), string(b"ssh-rsa") + string(b""), b"\xff" * 8):
        with pytest.raises(FormatError):
            parse_public_blob(blob)
