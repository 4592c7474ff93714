"""The Python package against what the graph is: pytest runs it in a fresh folder."""
import gc
import json
import os
import signal
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


def test_many_questions(model):
    questions = [(f"e{i}", "next", "?") for i in range(20)] + [("?", "near", "e3"), ("e4", "?", "e5")]
    assert model.predict_many(questions, top=4) == [model.predict(*q, top=4) for q in questions]
    assert model.predict_many([]) == []
    with pytest.raises(gatkit.UsageError, match="nobody"):
        model.predict_many([("e1", "next", "?"), ("nobody", "next", "?"), ("e2", "next", "?")])
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(questions, columns=["head", "relation", "tail"])
    assert model.predict_many(table, known=True)[0] == model.predict("e0", "next", "?", known=True)


def test_growth(model):
    facts = model.grow(4, around="e7")
    assert 0 < len(facts) <= 4 and all("e7" in (f.head, f.tail) and 0 <= f.probability <= 1 for f in facts)
    rules = [r for f in facts for r in f.reasons]
    assert rules and all(r.kind == "rule" and r.steps and 0 < r.weight <= 1 for r in rules)
    assert model.grow(4, min_probability=1) == []
    with pytest.raises(gatkit.UsageError, match="nobody"):
        model.grow(4, around="nobody")


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


def test_a_signal(graph, tmp_path):
    def press(progress):
        if progress.epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        gatkit.Model.train(graph, epochs=100000, checkpoint=tmp_path / "kept", progress=press, **SMALL)
    assert (tmp_path / "kept").exists()


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
    assert {(f.relation, f.neighbor, f.direction) for f in found.facts(1, "a7")} >= {("by", "a8", "out"), ("by", "a6", "in")}
    assert found.export("npy", tmp_path / "v.npy") == numpy.load(tmp_path / "v.npy").shape[1]
    found.write_scores(tmp_path / "scores.tsv", top=2)
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
    linker = gatkit.Linker.train(kg=folder, epochs=1, made=30, dim=8, attn_heads=1, layers=1)
    (tmp_path / "d.jsonl").write_text(json.dumps({"id": "d", "text": "name3 and name4", "mentions": [{"start": 0, "end": 5}]}) + "\n")
    found = linker.link(tmp_path / "d.jsonl")
    assert len(found) == 1 and found[0].mention == "name3" and found[0].entity in ("e6", "e7", None)
    assert [link.mention for link in linker.link(tmp_path / "d.jsonl", find_mentions=True)]


def test_records_in_memory(tmp_path, graph):
    sentences(tmp_path / "train.jsonl", 80)
    seen = []
    model = gatkit.Relations.train(tmp_path / "train.jsonl", members=1, dim=16, attn_heads=2, epochs=2, folds=2, progress=seen.append)
    assert seen[0].stage == "linear" and seen[-1].stage == "net" and model.info["members"] == 1
    cut = {"id": "x", "tokens": ["person1", "owns", "the", "house2"], "e1": (0, 1), "e2": numpy.array([3, 4])}
    found = model.extract([cut, {"text": "pérson visits a house3", "e1": [0, 6], "e2": [16, 22]}], attention=True)
    assert [x.answers[0][0] for x in found] == ["owner", "visitor"] and found[1].entities == ("pérson", "house3")
    assert abs(sum(found[0].attention) - 1) < 1e-4
    sentences(tmp_path / "test.jsonl", 10)
    told = model.evaluate(tmp_path / "test.jsonl")
    assert told["relations"]["owner"]["gold"] == 5 and told["bags"] is None and told["micro"]["f1"] == told["micro_f1"]
    with pytest.raises(gatkit.DataError, match="sentences:2"):
        model.extract([cut, {"text": "a b", "e1": [0, 1], "e2": [2, 9]}])
    with pytest.raises(gatkit.UsageError, match="expected a text"):
        model.extract([1])
    with pytest.raises(gatkit.UsageError, match="object"):
        model.extract([{"text": object()}])
    with pytest.raises(gatkit.UsageError):
        model.extract_bags(tmp_path / "test.jsonl")
    with pytest.raises(gatkit.UsageError, match="one of"):
        model.extract_text(["a"])
    (tmp_path / "kg.tsv").write_text("person1\tsees\tperson2\nhouse2\tnear\tperson2\n")
    facts = model.extract_text(["Here person1 owns the house2."], kg=tmp_path / "kg.tsv")
    assert facts[0].entities == ("person1", "house2") and facts[0].answers[0][0] == "owner", facts


def test_bags(tmp_path):
    sentences(tmp_path / "train.jsonl", 80)
    model = gatkit.Relations.train(tmp_path / "train.jsonl", members=0, bags=True)
    pairs = model.extract_bags(tmp_path / "train.jsonl")
    assert pairs and len(pairs[0].sentences) == len(pairs[0].attention) >= 1 and abs(sum(pairs[0].attention) - 1) < 1e-4
    assert 0 < model.evaluate(tmp_path / "train.jsonl")["bags"]["average_precision"] <= 1
    assert set(pairs[0].row()) == {"entity1", "label", "entity2", "probability", "sentences"}


def named_linker(folder):
    """Every two entities of the ring have one name."""
    folder.mkdir()
    (folder / "train.tsv").write_text("".join("\t".join(t) + "\n" for t in ring()["train"]))
    (folder / "entity_name.tsv").write_text("".join(f"e{i}\tname{i // 2}\n" for i in range(40)))
    return gatkit.Linker.train(kg=folder, epochs=2, made=30, dim=8, attn_heads=1, layers=1, progress=lambda p: None)


def test_linking_in_memory(tmp_path):
    linker = named_linker(tmp_path / "g")
    found = linker.link(["Über name3 and name4", {"id": "d", "text": "name7 x", "mentions": [{"start": 0, "end": 5}, {"start": 6, "end": 7}]}])
    assert [(x.document, x.mention, x.start, x.end) for x in found] == [("1", "name3", 5, 10), ("1", "name4", 15, 20), ("d", "name7", 0, 5), ("d", "x", 6, 7)]
    assert {c.entity for c in found[0].choices} == {"e6", "e7"} and abs(sum(c.belief for c in found[0].choices) - 1) < 1e-4
    assert found[3].entity is None and found[3].nil == 1 and found[3].choices == []
    assert linker.link(["nothing"]) == [] and linker.info["names"] == 60 and linker.info["config"]["epochs"] == "2"
    with pytest.raises(gatkit.DataError, match="documents:1"):
        linker.link([{"text": "a", "mentions": [{"start": 0}]}])
    with pytest.raises(gatkit.DataError, match="no list of mentions"):
        linker.link(["name3"], find_mentions=False)
    linker.save(tmp_path / "l.gatkit")
    assert gatkit.file_kind(tmp_path / "l.gatkit") == "linking" and gatkit.verify(tmp_path / "l.gatkit") is None
    (tmp_path / "d.jsonl").write_text(json.dumps({"text": "name3", "mentions": [{"start": 0, "end": 5, "entity": "e6"}]}) + "\n")
    assert linker.evaluate(tmp_path / "d.jsonl")["in_kg"] == 1

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gatkit.Linker.train(kg=tmp_path / "g", epochs=5, made=30, dim=8, progress=stop)


def test_relations_interrupted_and_resumed(tmp_path):
    sentences(tmp_path / "train.jsonl", 80)
    how = {"members": 2, "dim": 16, "attn_heads": 2, "epochs": 2, "folds": 2}
    whole = gatkit.Relations.train(tmp_path / "train.jsonl", **how)

    def stop(progress):
        if progress.stage == "net":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gatkit.Relations.train(tmp_path / "train.jsonl", checkpoint=tmp_path / "kept", progress=stop, **how)
    assert (tmp_path / "kept").exists()
    again = gatkit.Relations.train(tmp_path / "train.jsonl", checkpoint=tmp_path / "kept", resume=True, **how)
    assert again.info["digest"] == whole.info["digest"]


def test_words(tmp_path):
    (tmp_path / "text").write_text("the red cat saw a mouse\nan old king ruled the land\n" * 20)
    said = []
    made = gatkit.train_words(tmp_path / "text", tmp_path / "words", dim=4, min_count=2, log=said.append)
    assert made.words == 11 and made.dim == 4 and (tmp_path / "words").read_text().startswith("11 4\n") and said
    with pytest.raises(gatkit.DataError, match="none"):
        gatkit.train_words(tmp_path / "none", tmp_path / "words")
    with pytest.raises(gatkit.UsageError):
        gatkit.train_words(tmp_path / "text", tmp_path / "words", dim=5000)


def test_more_of_a_graph(model, graph, tmp_path):
    heads = model.attention("e7", top=3)
    assert heads.weights.shape == (3, 2) and heads.weights.dtype == numpy.float32
    assert numpy.allclose(heads.weights.mean(axis=1), [n.weight for n in heads.neighbors], atol=1e-6)
    (tmp_path / "q.tsv").write_text("e1\tnext\t?\n?\tnext\te2\n")
    assert model.score_file(tmp_path / "q.tsv", tmp_path / "s.npy", tmp_path / "s.txt") == 2
    assert numpy.load(tmp_path / "s.npy").shape == (2, 40)
    more = gatkit.Graph.from_triples([("nova", "next", "e3"), ("nova", "eats", "e4")])
    assert more.skip_unknown(model) == (1, "eats")
    more.add_training(model)
    assert more.stats()["facts"]["train"] == 113 and len(model.predict("nova", "next", "?", top=3, graph=more)) == 3
    model.save(tmp_path / "side.gatkit")
    both = gatkit.Model.train(graph, model="path", queries=200, layers=2, side_model=tmp_path / "side.gatkit")
    assert both.info["model"] == "path" and both.predict("e7", "next", "?", top=2)


def test_frames_out(model, graph, tmp_path):
    pandas = pytest.importorskip("pandas")
    answers = model.predict("e7", "next", "?", top=5)
    assert list(answers.frame().columns) == ["head", "relation", "tail", "score", "probability"] and len(answers.frame()) == 5
    assert model.neighbors("e7", top=2).frame().shape == (2, 5)
    assert list(model.evaluate(graph).frame().index) == ["both", "tail", "head", "next"]
    linker = named_linker(tmp_path / "g")
    links = linker.link(pandas.DataFrame({"text": ["name3", "name4"], "mentions": [None, [{"start": 0, "end": 5}]]})).frame()
    assert list(links.mention) == ["name3", "name4"] and list(links.start) == [0, 0]
    sentences(tmp_path / "train.jsonl", 80)
    relations = gatkit.Relations.train(tmp_path / "train.jsonl", members=0)
    table = pandas.DataFrame({"text": ["person1 owns the house2"], "e1": [(0, 7)], "e2": [(17, 23)]})
    assert relations.extract(table).frame().iloc[0].label == "owner"


def test_threads(model):
    wanted, got = model.predict("e7", "next", "?"), []
    threads = [threading.Thread(target=lambda: got.append(model.predict("e7", "next", "?"))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == [wanted] * 4


def test_map(model):
    points = model.map("pca")
    assert len(points) == 40 and len({(p.x, p.y) for p in points}) > 30 and all(p.community >= -1 for p in points)
    assert len(model.map("umap", top=10)) == 10
    with pytest.raises(KeyError):
        model.map("no such")


def test_recommender(tmp_path):
    (tmp_path / "interactions.tsv").write_text(
        "".join(f"u{u}\ti{u % 3 * 12 + (u + k * 5) % 12}\n" for u in range(60) for k in range(7)))
    seen = []
    options = {"dim": 16, "attn_heads": 2, "spectral": 8, "epochs": 4, "batch": 16}
    m = gatkit.Recommender.train(tmp_path, progress=lambda p: seen.append(p.epoch), **options)
    assert seen[0] == 1 and m.info["users"] == 60 and m.info["items"] == 36 and m.info["recommender"] == "attention"
    best = m.recommend("u0", top=5, explain=True)
    assert len(best) == 5 and not best.popular and [r.score for r in best] == sorted((r.score for r in best), reverse=True)
    assert m.recommend(history=["i1", "i2", "no such"]).unknown == 1 and m.recommend("nobody").popular
    assert 0 <= m.evaluate(tmp_path).recall <= 1 and m.info["valid"].users > 0
    m.save(tmp_path / "m.gatkit")
    assert gatkit.file_kind(tmp_path / "m.gatkit") == "recommend"
    assert gatkit.Recommender(tmp_path / "m.gatkit").recommend("u0", top=5, explain=True) == best
    with pytest.raises(gatkit.UsageError):
        gatkit.Recommender.train(tmp_path, no_such=1)


def test_generator(tmp_path):
    def graph(i):
        other = (i + 1 + i // 5 % 3) % 5
        return [[f"p{i % 5}", "knows", f"p{other}"], [f"p{other}", "likes", f"t{i % 4}"]]

    (tmp_path / "train.jsonl").write_text("".join(json.dumps(graph(i)) + "\n" for i in range(60)))
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(graph(i)) + "\n" for i in range(7)))
    m = gatkit.GraphGenerator.train(tmp_path, dim=16, attn_heads=2, layers=1, epochs=3)
    graphs = m.generate(5, contains="p1")
    assert len(graphs) == 5 and all(any("p1" in t for t in g.triples) for g in graphs)
    assert m.generate(3) == m.generate(7)[:3] and all(g.log2_likelihood < 0 for g in graphs)
    assert m.evaluate(tmp_path, count=50)["graphs"] == 50 and m.info["train_graphs"] > 0
    m.save(tmp_path / "m.gatkit")
    assert gatkit.file_kind(tmp_path / "m.gatkit") == "graphs" and gatkit.GraphGenerator(tmp_path / "m.gatkit").generate(3) == m.generate(3)
    with pytest.raises(gatkit.UsageError, match="nobody"):
        m.generate(contains="nobody")
