"""The records of the seeds as they should be: `python -m tests.support.golden` writes them anew, to be read by eye.

Versions of programs are replaced by words, so that a new version of a tool does not change the records.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from archive.model.build import RenditionResult, RenditionStatus, Tool, VirusCheck
from archive.resources import seeds_path
from archive.settings import Settings
from archive.stages.creation.premis_record import US
from archive.stages.scanning.identification import identify
from tests.support.described import describe_folder

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
RECORDS = {
    "dc.xml": "metadata/descriptive/dc.xml",
    "dcterms.xml": "metadata/descriptive/dcterms.xml",
    "statements.json": "metadata/descriptive/statements.json",
    "premis.xml": "metadata/preservation/premis.xml",
}
PDF = b"%PDF-1.7\n%%EOF\n"
SEEDS = ("arabic-statement", "mixed-folder", "press-release")
_VIRUS = Tool("ClamAV", "1.4.3", "daily.cvd 27300 of 2024-06-01")
_VERAPDF = Tool("veraPDF", "1.28.1")


def records_of(seed: str, work: Path) -> dict[str, bytes]:
    """The records of a seed, with a rendition of each text (a stand-in PDF), a virus check and an operator."""
    source = seeds_path(seed)
    texts = sorted(path.name for path in source.iterdir() if path.suffix == ".txt")
    renditions = tuple(
        RenditionResult(
            f"data/original/{name}", RenditionStatus.MADE, f"data/preservation/{name}.pdf", ("PDF/A-3a", "PDF/UA-1"),
            True, _VERAPDF, US, None, 1,
        )
        for name in texts
    )  # fmt: skip
    files = sum(1 for path in source.iterdir() if path.name != "description.toml")
    made = describe_folder(
        source,
        work,
        settings=Settings().with_flags("create", operator="A. Archivist", organization="Example Archive"),
        renditions=renditions,
        made={f"data/preservation/{name}.pdf": PDF for name in texts},
        virus=VirusCheck(_VIRUS, files),
    )
    return {name: _without_versions(made.tags[path]) for name, path in RECORDS.items()}


def _without_versions(content: bytes) -> bytes:
    tool = _siegfried()
    text = content.decode()
    for version, word in (
        (f"muniment {US.version}", "muniment VERSION"),
        (f"agentVersion>{US.version}<", "agentVersion>VERSION<"),
        (f"creatingApplicationVersion>{US.version}<", "creatingApplicationVersion>VERSION<"),
        (f"siegfried {tool.version}", "siegfried VERSION"),
        (f"agentVersion>{tool.version}<", "agentVersion>VERSION<"),
        (tool.note or "", "SIGNATURES"),
        ((tool.note or "").partition(";")[0], "SIGNATURES"),
    ):
        text = text.replace(version, word)
    return _stable(text).encode()


def _stable(text: str) -> str:
    """Identifiers drawn from a version (of agents and what they did) numbered in the order in which they come."""
    import re

    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"{match[1]}{numbers.setdefault(match[2], len(numbers) + 1):08d}-0000-5000-8000-000000000000"

    return re.sub(r"(urn:uuid:|>)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", number, text)


def _siegfried() -> Tool:
    from archive.stages.creation.builder import BagBuilder

    with (
        tempfile.TemporaryDirectory() as place,
        BagBuilder(f"{place}/t", "x", algorithms=("md5",), tag_algorithms=("md5",), spool=f"{place}/s") as build,
        identify(build, Settings()) as found,
    ):
        assert found.tool is not None
        return found.tool


def write_golden() -> None:
    """Write every record of every seed into tests/golden/."""
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as place:
            for name, content in records_of(seed, Path(place)).items():
                target = GOLDEN / seed / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


if __name__ == "__main__":
    write_golden()
