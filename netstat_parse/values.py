"""Classes that are nothing but their attributes, without the time that dataclasses take to import.

In that time a capture of a few lines is read and converted.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar, dataclass_transform

    T = TypeVar("T")

    @dataclass_transform(eq_default=False)
    def value(cls: type[T]) -> type[T]:
        """The same as `dataclasses.dataclass(frozen=True)`, for defaults that can't change."""
        return cls

else:

    def value(cls):
        names = tuple(cls.__annotations__)
        defaults = {name: vars(cls)[name] for name in names if name in vars(cls)}

        def init(self, *values, **named):
            given = self.__dict__
            given.update(defaults)
            given.update(zip(names, values, strict=False))
            given.update(named)
            if len(values) > len(names) or len(given) != len(names):
                raise TypeError(f"{cls.__name__} has {', '.join(names)}")

        def show(self):
            given = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            return f"{cls.__name__}({given})"

        def equal(self, other):
            return type(self) is type(other) and all(
                getattr(self, name) == getattr(other, name) for name in names
            )

        def digest(self):
            return hash(tuple(getattr(self, name) for name in names))

        methods = {"__init__": init, "__repr__": show, "__eq__": equal, "__hash__": digest}
        for name, method in methods.items():
            if name not in vars(cls):
                setattr(cls, name, method)
        return cls
