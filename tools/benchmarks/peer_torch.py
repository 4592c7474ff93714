#!/usr/bin/env python3
"""The peer of tools/bench: the same work with PyTorch, asked line by line over standard input.

    prepare TASK ... FILE THREADS...    reads the data, tries every formulation on each number of threads
    run KIND THREADS                    one repetition of the fastest of a kind: "ok MILLISECONDS NAME", or "ok none"

A formulation is a function without arguments. Those of kind "autograd" leave the backward pass to torch; those of kind
"gather" do too and take rows along the edges and add them up again, as graph libraries on torch do; those of kind "by-hand"
bring a backward pass of their own. The first line printed is "ok VERSION" or "no REASON".
"""
import sys
import time
import warnings

try:
    import numpy
    import torch
except ImportError as error:
    print("no", error, flush=True)
    sys.exit(0)

warnings.filterwarnings("ignore")  # scatter_reduce is in beta, torch says
functional = torch.nn.functional
SLOPE = 0.2
LARGE = 2_000_000  # edges from which the slow formulations are not tried: they need tens of gigabytes


def arrays(path):
    """The arrays of a file as peer_file.h writes them."""
    found = []
    with open(path, "rb") as file:
        while count := file.read(8):
            found.append(numpy.fromfile(file, numpy.int32, int.from_bytes(count, sys.byteorder)))
    return found


def ids(array):
    return torch.from_numpy(array.astype(numpy.int64))


def normal(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_()


# ---- the attention layer ----


class Graph:
    """The edges into each node: sorted by destination, and in a random order."""

    def __init__(self, indptr, source):
        self.nodes = len(indptr) - 1
        self.indptr, self.source = ids(indptr), ids(source)
        self.lengths = self.indptr[1:] - self.indptr[:-1]
        self.target = torch.repeat_interleave(torch.arange(self.nodes), self.lengths)
        self.edges = len(source)

    def shuffled(self):
        order = torch.randperm(self.edges)
        other = Graph.__new__(Graph)
        other.nodes, other.edges = self.nodes, self.edges
        other.source, other.target = self.source[order], self.target[order]
        return other

    def transpose(self):
        """The edges out of each node: where they are among those sorted by destination, first of each, destinations."""
        self.out = torch.argsort(self.source, stable=True)
        self.out_lengths = torch.bincount(self.source, minlength=self.nodes)
        self.out_indptr = torch.cat([torch.zeros(1, dtype=torch.int64), self.out_lengths.cumsum(0)])
        self.out_target = self.target[self.out]


def segments(values, lengths, reduce="sum"):
    return torch.segment_reduce(values, reduce, lengths=lengths, axis=0, unsafe=True)


def softmax_scatter(logits, graph):
    """With the largest logit of each node taken off, as PyTorch Geometric does."""
    rows = graph.target.unsqueeze(1).expand_as(logits)
    shape = (graph.nodes, logits.shape[1])
    most = torch.zeros(shape).scatter_reduce_(0, rows, logits.detach(), "amax", include_self=False)
    weight = (logits - most[graph.target]).exp()
    return weight / torch.zeros(shape).scatter_add_(0, rows, weight)[graph.target]


def softmax_add(logits, graph):
    """With the largest logit of each head taken off: less work, and enough for logits of size one."""
    weight = (logits - logits.detach().amax(0)).exp()
    total = torch.zeros(graph.nodes, logits.shape[1]).index_add_(0, graph.target, weight)
    return weight / total.index_select(0, graph.target)


def softmax_segments(logits, graph):
    weight = (logits - logits.detach().amax(0)).exp()
    return weight / segments(weight, graph.lengths).index_select(0, graph.target)


def messages(alpha, value, graph):
    """(E,D): the rows of the sources times their weights."""
    rows = value.index_select(0, graph.source)
    return (alpha.unsqueeze(-1) * rows.view(graph.edges, alpha.shape[1], -1)).view_as(rows)


def sum_scatter(alpha, value, graph):
    rows = messages(alpha, value, graph)
    return torch.zeros_like(value).scatter_add_(0, graph.target.unsqueeze(1).expand_as(rows), rows)


def sum_add(alpha, value, graph):
    return torch.zeros_like(value).index_add_(0, graph.target, messages(alpha, value, graph))


def sum_segments(alpha, value, graph):
    return segments(messages(alpha, value, graph), graph.lengths)


def weighted_bags(alpha, value, index, indptr):
    """embedding_bag adds weighted rows without storing them: a sparse product, head by head."""
    heads = alpha.shape[1]
    split = value.view(len(value), heads, -1)
    return torch.cat([functional.embedding_bag(index, split[:, h].contiguous(), indptr, mode="sum", include_last_offset=True,
                                               per_sample_weights=alpha[:, h].contiguous()) for h in range(heads)], 1)


def sum_bags(alpha, value, graph):
    return weighted_bags(alpha, value, graph.source, graph.indptr)


class HandSum(torch.autograd.Function):
    """sum_bags with its gradients from the transposed graph: rows of the sources are sums over their edges out."""

    @staticmethod
    def forward(context, alpha, value, graph):
        context.save_for_backward(alpha, value)
        context.graph = graph
        return weighted_bags(alpha, value, graph.source, graph.indptr)

    @staticmethod
    def backward(context, gradient):
        alpha, value = context.saved_tensors
        graph, heads = context.graph, alpha.shape[1]
        dvalue = weighted_bags(alpha.index_select(0, graph.out), gradient, graph.out_target, graph.out_indptr)
        of_value, of_gradient = (x.view(len(x), heads, -1) for x in (value, gradient))
        dalpha = [torch.ops.aten._embedding_bag_per_sample_weights_backward(
            of_gradient[:, h].contiguous(), of_value[:, h].contiguous(), graph.source, graph.indptr[:-1], graph.target,
            0, -1) for h in range(heads)]
        return torch.stack(dalpha, 1), dvalue, None


class HandTake(torch.autograd.Function):
    """Rows of the source or of the target of each edge; the gradient is a sum over segments."""

    @staticmethod
    def forward(context, values, graph, of_source):
        context.graph, context.of_source = graph, of_source
        return values.index_select(0, graph.source if of_source else graph.target)

    @staticmethod
    def backward(context, gradient):
        graph = context.graph
        if context.of_source:
            return segments(gradient.index_select(0, graph.out), graph.out_lengths), None, None
        return segments(gradient.contiguous(), graph.lengths), None, None


def take(values, graph, of_source):
    return values.index_select(0, graph.source if of_source else graph.target)


def softmax_by_hand(logits, graph):
    weight = (logits - logits.detach().amax(0)).exp()
    return weight / HandTake.apply(SegmentSum.apply(weight, graph), graph, False)


class SegmentSum(torch.autograd.Function):
    @staticmethod
    def forward(context, values, graph):
        context.graph = graph
        return segments(values, graph.lengths)

    @staticmethod
    def backward(context, gradient):
        return gradient.index_select(0, context.graph.target), None


def layer(score, heads, width, nodes):
    """Forward and backward of a GAT (additive) or GATv2 (dynamic) layer for a graph and its pieces."""
    size = heads * width
    x, value_map, query_map = normal(nodes, size), normal(size, size, scale=size**-.5), normal(size, size, scale=size**-.5)
    source, target = normal(heads, width, scale=width**-.5), normal(heads, width, scale=width**-.5)
    dout = torch.randn(nodes, size)
    inputs = [x, value_map, source] + [target if score == "additive" else query_map]

    def additive(value, graph, pick):
        split = value.view(nodes, heads, width)
        return pick((split * source).sum(-1), graph, True) + pick((split * target).sum(-1), graph, False)

    def dynamic(value, graph, pick):
        both = pick(value, graph, True) + pick(x @ query_map, graph, False)
        return functional.leaky_relu(both, SLOPE).view(-1, heads, width)

    def run(graph, softmax, total, pick=take):
        for tensor in inputs:
            tensor.grad = None
        value = x @ value_map
        if score == "additive":
            logits = functional.leaky_relu(additive(value, graph, pick), SLOPE)
        else:
            logits = (dynamic(value, graph, pick) * source).sum(-1)
        out = total(softmax(logits, graph), value, graph)
        out.backward(dout)
        return [out.detach()] + [tensor.grad for tensor in inputs]

    return run


def attention(score, heads, width, path):
    graph = Graph(*arrays(path))
    graph.transpose()
    run = layer(score, int(heads), int(width), graph.nodes)
    gather = {"index_add, sorted edges": lambda: run(graph, softmax_add, sum_add)}
    if graph.edges < LARGE:
        unsorted = graph.shuffled()
        gather |= {
            "segment_reduce, sorted edges": lambda: run(graph, softmax_segments, sum_segments),
            "scatter, sorted edges": lambda: run(graph, softmax_scatter, sum_scatter),
            "scatter, unsorted edges": lambda: run(unsorted, softmax_scatter, sum_scatter),
            "index_add, unsorted edges": lambda: run(unsorted, softmax_add, sum_add),
        }
    return {
        "autograd": gather | {"embedding_bag, sorted edges": lambda: run(graph, softmax_segments, sum_bags)},
        "gather": gather,
        "by-hand": {"embedding_bag both ways": lambda: run(graph, softmax_by_hand, HandSum.apply, HandTake.apply)},
    }


# ---- ComplEx against all entities ----


def compose(x, r):
    """Product of complex rows, (re | im)."""
    half = x.shape[1] // 2
    a, b, c, d = x[:, :half], x[:, half:], r[:, :half], r[:, half:]
    return torch.cat([a * c - b * d, a * d + b * c], 1)


def one_vs_all(kind, path):
    (nodes, relations, size), entity, relation, first, answer = arrays(path)
    entity, relation, first, answer = ids(entity), ids(relation), ids(first), ids(answer)
    rows = torch.repeat_interleave(torch.arange(len(entity)), first[1:] - first[:-1])
    targets = torch.zeros(len(entity), int(nodes)).index_put_((rows, answer), torch.tensor(1.0))

    def step(foreach):
        x, r = normal(int(nodes), int(size), scale=0.1), normal(2 * int(relations), int(size), scale=0.1)
        adam = torch.optim.Adam([x, r], lr=0.001, foreach=foreach)

        def run():
            adam.zero_grad(set_to_none=True)
            scores = compose(x.index_select(0, entity), r.index_select(0, relation)) @ x.t()
            if kind == "ce":
                loss = functional.cross_entropy(scores, answer)
            else:
                loss = functional.binary_cross_entropy_with_logits(scores, targets)
            loss.backward()
            adam.step()

        return run

    return {"autograd": {"Adam": step(False), "Adam, foreach": step(True)}}


# ---- filtered ranking ----


def evaluate(path):
    (nodes, relations, size), entity, relation, answer, first, known = arrays(path)
    entity, relation, answer, first, known = ids(entity), ids(relation), ids(answer), ids(first), ids(known)
    x, r = torch.randn(int(nodes), int(size)) * 0.1, torch.randn(2 * int(relations), int(size)) * 0.1
    rows_of = torch.repeat_interleave(torch.arange(len(entity)), first[1:] - first[:-1])

    def rank(batch, threads_beside):
        """Ranks of all questions; the products on as many threads as there are, the rest on threads_beside (0: as well)."""
        threads = torch.get_num_threads()
        ranks = []
        for begin in range(0, len(entity), batch):
            end = min(begin + batch, len(entity))
            scores = compose(x[entity[begin:end]], r[relation[begin:end]]) @ x.t()
            if threads_beside:
                torch.set_num_threads(threads_beside)
            own = scores.gather(1, answer[begin:end, None])
            facts = slice(int(first[begin]), int(first[end]))
            scores.view(-1).index_fill_(0, (rows_of[facts] - begin) * int(nodes) + known[facts], -float("inf"))
            above, equal = (scores > own).sum(1), (scores == own).sum(1)
            ranks.append(1 + above + equal / 2)
            torch.set_num_threads(threads)
        return torch.cat(ranks)

    def formulation(batch, beside):
        return lambda: rank(batch, beside)

    with_same = {f"batches of {b}": formulation(b, 0) for b in (128, 512, 1024)}
    with_one = {f"batches of {b}, one thread beside the products": formulation(b, 1) for b in (128, 512)}
    return {"autograd": with_same | with_one}


# ---- the conversation ----

TASKS = {"attention": attention, "one-vs-all": one_vs_all, "evaluate": evaluate}


def timed(run):
    started = time.perf_counter()
    run()
    return 1e3 * (time.perf_counter() - started)


def prepare(words):
    """(kind, threads) -> name and function of the fastest formulation; those far behind are not tried twice."""
    task, rest = words[0], words[1:]
    count = next(i for i, word in enumerate(rest) if "/" in word) + 1
    kinds = TASKS[task](*rest[:count])
    chosen = {}
    for threads in map(int, rest[count:]):
        torch.set_num_threads(threads)
        best = dict.fromkeys(kinds, float("inf"))
        for name, run in {name: run for kind in kinds.values() for name, run in kind.items()}.items():
            mine = [kind for kind in kinds if name in kinds[kind]]
            try:
                ms = timed(run)
                if ms < 1.5 * max(best[kind] for kind in mine):
                    ms = min(ms, timed(run))
            except RuntimeError as error:  # most often: not enough memory
                print(f"peer: {name}: {error}", file=sys.stderr)
                continue
            print(f"peer: {name}, {threads} threads: {ms:.0f} ms", file=sys.stderr)
            for kind in mine:
                if ms < best[kind]:
                    best[kind] = ms
                    chosen[kind, threads] = name, run
    return chosen


def answer_run(chosen, times, kind, threads):
    """Kinds that chose the same formulation share its time: the one asked first runs it."""
    if (kind, threads) not in chosen:
        return "ok none"
    name, run = chosen[kind, threads]
    if kind == "autograd" or (name, threads) not in times:
        torch.set_num_threads(threads)
        times[name, threads] = timed(run)
    return f"ok {times[name, threads]:.3f} torch {torch.__version__}, {name}, {threads} threads"


def main():
    torch.manual_seed(1)
    chosen, times = {}, {}
    print("ok torch", torch.__version__, flush=True)
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "prepare":
                chosen, times = {}, {}
                chosen = prepare(words[1:])
                reply = "ok"
            else:
                reply = answer_run(chosen, times, words[1], int(words[2]))
        except (RuntimeError, MemoryError) as error:
            reply = "no " + " ".join(str(error).split())[:300]
        print(reply, flush=True)


main()
