"""The shared library, its errors as exceptions, and what crosses the border in both directions."""
from __future__ import annotations

import os
import pathlib
from typing import Any, Callable, Optional, Union

from ._ffi import ffi

PathLike = Union[str, "os.PathLike[str]"]


class GatkitError(Exception):
    """Something failed; the message says what, with file and line where a file is at fault."""


class UsageError(GatkitError, ValueError):
    """An argument is wrong: an unknown name, a value out of range."""


class DataError(GatkitError, ValueError):
    """A data file is wrong; file and line are named."""


class ModelError(GatkitError, ValueError):
    """A model file is missing, damaged, or of another kind."""


class InputOutputError(GatkitError, OSError):
    """Reading or writing failed."""


class LimitError(GatkitError):
    """Over a stated limit of memory, or out of disk space."""


class Interrupted(GatkitError):
    """A callback asked to stop; a checkpoint was written where one was asked for."""


def _open():
    """The library beside the package, or $GATKIT_LIBRARY, or the system's."""
    beside = pathlib.Path(__file__).with_name("libgatkit.so")
    return ffi.dlopen(os.environ.get("GATKIT_LIBRARY") or (str(beside) if beside.exists() else "libgatkit.so.0"))


lib = _open()

_ERRORS = {
    lib.GAT_EUSAGE: UsageError,
    lib.GAT_EDATA: DataError,
    lib.GAT_EMODEL: ModelError,
    lib.GAT_EIO: InputOutputError,
    lib.GAT_ENOSPC: LimitError,
    lib.GAT_EINTERRUPTED: Interrupted,
}


def text(pointer) -> Optional[str]:
    """A C string as str; None for NULL. Bytes that are not UTF-8 come back as they went (surrogateescape)."""
    return None if pointer == ffi.NULL else ffi.string(pointer).decode("utf-8", "surrogateescape")


def encoded(value: PathLike):
    """An owned, terminated copy."""
    return ffi.new("char[]", os.fspath(value).encode("utf-8", "surrogateescape"))


def check(status: int, error: Any) -> None:
    """Raises what a gat_error tells, unless the status is GAT_OK."""
    if status == lib.GAT_OK:
        return
    message = text(ffi.cast("const char *", error.message)) or text(lib.gat_status_text(status))
    if status == lib.GAT_ENOMEM:
        raise MemoryError(message)
    raise _ERRORS.get(status, GatkitError)(message)


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a fallible function with a gat_error behind its arguments and raises what it tells. A str goes as its bytes."""
    error = ffi.new("gat_error *")
    status = function(*[a.encode("utf-8", "surrogateescape") if isinstance(a, str) else a for a in arguments], error)
    if status != lib.GAT_OK:
        check(status, error)


def named(value: Union[None, str, "os.PathLike[str]"]):
    """An argument that may be missing."""
    return ffi.NULL if value is None else encoded(value)


class Callbacks:
    """Callbacks of one call. What they raise, KeyboardInterrupt too, stops the call and is raised again after it."""

    def __init__(self) -> None:
        self.raised: Optional[BaseException] = None
        self.kept: list = []

    def _note(self, _kind, exception, _traceback) -> None:
        self.raised = self.raised or exception

    def make(self, signature: str, function: Callable[..., Any]):
        """function as a C callback; what it raises, or returns as true, stops."""
        answers = not signature.startswith("void")

        def called(*arguments):
            stop = bool(function(*arguments)) or self.raised is not None
            return int(stop) if answers else None

        made = ffi.callback(signature, called, onerror=self._note, **({"error": 1} if answers else {}))
        self.kept.append(made)
        return made

    def call(self, function: Callable[..., int], *arguments: Any) -> None:
        """As call above; an exception of a callback wins over the status that it led to."""
        try:
            call(function, *arguments)
        finally:
            if self.raised is not None:
                raise self.raised


def set_option(setter: Callable[..., int], config: Any, name: str, value: Any) -> None:
    """One keyword as an option of the command line: attn_heads=4 is --attn-heads 4, True and False are yes and no."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    call(setter, config, name.replace("_", "-"), str(value))


def version() -> str:
    """Version of the library."""
    return text(lib.gat_version()) or ""


def set_threads(threads: int = 0) -> None:
    """Threads of later calls from this thread; below 1: all cores. Results do not depend on it."""
    lib.gat_set_threads(threads)


def set_isa(name: str) -> None:
    """Instruction set of later calls: auto, portable, avx2 or avx512; before any other call."""
    call(lib.gat_set_isa, name)


def isa() -> str:
    """The instruction set in use."""
    return text(lib.gat_isa()) or ""


def verify(path: PathLike) -> None:
    """Reads a whole model file of any kind; ModelError with the first fault found."""
    call(lib.gat_model_verify, os.fspath(path))


def file_kind(path: PathLike) -> str:
    """"graph", "alignment", "relations", "linking", "graphs" or "recommend": what a model file holds."""
    kind = ffi.new("gat_file_kind *")
    call(lib.gat_file_kind_of, kind, os.fspath(path))
    return ("graph", "alignment", "relations", "linking", "graphs", "recommend")[kind[0]]
