"""Reads the WordNet 3.0 database files (man page wndb(5WN)), shared by the
scripts `wordnet/build` and `wn18rr/build`. Standard library only.

A synset is keyed by (part of speech, byte offset). Adjective satellites ('s')
lie in the adjective file, so their key says 'a'. Pointers between words are
read as pointers between the synsets of these words.
"""
import gzip
import os
import subprocess
import sys
import tempfile
from collections import namedtuple

PACKAGE = "wordnet-base"
INSTALLED = "/usr/share/wordnet"
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
UNAVAILABLE = 77    # exit status: nothing is wrong, but WordNet cannot be had

Synset = namedtuple("Synset", "key pos lemmas pointers gloss")


def find_dict(given=None):
    """The folder with data.noun and the others; a downloaded one lasts as long as the process."""
    folder = given or INSTALLED
    if os.path.exists(os.path.join(folder, "data.noun")):
        return folder
    if given:
        unavailable("no data.noun in " + given)
    return download()


def download():
    """Unpacks Debian's package into a temporary folder, without installing it."""
    download.folder = tempfile.TemporaryDirectory(prefix="wordnet-")
    folder = download.folder.name
    try:
        run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", PACKAGE], folder)
        deb = [name for name in os.listdir(folder) if name.endswith(".deb")][0]
        run(["dpkg-deb", "-x", deb, "."], folder)
    except (OSError, IndexError, subprocess.CalledProcessError):
        unavailable(f"cannot download {PACKAGE} with apt-get (is this Debian? try apt-get update)")
    return folder + INSTALLED


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, timeout=300,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def unavailable(why):
    print(why, file=sys.stderr)
    sys.exit(UNAVAILABLE)


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


def tsv(records):
    return "".join("\t".join(record) + "\n" for record in records)


def write_text(path, text):
    """Plain, or gzip when the name ends so; no name and no time, so bytes repeat."""
    data = text.encode()
    with open(path, "wb") as f:
        f.write(gzip.compress(data, 9, mtime=0) if path.endswith(".gz") else data)


def read_text(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return f.read().decode()
