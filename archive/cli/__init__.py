"""The command `archive`: one file a verb. Each parses, calls one function, shows one report and exits."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    try:
        from archive.cli.interrupting import CODE, install, leave_before_work, leave_interrupted

        install(leave_before_work)
    except KeyboardInterrupt:  # so early that nobody listens yet; what comes before is Python's own start
        raise SystemExit(130) from None
    import atexit
    import os
    import signal

    interrupted: list[int] = []
    atexit.register(leave_interrupted, interrupted)  # the first to register is the last to run
    # Python processes that this one starts must not import from the working folder, which may be a stranger's.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    from archive.cli.app import run

    try:
        code = run()
    except KeyboardInterrupt:
        code = CODE
    if code == CODE:
        interrupted.append(code)
    install(signal.SIG_IGN)  # all is said: Python's own end must not turn a late Ctrl-C into another exit code
    raise SystemExit(code)
