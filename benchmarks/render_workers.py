"""1,000 texts as long as a press release, drawn by one process and by two: wall and processor time, and the same bytes.

    python benchmarks/render_workers.py
    python benchmarks/render_workers.py --texts 200 --rounds 3 --json

The texts are the press release of the seeds, each with words of its own, in English and in Arabic by turns. The rounds
run in turn, one process and two, each with processes of its own that are warmed first. No validator is asked. The bar
for wall time is 0.6 on two processors with no other work; the load of the machine before and after is printed with it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archive.config import load_settings  # noqa: E402
from archive.renditions.attempts import Attempt  # noqa: E402
from archive.renditions.originals import Original  # noqa: E402
from archive.renditions.renderer import Renderer, Written  # noqa: E402
from archive.storage.clock import Clock  # noqa: E402

_BAR = 0.6
_ARABIC = (
    "بيان بشأن مذكرات التوقيف الصادرة في حق المسؤولين عن الهجمات الكيميائية. يوثق هذا البيان أسماء الضحايا والشهود، "
    "وتواريخ الهجمات وأماكنها، والأدلة التي جمعت منذ عام 2013 حتى اليوم. "
)


def write_texts(folder: Path, count: int) -> None:
    """`count` texts of about 2 KiB, each different."""
    english = next((ROOT / "seeds" / "press-release").glob("*.txt")).read_text(encoding="utf-8")
    for number in range(count):
        body = english if number % 2 else "\n\n".join([_ARABIC * 3] * 2)
        path = folder / f"release-{number:04d}.txt"
        path.write_text(
            f"Release {number}\n\n{body}\n\n{hashlib.sha256(str(number).encode()).hexdigest()}\n", encoding="utf-8"
        )


def draw(folder: Path, workers: int) -> None:
    """Draw all texts in `folder`; prints wall time in seconds and one digest over all renditions as JSON."""
    settings = load_settings().with_flags("render", workers=workers)
    digest = hashlib.sha256()

    def write(attempt: Attempt) -> Written:
        assert attempt.draft is not None, attempt.reason
        digest.update(attempt.draft.content)
        return Written()

    paths = sorted(folder.iterdir())
    originals = [Original(path.name, os.fsencode(path), path.stat().st_size, kind="text/plain") for path in paths]
    renderer = Renderer(settings, Clock(1_700_000_000))
    for _ in renderer.render(originals[: 4 * workers], lambda attempt: Written()):
        pass
    begun = time.monotonic()
    made = sum(1 for _ in renderer.render(originals, write))
    print(json.dumps({"wall": time.monotonic() - begun, "made": made, "digest": digest.hexdigest()}))


def run(folder: Path, workers: int) -> tuple[float, float, str]:
    """Wall time of drawing, processor time of all processes together in seconds, and the digest."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, __file__, "--folder", str(folder), "--workers", str(workers)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return said["wall"], spent, said["digest"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.folder is not None:
        draw(chosen.folder, chosen.workers)
        return 0
    load = [round(os.getloadavg()[0], 1)]
    walls: dict[int, list[float]] = {1: [], 2: []}
    spent: dict[int, list[float]] = {1: [], 2: []}
    digests = set()
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as place:
        write_texts(Path(place), chosen.texts)
        for _ in range(chosen.rounds):
            for workers in (1, 2):
                wall, processor, digest = run(Path(place), workers)
                walls[workers].append(wall)
                spent[workers].append(processor)
                digests.add(digest)
    load.append(round(os.getloadavg()[0], 1))
    ratio = statistics.median(two / one for one, two in zip(walls[1], walls[2], strict=True))
    figures = {
        "texts": chosen.texts,
        "wall, one worker": round(statistics.median(walls[1]), 2),
        "wall, two workers": round(statistics.median(walls[2]), 2),
        "two over one": round(ratio, 3),
        "bar": _BAR,
        "processor ms a text, one worker": round(statistics.median(spent[1]) / chosen.texts * 1e3, 2),
        "processor ms a text, two workers": round(statistics.median(spent[2]) / chosen.texts * 1e3, 2),
        "same bytes": len(digests) == 1,
        "load before and after": load,
    }
    if chosen.json:
        print(json.dumps(figures, indent=2))
    else:
        print("\n".join(f"{name:34} {figure}" for name, figure in figures.items()))
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
