"""muniment: wraps documents in a preservation bag, proves that nothing changed, deposits it in a chosen repository.

The library has the powers of the command line::

    import archive

    report = archive.create(["press-release/"], to="bags/")
    print(report.bag)

    judged = archive.validate("bags/press-release")
    assert judged.ok, judged.findings

    with archive.open_bag("bags/press-release") as bag:
        for file in bag.payload():
            print(file.path, file.size, file.digests)

The names are in `archive.errors` and `archive.library`, which load on first use: importing this costs nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers understand it; `typing` would cost half of the start, before Ctrl-C is handled

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
