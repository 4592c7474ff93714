"""gatkit: graph attention for knowledge graphs.

    import gatkit
    graph = gatkit.Graph("datasets/wordnet")
    model = gatkit.Model.train(graph, preset="quickstart")
    model.predict("dog.n.01", "hypernym", "?", top=5)
    model.neighbors("dog.n.01")
    model.embeddings          # numpy, (entities, dim), without a copy
    model.save("wordnet.gatkit")

Everything runs in the native library; no call holds Python's lock while it works. Lists hold named tuples; frame() makes a
pandas.DataFrame of one, and what takes triples, sentences or documents takes a DataFrame too. Objects may be used from several
threads at a time.
"""
from ._library import (DataError, GatkitError, InputOutputError, Interrupted, LimitError, ModelError, UsageError, file_kind, isa,
                       set_isa, set_threads, verify, version)
from ._records import Rows
from .alignment import AlignedFact, AlignedPair, Alignment, Reason
from .generating import GeneratedGraph, GeneratorProgress, GraphGenerator
from .graph import Graph, RelationStats
from .linking import Choice, Link, Linker, Support
from .model import (Answer, Evaluation, Explanation, GrowthReason, HeadAttention, MapPoint, Metrics, Model, Neighbor, Path, Progress, Proposal,
                    Ranking, Step)
from .recommending import Because, ItemPath, Recommendation, Recommended, Recommender, RecommenderEvaluation
from .relations import Extraction, PairExtraction, RelationProgress, Relations
from .words import Words, train_words

__version__ = version()
__all__ = ["AlignedFact", "AlignedPair", "Alignment", "Answer", "Because", "Choice", "DataError", "Evaluation",
           "Explanation", "Extraction", "GatkitError", "GeneratedGraph", "GeneratorProgress", "Graph", "GraphGenerator",
           "GrowthReason", "HeadAttention", "InputOutputError", "Interrupted", "ItemPath", "LimitError", "Link", "Linker",
           "MapPoint", "Metrics", "Model", "ModelError", "Neighbor", "PairExtraction", "Path", "Progress", "Proposal",
           "Ranking", "Reason", "Recommendation", "Recommended", "Recommender", "RecommenderEvaluation", "RelationProgress",
           "RelationStats", "Relations", "Rows", "Step", "Support", "UsageError", "Words", "file_kind", "isa", "set_isa",
           "set_threads", "train_words", "verify", "version"]
