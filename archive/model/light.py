"""Frozen dataclasses that cost a tenth at import, for classes of which a process makes only a few objects.

`dataclasses.dataclass` compiles six methods for each class, about 1.5 ms of processor time, whether or not an object is
ever made. Here all classes share six methods that read the list of fields; an object costs a little more to make. To
type checkers, and to `dataclasses.fields` and `replace`, these are ordinary frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as light_dataclass

    __all__ = ["light_dataclass"]
else:

    def light_dataclass(*, frozen):
        """The decorator: `@light_dataclass(frozen=True)`. The class needs a docstring, or dataclasses writes one."""
        assert frozen

        def make(cls):
            for name, method in _SHARED.items():
                setattr(cls, name, method)
            return dataclass(init=False, repr=False, eq=False)(cls)

        return make

    def _init(self, *values, **named):
        known = self.__dataclass_fields__
        if len(values) > len(known):
            raise TypeError(f"{type(self).__name__} takes {len(known)} values, not {len(values)}")
        given = dict(zip(known, values, strict=False))
        for name, value in named.items():
            if name in given or name not in known:
                raise TypeError(f"{type(self).__name__} got {name!r} twice, or does not know it")
            given[name] = value
        for name, field in known.items():
            if name not in given:
                if field.default is not MISSING:
                    given[name] = field.default
                elif field.default_factory is not MISSING:
                    given[name] = field.default_factory()
                else:
                    raise TypeError(f"{type(self).__name__} needs {name!r}")
        self.__dict__.update(given)

    def _values(self):
        return tuple([self.__dict__[name] for name in self.__dataclass_fields__])

    def _repr(self):
        shown = zip(self.__dataclass_fields__, _values(self), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def _equal(self, other):
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def _hash(self):
        return hash(_values(self))

    def _refuse(self, name, value=None):
        raise FrozenInstanceError(f"cannot assign to or delete field {name!r}")

    _SHARED = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _equal,
        "__hash__": _hash,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
    }
