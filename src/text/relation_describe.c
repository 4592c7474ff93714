#include <stdio.h>
#include <string.h>

#include "text/net_members.h"
#include "text/relation_sections.h"

static void hex(char out[33], const uint64_t digest[2])
{
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)digest[0], (unsigned long long)digest[1]);
}

gat_status relations_describe(gat_relation_info *out, const gat_relations *m, gat_error *err)
{
    const linear_part *all = &m->part[GAT_PART_ALL];
    uint64_t digest[2];
    gat_status st = relations_digest(digest, m, err);
    int64_t nets = m->members ? m->members->count * params_count(&m->members->net->params) : 0;
    if (st) return st;
    *out = (gat_relation_info){.sentences = m->sentences,
                               .labels = relations_labels(m),
                               .features = all->table.count,
                               .parameters = (int64_t)all->table.count * relations_labels(m) + nets,
                               .members = m->members ? m->members->count : 0,
                               .vectors = m->vectors.words ? intern_count(m->vectors.words) : 0,
                               .kg_entities = m->kg.entities ? intern_count(m->kg.entities) : 0,
                               .kg_facts = m->kg.facts.count,
                               .bags = m->bags != NULL,
                               .kg_states = m->kg.states != NULL,
                               .several = m->several,
                               .parsed = m->parsed,
                               .c = all->c,
                               .threshold = all->threshold,
                               .held_out_f1 = all->held_out_f1,
                               .config = m->config_lines};
    hex(out->digest, digest);
    hex(out->data_digest, m->data_digest);
    return GAT_OK;
}
