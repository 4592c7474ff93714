"""Records that come from memory, as the lines of JSON that the library reads, and lists of answers as DataFrames."""
from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, TypeVar, Union

from ._library import UsageError

if TYPE_CHECKING:
    import pandas

Record = Union[str, Mapping[str, Any]]
T = TypeVar("T")


class Rows(List[T]):
    """A list of named tuples; frame() makes a pandas.DataFrame of it, a row each."""

    def frame(self) -> "pandas.DataFrame":
        """Columns are the fields; of answers with lists inside, the best one alone. Needs pandas."""
        import pandas

        return pandas.DataFrame([row.row() if hasattr(row, "row") else row._asdict() for row in self])


def is_path(source: Any) -> bool:
    """A file, in place of records in memory."""
    return isinstance(source, (str, os.PathLike))


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as JSON knows them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise UsageError(f"{type(value).__name__} is nothing that a record holds")


def _record(entry: Any) -> Dict[str, Any]:
    """A string is a text alone; what a DataFrame leaves open is left out."""
    if isinstance(entry, str):
        return {"text": entry}
    if not isinstance(entry, Mapping):
        raise UsageError(f"{entry!r}: expected a text or a mapping with \"text\" or \"tokens\"")
    return {key: value for key, value in entry.items() if value is not None and not (isinstance(value, float) and value != value)}


def json_lines(source: Iterable[Record]) -> bytes:
    """One object a line, from texts, mappings or the rows of a DataFrame (columns text or tokens, e1, e2, mentions ...)."""
    rows = source.to_dict("records") if hasattr(source, "to_dict") and hasattr(source, "columns") else source
    lines = (json.dumps(_record(row), ensure_ascii=True, default=_plain) for row in rows)
    return "".join(line + "\n" for line in lines).encode("ascii")
