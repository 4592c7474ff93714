"""Which entity a mention means."""
from __future__ import annotations

import os
from typing import Any, Dict, List, NamedTuple, Optional

from ._library import Callbacks, PathLike, call, ffi, lib, named, set_option, text


class Link(NamedTuple):
    """A mention answered; entity None: none of the graph (NIL). start and end are -1 where the file does not tell."""

    document: str
    mention: str
    start: int
    end: int
    entity: Optional[str]
    probability: float


class Linker:
    """A model that links mentions: Linker.train(file), or Linker(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_linker **")
        call(lib.gat_linker_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_linker_free)

    @classmethod
    def train(cls, documents: Optional[PathLike] = None, *, kg: Optional[PathLike] = None, lexicon: Optional[PathLike] = None,
              descriptions: Optional[PathLike] = None, word_vectors: Optional[PathLike] = None, **options: Any) -> "Linker":
        """Learns from a file of documents with annotated mentions, or from kg alone (documents are made from it).

        lexicon: more names; descriptions: texts about entities; options as of `gatkit train --task linking` with _ for -.
        """
        config = ffi.new("gat_link_config **")
        call(lib.gat_link_config_new, config)
        config = ffi.gc(config[0], lib.gat_link_config_free)
        for name, value in options.items():
            set_option(lib.gat_link_config_set, config, name, value)
        inputs, kept, callbacks = ffi.new("gat_link_inputs *"), [named(f) for f in (documents, kg, lexicon, descriptions, word_vectors)], Callbacks()
        inputs.documents, inputs.kg, inputs.lexicon, inputs.descriptions, inputs.word_vectors = kept
        inputs.should_stop = callbacks.make("int(void *)", lambda _: False)
        out = ffi.new("gat_linker **")
        callbacks.call(lib.gat_linker_train, out, inputs, config)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_linker_free)
        return made

    def link(self, documents: PathLike, find_mentions: bool = False) -> List[Link]:
        """Answers every mention of a file of documents, in its order. find_mentions: where a document has none."""
        found: List[Link] = []
        how, callbacks = ffi.new("gat_link_options *"), Callbacks()
        how.find_mentions = find_mentions
        how.on_mention = callbacks.make(
            "int(void *, const gat_link_answer *)", lambda _, a: found.append(
                Link(text(a.document), text(a.text), getattr(a, "from"), a.to, text(a.entity), a.probability)))
        callbacks.call(lib.gat_linker_answer, self._handle, os.fspath(documents), how)
        return found

    def evaluate(self, documents: PathLike) -> Dict[str, Any]:
        """micro and macro accuracy of mentions whose entity is in the graph, recall of the candidates."""
        e = ffi.new("gat_link_evaluation *")
        call(lib.gat_linker_evaluate, e, self._handle, os.fspath(documents), ffi.NULL)
        return {name: getattr(e, name) for name in ("documents", "mentions", "in_kg", "micro", "macro", "recall", "with_nil")}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_linker_save, self._handle, os.fspath(path))
