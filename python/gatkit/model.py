"""Models of knowledge graphs: training, measuring, asking."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

import numpy

from ._library import Callbacks, PathLike, UsageError, call, check, encoded, ffi, lib, named, set_option, text
from ._records import Rows
from .graph import Graph, handle_of

if TYPE_CHECKING:
    import pandas


class Metrics(NamedTuple):
    """Means over the questions: reciprocal rank, rank, share of ranks at most 1, 3, 10."""

    mrr: float
    mr: float
    hits_at_1: float
    hits_at_3: float
    hits_at_10: float


class Ranking(NamedTuple):
    """Filtered ranks under the three policies for ties; realistic is the headline."""

    queries: int
    realistic: Metrics
    optimistic: Metrics
    pessimistic: Metrics


class Evaluation(NamedTuple):
    """Of both directions, of tails, of heads; relations by name; baseline: the rule "reverse of a training fact"."""

    split: str
    both: Ranking
    tail: Ranking
    head: Ranking
    relations: Dict[str, Ranking]
    baseline: Ranking
    candidates: int
    calibration_error: float
    seconds: float

    def frame(self) -> "pandas.DataFrame":
        """A row for both directions, tails, heads and every relation: queries and the realistic metrics. Needs pandas."""
        import pandas

        rows = {"both": self.both, "tail": self.tail, "head": self.head, **self.relations}
        return pandas.DataFrame([{"queries": r.queries, **r.realistic._asdict()} for r in rows.values()], index=list(rows))


class Answer(NamedTuple):
    """A fact proposed; probability: that it is right, calibrated on valid."""

    head: str
    relation: str
    tail: str
    score: float
    probability: float


class Neighbor(NamedTuple):
    """What stands beside an entity. direction: "out", "in", or "none" by embedding; weight: attention, cosine or 1 / (1 + degree)."""

    entity: str
    relation: str
    direction: str
    hops: int
    weight: float


class HeadAttention(NamedTuple):
    """Attention of every head to the facts of an entity; weights: (facts, heads) float32 in [0, 1], rows as neighbors."""

    neighbors: Rows[Neighbor]
    weights: "numpy.ndarray"


class Step(NamedTuple):
    """A fact on a path, with the attention it got."""

    head: str
    relation: str
    tail: str
    attention: float


class Path(NamedTuple):
    """weight: the product of the attention of its steps."""

    weight: float
    steps: List[Step]


class Explanation(NamedTuple):
    """Why a fact is scored as it is; heaviest path first."""

    score: float
    probability: float
    paths: List[Path]


class GrowthReason(NamedTuple):
    """What speaks for a proposed fact. kind: "rule" (weight: its confidence) or "path" (weight: product of the attention)."""

    kind: str
    weight: float
    steps: List[Step]


class Proposal(NamedTuple):
    """A fact that could be added to the graph; probability: that it is right, by the model and by rules together."""

    head: str
    relation: str
    tail: str
    probability: float
    rule_confidence: float
    reasons: List[GrowthReason]


class MapPoint(NamedTuple):
    """An entity in the plane. community: of the training graph, 0 the largest, -1 where the library has no igraph."""

    entity: str
    x: float
    y: float
    community: int
    facts: int


class Progress(NamedTuple):
    """After an epoch (of models of paths: a validation); valid_mrr is 0 where there was no validation."""

    epoch: int
    epochs: int
    queries: int
    loss: float
    seconds: float
    valid_mrr: float
    improved: bool


def _answers(question: Tuple[str, str, str], found, count: int) -> Rows[Answer]:
    """What is given comes back as it was."""
    h, r, t = (None if part == "?" else part for part in question)
    return Rows([Answer(h or text(a.head), r or text(a.relation), t or text(a.tail), a.score, a.probability)
                 for a in ffi.unpack(found, count)])


def _metrics(m) -> Metrics:
    return Metrics(m.mrr, m.mr, m.hits_at_1, m.hits_at_3, m.hits_at_10)


def _ranking(r) -> Ranking:
    return Ranking(r.queries, _metrics(r.realistic), _metrics(r.optimistic), _metrics(r.pessimistic))


def _reason(r) -> GrowthReason:
    steps = [Step(text(s.head), text(s.relation), text(s.tail), s.attention)
             for s in (r.step[k] for k in range(r.num_steps))]
    return GrowthReason("rule" if r.rule else "path", r.weight, steps)


def _progress(p) -> Progress:
    return Progress(p.epoch, p.epochs, p.queries, p.loss, p.seconds, p.valid.realistic.mrr, p.improved)


_DIRECTION = {-1: "none", 0: "in", 1: "out"}


def _neighbor(n) -> Neighbor:
    return Neighbor(text(n.entity), text(n.relation), _DIRECTION[n.outgoing], n.hops, n.weight)


class _Names:
    """Entities or relations in the order of their ids, read from the library when asked."""

    def __init__(self, model, name_of, count: int) -> None:
        self._model, self._name_of, self._count = model, name_of, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> str:
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return text(self._name_of(self._model, index % self._count)) or ""

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(self._count))


class Model:
    """A trained model of a graph: Model.train(graph), or Model(path) of a file. Read-only."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_model **")
        call(lib.gat_model_load, out, os.fspath(path))
        self._take(out[0])

    def _take(self, handle) -> None:
        self._handle = ffi.gc(handle, lib.gat_model_free)
        self._info = ffi.new("gat_model_info *")
        call(lib.gat_model_describe, self._info, self._handle)

    @classmethod
    def train(cls, graph: Graph, *, checkpoint: Optional[PathLike] = None, resume: bool = False, time_limit: float = 0,
              max_memory: int = 0, progress: Optional[Callable[[Progress], Any]] = None, preset: Optional[str] = None,
              side_model: Optional[PathLike] = None, **options: Any) -> "Model":
        """Learns a model of the facts of train; valid chooses the epoch.

        options are those of `gatkit train` with _ for -: model="path", dim=200, attn_heads=4, seed=1. progress is called
        after every epoch; if it returns true or raises, and on ctrl-C, training stops, the checkpoint (a path, if given) is
        written, and the same call with resume=True goes on from there. time_limit in seconds, max_memory in bytes.
        side_model: a file with a model of embeddings of the same data, put beside a model of paths and weighed on valid.
        """
        side = cls(side_model) if side_model else None
        config = ffi.new("gat_config **")
        call(lib.gat_config_new, config)
        config = ffi.gc(config[0], lib.gat_config_free)
        for name, value in ([("preset", preset)] if preset else []) + list(options.items()):
            set_option(lib.gat_config_set, config, name, value)
        callbacks, kept = Callbacks(), named(checkpoint)
        how = ffi.new("gat_train_options *")
        how.checkpoint, how.resume, how.time_limit, how.max_memory = kept, resume, time_limit, max_memory
        how.choose_threads, how.joins = True, side is not None
        how.on_progress = callbacks.make("int(void *, const gat_progress *)",
                                         lambda _, p: bool(progress(_progress(p))) if progress and not p.between else False)
        how.should_stop = callbacks.make("int(void *)", lambda _: False)
        out = ffi.new("gat_model **")
        callbacks.call(lib.gat_train, out, graph._handle, config, how)
        model = cls.__new__(cls)
        model._take(out[0])
        if side is not None:
            model._join(side, graph)
        return model

    def _join(self, side: "Model", graph: Graph) -> None:
        """Takes what side holds, which nobody else has seen."""
        taken, report = ffi.new("gat_model **", side._handle), ffi.new("gat_side_report *")
        call(lib.gat_model_add_side, self._handle, taken, graph._handle, report)
        ffi.gc(side._handle, None)
        call(lib.gat_model_describe, self._info, self._handle)

    def save(self, path: PathLike) -> None:
        """Writes the model to one file, whole or not at all."""
        call(lib.gat_model_save, self._handle, os.fspath(path))

    @property
    def info(self) -> Dict[str, Any]:
        """What the model is and came from; valid: metrics of the kept epoch, or None."""
        i = self._info
        config = dict(line.split(" = ", 1) for line in (text(i.config) or "").splitlines())
        return {"model": text(i.model), "attention": text(i.attention), "decoder": text(i.decoder), "dim": i.dim,
                "entities": i.entities, "relations": i.relations, "train_triples": i.train_triples,
                "parameters": i.parameters, "epochs": i.epochs, "members": i.members, "seed": i.seed, "config": config,
                "digest": text(i.digest), "data_digest": text(i.data_digest),
                "valid": _metrics(i.valid.realistic) if i.has_valid else None}

    @property
    def entities(self) -> _Names:
        """Names in the order of the rows of embeddings."""
        return _Names(self._handle, lib.gat_model_entity, self._info.entities)

    @property
    def relations(self) -> _Names:
        """Names of the relations."""
        return _Names(self._handle, lib.gat_model_relation, self._info.relations)

    def entity_text(self, entity: str) -> Optional[str]:
        """A readable text, None where the data had none."""
        return text(lib.gat_model_entity_text(self._handle, encoded(entity)))

    @property
    def embeddings(self) -> "numpy.ndarray":
        """(entities, dim) float32, read-only, the library's own memory: no copy. UsageError: a model of paths has none."""
        out, rows, dim = ffi.new("const float **"), ffi.new("int64_t *"), ffi.new("int64_t *")
        call(lib.gat_model_embeddings, out, rows, dim, self._handle)
        # The model must outlive the array: the buffer's owner holds it.
        owner = ffi.gc(ffi.cast("float *", out[0]), lambda _, model=self._handle: None)
        buffer = ffi.buffer(owner, rows[0] * dim[0] * 4)
        array = numpy.frombuffer(buffer, dtype=numpy.float32).reshape(rows[0], dim[0])
        array.flags.writeable = False
        return array

    def map(self, method: str = "umap", top: int = 0, seed: int = 1) -> Rows[MapPoint]:
        """Entities in the plane by their embeddings, those with most facts (5,000 unless top says). method: "pca" or "umap"."""
        how, out, count = ffi.new("gat_map_options *"), ffi.new("gat_map_point **"), ffi.new("int64_t *")
        how.method, how.top, how.seed = {"pca": lib.GAT_MAP_PCA, "umap": lib.GAT_MAP_UMAP}[method], top, seed
        call(lib.gat_map, out, count, self._handle, how)
        points = ffi.gc(out[0], lib.gat_free_list)
        return Rows(MapPoint(text(p.entity) or "", p.x, p.y, p.community, p.facts) for p in (points[i] for i in range(count[0])))

    def attention(self, entity: str, top: int = 10, graph: Optional[Graph] = None) -> HeadAttention:
        """Attention of every head to the facts of an entity, heaviest in the mean first."""
        out = ffi.new("gat_head_attention **")
        call(lib.gat_attention_of, out, self._handle, entity, top, handle_of(graph))
        x = ffi.gc(out[0], lib.gat_head_attention_free)
        weights = numpy.array([[x.weight[i * x.heads + k] for k in range(x.heads)] for i in range(x.count)], dtype=numpy.float32)
        return HeadAttention(Rows(_neighbor(x.neighbor[i]) for i in range(x.count)), weights.reshape(x.count, x.heads))

    def score_file(self, queries: PathLike, npy: PathLike, entities: PathLike, graph: Optional[Graph] = None) -> int:
        """Scores of the questions in a file, lines "h<TAB>r<TAB>?" or "?<TAB>r<TAB>t"; their number.

        npy: (questions, entities) float32 is written there; entities: the names of the columns.
        """
        rows = ffi.new("int64_t *")
        call(lib.gat_score_file, self._handle, os.fspath(queries), os.fspath(npy), os.fspath(entities), handle_of(graph), rows)
        return rows[0]

    def evaluate(self, data: Graph, split: str = "test", graph: Optional[Graph] = None) -> Evaluation:
        """Filtered ranks over all entities of the data, both directions. graph: facts in place of those of training.

        Ctrl-C ends it.
        """
        how = ffi.new("gat_evaluate_options *")
        number = lib.gat_split_by_name(encoded(split))
        if number < 0:
            raise UsageError(f"unknown split {split!r}")
        how.split, how.graph = number, handle_of(graph)
        callbacks, out = Callbacks(), ffi.new("gat_evaluation **")
        how.should_stop = callbacks.make("int(void *)", lambda _: False)
        callbacks.call(lib.gat_evaluate, out, self._handle, data._handle, how)
        e = ffi.gc(out[0], lib.gat_evaluation_free)
        relations = {text(e.relation[i].name): _ranking(e.relation[i].both) for i in range(e.num_relations)}
        return Evaluation(split, _ranking(e.both), _ranking(e.tail), _ranking(e.head), relations, _ranking(e.baseline),
                          e.candidates, e.calibration.ece, e.seconds)

    def predict(self, head: str, relation: str, tail: str, top: int = 10, known: bool = False,
                graph: Optional[Graph] = None) -> Rows[Answer]:
        """Answers to a question, best first: one of head, relation, tail is "?". known: known facts stay in."""
        out, count = ffi.new("gat_answer **"), ffi.new("int64_t *")
        call(lib.gat_predict, out, count, self._handle, head, relation, tail, top, known, handle_of(graph))
        found = ffi.gc(out[0], lib.gat_free_list)
        return _answers((head, relation, tail), found, count[0])

    def predict_many(self, questions: Iterable[Tuple[str, str, str]], top: int = 10, known: bool = False,
                     graph: Optional[Graph] = None) -> List[Rows[Answer]]:
        """What predict says to each question, faster: the entities are read once for up to 64 of them.

        questions: (head, relation, tail) with one "?" each, or a DataFrame with these columns. The first one at fault raises.
        """
        rows = questions[["head", "relation", "tail"]].itertuples(index=False) if hasattr(questions, "itertuples") else questions
        asked = [tuple(row) for row in rows]
        kept = [[encoded(part) for part in row] for row in asked]
        list_, out = ffi.new("gat_question[]", len(asked)), ffi.new("gat_prediction[]", len(asked))
        for question, parts in zip(list_, kept):
            question.head, question.relation, question.tail = parts
            question.top, question.known = top, known
        call(lib.gat_predict_many, out, list_, len(asked), self._handle, handle_of(graph))
        lists = [ffi.gc(p.answers, lib.gat_free_list) if p.status == lib.GAT_OK else None for p in out]
        for p in out:
            check(p.status, p.error)
        return [_answers(row, found, p.count) for row, found, p in zip(asked, lists, out)]

    def grow(self, count: int = 10, *, around: Optional[str] = None, relation: Optional[str] = None,
             min_probability: float = 0, batch: int = 0, questions: int = 0, graph: Optional[Graph] = None,
             data: Optional[Graph] = None, types: Optional[PathLike] = None) -> Rows[Proposal]:
        """Facts that fit the graph together, in the order in which they are added: those of `gatkit generate`."""
        how = ffi.new("gat_growth_options *")
        kept = [named(around), named(relation), named(types)]
        how.around, how.relation, how.types = kept
        how.count, how.min_probability, how.batch, how.questions = count, min_probability, batch, questions
        how.graph, how.data = handle_of(graph), handle_of(data)
        out = ffi.new("gat_growth **")
        call(lib.gat_grow, out, self._handle, how)
        grown = ffi.gc(out[0], lib.gat_growth_free)
        return Rows(Proposal(text(p.head), text(p.relation), text(p.tail), p.probability, p.rule_confidence,
                             [_reason(p.reason[k]) for k in range(p.num_reasons)])
                    for p in (grown.proposal[i] for i in range(grown.count)))

    def explain(self, head: str, relation: str, tail: str, top: int = 5, graph: Optional[Graph] = None) -> Explanation:
        """The paths on which a model of paths puts most attention."""
        out = ffi.new("gat_explanation **")
        call(lib.gat_explain, out, self._handle, head, relation, tail, top, handle_of(graph))
        x = ffi.gc(out[0], lib.gat_explanation_free)
        paths = [Path(p.weight, [Step(text(s.head), text(s.relation), text(s.tail), s.attention)
                                 for s in (p.step[k] for k in range(p.num_steps))])
                 for p in (x.path[i] for i in range(x.num_paths))]
        return Explanation(x.score, x.probability, paths)

    def neighbors(self, entity: str, by: Optional[str] = None, hops: int = 1, top: int = 10,
                  graph: Optional[Graph] = None) -> Rows[Neighbor]:
        """What stands beside an entity, heaviest first, by "attention", "embedding" or "graph" (the model's best by default)."""
        by = by or ("attention" if text(self._info.attention) else "graph")
        orders = {"attention": lib.GAT_BY_ATTENTION, "embedding": lib.GAT_BY_EMBEDDING, "graph": lib.GAT_BY_GRAPH}
        if by not in orders:
            raise UsageError(f"by={by!r}: expected attention, embedding or graph")
        out, count = ffi.new("gat_neighbor **"), ffi.new("int64_t *")
        call(lib.gat_neighbors, out, count, self._handle, entity, orders[by], hops, top, handle_of(graph))
        found = ffi.gc(out[0], lib.gat_free_list)
        return Rows(_neighbor(found[i]) for i in range(count[0]))

    def similarity(self, a: str, b: str, graph: Optional[Graph] = None) -> float:
        """Cosine of the embeddings of two entities."""
        out = ffi.new("double *")
        call(lib.gat_similarity, out, self._handle, a, b, handle_of(graph))
        return out[0]

    def export(self, format: str, path: PathLike) -> None:
        """Writes the embeddings as npy, word2vec, word2vec-binary, projector or safetensors."""
        call(lib.gat_export, self._handle, format, os.fspath(path))
