"""Whole small graphs like those of a set."""
from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ._library import Callbacks, PathLike, call, encoded, ffi, lib, named, set_option, text


class GeneratedGraph(NamedTuple):
    """A graph drawn. log2_likelihood: of its triples in this order; known: train or valid has it."""

    triples: List[Tuple[str, str, str]]
    log2_likelihood: float
    known: bool


class GeneratorProgress(NamedTuple):
    """After an epoch: bits per graph of train, while learning, and of valid (None: there is none)."""

    epoch: int
    epochs: int
    bits: float
    valid_bits: Optional[float]


class GraphGenerator:
    """A model that draws graphs: GraphGenerator.train(folder), or GraphGenerator(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_generator **")
        call(lib.gat_generator_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_generator_free)

    @classmethod
    def train(cls, data: PathLike, *, progress: Optional[Callable[[GeneratorProgress], Any]] = None,
              checkpoint: Optional[PathLike] = None, resume: bool = False, time_limit: float = 0, **options: Any) -> "GraphGenerator":
        """Learns from JSON lines, each a list of [head, relation, tail] (`gatkit help files`).

        options as of `gatkit train --task graphs` with _ for -. progress is called after every epoch; if it returns true or raises,
        and on ctrl-C, the checkpoint is written and training stops.
        """
        config = ffi.new("gat_generator_config **")
        call(lib.gat_generator_config_new, config)
        config = ffi.gc(config[0], lib.gat_generator_config_free)
        for name, value in options.items():
            set_option(lib.gat_generator_config_set, config, name, value)
        inputs, callbacks, stop = ffi.new("gat_generator_inputs *"), Callbacks(), []
        kept = [named(data), named(checkpoint)]
        inputs.data, inputs.checkpoint = kept
        inputs.resume, inputs.time_limit = resume, time_limit

        def tell(_, p):
            if progress(GeneratorProgress(p.epoch, p.epochs, p.loss, p.valid_bits if p.valid_bits >= 0 else None)):
                stop.append(True)

        if progress:
            inputs.on_progress = callbacks.make("void(void *, const gat_generator_progress *)", tell)
        inputs.should_stop = callbacks.make("int(void *)", lambda _: bool(stop))
        out = ffi.new("gat_generator **")
        callbacks.call(lib.gat_generator_train, out, inputs, config)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_generator_free)
        return made

    def generate(self, count: int = 10, *, seed: int = 1, temperature: float = 1, top_k: int = 0, top_p: float = 0,
                 relations: Sequence[str] = (), contains: Optional[str] = None, novel: bool = False, apart: bool = False,
                 free: bool = False) -> List[GeneratedGraph]:
        """Draws graphs; graph i of a seed is the same whatever the count.

        relations: these alone; contains: an entity that every graph has; novel: none of train or valid; apart: they need not be
        connected; free: no constraints. UsageError where nothing meets what is asked.
        """
        found: List[GeneratedGraph] = []
        how, callbacks = ffi.new("gat_generate_options *"), Callbacks()
        kept = [named(contains), [encoded(name) for name in relations]]
        names = ffi.new("const char *[]", kept[1])
        how.count, how.seed, how.temperature, how.top_k, how.top_p = count, seed, temperature, top_k, top_p
        how.relations, how.num_relations, how.contains = names, len(kept[1]), kept[0]
        how.novel, how.apart, how.free = novel, apart, free

        def add(_, g):
            triples = [(text(t.head) or "", text(t.relation) or "", text(t.tail) or "") for t in (g.triple[i] for i in range(g.num_triples))]
            found.append(GeneratedGraph(triples, g.log2_likelihood, bool(g.known)))

        how.on_graph = callbacks.make("int(void *, const gat_generated_graph *)", add)
        callbacks.call(lib.gat_generator_draw, self._handle, how, ffi.NULL)
        return found

    def evaluate(self, data: PathLike, *, rules: Optional[PathLike] = None, count: int = 0, seed: int = 1, temperature: float = 1,
                 novel: bool = False) -> Dict[str, Any]:
        """Draws graphs (2,000 unless count says) and judges them by rules, and tells the bits of a graph of test.

        valid, novel, valid_novel, distinct: of graphs; bits of the triples in a random order, bits_set as a set (at most).
        """
        how, e = ffi.new("gat_generator_evaluate_options *"), ffi.new("gat_generator_evaluation *")
        kept = named(rules)
        how.rules = kept
        how.draw.count, how.draw.seed, how.draw.temperature, how.draw.novel = count, seed, temperature, novel
        call(lib.gat_generator_evaluate, e, self._handle, os.fspath(data), how)
        return {name: getattr(e, name) for name in ("graphs", "refused", "valid", "novel", "valid_novel", "distinct", "empty",
                                                    "test_graphs", "scored", "bits", "bits_set")}

    @property
    def info(self) -> Dict[str, Any]:
        """What the model is and came from."""
        i = ffi.new("gat_generator_info *")
        call(lib.gat_generator_describe, i, self._handle)
        numbers = ("train_graphs", "valid_graphs", "train_triples", "entities", "relations", "most_triples", "parameters", "epochs",
                   "best_epoch", "valid_bits")
        config = dict(line.split(" = ", 1) for line in (text(i.config) or "").splitlines())
        return {**{name: getattr(i, name) for name in numbers}, "config": config, "digest": text(i.digest)}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_generator_save, self._handle, os.fspath(path))
