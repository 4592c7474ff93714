/* Questions sorted by (entity, relation) with one row pointer per entity; a lookup is a step to the entity's
 * questions and a binary search for the relation among them. Repeated facts give one answer. */
#include "graph/filter.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/directed.h"

struct gat_filter {
    int32_t num_entities;
    int64_t num_queries;
    int64_t *indptr;    /* (entities + 1), first question of each entity */
    gat_query *queries; /* (queries) */
    int32_t *answers;   /* ascending within a question, distinct */
    int32_t *facts;     /* beside answers: the first fact that says so */
};

void filter_free(gat_filter *f)
{
    if (!f) return;
    gat_free(f->indptr);
    gat_free(f->queries);
    gat_free(f->answers);
    gat_free(f->facts);
    gat_free(f);
}

static bool same_question(const gat_directed *a, const gat_directed *b)
{
    return a->from == b->from && a->relation == b->relation;
}

static int64_t count_questions(const gat_directed *edges, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += i == 0 || !same_question(&edges[i], &edges[i - 1]);
    return count;
}

/* Cuts the sorted edges into questions and drops repeated answers. */
static void cut(gat_filter *f, const gat_directed *edges, int64_t n)
{
    int64_t q = -1, kept = 0;
    for (int64_t i = 0; i < n; i++) {
        const gat_directed *e = &edges[i];
        bool fresh = i == 0 || !same_question(e, e - 1);
        if (!fresh && e->to == e[-1].to) continue;
        if (fresh) {
            f->queries[++q] = (gat_query){e->from, e->relation, kept, 0};
            f->indptr[e->from + 1]++;
        }
        f->queries[q].count++;
        f->answers[kept] = e->to;
        f->facts[kept++] = e->fact;
    }
    for (int64_t i = 0; i < f->num_entities; i++) f->indptr[i + 1] += f->indptr[i];
}

gat_status filter_build(gat_filter **out, const gat_triples *const *lists, int num_lists, int32_t num_relations,
                        gat_error *err)
{
    gat_directed *edges = NULL;
    int64_t *edge_indptr = NULL, n;
    int32_t num_entities = -1;
    gat_filter *f = NULL;
    *out = NULL;
    gat_status st = directed_sort(&edges, &edge_indptr, &num_entities, lists, num_lists, num_relations, err);
    if (st) goto done;
    n = edge_indptr[num_entities];
    st = GAT_ENOMEM;
    f = gat_calloc(1, sizeof *f);
    if (!f) goto done;
    f->num_entities = num_entities;
    f->num_queries = count_questions(edges, n);
    f->indptr = gat_calloc((int64_t)num_entities + 1, sizeof *f->indptr);
    f->queries = gat_alloc(f->num_queries, sizeof *f->queries);
    f->answers = gat_alloc(n, sizeof *f->answers);
    f->facts = gat_alloc(n, sizeof *f->facts);
    if (!f->indptr || !f->queries || !f->answers || !f->facts) goto done;
    cut(f, edges, n);
    *out = f;
    f = NULL;
    st = GAT_OK;
done:
    if (st == GAT_ENOMEM) error_nomem(err);
    gat_free(edges);
    gat_free(edge_indptr);
    filter_free(f);
    return st;
}

static const gat_query *find(const gat_filter *f, int32_t entity, int32_t relation)
{
    if (entity < 0 || entity >= f->num_entities) return NULL;
    int64_t low = f->indptr[entity], end = f->indptr[entity + 1], high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (f->queries[middle].relation < relation) low = middle + 1;
        else high = middle;
    }
    return low < end && f->queries[low].relation == relation ? &f->queries[low] : NULL;
}

const int32_t *filter_answers(const gat_filter *f, int32_t entity, int32_t relation, int64_t *count)
{
    const gat_query *q = find(f, entity, relation);
    *count = q ? q->count : 0;
    return q ? f->answers + q->first : NULL;
}

bool filter_contains(const gat_filter *f, int32_t entity, int32_t relation, int32_t answer)
{
    int64_t count, low = 0;
    const int32_t *answers = filter_answers(f, entity, relation, &count);
    for (int64_t high = count; low < high;) {
        int64_t middle = low + (high - low) / 2;
        if (answers[middle] < answer) low = middle + 1;
        else high = middle;
    }
    return low < count && answers[low] == answer;
}

const gat_query *filter_queries(const gat_filter *f, int64_t *count)
{
    *count = f->num_queries;
    return f->queries;
}

const int32_t *filter_answer_array(const gat_filter *f) { return f->answers; }
const int32_t *filter_fact_ids(const gat_filter *f) { return f->facts; }
