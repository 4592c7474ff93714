"""Which relation a sentence states."""
from __future__ import annotations

import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ._library import Callbacks, PathLike, call, ffi, lib, named, set_option, text


class Extraction(NamedTuple):
    """A sentence answered: labels with their probabilities, best first; attention: of each word, None without a net."""

    id: str
    words: List[str]
    spans: Tuple[Tuple[int, int], Tuple[int, int]]
    answers: List[Tuple[str, float]]
    attention: Optional[List[float]]


def _extraction(x) -> Extraction:
    words = [text(x.word[i]) or "" for i in range(x.num_words)]
    spans = tuple((x.span[k][0], x.span[k][1]) for k in range(2))
    answers = [(text(x.answer[i].label) or "", x.answer[i].probability) for i in range(x.num_answers)]
    attention = None if x.attention == ffi.NULL else [x.attention[i] for i in range(x.num_words)]
    return Extraction(text(x.id) or "", words, spans, answers, attention)


class Relations:
    """A model of relations in sentences: Relations.train(file), or Relations(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_relations **")
        call(lib.gat_relations_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_relations_free)

    @classmethod
    def train(cls, sentences: PathLike, *, kg: Optional[PathLike] = None, word_vectors: Optional[PathLike] = None,
              checkpoint: Optional[PathLike] = None, resume: bool = False, time_limit: float = 0, max_memory: int = 0,
              **options: Any) -> "Relations":
        """Learns from a file of sentences with labels; options as of `gatkit train --task relations` with _ for -.

        checkpoint: nets that are done are kept there, resume=True goes on from it; time_limit in seconds, max_memory in bytes.
        """
        config = ffi.new("gat_relation_config **")
        call(lib.gat_relation_config_new, config)
        config = ffi.gc(config[0], lib.gat_relation_config_free)
        for name, value in options.items():
            set_option(lib.gat_relation_config_set, config, name, value)
        inputs, callbacks = ffi.new("gat_relation_inputs *"), Callbacks()
        kept = [named(f) for f in (sentences, kg, word_vectors, checkpoint)]
        inputs.sentences, inputs.kg, inputs.word_vectors, inputs.checkpoint = kept
        inputs.resume, inputs.time_limit, inputs.max_memory = resume, time_limit, max_memory
        inputs.should_stop = callbacks.make("int(void *)", lambda _: False)
        out = ffi.new("gat_relations **")
        callbacks.call(lib.gat_relations_train, out, inputs, config)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_relations_free)
        return made

    def extract(self, sentences: PathLike, relations: Optional[str] = None, attention: bool = False) -> List[Extraction]:
        """Answers every sentence of a file, in its order. relations: names allowed, separated by commas."""
        found: List[Extraction] = []
        how, callbacks, kept = ffi.new("gat_extract_options *"), Callbacks(), named(relations)
        how.relations, how.attention = kept, attention
        how.on_sentence = callbacks.make("int(void *, const gat_extraction *)", lambda _, x: found.append(_extraction(x)))
        callbacks.call(lib.gat_relations_extract, self._handle, os.fspath(sentences), how)
        return found

    def evaluate(self, sentences: PathLike) -> Dict[str, Any]:
        """macro_f1, micro_f1, accuracy of a file of sentences with labels."""
        out = ffi.new("gat_relation_evaluation **")
        call(lib.gat_relations_evaluate, out, self._handle, os.fspath(sentences))
        e = ffi.gc(out[0], lib.gat_relation_evaluation_free)
        return {"sentences": e.sentences, "macro_f1": e.macro_f1, "micro_f1": e.micro.f1, "accuracy": e.accuracy}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_relations_save, self._handle, os.fspath(path))
