/* Questions sorted by (entity, relation) with one row pointer per entity; a lookup is a step to the entity's
 * questions and a binary search for the relation among them. Repeated facts give one answer. */
#include "graph/filter.h"

#include <stdbool.h>

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
    const gat_filter *base;     /* asked where there is no question, or NULL */
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

/* Empty, with room for so many questions and answers; NULL: out of memory. */
static gat_filter *filter_new(int32_t num_entities, int64_t queries, int64_t answers)
{
    gat_filter *f = gat_calloc(1, sizeof *f);
    if (!f) return NULL;
    f->num_entities = num_entities;
    f->num_queries = queries;
    f->indptr = gat_alloc((int64_t)num_entities + 1, sizeof *f->indptr);
    f->entity = gat_alloc(queries, sizeof *f->entity);
    f->relation = gat_alloc(queries, sizeof *f->relation);
    f->first = gat_alloc(queries + 1, sizeof *f->first);
    f->answers = gat_alloc(answers, sizeof *f->answers);
    if (f->indptr && f->entity && f->relation && f->first && f->answers) return f;
    filter_free(f);
    return NULL;
}

gat_status filter_build(gat_filter **out, const gat_triples *const *lists, int num_lists, int32_t num_relations,
                        gat_error *err)
{
    gat_directed *edges = NULL;
    int64_t *indptr = NULL;
    int32_t num_entities = -1;
    gat_filter *f = NULL;
    *out = NULL;
    gat_status st = directed_sort(&edges, &indptr, &num_entities, lists, num_lists, num_relations, err);
    if (st) return st;
    f = filter_new(num_entities, count_questions(edges, indptr, num_entities), indptr[num_entities]);
    if (f) f->facts = gat_alloc(indptr[num_entities], sizeof *f->facts);
    if (!f || !f->facts) {
        st = error_nomem(err);
        goto done;
    }
    cut(f, edges, indptr);
    *out = f;
    f = NULL;
done:
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
    if (q < 0 && f->base) return filter_answers(f->base, entity, relation, count);
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

/* out <- both ascending lists without repeats; returns how many. */
static int64_t merge(int32_t *out, const int32_t *a, int64_t num_a, const int32_t *b, int64_t num_b)
{
    int64_t i = 0, j = 0, n = 0;
    while (i < num_a || j < num_b) {
        bool take_a = j == num_b || (i < num_a && a[i] <= b[j]);
        int32_t next = take_a ? a[i] : b[j];
        if (i < num_a && a[i] == next) i++;
        if (j < num_b && b[j] == next) j++;
        out[n++] = next;
    }
    return n;
}

static int64_t count_with_base(const gat_filter *base, const gat_filter *own)
{
    int64_t total = own->first[own->num_queries], count;
    for (int64_t q = 0; q < own->num_queries; q++) {
        filter_answers(base, own->entity[q], own->relation[q], &count);
        total += count;
    }
    return total;
}

/* Questions of `own`, each with its answers and those of base. */
static void merge_all(gat_filter *f, const gat_filter *base, const gat_filter *own)
{
    uint32_t kept = 0;
    for (int32_t v = 0; v <= f->num_entities; v++) f->indptr[v] = own->indptr[v];
    for (int64_t q = 0; q < f->num_queries; q++) {
        int64_t count;
        const int32_t *known = filter_answers(base, own->entity[q], own->relation[q], &count);
        f->entity[q] = own->entity[q];
        f->relation[q] = own->relation[q];
        f->first[q] = kept;
        kept += (uint32_t)merge(f->answers + kept, known, count, own->answers + own->first[q],
                                own->first[q + 1] - own->first[q]);
    }
    f->first[f->num_queries] = kept;
}

gat_status filter_extend(gat_filter **out, const gat_filter *base, const gat_triples *more, int32_t num_relations,
                         gat_error *err)
{
    gat_filter *own = NULL;
    *out = NULL;
    gat_status st = filter_build(&own, &more, 1, num_relations, err);
    if (st) return st;
    int64_t answers = count_with_base(base, own);
    if (answers > UINT32_MAX) st = error_set(err, GAT_EUSAGE, "%lld known answers: too many", (long long)answers);
    gat_filter *f = st ? NULL : filter_new(own->num_entities, own->num_queries, answers);
    if (f) {
        merge_all(f, base, own);
        f->base = base;
        *out = f;
    } else if (!st) {
        st = error_nomem(err);
    }
    filter_free(own);
    return st;
}
