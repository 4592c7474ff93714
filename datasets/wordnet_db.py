"""Reads the WordNet 3.0 database files (man page wndb(5WN)), shared by the
scripts `wordnet/build` and `wn18rr/build`. Standard library only.

A synset is keyed by (part of speech, byte offset). Adjective satellites ('s')
lie in the adjective file, so their key says 'a'. Pointers between words are
read as pointers between the synsets of these words.
"""
import os
from collections import namedtuple

from debian_package import find_folder, read_text, tsv, unavailable, write_text    # noqa: F401 (for the scripts)

PACKAGE = "wordnet-base"
INSTALLED = "/usr/share/wordnet"
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}

Synset = namedtuple("Synset", "key pos lemmas pointers gloss")


def find_dict(given=None):
    """The folder with data.noun and the others."""
    return find_folder(PACKAGE, INSTALLED, "data.noun", given)


def rows(folder, name):
    """The lines of a database file after the licence, which is indented."""
    with open(os.path.join(folder, name), encoding="latin-1") as f:
        for line in f:
            if not line.startswith(" "):
                yield line


def synsets(folder):
    for pos, name in FILES.items():
        for line in rows(folder, "data." + name):
            yield parse_synset(pos, line)


def parse_synset(file_pos, line):
    """`offset lex_filenum pos w_cnt (word lex_id)* p_cnt (symbol offset pos words)* ... | gloss`"""
    data, gloss = line.split(" | ", 1)
    field = data.split()
    words_end = 4 + 2 * int(field[3], 16)
    lemmas = [word.split("(")[0] for word in field[4:words_end:2]]      # "able(p)" is "able"
    pointers = []
    for i in range(int(field[words_end])):
        at = words_end + 1 + 4 * i
        symbol, offset, pos = field[at:at + 3]
        pointers.append((symbol, ("a" if pos == "s" else pos, int(offset))))
    return Synset((file_pos, int(field[0])), field[2], lemmas, pointers, gloss.strip())


def senses(folder):
    """{(lower-case lemma, part of speech, sense number): synset key}; most frequent sense first."""
    sense = {}
    for pos, name in FILES.items():
        for line in rows(folder, "index." + name):
            field = line.split()
            for i, offset in enumerate(field[-int(field[2]):]):
                sense[field[0], pos, i + 1] = (pos, int(offset))
    return sense


def label(synset):
    """`lemma, lemma: definition`, without the usage examples."""
    lemmas = ", ".join(lemma.replace("_", " ") for lemma in synset.lemmas)
    return lemmas + ": " + synset.gloss.split('; "')[0]
