"""The Python package against what the graph is: pytest runs it in a fresh folder."""
import gc
import json
import threading

import numpy
import pytest

import gatkit

SMALL = {"dim": 16, "attn_heads": 2, "batch": 64}


def ring():
    """40 entities, each with the next, the one before and the one after the next: train, valid, test."""
    parts = {"train": [], "valid": [], "test": []}
    for i in range(40):
        parts["valid" if i % 10 == 3 else "test" if i % 10 == 7 else "train"].append((f"e{i}", "next", f"e{(i + 1) % 40}"))
        parts["train"] += [(f"e{(i + 1) % 40}", "before", f"e{i}"), (f"e{i}", "near", f"e{(i + 2) % 40}")]
    return parts


@pytest.fixture(scope="module")
def graph():
    return gatkit.Graph.from_triples(**ring())


@pytest.fixture(scope="module")
def model(graph):
    return gatkit.Model.train(graph, epochs=4, **SMALL)


def test_graph(graph, tmp_path):
    stats = graph.stats()
    assert stats["entities"] == 40 and stats["facts"] == {"train": 112, "valid": 4, "test": 4}
    assert {r.name: r.facts for r in stats["relation_stats"]} == {"next": 32, "before": 40, "near": 40}
    assert len(graph.digest) == 32 and graph.digest == gatkit.Graph.from_triples(**ring()).digest
    (tmp_path / "bad.tsv").write_text("a\tb\tc\nonly two\tfields\n")
    with pytest.raises(gatkit.DataError, match="bad.tsv:2"):
        gatkit.Graph(tmp_path / "bad.tsv")
    with pytest.raises(gatkit.UsageError, match="tab"):
        gatkit.Graph.from_triples([("a\tb", "r", "c")])


def test_frames(graph):
    pandas = pytest.importorskip("pandas")
    parts = {name: pandas.DataFrame(rows, columns=["head", "relation", "tail"]) for name, rows in ring().items()}
    assert gatkit.Graph.from_triples(**parts).digest == graph.digest


def test_answers(model, graph):
    answers = model.predict("e7", "next", "?", top=5)
    assert len(answers) == 5 and all(a.head == "e7" and 0 <= a.probability <= 1 for a in answers)
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)
    assert all(a.tail != "e9" for a in model.predict("e8", "next", "?", top=40))
    assert any(a.tail == "e9" for a in model.predict("e8", "next", "?", top=40, known=True))
    assert {n.entity for n in model.neighbors("e7", by="graph")} == {"e5", "e6", "e8", "e9"}
    assert -1 <= model.similarity("e1", "e2") <= 1
    evaluation = model.evaluate(graph)
    assert evaluation.both.queries == 8 and 0 < evaluation.both.realistic.mrr <= 1
    assert evaluation.relations.keys() == {"next"} and evaluation.candidates == 40
    assert model.info["entities"] == 40 and model.info["config"]["dim"] == "16" and model.info["valid"].mrr > 0
    assert sorted(model.entities) == sorted(f"e{i}" for i in range(40)) and len(model.relations) == 3
    assert model.entities[-1] == model.entities[39] and model.entity_text("e7") is None
    with pytest.raises(IndexError):
        model.entities[40]
    with pytest.raises(gatkit.UsageError, match="nobody"):
        model.predict("nobody", "next", "?")
    with pytest.raises(gatkit.UsageError, match="paths"):
        model.explain("e1", "next", "e2")
    with pytest.raises(gatkit.UsageError):
        model.evaluate(graph, split="nothing")


def test_embeddings(model):
    table = model.embeddings
    assert table.shape[0] == 40 and table.dtype == numpy.float32 and numpy.isfinite(table).all()
    with pytest.raises(ValueError):
        table[0, 0] = 1
    i, k = (list(model.entities).index(name) for name in ("e1", "e2"))
    cosine = table[i] @ table[k] / numpy.linalg.norm(table[i]) / numpy.linalg.norm(table[k])
    assert abs(cosine - model.similarity("e1", "e2")) < 1e-5


def test_embeddings_outlive_the_model(graph):
    model = gatkit.Model.train(graph, epochs=1, **SMALL)
    table, total = model.embeddings, model.embeddings.sum()
    del model
    gc.collect()
    assert table.sum() == total


def test_files(model, tmp_path):
    model.save(tmp_path / "a.gatkit")
    again = gatkit.Model(tmp_path / "a.gatkit")
    assert again.info["digest"] == model.info["digest"] and (again.embeddings == model.embeddings).all()
    model.export("npy", tmp_path / "a.npy")
    assert (numpy.load(tmp_path / "a.npy") == model.embeddings).all()
    with pytest.raises(gatkit.ModelError, match="no such"):
        gatkit.Model(tmp_path / "none")
    (tmp_path / "cut").write_bytes((tmp_path / "a.gatkit").read_bytes()[:500])
    with pytest.raises(gatkit.ModelError):
        gatkit.Model(tmp_path / "cut")


def test_progress(graph):
    seen = []
    model = gatkit.Model.train(graph, epochs=4, progress=seen.append, **SMALL)
    assert [p.epoch for p in seen] == [1, 2, 3, 4] and seen[-1].loss > 0
    with pytest.raises(gatkit.UsageError, match="attn"):
        gatkit.Model.train(graph, attn_head=4)
    assert model.info["epochs"] == 4


def test_interrupted_and_resumed(graph, tmp_path, model):
    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    kept = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        gatkit.Model.train(graph, epochs=4, checkpoint=kept, progress=stop, **SMALL)
    assert kept.exists()
    resumed = gatkit.Model.train(graph, epochs=4, checkpoint=kept, resume=True, **SMALL)
    assert resumed.info["digest"] == model.info["digest"]
    with pytest.raises(gatkit.Interrupted):
        gatkit.Model.train(graph, epochs=4, progress=lambda p: p.epoch == 1, **SMALL)
    with pytest.raises(ZeroDivisionError):
        gatkit.Model.train(graph, epochs=4, progress=lambda p: 1 / 0, **SMALL)


def test_paths(graph):
    model = gatkit.Model.train(graph, model="path", queries=200, layers=2)
    why = model.explain("e8", "next", "e9")
    assert why.paths and all(0 <= s.attention <= 1 for p in why.paths for s in p.steps)
    assert why.paths[0].steps[0].head == "e8"
    with pytest.raises(gatkit.UsageError):
        model.embeddings  # noqa: B018


def test_alignment(tmp_path):
    lines = [(f"a{i}", "to", f"a{(i * i + 1) % 60}") for i in range(60)] + [(f"a{i}", "by", f"a{(i + 1) % 60}") for i in range(60)]
    for side in "ab":
        (tmp_path / f"{side}.tsv").write_text("".join("\t".join(t).replace("a", side) + "\n" for t in lines))
    (tmp_path / "seeds.tsv").write_text("".join(f"a{i}\tb{i}\n" for i in range(0, 60, 2)))
    found = gatkit.Alignment.align(tmp_path / "a.tsv", tmp_path / "b.tsv", seeds=tmp_path / "seeds.tsv")
    right = [p for p in found if p.source[1:] == p.target[1:]]
    assert found.report["entities1"] == 60 and len(right) >= 20
    assert found.reasons(right[0].source) and found.neighbors("a1", top=3)
    found.save(tmp_path / "pairs.gatkit")
    assert gatkit.Alignment(tmp_path / "pairs.gatkit").pairs == found.pairs
    with pytest.raises(gatkit.UsageError, match="colour"):
        gatkit.Alignment.align(tmp_path / "a.tsv", tmp_path / "b.tsv", colour=1)


def sentences(path, count):
    """Sentences that state one of two relations by one word."""
    with open(path, "w") as out:
        for i in range(count):
            word, label = ("owns", "owner") if i % 2 else ("visits", "visitor")
            tokens = [f"person{i % 7}", word, "the", f"house{i % 5}"]
            out.write(json.dumps({"id": str(i), "tokens": tokens, "e1": [0, 1], "e2": [3, 4], "label": label}) + "\n")


def test_relations(tmp_path):
    sentences(tmp_path / "train.jsonl", 80)
    sentences(tmp_path / "test.jsonl", 10)
    model = gatkit.Relations.train(tmp_path / "train.jsonl", members=0)
    assert model.evaluate(tmp_path / "test.jsonl")["macro_f1"] == 1
    found = model.extract(tmp_path / "test.jsonl", relations="owner")
    assert len(found) == 10 and found[1].words[1] == "owns" and found[1].spans == ((0, 1), (3, 4))
    assert found[1].answers[0][0] == "owner" and 0 < found[1].answers[0][1] <= 1
    model.save(tmp_path / "r.gatkit")
    assert len(gatkit.Relations(tmp_path / "r.gatkit").extract(tmp_path / "test.jsonl")) == 10
    with pytest.raises(gatkit.DataError, match="bad.jsonl:1"):
        (tmp_path / "bad.jsonl").write_text("no json\n")
        model.extract(tmp_path / "bad.jsonl")


def test_linking(tmp_path, graph):
    folder = tmp_path / "g"
    folder.mkdir()
    (folder / "train.tsv").write_text("".join("\t".join(t) + "\n" for t in ring()["train"]))
    (folder / "entity_name.tsv").write_text("".join(f"e{i}\tname{i // 2}\n" for i in range(40)))
    linker = gatkit.Linker.train(kg=folder, epochs=1)
    (tmp_path / "d.jsonl").write_text(json.dumps({"id": "d", "text": "name3 and name4", "mentions": [{"start": 0, "end": 5}]}) + "\n")
    found = linker.link(tmp_path / "d.jsonl")
    assert len(found) == 1 and found[0].mention == "name3" and found[0].entity in ("e6", "e7", None)
    assert [link.mention for link in linker.link(tmp_path / "d.jsonl", find_mentions=True)]


def test_threads(model):
    wanted, got = model.predict("e7", "next", "?"), []
    threads = [threading.Thread(target=lambda: got.append(model.predict("e7", "next", "?"))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == [wanted] * 4
