/* The neighbours of both ends of a fact, ordered by entity, are merged; where both know z there is a way over z. */
#include "grow/rule_bodies.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

enum { FIRST_CODES = 1024, LEAST_FOUND = 2 };

typedef struct near_edge {
    int32_t to, relation;
} near_edge;

/* Every entity's directed facts, ordered by the other end. */
typedef struct near_graph {
    int64_t *indptr; /* (N + 1) */
    near_edge *edge;
} near_graph;

typedef struct code_list {
    int64_t *code;
    int64_t count, capacity;
} code_list;

static int compare_edges(const void *a, const void *b)
{
    const near_edge *x = a, *y = b;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

static int compare_codes(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void near_clear(near_graph *g)
{
    gat_free(g->indptr);
    gat_free(g->edge);
}

static gat_status near_build(near_graph *g, const gat_filter *known, int32_t n, gat_error *err)
{
    const int32_t *answers = filter_answer_array(known);
    int64_t queries = filter_num_queries(known), at = 0, q = 0;
    g->indptr = gat_alloc((int64_t)n + 1, sizeof *g->indptr);
    g->edge = gat_alloc(filter_num_answers(known), sizeof *g->edge);
    if (!g->indptr || !g->edge) return error_nomem(err);
    for (int32_t v = 0; v < n; v++) {
        g->indptr[v] = at;
        for (; q < queries && filter_query(known, q).entity == v; q++) {
            gat_query row = filter_query(known, q);
            for (int32_t i = 0; i < row.count; i++) g->edge[at++] = (near_edge){answers[row.first + i], row.relation};
        }
    }
    g->indptr[n] = at;
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t v = 0; v < n; v++)
        qsort(g->edge + g->indptr[v], (size_t)(g->indptr[v + 1] - g->indptr[v]), sizeof *g->edge, compare_edges);
    return GAT_OK;
}

static bool codes_push(code_list *list, int64_t code)
{
    if (list->count == list->capacity) {
        int64_t capacity = list->capacity ? 2 * list->capacity : FIRST_CODES;
        int64_t *grown = gat_regrow(list->code, list->count, capacity, sizeof *grown);
        if (!grown) return false;
        list->code = grown;
        list->capacity = capacity;
    }
    list->code[list->count++] = code;
    return true;
}

/* Sorts the codes from `from` on and drops repeats. */
static void codes_unique(code_list *list, int64_t from)
{
    int64_t kept = from;
    if (from < list->count) qsort(list->code + from, (size_t)(list->count - from), sizeof *list->code, compare_codes);
    for (int64_t i = from; i < list->count; i++)
        if (i == from || list->code[i] != list->code[i - 1]) list->code[kept++] = list->code[i];
    list->count = kept;
}

/* Adds the code d1 (2R + 1) + d2 + 1 of every body that joins x and y, each once. */
static bool add_bodies(code_list *list, const near_graph *g, int32_t x, int32_t y, int32_t relation, int32_t r)
{
    const near_edge *a = g->edge + g->indptr[x], *a_end = g->edge + g->indptr[x + 1], *b = g->edge + g->indptr[y],
                    *b_end = g->edge + g->indptr[y + 1];
    int64_t from = list->count, width = 2 * (int64_t)r + 1;
    for (const near_edge *e = a; e < a_end; e++)
        if (e->to == y && e->relation != relation && !codes_push(list, e->relation * width)) return false;
    while (a < a_end && b < b_end) {
        if (a->to != b->to) {
            if (a->to < b->to) a++;
            else b++;
            continue;
        }
        int32_t z = a->to;
        const near_edge *b_first = b;
        for (; a < a_end && a->to == z; a++)
            for (b = b_first; b < b_end && b->to == z; b++)
                if (z != x && z != y && !codes_push(list, a->relation * width + relation_reversed(b->relation, r) + 1))
                    return false;
    }
    codes_unique(list, from);
    return true;
}

static int compare_found(const void *a, const void *b)
{
    const rule_idea *x = a, *y = b;
    if (x->found != y->found) return x->found > y->found ? -1 : 1;
    if (x->body[0] != y->body[0]) return x->body[0] < y->body[0] ? -1 : 1;
    return (x->body[1] > y->body[1]) - (x->body[1] < y->body[1]);
}

static bool ideas_push(rule_ideas *out, rule_idea idea)
{
    if (out->count == out->capacity) {
        int64_t capacity = out->capacity ? 2 * out->capacity : FIRST_CODES;
        rule_idea *grown = gat_regrow(out->item, out->count, capacity, sizeof *grown);
        if (!grown) return false;
        out->item = grown;
        out->capacity = capacity;
    }
    out->item[out->count++] = idea;
    return true;
}

/* Counts equal codes and keeps the most frequent. */
static bool keep_ideas(rule_ideas *out, code_list *list, int32_t relation, int32_t r)
{
    int64_t first = out->count, width = 2 * (int64_t)r + 1;
    if (list->count) qsort(list->code, (size_t)list->count, sizeof *list->code, compare_codes);
    for (int64_t i = 0, end; i < list->count; i = end) {
        for (end = i + 1; end < list->count && list->code[end] == list->code[i];) end++;
        int64_t code = list->code[i];
        if (end - i < LEAST_FOUND) continue;
        rule_idea idea = {relation, {(int32_t)(code / width), (int32_t)(code % width) - 1}, (int32_t)(end - i)};
        if (!ideas_push(out, idea)) return false;
    }
    if (first < out->count) qsort(out->item + first, (size_t)(out->count - first), sizeof *out->item, compare_found);
    if (out->count - first > IDEAS_OF_RELATION) out->count = first + IDEAS_OF_RELATION;
    return true;
}

/* The facts of a relation as pairs, from the questions for tails. */
static gat_status facts_of(gat_triples *facts, const gat_filter *known, int32_t num_relations, int64_t *first,
                           gat_error *err)
{
    const int32_t *answers = filter_answer_array(known);
    int64_t queries = filter_num_queries(known);
    for (int64_t q = 0; q < queries; q++) {
        gat_query row = filter_query(known, q);
        if (row.relation < num_relations) first[row.relation + 1] += row.count;
    }
    for (int32_t r = 0; r < num_relations; r++) first[r + 1] += first[r];
    facts->capacity = facts->count = first[num_relations];
    facts->data = gat_alloc(facts->count, sizeof *facts->data);
    int64_t *next = gat_alloc(num_relations, sizeof *next);
    for (int32_t r = 0; next && r < num_relations; r++) next[r] = first[r];
    for (int64_t q = 0; facts->data && next && q < queries; q++) {
        gat_query row = filter_query(known, q);
        for (int32_t i = 0; row.relation < num_relations && i < row.count; i++)
            facts->data[next[row.relation]++] = (gat_triple){row.entity, row.relation, answers[row.first + i]};
    }
    gat_status st = facts->data && next ? GAT_OK : error_nomem(err);
    gat_free(next);
    return st;
}

static bool ideas_of_relation(rule_ideas *out, const near_graph *g, const gat_triple *facts, int64_t count,
                              int32_t relation, int32_t r)
{
    code_list list = {0};
    bool good = true;
    int64_t looked = count < RULE_FACTS ? count : RULE_FACTS;
    for (int64_t i = 0; good && i < looked; i++) {
        gat_triple f = facts[i * count / looked];
        if (f.head != f.tail) good = add_bodies(&list, g, f.head, f.tail, relation, r);
    }
    if (good) good = keep_ideas(out, &list, relation, r);
    gat_free(list.code);
    return good;
}

static int compare_bodies(const void *a, const void *b)
{
    const rule_idea *x = a, *y = b;
    if (x->body[0] != y->body[0]) return x->body[0] < y->body[0] ? -1 : 1;
    if (x->body[1] != y->body[1]) return x->body[1] < y->body[1] ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

gat_status rule_ideas_find(rule_ideas *out, const gat_filter *known, int32_t num_entities, int32_t num_relations,
                           gat_error *err)
{
    near_graph g = {0};
    gat_triples facts = {0};
    bool good = true;
    *out = (rule_ideas){0};
    int64_t *first = gat_calloc((int64_t)num_relations + 1, sizeof *first);
    rule_ideas *parts = gat_calloc(num_relations, sizeof *parts);
    gat_status st = first && parts ? near_build(&g, known, num_entities, err) : error_nomem(err);
    if (!st) st = facts_of(&facts, known, num_relations, first, err);
    if (!st) {
#pragma omp parallel for schedule(dynamic, 1) reduction(&& : good)
        for (int32_t r = 0; r < num_relations; r++)
            good = ideas_of_relation(&parts[r], &g, facts.data + first[r], first[r + 1] - first[r], r, num_relations) &&
                   good;
    }
    for (int32_t r = 0; !st && good && r < num_relations; r++)
        for (int64_t i = 0; good && i < parts[r].count; i++) good = ideas_push(out, parts[r].item[i]);
    if (!st && !good) st = error_nomem(err);
    if (!st && out->count) qsort(out->item, (size_t)out->count, sizeof *out->item, compare_bodies);
    for (int32_t r = 0; parts && r < num_relations; r++) gat_free(parts[r].item);
    gat_free(parts);
    gat_free(first);
    triples_clear(&facts);
    near_clear(&g);
    return st;
}
