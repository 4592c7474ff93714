/* Bodies that join the ends of facts are found first (rule_bodies.h); then each is walked from its heads, and every pair it
 * joins is held against the relations it could speak for. */
#include "grow/rule_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "grow/rule_bodies.h"

enum { LEAST_SUPPORT = 2 };
static const int64_t ALL_STEPS = 2000000000, LEAST_STEPS = 100000;
static const double BELIEF = 2; /* failures that every rule is given beforehand */

/* The entities that have a directed relation, for each. */
typedef struct head_lists {
    int64_t *first; /* (2R + 1) */
    int32_t *entity;
} head_lists;

typedef struct counting {
    const gat_filter *known;
    head_lists heads;
    int32_t num_entities, num_relations;
    int64_t budget; /* steps of a body */
} counting;

/* What a thread needs: who has been reached, and from which head. */
typedef struct reached {
    int32_t *stamp, *list;
    int32_t count, now;
} reached;

static gat_status heads_build(head_lists *h, const gat_filter *known, int32_t directed, gat_error *err)
{
    int64_t queries = filter_num_queries(known);
    h->first = gat_calloc((int64_t)directed + 1, sizeof *h->first);
    h->entity = gat_alloc(queries, sizeof *h->entity);
    int64_t *next = gat_alloc(directed, sizeof *next);
    gat_status st = h->first && h->entity && next ? GAT_OK : error_nomem(err);
    for (int64_t q = 0; !st && q < queries; q++) h->first[filter_query(known, q).relation + 1]++;
    for (int32_t d = 0; !st && d < directed; d++) next[d] = h->first[d], h->first[d + 1] += h->first[d];
    for (int64_t q = 0; !st && q < queries; q++) {
        gat_query row = filter_query(known, q);
        h->entity[next[row.relation]++] = row.entity;
    }
    gat_free(next);
    return st;
}

static void reach_add(reached *w, int32_t entity)
{
    if (w->stamp[entity] == w->now) return;
    w->stamp[entity] = w->now;
    w->list[w->count++] = entity;
}

/* Stamps begin anew before they run out: a thread may walk more often than there are numbers. */
static void next_stamp(reached *w, int32_t num_entities)
{
    if (w->now == INT32_MAX) {
        memset(w->stamp, 0, (size_t)num_entities * sizeof *w->stamp);
        w->now = 0;
    }
    w->now++;
}

/* All y that the body joins with x; returns the steps taken. */
static int64_t walk(reached *w, const counting *c, const int32_t body[2], int32_t x)
{
    int64_t n, m, steps;
    const int32_t *z = filter_answers(c->known, x, body[0], &n);
    next_stamp(w, c->num_entities);
    w->count = 0;
    steps = n;
    for (int64_t i = 0; i < n; i++) {
        if (z[i] == x) continue;
        if (body[1] < 0) {
            reach_add(w, z[i]);
            continue;
        }
        const int32_t *y = filter_answers(c->known, z[i], body[1], &m);
        steps += m;
        for (int64_t k = 0; k < m; k++)
            if (y[k] != x && y[k] != z[i]) reach_add(w, y[k]);
    }
    return steps;
}

static void count_head(grow_rule *rules, int64_t num_rules, const reached *w, const counting *c, int32_t x)
{
    for (int64_t k = 0; k < num_rules; k++) {
        int64_t n;
        const int32_t *tails = filter_answers(c->known, x, rules[k].relation, &n);
        rules[k].pairs += w->count;
        rules[k].pca_pairs += n ? w->count : 0;
        for (int64_t i = 0; i < n; i++) rules[k].support += w->stamp[tails[i]] == w->now;
    }
}

/* Place i of n in an order that jumps evenly over all of them. */
static int64_t jump(int64_t i, int64_t n)
{
    int64_t stride = (int64_t)((double)n * 0.6180339887) | 1, a = stride, b = n;
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a == 1 ? i * stride % n : i;
}

/* Rules of one body: heads in turn, until the budget is spent. */
static void count_body(grow_rule *rules, int64_t num_rules, reached *w, const counting *c)
{
    const int32_t *body = rules[0].body;
    const int32_t *head = c->heads.entity + c->heads.first[body[0]];
    int64_t n = c->heads.first[body[0] + 1] - c->heads.first[body[0]], steps = 0, done = 0;
    for (; done < n && steps < c->budget; done++) {
        int32_t x = head[jump(done, n)];
        steps += walk(w, c, body, x);
        count_head(rules, num_rules, w, c, x);
    }
    for (int64_t k = 0; k < num_rules; k++) {
        grow_rule *r = &rules[k];
        r->confidence = (double)r->support / ((double)r->pairs + BELIEF);
        r->pca = (double)r->support / ((double)r->pca_pairs + BELIEF);
        if (done == n) continue;
        double scale = (double)n / (double)done;
        r->support = (int64_t)((double)r->support * scale);
        r->pairs = (int64_t)((double)r->pairs * scale);
        r->pca_pairs = (int64_t)((double)r->pca_pairs * scale);
    }
}

static gat_status count_all(grow_rule *rules, const int64_t *start, int64_t bodies, const counting *c, gat_error *err)
{
    bool good = true;
#pragma omp parallel reduction(&& : good)
    {
        reached w = {.stamp = gat_calloc(c->num_entities, sizeof *w.stamp),
                     .list = gat_alloc(c->num_entities, sizeof *w.list)};
        good = w.stamp && w.list;
#pragma omp for schedule(dynamic, 8)
        for (int64_t b = 0; b < bodies; b++)
            if (w.stamp && w.list) count_body(rules + start[b], start[b + 1] - start[b], &w, c);
        gat_free(w.stamp);
        gat_free(w.list);
    }
    return good ? GAT_OK : error_nomem(err);
}

static int compare_rules(const void *a, const void *b)
{
    const grow_rule *x = a, *y = b;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    if (x->confidence != y->confidence) return x->confidence > y->confidence ? -1 : 1;
    if (x->support != y->support) return x->support > y->support ? -1 : 1;
    if (x->body[0] != y->body[0]) return x->body[0] < y->body[0] ? -1 : 1;
    return (x->body[1] > y->body[1]) - (x->body[1] < y->body[1]);
}

/* Ordered, the weak and the many left out. */
static void keep_best(rule_book *book)
{
    int64_t kept = 0, of_relation = 0;
    if (book->count) qsort(book->rule, (size_t)book->count, sizeof *book->rule, compare_rules);
    for (int64_t i = 0; i < book->count; i++) {
        const grow_rule rule = book->rule[i];
        if (!i || rule.relation != book->rule[i - 1].relation) of_relation = 0;
        if (rule.support >= LEAST_SUPPORT && of_relation < RULES_OF_RELATION) {
            of_relation++;
            book->first[rule.relation + 1]++;
            book->rule[kept++] = rule;
        }
    }
    book->count = kept;
    for (int32_t r = 0; r < book->num_relations; r++) book->first[r + 1] += book->first[r];
}

/* start (bodies + 1) <- where each body begins among the ordered ideas; returns how many there are. */
static int64_t cut_bodies(int64_t *start, grow_rule *rules, const rule_ideas *ideas)
{
    int64_t bodies = 0;
    for (int64_t i = 0; i < ideas->count; i++) {
        const rule_idea *x = &ideas->item[i], *before = i ? x - 1 : NULL;
        if (!before || before->body[0] != x->body[0] || before->body[1] != x->body[1]) start[bodies++] = i;
        rules[i] = (grow_rule){.relation = x->relation, .body = {x->body[0], x->body[1]}};
    }
    start[bodies] = ideas->count;
    return bodies;
}

gat_status rules_mine(rule_book *out, const gat_filter *known, int32_t num_entities, int32_t num_relations,
                      gat_error *err)
{
    rule_ideas ideas = {0};
    counting c = {.known = known, .num_entities = num_entities, .num_relations = num_relations};
    int64_t *start = NULL;
    *out = (rule_book){.num_relations = num_relations};
    gat_status st = rule_ideas_find(&ideas, known, num_entities, num_relations, err);
    if (!st) st = heads_build(&c.heads, known, 2 * num_relations, err);
    if (!st) {
        start = gat_alloc(ideas.count + 1, sizeof *start);
        out->rule = gat_alloc(ideas.count, sizeof *out->rule);
        out->first = gat_calloc((int64_t)num_relations + 1, sizeof *out->first);
        out->count = ideas.count;
        st = start && out->rule && out->first ? GAT_OK : error_nomem(err);
    }
    if (!st) {
        int64_t bodies = cut_bodies(start, out->rule, &ideas), share = bodies ? ALL_STEPS / bodies : 0;
        c.budget = share > LEAST_STEPS ? share : LEAST_STEPS;
        st = count_all(out->rule, start, bodies, &c, err);
    }
    if (!st) keep_best(out);
    else rules_clear(out);
    gat_free(c.heads.first);
    gat_free(c.heads.entity);
    gat_free(start);
    gat_free(ideas.item);
    return st;
}

void rules_clear(rule_book *book)
{
    gat_free(book->rule);
    gat_free(book->first);
    *book = (rule_book){0};
}
