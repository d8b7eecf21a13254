"""What metadata costs by file: CPU and memory of create without rendition and of validate, and the size of PREMIS.

What validate takes for the records is the difference between a full bag and a plain bag of the same files.

    python benchmarks/metadata.py [FILES]

The files are small texts of 2 KiB in folders of 1,000. Prints its own bars (docs: design, "Bars in numbers").
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARS = {
    "CPU ms a file": 0.9,
    "PREMIS KiB a file": 4.0,
    "validate, CPU µs per file above plain": 110.0,
    "validate, KiB a file above plain": 0.2,
}
_SMALL = 1_000


def make_source(place: Path, files: int) -> None:
    """Write the texts, each different, and a description with a few values."""
    line = "The committee heard the witness of the town and took the letter into the file of the case. "
    for number in range(files):
        if number % 1000 == 0:
            folder = place / f"folder {number // 1000:04d}"
            folder.mkdir(parents=True)
        (folder / f"letter {number:07d}.txt").write_text(f"Letter {number}\n\n{line * 22}\n")
    (place / "description.toml").write_text(
        'title = { en = "Letters" }\ncreator = "Example Archive"\nlanguage = "en"\n'
    )


def create(place: Path, name: str, *options: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MiB of one create, in a process of its own."""
    source, bags = str(place / "source"), str(place / "bags")
    return run("create", source, "--to", bags, "--name", name, "--quiet", *options)


def validate(place: Path, name: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MiB of one validate: the best of three."""
    return min(run("validate", str(place / "bags" / name), "--quiet") for _ in range(3))


def run(*arguments: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MiB of one command, in a process of its own."""
    code = (
        "import resource, sys\nfrom archive.cli.app import run\n"
        "code = run(sys.argv[1:])\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\nsys.exit(code)"
    )
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - started, int(ran.stdout.split()[-1]) / 1024


def main() -> int:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="muniment-benchmark-") as root:
        place = Path(root)
        small = min(_SMALL, files)
        make_source(place / "source", small)
        _, _, small_memory = create(place, "small", "--pdfa", "none")
        create(place, "small-plain", "--plain")
        subprocess.run(["rm", "-r", str(place / "source")], check=True)
        make_source(place / "source", files)
        plain_cpu, _, _ = create(place, "plain", "--plain")
        cpu, wall, memory = create(place, "whole", "--pdfa", "none")
        premis = (place / "bags" / "whole" / "metadata" / "preservation" / "premis.xml").stat().st_size
        judged = {name: validate(place, name) for name in ("small", "small-plain", "whole", "plain")}
    # The imports and schemas that a full bag needs are in the small bags, too, and are taken off.
    above_cpu, above_memory = (
        (judged["whole"][part] - judged["plain"][part]) - (judged["small"][part] - judged["small-plain"][part])
        for part in (0, 2)
    )
    more = max(files - small, 1)
    figures = {
        "CPU ms a file": 1000 * cpu / files,
        "PREMIS KiB a file": premis / files / 1024,
        "validate, CPU µs per file above plain": 1e6 * above_cpu / more,
        "validate, KiB a file above plain": 1024 * above_memory / more,
    }
    print(f"{files:,} files of 2 KiB, create without rendition: {cpu:.1f} s CPU, {wall:.1f} s wall")
    print(f"of that, metadata and formats: {1000 * (cpu - plain_cpu) / files:.3f} ms CPU a file (the rest is --plain)")
    print(f"peak memory: {memory:.0f} MiB for {files:,} files, {small_memory:.0f} MiB for {small:,}")
    missed = 0
    for name, value in figures.items():
        kept = value <= BARS[name]
        missed += not kept
        print(f"{name}: {value:.2f} (bar {BARS[name]:.2f}: {'kept' if kept else 'MISSED'})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
