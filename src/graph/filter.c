/* Questions sorted by (entity, relation) with one row pointer per entity; a lookup is a step to the entity's
 * questions and a binary search for the relation among them. Repeated facts give one answer. */
#include "graph/filter.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/directed.h"

struct gat_filter {
    int32_t num_entities;
    int64_t num_queries;
    int64_t *indptr;            /* (entities + 1), first question of each entity */
    int32_t *entity, *relation; /* (queries) */
    uint32_t *first;            /* (queries + 1), first answer of each: there are fewer than 2^32 */
    int32_t *answers;           /* ascending within a question, distinct */
    int32_t *facts;             /* beside answers: the first fact that says so */
};

void filter_free(gat_filter *f)
{
    if (!f) return;
    gat_free(f->indptr);
    gat_free(f->entity);
    gat_free(f->relation);
    gat_free(f->first);
    gat_free(f->answers);
    gat_free(f->facts);
    gat_free(f);
}

static int64_t count_questions(const gat_directed *edges, const int64_t *indptr, int32_t num_entities)
{
    int64_t count = 0;
    for (int32_t v = 0; v < num_entities; v++)
        for (int64_t i = indptr[v]; i < indptr[v + 1]; i++)
            count += i == indptr[v] || edges[i].relation != edges[i - 1].relation;
    return count;
}

/* Cuts the sorted edges into questions and drops repeated answers. */
static void cut(gat_filter *f, const gat_directed *edges, const int64_t *indptr)
{
    int64_t q = 0;
    uint32_t kept = 0;
    for (int32_t v = 0; v < f->num_entities; v++) {
        f->indptr[v] = q;
        for (int64_t i = indptr[v]; i < indptr[v + 1]; i++) {
            const gat_directed *e = &edges[i];
            bool fresh = i == indptr[v] || e->relation != e[-1].relation;
            if (!fresh && e->to == e[-1].to) continue;
            if (fresh) {
                f->entity[q] = v;
                f->relation[q] = e->relation;
                f->first[q++] = kept;
            }
            f->answers[kept] = e->to;
            f->facts[kept++] = e->fact;
        }
    }
    f->indptr[f->num_entities] = q;
    f->first[q] = kept;
}

gat_status filter_build(gat_filter **out, const gat_triples *const *lists, int num_lists, int32_t num_relations,
                        gat_error *err)
{
    gat_directed *edges = NULL;
    int64_t *indptr = NULL, n;
    int32_t num_entities = -1;
    gat_filter *f = NULL;
    *out = NULL;
    gat_status st = directed_sort(&edges, &indptr, &num_entities, lists, num_lists, num_relations, err);
    if (st) goto done;
    n = indptr[num_entities];
    st = GAT_ENOMEM;
    f = gat_calloc(1, sizeof *f);
    if (!f) goto done;
    f->num_entities = num_entities;
    f->num_queries = count_questions(edges, indptr, num_entities);
    f->indptr = gat_alloc((int64_t)num_entities + 1, sizeof *f->indptr);
    f->entity = gat_alloc(f->num_queries, sizeof *f->entity);
    f->relation = gat_alloc(f->num_queries, sizeof *f->relation);
    f->first = gat_alloc(f->num_queries + 1, sizeof *f->first);
    f->answers = gat_alloc(n, sizeof *f->answers);
    f->facts = gat_alloc(n, sizeof *f->facts);
    if (!f->indptr || !f->entity || !f->relation || !f->first || !f->answers || !f->facts) goto done;
    cut(f, edges, indptr);
    *out = f;
    f = NULL;
    st = GAT_OK;
done:
    if (st == GAT_ENOMEM) error_nomem(err);
    gat_free(edges);
    gat_free(indptr);
    filter_free(f);
    return st;
}

/* Place of a question, -1 when there is none. */
static int64_t find(const gat_filter *f, int32_t entity, int32_t relation)
{
    if (entity < 0 || entity >= f->num_entities) return -1;
    int64_t low = f->indptr[entity], end = f->indptr[entity + 1], high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (f->relation[middle] < relation) low = middle + 1;
        else high = middle;
    }
    return low < end && f->relation[low] == relation ? low : -1;
}

const int32_t *filter_answers(const gat_filter *f, int32_t entity, int32_t relation, int64_t *count)
{
    int64_t q = find(f, entity, relation);
    *count = q < 0 ? 0 : (int64_t)f->first[q + 1] - f->first[q];
    return q < 0 ? NULL : f->answers + f->first[q];
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

int64_t filter_num_queries(const gat_filter *f) { return f->num_queries; }

gat_query filter_query(const gat_filter *f, int64_t q)
{
    return (gat_query){f->entity[q], f->relation[q], f->first[q], (int32_t)(f->first[q + 1] - f->first[q])};
}

int64_t filter_num_answers(const gat_filter *f) { return f->first[f->num_queries]; }

const int32_t *filter_answer_array(const gat_filter *f) { return f->answers; }
const int32_t *filter_fact_ids(const gat_filter *f) { return f->facts; }
