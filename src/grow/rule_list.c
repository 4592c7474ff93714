/* The rules and counts of a graph, in names. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "grow/growth.h"
#include "grow/relation_counts.h"
#include "grow/rule_book.h"
#include "tasks/task_view.h"

void rule_list_free(gat_rule_list *list)
{
    if (!list) return;
    gat_free(list->rule);
    gat_free(list->shape);
    gat_free(list);
}

static int compare(const void *a, const void *b)
{
    const grow_rule *x = a, *y = b;
    if (x->confidence != y->confidence) return x->confidence > y->confidence ? -1 : 1;
    if (x->support != y->support) return x->support > y->support ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    if (x->body[0] != y->body[0]) return x->body[0] < y->body[0] ? -1 : 1;
    return (x->body[1] > y->body[1]) - (x->body[1] < y->body[1]);
}

static gat_rule describe(const grow_rule *rule, const gat_model *m)
{
    int32_t r = m->num_seen_relations;
    gat_rule out = {.relation = intern_string(m->relations, rule->relation),
                    .support = rule->support,
                    .confidence = rule->confidence,
                    .pca = rule->pca};
    for (int k = 0; k < 2 && rule->body[k] >= 0; k++) {
        out.body[k] = intern_string(m->relations, rule->body[k] % r);
        out.reversed[k] = rule->body[k] >= r;
    }
    return out;
}

/* The wanted rules of the book, which is put in another order. */
static gat_status list_rules(gat_rule_list *list, rule_book *book, const gat_model *m, int32_t relation, int64_t top,
                             double least, gat_error *err)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < book->count; i++) {
        const grow_rule *r = &book->rule[i];
        if ((relation < 0 || r->relation == relation) && r->confidence >= least) book->rule[kept++] = *r;
    }
    if (kept) qsort(book->rule, (size_t)kept, sizeof *book->rule, compare);
    list->count = kept < top ? kept : top;
    list->rule = gat_alloc(list->count, sizeof *list->rule);
    for (int64_t i = 0; list->rule && i < list->count; i++) list->rule[i] = describe(&book->rule[i], m);
    return list->rule ? GAT_OK : error_nomem(err);
}

static gat_status list_shapes(gat_rule_list *list, const relation_counts *counts, const gat_model *m, int32_t relation,
                              gat_error *err)
{
    int32_t all = m->num_seen_relations;
    list->shape = gat_alloc(all, sizeof *list->shape);
    for (int32_t r = 0; list->shape && r < all; r++) {
        const relation_counts *tails = &counts[r], *heads = &counts[r + all];
        if (!tails->facts || (relation >= 0 && r != relation)) continue;
        list->shape[list->num_shapes++] = (gat_relation_shape){
            .relation = intern_string(m->relations, r),
            .facts = tails->facts,
            .heads = tails->entities,
            .tails = heads->entities,
            .most_tails = tails->most,
            .most_heads = heads->most,
            .functional = tails->most == 1,
            .inverse_functional = heads->most == 1,
        };
    }
    return list->shape ? GAT_OK : error_nomem(err);
}

static gat_status find_relation(int32_t *id, const gat_model *m, const char *relation, gat_error *err)
{
    *id = -1;
    if (!relation) return GAT_OK;
    gat_status st = vocab_lookup(id, m->relations, relation, "relation", err);
    if (!st && *id >= m->num_seen_relations)
        st = error_set(err, GAT_EUSAGE, "relation \"%.200s\" does not occur in the model's training facts", relation);
    return st;
}

static gat_status read_facts(gat_triples *facts, const gat_model *m, const gat_dataset *graph, gat_error *err)
{
    gat_status st = graph ? check_relations(graph, GAT_SPLIT_TRAIN, m, err) : GAT_OK;
    named_facts from = graph ? facts_of_split(graph, GAT_SPLIT_TRAIN) : facts_of_model(m);
    return st ? st : facts_by_name(facts, from, from.entities, m, err);
}

gat_status rule_list_make(gat_rule_list **out, const gat_model *m, const gat_dataset *graph, const char *relation,
                          int64_t top, double least, gat_error *err)
{
    gat_triples facts = {0};
    const gat_triples *list = &facts;
    gat_filter *known = NULL;
    relation_counts *counts = NULL;
    rule_book book = {0};
    int32_t id = -1, r = m->num_seen_relations;
    *out = NULL;
    if (top < 1)
        return error_set(err, GAT_EUSAGE, "expected at least 1 as the number of rules, found %lld", (long long)top);
    gat_rule_list *made = gat_calloc(1, sizeof *made);
    gat_status st = made ? find_relation(&id, m, relation, err) : error_nomem(err);
    if (!st) st = read_facts(&facts, m, graph, err);
    if (!st) st = filter_build(&known, &list, 1, r, err);
    if (!st) st = rules_mine(&book, known, intern_count(graph ? graph->entities : m->entities), r, err);
    if (!st) st = relation_counts_make(&counts, known, r, err);
    if (!st) st = list_rules(made, &book, m, id, top, least, err);
    if (!st) st = list_shapes(made, counts, m, id, err);
    if (!st) *out = made;
    else rule_list_free(made);
    relation_counts_free(counts, r);
    rules_clear(&book);
    filter_free(known);
    triples_clear(&facts);
    return st;
}
