"""Knowledge graphs as data."""
from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ._library import PathLike, UsageError, call, ffi, lib, text

if TYPE_CHECKING:
    from .model import Model


class RelationStats(NamedTuple):
    """Counts of one relation of the training graph. symmetric: share of facts whose reverse is a fact too."""

    name: str
    facts: int
    heads: int
    tails: int
    kind: str
    symmetric: float


def _write_triples(path: str, triples: Iterable[Tuple[str, str, str]]) -> None:
    """Lines head, relation, tail."""
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as out:
        for triple in triples:
            head, relation, tail = (str(term) for term in triple)
            if any(c in term for term in (head, relation, tail) for c in "\t\n\r"):
                raise UsageError(f"a tab or a line break in {triple!r}")
            out.write(f"{head}\t{relation}\t{tail}\n")


class Graph:
    """Splits, names and texts of a graph, read-only.

    path: a folder with train and perhaps valid and test, or one file; .tsv, .txt, .csv, .nt, .nq, .ttl or .trig, each plain,
    .gz or .zst. holdout: share of a single file held out for valid, and again for test; None: .05, 0: none.
    whole: every fact is train.
    """

    def __init__(self, path: PathLike, holdout: Optional[float] = None, seed: int = 1, whole: bool = False) -> None:
        options = ffi.new("gat_dataset_options *")
        options.holdout = 0 if holdout is None else holdout or -1
        options.seed, options.whole = seed, whole
        out = ffi.new("gat_dataset **")
        call(lib.gat_dataset_load, out, os.fspath(path), options)
        self._handle = ffi.gc(out[0], lib.gat_dataset_free)

    @classmethod
    def from_triples(cls, train: Iterable[Tuple[str, str, str]], valid: Iterable[Tuple[str, str, str]] = (),
                     test: Iterable[Tuple[str, str, str]] = ()) -> "Graph":
        """A graph from (head, relation, tail) triples in memory; a pandas.DataFrame with three columns is fine too."""
        with tempfile.TemporaryDirectory() as folder:
            for name, triples in (("train", train), ("valid", valid), ("test", test)):
                rows = triples.itertuples(index=False) if hasattr(triples, "itertuples") else triples
                rows = list(rows)
                if rows or name == "train":
                    _write_triples(os.path.join(folder, name + ".tsv"), rows)
            return cls(folder)

    def add_training(self, model: "Model") -> None:
        """Puts the model's training facts before those of train, so that questions with graph= see both."""
        call(lib.gat_dataset_add_training, self._handle, model._handle)

    def skip_unknown(self, model: "Model") -> Tuple[int, Optional[str]]:
        """Takes facts out whose relation the model has not seen; how many, and the first such relation."""
        skipped, relation = ffi.new("int64_t *"), ffi.new("const char **")
        call(lib.gat_dataset_skip_unknown, self._handle, model._handle, skipped, relation)
        return skipped[0], text(relation[0])

    @property
    def digest(self) -> str:
        """Of all splits and names, 32 hexadecimal digits."""
        out = ffi.new("char[33]")
        lib.gat_dataset_digest(out, self._handle)
        return text(out) or ""

    def stats(self) -> Dict[str, Any]:
        """Counts: entities, relations, facts (by split), mean_degree, max_degree, components, relation_stats, pagerank."""
        out = ffi.new("gat_stats **")
        call(lib.gat_stats_make, out, self._handle)
        s = ffi.gc(out[0], lib.gat_stats_free)
        facts = {text(lib.gat_split_name(i)): s.facts[i] for i in range(lib.GAT_NUM_SPLITS) if s.present[i]}
        rows: List[RelationStats] = [
            RelationStats(text(r.name), r.facts, r.heads, r.tails, text(lib.gat_relation_kind_name(r.kind)), r.symmetric)
            for r in (s.relation[i] for i in range(s.num_relation_stats))]
        return {"entities": s.entities, "relations": s.relations, "facts": facts, "isolated": s.isolated,
                "mean_degree": s.mean_degree, "median_degree": s.median_degree, "max_degree": s.max_degree,
                "components": s.components, "largest_component": s.largest_component, "relation_stats": rows,
                "pagerank": [(text(s.pagerank[i].name), s.pagerank[i].value) for i in range(s.num_pagerank)]}


def handle_of(graph: Optional[Graph]):
    """Of a graph that may be missing."""
    return ffi.NULL if graph is None else graph._handle
