"""Which entities of two graphs are the same."""
from __future__ import annotations

import os
from typing import Any, Dict, Iterator, NamedTuple

from ._library import Callbacks, PathLike, UsageError, call, encoded, ffi, lib, named, text
from ._records import Rows
from .model import Neighbor


class AlignedPair(NamedTuple):
    """confidence: that the two are the same, in [0, 1]."""

    source: str
    target: str
    confidence: float


class Reason(NamedTuple):
    """Neighbours that are one, and the relations that lead to them. weight: share of the score."""

    relation1: str
    neighbor1: str
    relation2: str
    neighbor2: str
    belief: float
    weight: float


class AlignedFact(NamedTuple):
    """A fact of an entity with the entity at its other end; direction "in": it leads from there."""

    relation: str
    neighbor: str
    direction: str


_TEXTS = ("seeds", "valid", "names1", "names2", "word_vectors", "attributes1", "attributes2", "sources", "targets", "apply")
_NUMBERS = ("name_column", "dim", "rounds", "min_confidence", "skip_bad_links", "seed", "time_limit")


class Alignment:
    """Pairs of two graphs: Alignment.align(...), or Alignment(path) of a kept one."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_alignment **")
        call(lib.gat_alignment_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_alignment_free)

    @classmethod
    def align(cls, kg1: PathLike, kg2: PathLike, *, encoder: str = "loop", decode: str = "sinkhorn", **options: Any) -> "Alignment":
        """Aligns the files or folders kg1 and kg2 from seeds= (a file of known links), names1= and names2=, or both.

        options as of `gatkit align` with _ for -: valid, attributes1, attributes2, word_vectors, name_column, dim, rounds,
        min_confidence, sources, targets, apply, seed, time_limit.
        """
        how, kept, callbacks = ffi.new("gat_align_options *"), [named(kg1), named(kg2)], Callbacks()
        how.kg1, how.kg2 = kept
        for name, value in options.items():
            if name not in _TEXTS + _NUMBERS:
                raise UsageError(f"align has no option {name!r}")
            kept.append(named(value) if name in _TEXTS else value)
            setattr(how, name, kept[-1])
        how.encoder, how.decode = lib.gat_align_encoder_by_name(encoded(encoder)), lib.gat_decode_by_name(encoded(decode))
        if how.encoder >= lib.GAT_NUM_ENCODERS or how.decode >= lib.GAT_NUM_DECODES:
            raise UsageError(f"unknown encoder {encoder!r} or decoder {decode!r}")
        how.should_stop = callbacks.make("int(void *)", lambda _: False)
        out = ffi.new("gat_alignment **")
        callbacks.call(lib.gat_align, out, how)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_alignment_free)
        return made

    def __iter__(self) -> Iterator[AlignedPair]:
        pair, place = ffi.new("gat_aligned_pair *"), ffi.new("int32_t *")
        while lib.gat_alignment_next_pair(pair, place, self._handle):
            yield AlignedPair(text(pair.source), text(pair.target), pair.confidence)

    @property
    def pairs(self) -> Rows[AlignedPair]:
        """All pairs in the order of the first graph."""
        return Rows(self)

    @property
    def report(self) -> Dict[str, Any]:
        """Counts, and what held-back links say: hits_at_1, hits_at_10, mrr, calibration_error (None without any)."""
        r = ffi.new("gat_align_report *")
        lib.gat_alignment_report(r, self._handle)
        held = {name: getattr(r, name) if r.held_links else None
                for name in ("hits_at_1", "hits_at_10", "mrr", "calibration_error")}
        return {"entities1": r.entities1, "entities2": r.entities2, "seeds": r.seeds, "pairs": r.pairs,
                "held_links": r.held_links, "digest": text(r.digest), **held}

    def reasons(self, source: str, top: int = 5) -> Rows[Reason]:
        """Why `source` has the counterpart it has, heaviest first."""
        out, count = ffi.new("gat_align_reason **"), ffi.new("int64_t *")
        call(lib.gat_alignment_reasons, out, count, self._handle, source, top)
        found = ffi.gc(out[0], lib.gat_free_list)
        return Rows(Reason(text(r.relation1), text(r.neighbor1), text(r.relation2), text(r.neighbor2), r.belief, r.weight)
                    for r in (found[i] for i in range(count[0])))

    def facts(self, graph: int, entity: str, top: int = 50) -> Rows[AlignedFact]:
        """Facts of an entity of graph 1 or 2, by relation."""
        out, count = ffi.new("gat_aligned_fact **"), ffi.new("int64_t *")
        call(lib.gat_alignment_facts, out, count, self._handle, graph, entity, top)
        found = ffi.gc(out[0], lib.gat_free_list)
        return Rows(AlignedFact(text(f.relation), text(f.neighbor), "in" if f.inverse else "out")
                    for f in (found[i] for i in range(count[0])))

    def neighbors(self, entity: str, top: int = 10) -> Rows[Neighbor]:
        """Entities of both graphs like this one, likest first."""
        out, count = ffi.new("gat_neighbor **"), ffi.new("int64_t *")
        call(lib.gat_alignment_neighbors, out, count, ffi.NULL, self._handle, entity, top)
        found = ffi.gc(out[0], lib.gat_free_list)
        return Rows(Neighbor(f"{n.graph}:{text(n.entity)}", "", "none", 0, n.weight)
                    for n in (found[i] for i in range(count[0])))

    def similarity(self, a: str, b: str) -> float:
        """Cosine of an entity of the first graph and one of the second."""
        out = ffi.new("double *")
        call(lib.gat_alignment_similarity, out, ffi.NULL, self._handle, a, b)
        return out[0]

    def save(self, path: PathLike) -> None:
        """Writes it to one file."""
        call(lib.gat_alignment_save, self._handle, os.fspath(path))

    def write_pairs(self, path: PathLike) -> None:
        """Lines source, target, confidence."""
        call(lib.gat_alignment_write_pairs, self._handle, os.fspath(path))

    def write_scores(self, path: PathLike, top: int = 10) -> None:
        """Lines source, candidate, score for the best candidates of all who are asked."""
        call(lib.gat_alignment_write_scores, self._handle, os.fspath(path), top)

    def export(self, format: str, path: PathLike) -> int:
        """Writes vectors of both graphs as npy, word2vec, projector or safetensors, rows named "1:NAME" and "2:NAME"; their width."""
        dim = ffi.new("int64_t *")
        call(lib.gat_alignment_export, self._handle, format, os.fspath(path), dim)
        return dim[0]
