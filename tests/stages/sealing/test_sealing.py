"""archive seal: what is written, what is refused, and what waits for stamps."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import LockedError
from archive.formats.seal_receipt import parse_receipt
from archive.formats.seal_statement import parse_envelope, parse_statement
from archive.formats.sshsig import parse_public_line
from archive.stages.sealing import placing
from archive.stages.sealing.placing import hold_bag, place_seal
from archive.stages.sealing.signing import SshKey, signers_pem
from tests.support.making import ROOT, contents, snapshot
from tests.support.needing import need, needs
from tests.support.sealing import SealingPlace
from tests.support.sealing_by_hand import HandKey, hardware_signature
from tests.support.timestamp_authority import Faults, run_authority

PLAIN = {
    "1.tsr", "2.tsr", "README.txt", "crls/1.crl", "crls/2.crl", "crls/3.crl", "crls/4.crl", "signers.pem",
    "stamped.sha512", "statement.dsse.json", "statement.json",
}  # fmt: skip


def files_of(bag: Path, number: int = 1) -> set[str]:
    return set(contents(bag / "seal" / f"{number:04d}"))


def test_a_seal_is_written_beside_everything_else(place: SealingPlace) -> None:
    bag = place.bag()
    before = snapshot(bag)
    code, out, err = place.seal("bag")
    assert (code, err) == (0, "")
    assert files_of(bag) == PLAIN
    after = {name: seen for name, seen in snapshot(bag).items() if not name.startswith("seal")}
    assert {**after, ".": None} == {**before, ".": None}
    assert out.splitlines()[0] == "sealed: bag (seal 0001, stamps of 2 of 2 operators)"
    receipt = parse_receipt(out.splitlines()[-1])
    assert (receipt.number, receipt.ledger) == (1, None)
    code, document = place.verify("bag", "--expect", out.splitlines()[-1])
    assert (code, document["outcome"], document["findings"]) == (0, "sealed and intact", [])
    assert place.run("validate", "bag")[0] == 0
    assert sum(len(content) for content in contents(bag / "seal").values()) < 16_000


def test_what_a_statement_says(place: SealingPlace) -> None:
    bag = place.sealed()
    statement = parse_statement((bag / "seal/0001/statement.json").read_bytes())
    envelope = parse_envelope((bag / "seal/0001/statement.dsse.json").read_bytes())
    manifests = {path.name for path in bag.glob("tagmanifest-*.txt")}
    assert {one.name for one in statement.subjects} == {
        *manifests, "seal/0001/README.txt", "seal/0001/signers.pem",
    }  # fmt: skip
    assert (statement.seal, statement.reason.value, statement.stamps) == (1, "ingest", 2)
    assert [one.keyid for one in envelope.signatures] == list(statement.signers)
    assert statement.witness is None
    other = parse_statement((place.sealed("other") / "seal/0001/statement.json").read_bytes())
    assert other.salt != statement.salt


def test_json_says_the_same(place: SealingPlace) -> None:
    place.bag()
    code, out, err = place.seal("bag", "--json", "--reason", "transfer")
    document = json.loads(out)
    (seal,) = document["seals"]
    assert (code, err, document["exit_code"], document["failures"]) == (0, "", 0, [])
    assert (seal["done"], seal["reason"], seal["complete"], seal["operators"]) == ("sealed", "transfer", True, 2)
    assert [one["file"] for one in seal["stamps"]] == ["1.tsr", "2.tsr"]
    assert parse_receipt(seal["receipt"]).digest == seal["sha512"]


def test_a_further_seal_covers_the_older_ones(place: SealingPlace) -> None:
    bag = place.sealed()
    assert place.seal("bag")[0] == 0
    statement = parse_statement((bag / "seal/0002/statement.json").read_bytes())
    assert statement.reason.value == "reseal"
    assert {f"seal/0001/{name}" for name in PLAIN} <= {one.name for one in statement.subjects}
    assert place.codes("bag") == (0, [])


def test_several_keys_and_authorities(place: SealingPlace) -> None:
    place.run("keys", "new", "berta.key")
    place.run("trust", "add-key", "berta", "berta.key.pub", "--trust", "trust")
    place.bag()
    with run_authority("Three") as three:
        place.add_authority("three", three)
        code, out, _ = place.seal("bag", "--key", "berta.key")
    assert code == 0, out
    code, document = place.verify("bag")
    assert code == 0
    assert {one["name"] for one in document["seals"][0]["signers"]} == {"anna", "berta"}
    assert {one["operator"] for one in document["seals"][0]["stamps"]} == {"One", "Two", "Three"}


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ssh-agent with a key, of which only the public file is left on the disk."""
    folder = tmp_path / "agent"
    folder.mkdir()
    process = subprocess.Popen([need("ssh-agent"), "-D", "-a", str(folder / "socket")], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(folder / "socket"))
        key = folder / "agent_key"
        subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        for _ in range(100):
            if (folder / "socket").exists():
                break
            time.sleep(0.05)
        subprocess.run(["ssh-add", "-q", str(key)], check=True, timeout=30)
        key.unlink()
        yield Path(f"{key}.pub")
    finally:
        process.terminate()
        process.wait()


@needs("ssh-agent", "ssh-keygen")
def test_a_key_of_the_agent(place: SealingPlace, agent: Path) -> None:
    place.run("trust", "add-key", "agent", str(agent), "--trust", "trust")
    bag = place.bag()
    code, out, err = place.run("seal", "bag", "--key", f"ssh:{agent}", "--trust", "trust")
    assert code == 0, out + err
    assert files_of(bag) == PLAIN | {"statement.json.1.sig"}
    assert parse_envelope((bag / "seal/0001/statement.dsse.json").read_bytes()).signatures == ()
    code, document = place.verify("bag")
    assert (code, document["seals"][0]["signers"][0]["form"]) == (0, "sshsig")
    assert place.seal("bag", "--key", f"ssh:{agent}")[0] == 0
    code, document = place.verify("bag")
    assert (code, len(document["seals"][1]["signers"])) == (0, 2)


def test_too_few_stamps_are_stored_and_completed_later(place: SealingPlace) -> None:
    bag = place.bag()
    place.authorities["two"].change(Faults(status=2, without_token=True, words="busy \x1b[31m"))
    code, out, _ = place.seal("bag")
    assert code == 4
    assert out.startswith("not complete: bag (seal 0001, stamps of 1 of 2 operators)")
    assert "the authority refused: status 2 busy \\x1b[31m" in out
    assert place.codes("bag") == (4, ["SEAL-120"])
    place.authorities["two"].change(Faults())
    asked = len(place.authorities["one"].behaviour.requests)
    assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 0
    assert len(place.authorities["one"].behaviour.requests) == asked
    assert files_of(bag) == PLAIN
    assert place.codes("bag") == (0, [])


@pytest.mark.parametrize("planted", ["of another bag", "bytes"])
def test_a_seal_with_a_stamp_that_was_planted_is_not_completed(place: SealingPlace, planted: str) -> None:
    """More stamps would not make it a whole seal, and who completes it must hear of the attack."""
    bag, other = place.bag(), place.sealed("other")
    assert place.seal("bag", "--offline")[0] == 4
    stamp = (other / "seal/0001/1.tsr").read_bytes() if planted == "of another bag" else b"0"
    (bag / "seal/0001/1.tsr").write_bytes(stamp)
    before = snapshot(bag)
    code, _out, err = place.run("seal", "--complete", "bag", "--trust", "trust")
    assert code == 1
    assert "not completed" in err
    assert snapshot(bag) == before
    assert place.codes("bag")[0] == 1


def test_a_stamp_of_an_authority_that_does_not_count_any_more_is_made_up_for(place: SealingPlace) -> None:
    place.bag()
    place.authorities["two"].change(Faults(status=2, without_token=True))
    assert place.seal("bag")[0] == 4
    assert place.run("trust", "revoke", "one", "--since", "2026-01-01T00:00:00Z", "--trust", "trust")[0] == 0
    place.authorities["two"].change(Faults())
    code, out, _err = place.run("seal", "--complete", "bag", "--trust", "trust")
    assert code == 4
    assert "stamps of 1 of 2 operators" in out


def test_authorities_are_asked_side_by_side(place: SealingPlace) -> None:
    """Neither answers before both were asked; the stamps are numbered in the order of the trust folder all the same."""
    meeting = threading.Barrier(2, timeout=60)
    for running in place.authorities.values():
        running.behaviour.meeting = meeting
    code, document = place.verify(str(place.sealed()))
    assert code == 0
    stamps = {one["file"]: one["operator"] for one in document["seals"][0]["stamps"]}
    assert stamps == {"seal/0001/1.tsr": "One", "seal/0001/2.tsr": "Two"}


def test_offline_asks_no_one(place: SealingPlace) -> None:
    bag = place.bag()
    assert place.seal("bag", "--offline")[0] == 4
    assert not any(one.behaviour.requests or one.behaviour.fetched for one in place.authorities.values())
    assert files_of(bag) == {name for name in PLAIN if not name.endswith((".tsr", ".crl"))}
    assert place.codes("bag") == (4, ["SEAL-120"])
    assert place.run("seal", "--complete", "bag", "--trust", "trust", "--offline")[0] == 4
    assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 0
    assert place.codes("bag") == (0, [])


def test_two_authorities_of_one_operator_are_one(place: SealingPlace) -> None:
    place.bag()
    with run_authority("Twin") as twin:
        place.add_authority("twin", twin, operator="One", url=False)
        code, _, _ = place.seal("bag", "--tsa", place.authorities["one"].url, "--tsa", twin.url)
    assert code == 4
    assert place.codes("bag") == (4, ["SEAL-120"])


@pytest.mark.parametrize(
    "faults",
    [Faults(other_imprint=True), Faults(broken_signature=True), Faults(nonce=1), Faults(status=1), Faults(ess=())],
)
def test_an_answer_that_does_not_verify_is_never_stored(place: SealingPlace, faults: Faults) -> None:
    bag = place.bag()
    for one in place.authorities.values():
        one.change(faults)
    assert place.seal("bag")[0] == 4
    assert not any(name.endswith(".tsr") for name in files_of(bag))


def test_without_a_revocation_list_the_stamp_is_not_stored(place: SealingPlace) -> None:
    bag = place.bag()
    place.authorities["two"].authority.lists.clear()
    code, out, _ = place.seal("bag")
    assert code == 4
    assert "no revocation list" in out
    assert files_of(bag) == PLAIN - {"2.tsr", "crls/3.crl", "crls/4.crl"}


def test_a_long_list_goes_to_the_trust_folder(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.stages.sealing import stamping

    monkeypatch.setattr(stamping, "LARGEST_STORED_LIST", 64)
    bag = place.bag()
    code, out, _ = place.seal("bag", "--json")
    assert code == 0
    assert not any(name.startswith("crls/") for name in files_of(bag))
    assert len(json.loads(out)["seals"][0]["kept_lists"]) == 4
    assert len(list((place.folder / "trust/crls").iterdir())) == 4
    assert place.codes("bag") == (0, [])


def test_without_trust_nothing_is_asked(place: SealingPlace) -> None:
    bag = place.bag()
    code, out, _ = place.run("seal", "bag", "--key", "anna.key", "--tsa", place.authorities["one"].url)
    assert code == 4
    assert "no trust folder is named" in out
    assert not place.authorities["one"].behaviour.requests
    assert "1.tsr" not in files_of(bag)


def test_settings_name_the_trust_and_the_key(place: SealingPlace) -> None:
    from tests.support.trusting import trust

    (place.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\nkey = "anna.key"\n')
    trust(place.folder)
    place.bag()
    code, out, err = place.run("seal", "bag")
    assert code == 0, out + err


@pytest.mark.parametrize("packed", ["zip", "tar"])
@pytest.mark.parametrize(
    "command",
    [(), ("--batch",), ("--renew",), ("--renew", "--due"), ("--complete",)],
    ids=" ".join,
)
def test_a_packed_bag_is_not_sealed(place: SealingPlace, packed: str, command: tuple[str, ...]) -> None:
    place.sealed()
    shutil.make_archive(str(place.folder / "packed"), packed, place.folder, "bag")
    before = (place.folder / f"packed.{packed}").read_bytes()
    for bag, words in ((f"packed.{packed}", "a packed bag"), ("s3://bucket/bag", "a bag in a bucket")):
        code, _, err = place.seal(bag, *command)
        assert code == 2
        assert f"{words} cannot be sealed" in err
    assert (place.folder / f"packed.{packed}").read_bytes() == before


def test_what_is_not_valid_is_not_sealed(place: SealingPlace) -> None:
    bag = place.bag()
    place.bag("good")
    (bag / "data/a.txt").write_bytes(b"ALPHA")
    code, out, err = place.seal("bag", "good", "nowhere")
    assert code == 1
    assert "the bag is invalid, so it was not sealed" in err
    assert "sealed: good" in out
    assert not (bag / "seal").exists()
    assert place.seal("nowhere")[0] == 10
    assert place.seal("bag/data")[0] == 10


def test_a_bag_with_weak_manifests_alone_is_not_sealed(place: SealingPlace) -> None:
    plant = place.folder / "source"
    plant.mkdir()
    (plant / "a.txt").write_bytes(b"a")
    assert place.run("create", "source", "--to", "made", "--plain", "--quiet", "--algorithm", "md5")[0] == 0
    code, _, err = place.seal("made/source")
    assert code == 2
    assert "too weak for a seal" in err


def test_a_damaged_seal_is_not_sealed_again(place: SealingPlace) -> None:
    bag = place.sealed()
    with open(bag / "seal/0001/statement.json", "ab") as file:
        file.write(b" ")
    for words in (("bag",), ("--renew", "bag")):
        code, _, err = place.seal(*words)
        assert code == 1, err
        assert "damaged" in err
    assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 1
    assert not (bag / "seal/0002").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("seal",), ("seal", "bag"), ("seal", "bag", "--key", "anna.key.pub"), ("seal", "bag", "--key", "plain.key"),
        ("seal", "bag", "--key", "ssh:anna.key"), ("seal", "bag", "--key", "anna.key", "--key", "anna.key"),
        ("seal", "bag", "--key", "anna.key", "--trust", "bag"), ("seal", "--complete", "--renew", "bag"),
        ("seal", "--due", "bag", "--key", "anna.key"), ("seal", "--renew", "bag", "--within", "1y"),
        ("seal", "--renew", "--due", "bag", "--within", "soon", "--key", "anna.key"),
        ("seal", "--complete", "--batch", "bag"), ("seal", "--renew", "--reason", "ingest", "bag"),
    ],
)  # fmt: skip
def test_wrong_usage(place: SealingPlace, arguments: tuple[str, ...]) -> None:
    bag = place.bag()
    need("openssl")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(place.folder / "plain.key")], check=True)
    if "bag" in arguments[arguments.index("--trust") :] if "--trust" in arguments else False:
        shutil.copytree(place.folder / "trust", bag / "trust")
        arguments = (*arguments[:-1], "bag/trust")
    code, out, _ = place.run(*arguments)
    assert (code, out) == (2, "")
    assert not (bag / "seal").exists()


def test_a_seal_takes_nine_keys_of_ssh(place: SealingPlace) -> None:
    bag = place.bag()
    keys = [
        word for number in range(10) for word in ("--key", f"ssh:{HandKey(f'k{number}').write_public(place.folder)}")
    ]
    code, out, err = place.run("seal", "bag", *keys, "--trust", "trust")
    assert (code, out) == (2, "")
    assert "at most 9 signatures of SSH keys" in err
    assert "at most" not in place.run("seal", "bag", *keys[2:], "--trust", "trust")[2], "no agent has them"
    assert not (bag / "seal").exists()


def test_a_hardware_key_is_named_in_the_form_of_openssh_alone() -> None:
    """Its signatures are not plain Ed25519: openssl could only refuse them."""
    line, _ = hardware_signature(HandKey("yubi"), "muniment-seal-1", b"")
    plain = HandKey("anna")
    keys = [SshKey("yubi.pub", parse_public_line(line)), SshKey("anna.pub", parse_public_line(plain.line))]
    text = signers_pem(keys)
    assert {line.encode(), plain.line.encode()} <= set(text.splitlines())
    assert (text.count(b"BEGIN PUBLIC KEY"), plain.pem.strip() in text) == (1, True)


def test_a_wrong_passphrase(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = place.bag()
    monkeypatch.setenv("ARCHIVE_SEAL_PASSPHRASE", "wrong")
    code, out, err = place.seal("bag")
    assert (code, out) == (12, "")
    assert "wrong" not in err
    assert not (bag / "seal").exists()


def test_what_a_killed_run_left_is_removed(place: SealingPlace) -> None:
    bag = place.bag()
    left = bag / "seal/.0001.partial"
    left.mkdir(parents=True)
    (left / "statement.json").write_bytes(b"{")
    assert place.seal("bag")[0] == 0
    assert not left.exists()
    assert place.codes("bag") == (0, [])


def test_a_bag_that_another_process_seals_is_left_alone(place: SealingPlace) -> None:
    bag = place.bag()
    with hold_bag(str(bag)):
        assert place.seal("bag")[0] == 11
        with pytest.raises(LockedError), hold_bag(str(bag)):
            pass
    assert place.seal("bag")[0] == 0


def test_a_seal_folder_that_is_a_link_is_not_followed(place: SealingPlace) -> None:
    bag = place.bag()
    outside = place.folder / "outside"
    outside.mkdir()
    (bag / "seal").symlink_to(outside)
    assert place.seal("bag")[0] != 0
    assert list(outside.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = place.bag()
    before = snapshot(bag)

    def fail(_source: str, target: str) -> None:
        raise OSError(28, os.strerror(28), target)

    monkeypatch.setattr(placing, "put_in_place", fail)
    assert place.seal("bag")[0] == 13
    assert {**snapshot(bag), ".": None} == {**before, ".": None}


def test_a_seal_is_never_overwritten(place: SealingPlace) -> None:
    bag = place.sealed()
    before = snapshot(bag / "seal/0001")
    with hold_bag(str(bag)):
        from archive.errors import ExistsError

        with pytest.raises(ExistsError):
            place_seal(str(bag), 1, {"statement.json": b"{}"})
    assert snapshot(bag / "seal/0001") == before


def test_an_interrupt_leaves_nothing_half_made(place: SealingPlace) -> None:
    bag = place.bag()
    before = contents(bag)
    for one in place.authorities.values():
        one.behaviour.silent = True
    words = ["seal", "bag", "--key", "anna.key", "--trust", "trust"]
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", *words], cwd=place.folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for _ in range(200):
        if place.authorities["one"].behaviour.requests:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert contents(bag) == before
    assert not (bag / "seal").exists()


def test_create_seals_what_it_made(place: SealingPlace) -> None:
    (place.folder / "letter.txt").write_text("Dear all.\n")
    words = ("create", "letter.txt", "--to", "made", "--pdfa", "none", "--quiet", "--trust", "trust")
    code, out, err = place.run(*words, "--seal", "anna.key", "--json")
    assert code == 0, out + err
    assert json.loads(out)["seal"]["complete"] is True
    assert place.codes("made/letter") == (0, [])
    assert place.run(*words[:3], "more", *words[4:], "--seal", "anna.key", "--serialize", "zip")[0] == 2
    assert place.run(*words[:3], "more", *words[4:])[0] == 2
    assert not (place.folder / "more").exists()
    code, out, _ = place.run(*words[:3], "more", *words[4:], "--seal", "anna.key")
    assert code == 0
    assert out.splitlines()[-1].startswith("muniment-seal/1 - 1 ")


def test_a_key_that_is_not_believed_is_named(place: SealingPlace) -> None:
    place.bag()
    place.run("keys", "new", "berta.key")
    code, out, _ = place.run("seal", "bag", "--key", "berta.key", "--trust", "trust")
    assert code == 0
    assert "the trust folder does not have the key SHA256:" in out
    assert place.codes("bag") == (1, ["SEAL-121"])


def test_a_bag_that_is_named_twice_is_sealed_once(place: SealingPlace) -> None:
    bag = place.bag()
    code, out, _ = place.seal("bag", "bag/", str(bag))
    assert (code, out.count("muniment-seal/1")) == (0, 1)
    assert [path.name for path in (bag / "seal").iterdir()] == ["0001"]
    place.bag("other")
    code, out, _ = place.seal("other", "./other", "--batch")
    assert (code, out.count("muniment-seal/1")) == (0, 1)


@pytest.mark.parametrize("lacking", ["cryptography", "rfc3161_client", "asn1crypto"])
def test_without_the_extra(place: SealingPlace, lacking: str) -> None:
    """Each of the three libraries is taken away in turn; nothing is written without all that is needed."""
    bag = place.bag()
    place.sealed("sealed")
    code = (
        "import sys; sys.modules[sys.argv[1]] = None\n"
        "from archive.cli.app import run\n"
        "sys.exit(run(sys.argv[2:]))"
    )  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, lacking, *words], cwd=place.folder, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip

    done = run("seal", "bag", "--key", "anna.key", "--trust", "trust")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "pip install 'muniment[seal]'" in done.stderr
    assert not (bag / "seal").exists()
    done = run("verify", "sealed", "--trust", "trust", "--json")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "SEAL-118" in {one["code"] for one in json.loads(done.stdout)["findings"]}
    assert run("validate", "sealed").returncode == 0
