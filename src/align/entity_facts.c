#include "align/entity_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"

/* By names: ids are drawn by seed. */
static int compare_facts(const void *p, const void *q)
{
    const gat_aligned_fact *a = p, *b = q;
    int order = strcmp(a->relation, b->relation);
    if (!order) order = a->inverse - b->inverse;
    return order ? order : strcmp(a->neighbor, b->neighbor);
}

gat_status entity_facts(gat_aligned_fact **out, int64_t *count, const gat_alignment *m, int graph, const char *entity,
                        int64_t top, gat_error *err)
{
    const kg_side *s = graph == 1 ? m->a : m->b;
    int32_t place;
    *out = NULL;
    *count = 0;
    if (graph != 1 && graph != 2) return error_set(err, GAT_EUSAGE, "there is no graph %d, but 1 and 2", graph);
    gat_status st = vocab_lookup(&place, s->entities, entity, "entity", err);
    if (st) return st;
    int32_t x = s->entity_id[place];
    int64_t first = s->edge_start[x], n = s->edge_start[x + 1] - first;
    gat_aligned_fact *facts = *out = gat_alloc(n, sizeof *facts);
    if (!facts) return error_nomem(err);
    for (int64_t i = 0; i < n; i++)
        facts[i] = (gat_aligned_fact){.relation = kg_side_relation(s, s->relation[first + i]),
                                      .neighbor = kg_side_entity(s, s->neighbor[first + i]),
                                      .text = kg_side_text(s, s->neighbor[first + i]),
                                      .inverse = s->relation[first + i] >= s->num_relations};
    if (n) qsort(facts, (size_t)n, sizeof *facts, compare_facts);
    *count = n < top ? n : top;
    return GAT_OK;
}
