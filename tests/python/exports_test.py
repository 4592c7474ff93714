"""The checks of tests/python/exports.sh: exports_test.py MODEL..., whose exports lie here as MODEL.FORMAT."""
import json
import sys

import numpy

try:
    from gensim.models import KeyedVectors
except ImportError:
    KeyedVectors = None
    print("python3-gensim is missing: word2vec files are read by nobody here")


def read_lines(path):
    with open(path, encoding="utf-8", newline="\n") as f:
        return f.read().removesuffix("\n").split("\n")


def read_safetensors(path):
    """Tensors by name, and the metadata, as the published format has them: 8 bytes of length, JSON, then the bytes."""
    with open(path, "rb") as f:
        data = f.read()
    length = int.from_bytes(data[:8], "little")
    assert length <= 100_000_000 and data[8:9] == b"{"
    header = json.loads(data[8:8 + length].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(k, str) and isinstance(v, str) for k, v in metadata.items())
    body, tensors, end = data[8 + length:], {}, 0
    for name, t in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, after = t["data_offsets"]
        assert set(t) == {"dtype", "shape", "data_offsets"} and t["dtype"] == "F32"
        assert begin == end and after - begin == 4 * int(numpy.prod(t["shape"])), name
        tensors[name] = numpy.frombuffer(body[begin:after], "<f4").reshape(t["shape"])
        end = after
    assert end == len(body), "no bytes between or behind"
    return tensors, metadata


def read_projector(path):
    """Vectors and rows of metadata as the projector's own reader takes them: tabs, a heading where there are several columns."""
    vectors = [[float(x) for x in line.split("\t")] for line in read_lines(path + ".tsv")]
    assert len({len(v) for v in vectors}) == 1
    rows = [line.split("\t") for line in read_lines(path + ".metadata.tsv")]
    assert len({len(r) for r in rows}) == 1, "as many columns in every row"
    heading = rows.pop(0) if len(rows[0]) > 1 else None
    assert len(rows) == len(vectors)
    return numpy.array(vectors, "f4"), rows, heading


def check(model):
    table = numpy.load(model + ".npy", allow_pickle=False)
    names = read_lines(model + ".npy.entities.txt")
    assert table.dtype == numpy.float32 and table.shape == (len(names), 16) and numpy.isfinite(table).all()
    assert len(set(names)) == len(names)
    vectors, rows, heading = read_projector(model + ".projector")
    assert (vectors == table).all() and [r[0] for r in rows] == names
    assert heading == (["name", "text"] if model == "named" else None)
    assert model != "named" or dict(rows)["e3"] == 'the entity "3"'
    tensors, metadata = read_safetensors(model + ".safetensors")
    assert (tensors["entities_encoded"] == table).all() and metadata["entities"].split("\n")[:len(names)] == names
    assert tensors["entity"].shape[1] == 16 and "relation" in tensors
    for suffix, binary in (("word2vec", False), ("word2vec-binary", True)):
        if not KeyedVectors:
            continue
        words = KeyedVectors.load_word2vec_format(f"{model}.{suffix}", binary=binary)
        assert words.index_to_key == [n.replace(" ", "_") for n in names]
        assert (words.vectors == table).all(), suffix
        near, cosine = words.most_similar(words.index_to_key[0], topn=1)[0]
        assert near in words and -1 <= cosine <= 1.0001


for name in sys.argv[1:]:
    check(name)
