"""The process of one job: runs its commands one after the other and notes how they ended. See `archive.web.jobs`.

Run as `python -m archive.web.job_process JOBS ID WORKING FD`. It leaves its parent, so that no process has to wait for
it; one byte is written to FD when the job is marked as running.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

from archive.storage.locks import take_lock
from archive.web.jobs import JobPlan, Jobs, write_end


def main() -> int:
    if os.fork():
        os._exit(0)
    jobs_folder, identity, working, ready = sys.argv[1:5]
    jobs, folder = Jobs(jobs_folder, working), os.path.join(jobs_folder, identity)
    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # a handler is not inherited: the commands do hear it
    running = os.path.join(folder, "running")
    with open(f"{running}.new", "w", encoding="ascii") as mark:
        take_lock(mark.fileno())
        mark.write(str(os.getpgrp()))
        mark.flush()
        os.replace(mark.name, running)  # only now, so that a mark without a lock means a process that was killed
        os.write(int(ready), b"1")
        os.close(int(ready))
        code, good = run_steps(jobs.find(identity, full=False).plan, folder, working)
        write_end(folder, code, good=good)
    jobs.start_waiting()
    return 0


def run_steps(plan: JobPlan, folder: str, working: str) -> tuple[int, bool]:
    """Run the commands of a plan until one ends with a code that it must not end with: the last code, and success."""
    code = 0
    for number, step in enumerate(plan.steps):
        if step.needs and not _has_found(step.needs, folder, number):
            continue
        base = os.path.join(folder, f"step-{number}")
        with open(f"{base}.json", "wb") as document, open(f"{base}.events", "wb") as events:
            if os.path.exists(os.path.join(folder, "cancel")):
                return 130, False
            code = subprocess.call(
                [sys.executable, "-m", "archive", *step.arguments], stdin=subprocess.DEVNULL, stdout=document,
                stderr=events, cwd=working,
            )  # fmt: skip
        if code not in step.good:
            return code, False
    return code, True


def _has_found(code: str, folder: str, before: int) -> bool:
    """Whether one of the first `before` commands printed this finding code in its document."""
    for number in range(before):
        with suppress(FileNotFoundError), open(os.path.join(folder, f"step-{number}.json"), encoding="utf-8") as file:
            if f'"{code}"' in file.read():
                return True
    return False


if __name__ == "__main__":
    sys.exit(main())
