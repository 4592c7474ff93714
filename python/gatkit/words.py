"""Vectors of words from a text of one's own."""
from __future__ import annotations

import os
from typing import Callable, NamedTuple, Optional

from ._library import Callbacks, PathLike, ffi, lib, named, text


class Words(NamedTuple):
    """What a training of word vectors has made. pairs: of words that keep company more than chance has it."""

    lines: int
    tokens: int
    words: int
    dim: int
    pairs: int
    digest: str


def train_words(source: PathLike, output: PathLike, *, dim: int = 100, window: int = 5, min_count: int = 5, epochs: int = 6,
                seed: int = 1, max_memory: int = 0, log: Optional[Callable[[str], None]] = None) -> Words:
    """Learns vectors of the words of a text and writes them to output, gzipped when its name ends in .gz.

    source: lines of text, or JSON objects with "tokens" or "text". The file has a line of two numbers (words, dim), then a word
    and its dim numbers a line, commonest first: what word_vectors= of other trainings and word2vec's readers take. window: words
    to each side that keep company; below 0, all of the line. Ctrl-C stops between rounds and leaves no file.
    """
    how, callbacks, kept = ffi.new("gat_words_options *"), Callbacks(), named(source)
    how.text, how.dim, how.window, how.min_count, how.epochs = kept, dim, window, min_count, epochs
    how.seed, how.max_memory = seed, max_memory
    how.should_stop = callbacks.make("int(void *)", lambda _: False)
    if log:
        how.log.function = callbacks.make("void(void *, gat_log_level, const char *)",
                                          lambda _context, _level, message: log(text(message) or ""))
    info = ffi.new("gat_words_info *")
    callbacks.call(lib.gat_words_train, info, how, os.fspath(output))
    return Words(info.lines, info.tokens, info.words, info.dim, info.pairs, text(info.digest) or "")
