"""`send_test_notice`: whether alerts arrive."""

from __future__ import annotations

import os

from archive.library.arguments import rely_on
from archive.model.notice import Delivery
from archive.settings import Settings


def send_test_notice(*, settings: Settings | None = None) -> tuple[Delivery, ...]:
    """Send a test to everyone under [notify], and ping the heartbeat: what `archive notify --test` does.

    Each delivery has its `kind`, whom it went `to`, and the `error` that ended it, None where it arrived at the server.
    Empty where [notify] names no one. Raises `UsageError` where [notify] does not count, as in a project that is not
    trusted.
    """
    from archive.stages.auditing.notices import notice_of_test
    from archive.stages.auditing.notifying import deliver, ping

    chosen = rely_on(settings, "notify")
    return (*deliver(chosen.notify, notice_of_test(chosen), os.environ), *ping(chosen.notify))
