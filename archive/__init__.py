"""muniment: wraps documents in a preservation bag, proves that nothing changed, deposits it where it must go.

The library has the powers of the command line::

    import archive

    report = archive.create(["press-release/"], to="bags/")
    print(report.bag)

    judged = archive.validate("bags/press-release")
    assert judged.ok, judged.findings

    bag = archive.Bag("bags/press-release")
    for file in bag.files():
        print(file.path, file.size, file.digests)

The names stand in `archive.errors` and `archive.library`, which load on first use: importing this costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from archive.errors import *  # noqa: F403 - what `__getattr__` gives, as their `__all__` list it
    from archive.library import *  # noqa: F403 - likewise
else:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        homes = (import_module("archive.errors"), import_module("archive.library"))
        if name == "__all__":
            return sorted({"__version__"}.union(*(home.__all__ for home in homes)))
        for home in homes:
            if name in home.__all__:
                value = globals()[name] = getattr(home, name)
                return value
        raise AttributeError(f"module 'archive' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return __getattr__("__all__")
