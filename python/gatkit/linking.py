"""Which entity a mention means."""
from __future__ import annotations

import os
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Union

from ._library import Callbacks, PathLike, call, ffi, lib, named, set_option, text
from ._records import Record, Rows, is_path, json_lines
from .model import Progress, _progress


class Choice(NamedTuple):
    """A candidate of a mention. belief: in [0, 1], of all candidates together 1."""

    entity: str
    title: str
    belief: float


class Support(NamedTuple):
    """Another mention of the document that spoke for the answer; weight: share of all that the answer has heard."""

    mention: int
    text: str
    entity: str
    weight: float


class Link(NamedTuple):
    """A mention answered; entity None: none of the graph (NIL). probability: that this is right.

    start and end count code points of a text, or tokens; -1 where the document does not tell. nil: the probability of meaning
    nothing in the graph. choices: the five best candidates, best first; supports: at most five, heaviest first.
    """

    document: str
    mention: str
    start: int
    end: int
    entity: Optional[str]
    probability: float
    title: Optional[str] = None
    nil: float = 0
    choices: List[Choice] = []
    supports: List[Support] = []

    def row(self) -> Dict[str, Any]:
        """Of a DataFrame: all but the lists."""
        names = ("document", "mention", "start", "end", "entity", "title", "probability", "nil")
        return {name: getattr(self, name) for name in names}


def _link(a) -> Link:
    choices = [Choice(text(c.entity) or "", text(c.title) or "", c.belief) for c in (a.choice[i] for i in range(a.num_choices))]
    supports = [Support(s.mention, text(s.text) or "", text(s.entity) or "", s.weight)
                for s in (a.support[i] for i in range(a.num_supports))]
    return Link(text(a.document) or "", text(a.text) or "", getattr(a, "from"), a.to, text(a.entity), a.probability, text(a.title),
                a.nil, choices, supports)


class Linker:
    """A model that links mentions: Linker.train(file), or Linker(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_linker **")
        call(lib.gat_linker_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_linker_free)

    @classmethod
    def train(cls, documents: Optional[PathLike] = None, *, kg: Optional[PathLike] = None, lexicon: Optional[PathLike] = None,
              descriptions: Optional[PathLike] = None, word_vectors: Optional[PathLike] = None, made: Optional[int] = None,
              progress: Optional[Callable[[Progress], Any]] = None, **options: Any) -> "Linker":
        """Learns from a file of documents with annotated mentions, or from kg alone (documents are made from it).

        made: how many documents are made from kg where there is no file; lexicon: more names; descriptions: texts about entities; options as of `gatkit train --task linking` with _ for -.
        progress is called after every epoch; if it returns true or raises, and on ctrl-C, training stops.
        """
        config = ffi.new("gat_link_config **")
        call(lib.gat_link_config_new, config)
        config = ffi.gc(config[0], lib.gat_link_config_free)
        for name, value in ([("documents", made)] if made is not None else []) + list(options.items()):
            set_option(lib.gat_link_config_set, config, name, value)
        inputs, callbacks = ffi.new("gat_link_inputs *"), Callbacks()
        kept = [named(f) for f in (documents, kg, lexicon, descriptions, word_vectors)]
        inputs.documents, inputs.kg, inputs.lexicon, inputs.descriptions, inputs.word_vectors = kept
        stop = []
        if progress:
            inputs.on_progress = callbacks.make("void(void *, const gat_progress *)",
                                                lambda _, p: stop.append(True) if progress(_progress(p)) else None)
        inputs.should_stop = callbacks.make("int(void *)", lambda _: bool(stop))
        out = ffi.new("gat_linker **")
        callbacks.call(lib.gat_linker_train, out, inputs, config)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_linker_free)
        return made

    def link(self, documents: Union[PathLike, Iterable[Record]], find_mentions: Optional[bool] = None) -> Rows[Link]:
        """Answers every mention of the documents, in their order.

        documents: a file, or in memory texts, mappings (id, text or tokens, mentions: [{start, end}]) or a DataFrame with such
        columns. find_mentions: in documents without mentions the names of the graph are found; by default in memory alone. A
        linker trained without a graph has no names to find. DataError names the file ("documents" in memory) and the line.
        """
        found: Rows[Link] = Rows()
        how, callbacks, path = ffi.new("gat_link_options *"), Callbacks(), is_path(documents)
        how.find_mentions = (not path and self.info["names"] > 0) if find_mentions is None else find_mentions
        how.on_mention = callbacks.make("int(void *, const gat_link_answer *)", lambda _, a: found.append(_link(a)))
        if path:
            callbacks.call(lib.gat_linker_answer, self._handle, os.fspath(documents), how)
        else:
            lines = json_lines(documents)
            callbacks.call(lib.gat_linker_answer_memory, self._handle, ffi.from_buffer(lines), len(lines), "documents", how)
        return found

    def evaluate(self, documents: PathLike, remove_entities: float = 0) -> Dict[str, Any]:
        """Against the entities annotated in a file of documents.

        micro: share of the mentions in the graph that are linked right, macro: the mean of it over documents, recall: of the
        candidates; with_nil, nil_precision, nil_recall where an answer may be NIL; most_linked and heaviest_name: two rules; brier
        and calibration_error of the probabilities. remove_entities: this share of the entities is taken out first.
        """
        e, how = ffi.new("gat_link_evaluation *"), ffi.new("gat_link_evaluate_options *")
        how.remove_entities = remove_entities
        call(lib.gat_linker_evaluate, e, self._handle, os.fspath(documents), how)
        return {name: getattr(e, name) for name in (
            "documents", "mentions", "in_kg", "nil", "micro", "macro", "recall", "most_linked", "heaviest_name", "with_nil",
            "nil_precision", "nil_recall", "brier", "calibration_error")}

    @property
    def info(self) -> Dict[str, Any]:
        """What the linker is and came from."""
        i = ffi.new("gat_link_info *")
        call(lib.gat_linker_describe, i, self._handle)
        numbers = ("documents", "mentions", "held_back", "parameters", "kg_entities", "kg_facts", "names", "threshold",
                   "held_back_correct")
        config = dict(line.split(" = ", 1) for line in (text(i.config) or "").splitlines())
        return {**{name: getattr(i, name) for name in numbers}, "config": config, "digest": text(i.digest)}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_linker_save, self._handle, os.fspath(path))
