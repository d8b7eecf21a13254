"""What others say of our seals: the commands of README.txt, securesystemslib, in-toto-attestation and openssl.

None of them shares code with the program. The commands are taken from the README.txt in the seal itself.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.formats.sshsig import public_line
from archive.resources import metadata_path
from archive.trust.signatures import read_public_file
from tests.support.needing import need, needs
from tests.support.sealing import SealingPlace

_LATER = "+20y"


def commands(bag: Path, step: int) -> str:
    """The commands of a step of the README.txt in the seal, as they are printed."""
    text = (bag / "seal/0001/README.txt").read_text()
    part = text.split(f"\n{step}. ")[1].split(f"\n{step + 1}. ")[0]
    return "\n".join(line.strip() for line in part.splitlines() if line.startswith("     "))


def expert(place: SealingPlace, bag: Path, step: int, *, later: bool = False) -> tuple[bool, str]:
    """Whether the commands of a step succeed, each of them, and what they print; later: 20 years on.

    The expert has the root and the keys from elsewhere, and puts their names in.
    """
    given = place.folder / "given"
    given.mkdir(exist_ok=True)
    public = read_public_file(str(place.folder / "anna.key.pub"))
    der = bytes.fromhex("302a300506032b6570032100") + public.point
    pem = f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"
    (given / "SIGNER.pem").write_text(pem)
    agent = place.folder / "ssh.pub"
    if agent.exists():
        (given / "SIGNERS").write_text(f"archive {public_line(read_public_file(str(agent)))}\n")
    one = place.authorities["one"].authority
    (given / "ROOT.pem").write_bytes(one.root.pem)
    script = commands(bag, step).replace("NNNN", "0001")
    for name in ("SIGNER.pem", "SIGNERS", "ROOT.pem"):
        script = re.sub(rf"\b{name}\b(?!\.)", str(given / name), script)
    script = "\n".join(line for line in script.splitlines() if not line.startswith("date "))
    folder = bag / "seal/0001" if step == 4 else bag
    start = ["faketime", "-f", _LATER] if later else []
    done = subprocess.run(
        [*start, "bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "TMPDIR": str(given)}, check=False,
    )  # fmt: skip
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def bag(place: SealingPlace) -> Path:
    """Sealed by a key file and an SSH key."""
    subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(place.folder / "ssh")], check=True)
    place.run("trust", "add-key", "ssh", "ssh.pub", "--trust", "trust")
    made = place.bag()
    assert place.seal("bag", "--key", "ssh:ssh.pub")[0] == 0
    return made


@needs("openssl", "ssh-keygen")
def test_every_command_of_the_readme_holds(place: SealingPlace, bag: Path) -> None:
    for step in (1, 2, 3, 4):
        holds, output = expert(place, bag, step)
        assert holds, (step, output)
    assert "Verification: OK" in expert(place, bag, 2)[1]
    assert "Time stamp:" in expert(place, bag, 2)[1]


@needs("openssl", "ssh-keygen", "faketime")
def test_twenty_years_later_only_the_time_needs_its_own_clock(place: SealingPlace, bag: Path) -> None:
    for step in (1, 3, 4):
        holds, output = expert(place, bag, step, later=True)
        assert holds, (step, output)
    holds, output = expert(place, bag, 2, later=True)
    assert not holds
    assert "certificate has expired" in output
    text = subprocess.run(
        ["openssl", "ts", "-reply", "-in", "seal/0001/1.tsr", "-text"], cwd=bag, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    time = re.search(r"Time stamp: (.*)", text)
    assert time is not None
    seconds = subprocess.run(["date", "-u", "-d", time[1], "+%s"], capture_output=True, text=True, check=True).stdout
    given = place.folder / "given"
    verified = subprocess.run(
        ["faketime", "-f", _LATER, "openssl", "ts", "-verify", "-data", "seal/0001/stamped.sha512", "-in",
         "seal/0001/1.tsr", "-CAfile", str(given / "ROOT.pem"), "-attime",
         seconds.strip()], cwd=bag, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in verified.stdout + verified.stderr


def replace_in(path: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(bag: Path) -> None:
        file = bag / path
        content = file.read_bytes()
        assert old in content
        file.write_bytes(content.replace(old, new, 1))

    return change


def swap(one: str, other: str) -> Callable[[Path], None]:
    def change(bag: Path) -> None:
        shutil.copy(bag / other, bag / one)

    return change


TAMPERED: dict[str, tuple[int, Callable[[Path], None]]] = {
    "a payload file": (1, replace_in("data/a.txt", b"alpha", b"ALPHA")),
    "a tag manifest": (1, replace_in("tagmanifest-sha512.txt", b"  bagit", b" *bagit")),
    "the statement": (1, replace_in("seal/0001/statement.json", b'"ingest"', b'"reseal"')),
    "the list": (2, replace_in("seal/0001/stamped.sha512", b"README", b"readme")),
    "a stamp of another list": (2, swap("seal/0001/1.tsr", "../other/seal/0001/1.tsr")),
    "a signed statement": (3, replace_in("seal/0001/statement.json", b'"ingest"', b'"reseal"')),
    "a statement signed by SSH": (4, replace_in("seal/0001/statement.json", b'"ingest"', b'"reseal"')),
    "an SSH signature of another": (
        4, swap("seal/0001/statement.json.1.sig", "../other/seal/0001/statement.json.1.sig")
    ),
    "an envelope of another": (3, swap("seal/0001/statement.dsse.json", "../other/seal/0001/statement.dsse.json")),
}  # fmt: skip


@needs("openssl", "ssh-keygen")
@pytest.mark.parametrize("name", TAMPERED)
def test_a_command_of_the_readme_fails_for_what_was_changed(place: SealingPlace, bag: Path, name: str) -> None:
    place.bag("other", {"x.txt": b"x"})
    assert place.seal("other", "--key", "ssh:ssh.pub")[0] == 0
    step, tamper = TAMPERED[name]
    tamper(bag)
    holds, output = expert(place, bag, step)
    assert not holds, output
    assert place.verify("bag")[0] == 1


@needs("openssl", "ssh-keygen")
def test_a_wrong_root_fails(place: SealingPlace, bag: Path) -> None:
    expert(place, bag, 2)
    other = place.authorities["two"].authority
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "seal/0001/stamped.sha512", "-in", "seal/0001/1.tsr", "-CAfile",
         "/dev/stdin"], cwd=bag, input=other.root.pem, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert b"Verification: FAILED" in done.stdout + done.stderr


def test_the_readme_is_the_same_in_every_seal(place: SealingPlace) -> None:
    text = metadata_path("seal", "README.txt").read_bytes()
    assert (place.sealed("one") / "seal/0001/README.txt").read_bytes() == text
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 120


def test_securesystemslib_verifies_the_envelope(place: SealingPlace) -> None:
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    bag = place.sealed()
    document = json.loads((bag / "seal/0001/statement.dsse.json").read_bytes())
    envelope = Envelope.from_dict(json.loads(json.dumps(document)))
    public = read_public_file(str(place.folder / "anna.key.pub"))
    keyid = document["signatures"][0]["keyid"]
    key = SSlibKey(keyid, "ed25519", "ed25519", {"public": public.point.hex()})
    accepted = envelope.verify([key], 1)
    assert list(accepted) == [keyid]
    assert envelope.payload == (bag / "seal/0001/statement.json").read_bytes()
    envelope.payload += b" "
    with pytest.raises(VerificationError):
        envelope.verify([key], 1)


def test_in_toto_takes_the_statement(place: SealingPlace) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.v1.statement import Statement

    bag = place.sealed()
    content = (bag / "seal/0001/statement.json").read_bytes()
    read = Statement.copy_from_pb(json_format.Parse(content, Statement([], "", {}).pb.__class__()))
    read.validate()
    assert {one.name for one in read.pb.subject} == {
        *(path.name for path in bag.glob("tagmanifest-*.txt")), "seal/0001/README.txt", "seal/0001/signers.pem",
    }  # fmt: skip
