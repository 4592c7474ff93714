"""Which items a person may choose next."""
from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ._library import Callbacks, PathLike, call, encoded, ffi, lib, named, set_option, text
from ._records import Rows
from .model import Progress, _progress


class Because(NamedTuple):
    """An item of the history; share: what the score loses without it."""

    item: str
    title: Optional[str]
    share: float


class ItemPath(NamedTuple):
    """item - first - node - second - history item; node and second are None where one fact joins the two.

    weight: share of the attention at the item that goes along it.
    """

    item: str
    first: str
    node: Optional[str]
    second: Optional[str]
    weight: float


class Recommended(NamedTuple):
    """An item that the user has not chosen yet; scores compare within one answer alone."""

    item: str
    title: Optional[str]
    score: float
    because: List[Because] = []
    paths: List[ItemPath] = []

    def row(self) -> Dict[str, Any]:
        """Of a DataFrame: all but the lists."""
        return {name: getattr(self, name) for name in ("item", "title", "score")}


class Recommendation(Rows[Recommended]):
    """Items, best first. popular: nothing is known of the user, these are the items that most chose; unknown: items of the
    given history that the model does not know."""

    popular: bool = False
    unknown: int = 0


class RecommenderEvaluation(NamedTuple):
    """Means over the users of a part: recall and NDCG at 20 of all items ranked, AUC against drawn items."""

    users: int
    recall: float
    ndcg: float
    auc_uniform: float
    auc_popular: float


def _evaluation(e) -> RecommenderEvaluation:
    return RecommenderEvaluation(e.users, e.recall, e.ndcg, e.auc_uniform, e.auc_popular)


def _recommended(r) -> Recommended:
    because = [Because(text(b.item) or "", text(b.title), b.share) for b in (r.because[i] for i in range(r.num_items))]
    paths = [ItemPath(text(p.item) or "", text(p.first) or "", text(p.node), text(p.second), p.weight)
             for p in (r.path[i] for i in range(r.num_paths))]
    return Recommended(text(r.item) or "", text(r.title), r.score, because, paths)


class Recommender:
    """A model of who chooses what: Recommender.train(folder), or Recommender(path)."""

    def __init__(self, path: PathLike) -> None:
        out = ffi.new("gat_recommender **")
        call(lib.gat_recommender_load, out, os.fspath(path))
        self._handle = ffi.gc(out[0], lib.gat_recommender_free)

    @classmethod
    def train(cls, data: PathLike, *, progress: Optional[Callable[[Progress], Any]] = None, checkpoint: Optional[PathLike] = None,
              resume: bool = False, **options: Any) -> "Recommender":
        """Learns from a folder of interactions and, where there is one, the graph of the items (`gatkit help files`).

        options as of `gatkit train --task recommend` with _ for -. progress is called after every epoch; if it returns true or
        raises, and on ctrl-C, the checkpoint is written and training stops.
        """
        config = ffi.new("gat_recommend_config **")
        call(lib.gat_recommend_config_new, config)
        config = ffi.gc(config[0], lib.gat_recommend_config_free)
        for name, value in options.items():
            set_option(lib.gat_recommend_config_set, config, name, value)
        inputs, callbacks, stop = ffi.new("gat_recommend_inputs *"), Callbacks(), []
        kept = [named(data), named(checkpoint)]
        inputs.data, inputs.checkpoint = kept
        inputs.resume = resume
        if progress:
            inputs.on_progress = callbacks.make("void(void *, const gat_progress *)",
                                                lambda _, p: stop.append(True) if progress(_progress(p)) else None)
        inputs.should_stop = callbacks.make("int(void *)", lambda _: bool(stop))
        out = ffi.new("gat_recommender **")
        callbacks.call(lib.gat_recommender_train, out, inputs, config)
        made = cls.__new__(cls)
        made._handle = ffi.gc(out[0], lib.gat_recommender_free)
        return made

    def recommend(self, user: Optional[str] = None, *, history: Optional[Sequence[str]] = None, top: int = 10,
                  explain: bool = False, facts: Optional[PathLike] = None) -> Recommendation:
        """The best items for a user of the training, or for a history of items.

        explain: with the items of the history and the paths of the graph behind each. facts: a file of triples about items that
        the model does not know yet, which become candidates.
        """
        question, out = ffi.new("gat_recommend_question *"), ffi.new("gat_recommendation **")
        kept = [named(user), named(facts), [encoded(item) for item in history or ()]]
        items = ffi.new("const char *[]", kept[2]) if history is not None else ffi.NULL
        question.user, question.facts, question.history = kept[0], kept[1], items
        question.num_history = len(kept[2])
        question.top, question.explain = top, explain
        call(lib.gat_recommend, out, self._handle, question)
        found = ffi.gc(out[0], lib.gat_recommendation_free)
        answer = Recommendation(_recommended(found.list[i]) for i in range(found.count))
        answer.popular, answer.unknown = bool(found.popular), found.unknown
        return answer

    def evaluate(self, data: PathLike, split: str = "test") -> RecommenderEvaluation:
        """All items that are not in a user's train are ranked; data is split as for training. split: "test" or "valid"."""
        out = ffi.new("gat_recommend_evaluation *")
        part = {"valid": lib.GAT_SPLIT_VALID, "test": lib.GAT_SPLIT_TEST}[split]
        call(lib.gat_recommender_evaluate, out, self._handle, os.fspath(data), part)
        return _evaluation(out)

    @property
    def info(self) -> Dict[str, Any]:
        """What the model is and came from."""
        i = ffi.new("gat_recommend_info *")
        call(lib.gat_recommender_describe, i, self._handle)
        numbers: Tuple[str, ...] = ("users", "items", "interactions", "duplicates", "nodes", "relations", "facts", "linked_items",
                                    "parameters", "epochs", "best_epoch")
        config = dict(line.split(" = ", 1) for line in (text(i.config) or "").splitlines())
        return {**{name: getattr(i, name) for name in numbers}, "recommender": text(i.recommender), "config": config,
                "digest": text(i.digest), "valid": _evaluation(i.valid) if i.valid.users else None}

    def save(self, path: PathLike) -> None:
        """Writes the model to one file."""
        call(lib.gat_recommender_save, self._handle, os.fspath(path))
