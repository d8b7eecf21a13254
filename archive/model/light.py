"""Dataclasses that cost a twentieth at import: a process makes objects of few of its classes.

`dataclasses.dataclass` compiles six methods for each class, 1 to 1.5 ms of processor time, whether or not an object is
ever made. Here `__init__` is compiled when the first object is made, and the others are shared and read the list of
fields. To type checkers, and to `dataclasses.fields` and `replace`, these are ordinary dataclasses.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as light_dataclass

    __all__ = ["light_dataclass"]
else:

    def light_dataclass(*, frozen=False, slots=False):
        """The decorator: `@light_dataclass(frozen=True)`. The class needs a docstring, or dataclasses writes one."""
        methods = _SHARED | (_FROZEN if frozen else {"__hash__": None}) | (_STATE if frozen and slots else {})

        def make(cls):
            made = dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            for name, method in methods.items():
                if cls.__dict__.get(name) is None:
                    setattr(made, name, method)
            return made

        return make

    def _init(self, *values, **named):
        """Takes the place of `__init__` until the first object is made."""
        cls = next(one for one in type(self).__mro__ if one.__dict__.get("__init__") is _init)
        cls.__init__ = _compile_init(cls)
        cls.__init__(self, *values, **named)

    def _compile_init(cls):
        """An `__init__`; of a frozen class one that goes round `__setattr__`, by the slots' setters or the dict."""
        by_setter = "__slots__" in cls.__dict__ and cls.__setattr__ is _refuse
        by_dict = not by_setter and cls.__setattr__ is _refuse
        known = {"_missing": MISSING}
        parameters, lines = ["self"], ["values = self.__dict__"] if by_dict else []
        for number, (name, field) in enumerate(cls.__dataclass_fields__.items()):
            default = field.default
            value = name
            if field.default_factory is not MISSING:
                default, known[f"_make{number}"] = MISSING, field.default_factory
                value = f"_make{number}() if {name} is _missing else {name}"
            required = default is MISSING and value == name
            known[f"_default{number}"] = default
            parameters.append(name if required else f"{name}=_default{number}")
            if by_setter:
                known[f"_set{number}"] = getattr(cls, name).__set__
                lines.append(f"_set{number}(self, {value})")
            else:
                lines.append(f"values[{name!r}] = {value}" if by_dict else f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            lines.append("self.__post_init__()")
        exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"]), known)  # noqa: S102 - names of fields
        known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return known["__init__"]

    def _values(self):
        return tuple([getattr(self, name) for name in self.__dataclass_fields__])

    def _repr(self):
        shown = zip(self.__dataclass_fields__, _values(self), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def _equal(self, other):
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def _hash(self):
        return hash(_values(self))

    def _refuse(self, name, value=None):
        raise FrozenInstanceError(f"cannot assign to or delete field {name!r}")

    def _set_state(self, state):
        for name, value in zip(self.__dataclass_fields__, state, strict=True):
            object.__setattr__(self, name, value)

    _SHARED = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _equal,
    }
    _FROZEN = {"__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}
    _STATE = {"__getstate__": _values, "__setstate__": _set_state}
    """Without a dict an object is pickled by its values, and made again round the `__setattr__` that refuses."""
