"""Work for the workers of a Dask cluster: some of it ends the worker that does it, some cannot be done."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from archive.errors import NotFoundError


def work(job: tuple[str, str]) -> str:
    """Does what the first text says, with the second: a path for what is to happen only once."""
    what, text = job
    match what:
        case "die once":
            if not Path(text).exists():
                Path(text).write_text("died")
                os.kill(os.getpid(), signal.SIGKILL)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fail":
            raise NotFoundError("there is nothing", subject=text)
        case "break":
            raise RuntimeError(text)
    return f"{what} {text}"
