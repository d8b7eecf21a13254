"""`archive fetch` as a process, over https, with certificates that are accepted and not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.audit_projects import write_bag
from tests.support.file_server import serve
from tests.support.holey_bags import make_holey
from tests.support.making import archive
from tests.support.needing import needs

FILES = {"a.bin": b"alpha" * 1000, "b.bin": b"beta" * 10}


def certificate(folder: Path) -> Path:
    """A certificate for the loopback address, signed by itself, with its key in the same file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days",
         "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


@needs("openssl")
def test_https_with_and_without_trust(tmp_path: Path) -> None:
    with serve(certificate=certificate(tmp_path)) as served:
        served.files = {f"/{name}": content for name, content in FILES.items()}
        bag = make_holey(write_bag(tmp_path / "bag", FILES), {f"data/{one}": f"{served.base}/{one}" for one in FILES})
        usual = {"ARCHIVE_FETCH_PRIVATE": "127.0.0.1", "ARCHIVE_FETCH_RETRIES": "0", "HOME": str(tmp_path)}
        done = archive("fetch", "bag", "--json", cwd=tmp_path, environ=usual)
        report = json.loads(done.stdout)
        assert (done.returncode, report["counts"]["failed"]) == (4, 2), done.stderr
        assert {one["code"] for one in report["findings"] if one["code"].startswith("FCH")} == {"FCH-104"}
        assert "certificate" in report["findings"][0]["message"]
        trusted = {**usual, "SSL_CERT_FILE": str(tmp_path / "cert.pem")}
        done = archive("fetch", "bag", "--json", cwd=tmp_path, environ=trusted)
        assert (done.returncode, json.loads(done.stdout)["counts"]["fetched"]) == (0, 2), done.stderr
        assert archive("validate", bag, cwd=tmp_path).returncode == 0


def test_the_text_names_what_came_and_what_did_not(tmp_path: Path) -> None:
    with serve() as served:
        served.files = {"/a.bin": FILES["a.bin"]}
        make_holey(write_bag(tmp_path / "bag", FILES), {f"data/{one}": f"{served.base}/{one}" for one in FILES})
        allowed = {
            "ARCHIVE_FETCH_PRIVATE": "127.0.0.1", "ARCHIVE_FETCH_SCHEMES": "http", "ARCHIVE_FETCH_RETRIES": "0",
        }  # fmt: skip
        done = archive("fetch", "bag", "--quiet", cwd=tmp_path, environ=allowed)
        told = done.stdout.decode()
        assert done.returncode == 4, told
        assert told.startswith("still to be fetched: bag\n")
        assert "1 fetched (5,000 bytes), 1 not fetched" in told
        assert "data/b.bin" in told
        assert "404" in told
        assert told.endswith("Next: archive fetch bag\n")
