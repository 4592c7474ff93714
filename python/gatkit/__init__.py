"""gatkit: graph attention for knowledge graphs.

    import gatkit
    graph = gatkit.Graph("datasets/wordnet")
    model = gatkit.Model.train(graph, preset="quickstart")
    model.predict("dog.n.01", "hypernym", "?", top=5)
    model.neighbors("dog.n.01")
    model.embeddings          # numpy, (entities, dim), without a copy
    model.save("wordnet.gatkit")

Everything runs in the native library; no call holds Python's lock while it works. Lists hold named tuples, which
pandas.DataFrame takes as they are. Objects may be used from several threads at a time.
"""
from ._library import (DataError, GatkitError, InputOutputError, Interrupted, LimitError, ModelError, UsageError, isa,
                       set_isa, set_threads, version)
from .alignment import AlignedPair, Alignment, Reason
from .graph import Graph, RelationStats
from .linking import Link, Linker
from .model import Answer, Evaluation, Explanation, Metrics, Model, Neighbor, Path, Progress, Ranking, Step
from .relations import Extraction, Relations

__version__ = version()
__all__ = ["AlignedPair", "Alignment", "Answer", "DataError", "Evaluation", "Explanation", "Extraction", "GatkitError", "Graph",
           "InputOutputError", "Interrupted", "LimitError", "Link", "Linker", "Metrics", "Model", "ModelError", "Neighbor",
           "Path", "Progress", "Ranking", "Reason", "RelationStats", "Relations", "Step", "UsageError", "isa", "set_isa",
           "set_threads", "version"]
