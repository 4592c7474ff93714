#include "generate/graph_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

const char *graph_rule_name(int index)
{
    static const char *const names[NUM_GRAPH_RULES] = {"size", "repeated", "relation",  "arguments", "count",
                                                       "loop", "kind",     "connected", "order"};
    return index >= 0 && index < NUM_GRAPH_RULES ? names[index] : NULL;
}

void graph_rules_clear(graph_rules *r)
{
    gat_free(r->relation);
    gat_free(r->order);
    *r = (graph_rules){.orders = 0};
}

/* ---- one triple ------------------------------------------------------------------------------------------ */

static int broken_fact(const graph_rules *r, const seen_roles *roles, const gat_triple *f)
{
    if (f->relation >= roles->relations || !r->relation[f->relation].allowed) return RULE_RELATION;
    const relation_rule *rule = &r->relation[f->relation];
    if (!seen_fact(roles, f)) return RULE_ROLES;
    if (rule->no_loop && f->head == f->tail) return RULE_LOOP;
    return rule->same_kind && roles->kind[f->head] != roles->kind[f->tail] ? RULE_KIND : -1;
}

static bool is_repeated(const gat_triple *facts, int64_t i)
{
    for (int64_t j = 0; j < i; j++)
        if (!triple_compare(&facts[i], &facts[j])) return true;
    return false;
}

static int64_t count_of(const gat_triple *facts, int64_t n, int32_t relation)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += facts[i].relation == relation;
    return count;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

/* Connected triples are a directed path over different entities when no two share a head or a tail, and one begins nowhere's
 * tail: a ring has no such beginning. */
static bool is_path(const gat_triple *facts, int64_t n)
{
    int64_t begins = 0;
    for (int64_t i = 0; i < n; i++) {
        bool follows = false;
        for (int64_t j = 0; j < n; j++) {
            if (i != j && (facts[i].head == facts[j].head || facts[i].tail == facts[j].tail)) return false;
            follows |= facts[i].head == facts[j].tail;
        }
        begins += !follows;
    }
    return begins == 1 && graph_is_connected(facts, n);
}

static double number_of(const gat_intern *names, int32_t entity) { return strtod(intern_string(names, entity), NULL); }

static bool is_ordered(const int32_t pair[2], const gat_intern *names, const gat_triple *facts, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            if (facts[i].relation == pair[0] && facts[j].relation == pair[1] &&
                number_of(names, facts[i].tail) > number_of(names, facts[j].tail))
                return false;
    return true;
}

int graph_rules_broken(const graph_rules *r, const seen_roles *roles, const gat_intern *names, const gat_triple *facts,
                       int64_t n)
{
    int broken = -1;
    if (n < r->least || n > r->most) return RULE_SIZE;
    for (int64_t i = 0; broken < 0 && i < n; i++)
        broken = !r->repeats && is_repeated(facts, i) ? RULE_REPEATED : broken_fact(r, roles, &facts[i]);
    if (broken >= 0) return broken;
    for (int32_t i = 0; i < roles->relations; i++) {
        int64_t count = count_of(facts, n, i);
        if (count < r->relation[i].least || count > r->relation[i].most) return RULE_COUNT;
    }
    if (r->connected && n && !graph_is_connected(facts, n)) return RULE_CONNECTED;
    if (r->path && !is_path(facts, n)) return RULE_CONNECTED;
    for (int64_t i = 0; i < r->orders; i++)
        if (!is_ordered(r->order[i], names, facts, n)) return RULE_ORDER;
    return -1;
}
