"""The command `archive`: one file a verb. Each parses, calls one function, shows one report and exits."""

from __future__ import annotations

_THRESHOLD = 10_000
"""The collector of cycles looks after so many new objects: what imports make is never garbage."""


def main() -> None:
    """Entry point of the console script."""
    try:
        from archive.cli.interrupting import CODE, install, leave, leave_before_work

        install(leave_before_work)
    except KeyboardInterrupt:  # so early that no handler is in place; what comes before is Python's own start
        raise SystemExit(130) from None
    import atexit
    import gc
    import os
    import signal

    codes: list[int] = []
    awaited = atexit._ncallbacks() > 0  # by who started this process with more than a command in mind
    atexit.register(leave, codes)  # the first to register is the last to run
    gc.set_threshold(_THRESHOLD)
    # Python processes that this one starts must not import from the working folder, which may be a stranger's.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    from archive.cli.app import run

    try:
        code = run()
    except KeyboardInterrupt:
        code = CODE
    if code == CODE or not awaited:
        codes.append(code)
    install(signal.SIG_IGN)  # all is said: Python's own end must not turn a late Ctrl-C into another exit code
    raise SystemExit(code)
