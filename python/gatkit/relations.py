"""Which relation a sentence states."""
from __future__ import annotations

import os
import tempfile
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

from ._library import Callbacks, PathLike, UsageError, call, ffi, lib, named, set_option, text
from ._records import Record, Rows, is_path, json_lines
from .linking import Linker


class Extraction(NamedTuple):
    """A sentence answered: labels with their probabilities, best first; attention: of each word, None without a net.

    spans: words [from, to) of the two entities; entities: the graph's ids where they are known, else the words.
    """

    id: str
    words: List[str]
    spans: Tuple[Tuple[int, int], Tuple[int, int]]
    answers: List[Tuple[str, float]]
    attention: Optional[List[float]]
    entities: Tuple[str, str] = ("", "")

    def row(self) -> Dict[str, Any]:
        """Of a DataFrame: the best answer."""
        label, probability = self.answers[0]
        return {"id": self.id, "entity1": self.entities[0], "label": label, "entity2": self.entities[1], "probability": probability}


class PairExtraction(NamedTuple):
    """All sentences of a pair answered together. sentences: their ids; attention: of each, for the first answer."""

    entities: Tuple[str, str]
    answers: List[Tuple[str, float]]
    sentences: List[str]
    attention: List[float]

    def row(self) -> Dict[str, Any]:
        """Of a DataFrame: the best answer."""
        label, probability = self.answers[0]
        return {"entity1": self.entities[0], "label": label, "entity2": self.entities[1], "probability": probability,
                "sentences": len(self.sentences)}


class RelationProgress(NamedTuple):
    """A step that is done: "linear", "held-out net" or "net", the index-th of so many. loss, f1: NaN where it has none."""

    stage: str
    index: int
    of: int
    loss: float
    f1: float
    seconds: float


def _answers(x) -> List[Tuple[str, float]]:
    return [(text(x.answer[i].label) or "", x.answer[i].probability) for i in range(x.num_answers)]


def _entities(x) -> Tuple[str, str]:
    return text(x.entity[0]) or "", text(x.entity[1]) or ""


def _extraction(x) -> Extraction:
    words = [text(x.word[i]) or "" for i in range(x.num_words)]
    spans = tuple((x.span[k][0], x.span[k][1]) for k in range(2))
    attention = None if x.attention == ffi.NULL else [x.attention[i] for i in range(x.num_words)]
    return Extraction(text(x.id) or "", words, spans, _answers(x), attention, _entities(x))


def _pair(x) -> PairExtraction:
    return PairExtraction(_entities(x), _answers(x), [text(x.sentence[i]) or "" for i in range(x.num_sentences)],
                          [x.attention[i] for i in range(x.num_sentences)])


def _score(s) -> Dict[str, Any]:
    return {name: getattr(s, name) for name in ("gold", "said", "right", "precision", "recall", "f1")}


_KG_FLAGS = ("bags", "kg_states", "kg_partial", "shuffle_kg")


class Relations:
    """A model of relations in sentences: Relations.train(file), or Relations(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_relations **")
        call(lib.gat_relations_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_relations_free)

    @classmethod
    def train(cls, sentences: PathLike, *, kg: Optional[PathLike] = None, word_vectors: Optional[PathLike] = None,
              checkpoint: Optional[PathLike] = None, resume: bool = False, time_limit: float = 0, max_memory: int = 0,
              progress: Optional[Callable[[RelationProgress], Any]] = None, **options: Any) -> "Relations":
        """Learns from a file of sentences with labels; options as of `gatkit train --task relations` with _ for -.

        checkpoint: nets that are done are kept there, resume=True goes on from it; time_limit in seconds, max_memory in bytes.
        kg: a graph (DATA or a model) that ids of the sentences' entities belong to, with kg_partial=True one that lacks some;
        bags=True: learn to answer for all sentences of a pair together, too. progress is called after every step; if it returns
        true or raises, and on ctrl-C, training stops with what is done in the checkpoint.
        """
        config = ffi.new("gat_relation_config **")
        call(lib.gat_relation_config_new, config)
        config = ffi.gc(config[0], lib.gat_relation_config_free)
        inputs, callbacks, stop = ffi.new("gat_relation_inputs *"), Callbacks(), []
        for name, value in options.items():
            if name in _KG_FLAGS:
                setattr(inputs, name, bool(value))
            else:
                set_option(lib.gat_relation_config_set, config, name, value)
        kept = [named(f) for f in (sentences, kg, word_vectors, checkpoint)]
        inputs.sentences, inputs.kg, inputs.word_vectors, inputs.checkpoint = kept
        inputs.resume, inputs.time_limit, inputs.max_memory = resume, time_limit, max_memory
        if progress:
            made = lambda p: RelationProgress(text(p.stage) or "", p.index, p.of, p.loss, p.f1, p.seconds)  # noqa: E731
            inputs.on_progress = callbacks.make("void(void *, const gat_relation_progress *)",
                                                lambda _, p: stop.append(True) if progress(made(p)) else None)
        inputs.should_stop = callbacks.make("int(void *)", lambda _: bool(stop))
        out = ffi.new("gat_relations **")
        callbacks.call(lib.gat_relations_train, out, inputs, config)
        model = cls.__new__(cls)
        model._handle = ffi.gc(out[0], lib.gat_relations_free)
        return model

    def _ask(self, function: Callable[..., int], *arguments: Any, relations: Optional[str], attention: bool = False) -> Rows[Any]:
        """Calls one of the functions that tell answers one by one."""
        found: Rows[Any] = Rows()
        how, callbacks, kept = ffi.new("gat_extract_options *"), Callbacks(), named(relations)
        how.relations, how.attention = kept, attention
        how.on_sentence = callbacks.make("int(void *, const gat_extraction *)", lambda _, x: found.append(_extraction(x)))
        how.on_pair = callbacks.make("int(void *, const gat_bag_extraction *)", lambda _, x: found.append(_pair(x)))
        callbacks.call(function, self._handle, *arguments, how)
        return found

    def extract(self, sentences: Union[PathLike, Iterable[Record]], relations: Optional[str] = None,
                attention: bool = False) -> Rows[Extraction]:
        """Answers every sentence, in their order. relations: names allowed, separated by commas.

        sentences: a file, or in memory mappings (text or tokens, e1: (from, to), e2) or a DataFrame with such columns; places
        count code points of a text, or tokens. DataError names the file ("sentences" in memory) and the line.
        """
        if is_path(sentences):
            return self._ask(lib.gat_relations_extract, os.fspath(sentences), relations=relations, attention=attention)
        lines = json_lines(sentences)
        return self._ask(lib.gat_relations_extract_memory, ffi.from_buffer(lines), len(lines), "sentences", relations=relations,
                         attention=attention)

    def extract_text(self, documents: Union[PathLike, Iterable[Record]], *, kg: Optional[PathLike] = None,
                     linker: Optional[Linker] = None, relations: Optional[str] = None, attention: bool = False) -> Rows[Extraction]:
        """From texts to facts: every two linked mentions of one sentence are asked about.

        documents: as of Linker.link. They are linked by the linker, or by the names of kg (DATA or a model of a graph).
        """
        if (kg is None) == (linker is None):
            raise UsageError("extract_text takes one of kg and linker")
        by = (ffi.NULL if linker is None else linker._handle, named(kg))
        if is_path(documents):
            return self._ask(lib.gat_relations_extract_text, *by, os.fspath(documents), relations=relations, attention=attention)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "documents")
            with open(path, "wb") as out:
                out.write(json_lines(documents))
            return self._ask(lib.gat_relations_extract_text, *by, path, relations=relations, attention=attention)

    def extract_bags(self, sentences: PathLike, relations: Optional[str] = None) -> Rows[PairExtraction]:
        """All sentences of a pair together, of a model trained with bags=True (else UsageError)."""
        return self._ask(lib.gat_relations_extract_bags, os.fspath(sentences), relations=relations)

    def evaluate(self, sentences: PathLike) -> Dict[str, Any]:
        """Of a file of sentences with labels: macro_f1, micro (precision, recall, f1), accuracy, calibration_error.

        relations: the same by name, whichever way they go; parts: with a graph, micro-F1 of all, text and graph alone; bags: of
        a model that answers for pairs, average_precision and precision_at (100, 200, 300), else None.
        """
        out = ffi.new("gat_relation_evaluation **")
        call(lib.gat_relations_evaluate, out, self._handle, os.fspath(sentences))
        e = ffi.gc(out[0], lib.gat_relation_evaluation_free)
        ranking = e.bag.ranking[lib.GAT_BAG_ATTENTION]
        return {"sentences": e.sentences, "macro_f1": e.macro_f1, "micro_f1": e.micro.f1, "micro": _score(e.micro),
                "accuracy": e.accuracy, "calibration_error": e.calibration_error,
                "relations": {text(e.relation[i].relation): _score(e.relation[i].score) for i in range(e.num_relations)},
                "parts": {text(lib.gat_relation_part_name(p)): e.view[p][lib.GAT_PAIR_ANY].micro.f1 for p in range(e.parts)},
                "bags": {"average_precision": ranking.average_precision, "precision_at": tuple(ranking.at)} if e.bags else None}

    @property
    def info(self) -> Dict[str, Any]:
        """What the model is and came from."""
        i = ffi.new("gat_relation_info *")
        call(lib.gat_relations_describe, i, self._handle)
        numbers = ("sentences", "labels", "features", "parameters", "members", "kg_entities", "kg_facts", "vectors", "bags", "several",
                   "parsed", "threshold", "held_out_f1")
        config = dict(line.split(" = ", 1) for line in (text(i.config) or "").splitlines())
        return {**{name: getattr(i, name) for name in numbers}, "config": config, "digest": text(i.digest),
                "data_digest": text(i.data_digest)}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_relations_save, self._handle, os.fspath(path))
