#include "text/relation_model.h"

#include <string.h>

#include "base/memory.h"
#include "text/net_members.h"

static void part_clear(linear_part *p)
{
    feature_table_clear(&p->table);
    gat_free(p->w);
}

void relations_free(gat_relations *m)
{
    if (!m) return;
    for (int i = 0; i < GAT_NUM_RELATION_PARTS; i++) part_clear(&m->part[i]);
    if (m->members) net_members_clear(m->members);
    gat_free(m->members);
    calibration_clear(&m->sureness);
    word_vectors_clear(&m->vectors);
    kg_clear(&m->kg);
    intern_free(m->labels);
    gat_free(m->config_lines);
    gat_free(m->seen);
    gat_free(m);
}

bool label_is_none(const char *label)
{
    static const char *const names[] = {"Other", "NA", "None", "no_relation", "none", "other"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(label, names[i])) return true;
    return false;
}

size_t label_bare(const char *label, bool *reversed)
{
    size_t n = strlen(label), tail = sizeof "(e1,e2)" - 1;
    bool forward = n > tail && !strcmp(label + n - tail, "(e1,e2)");
    *reversed = n > tail && !strcmp(label + n - tail, "(e2,e1)");
    return forward || *reversed ? n - tail : n;
}

uint64_t pair_hash(const sentence_view *v)
{
    uint64_t h[2] = {0, 0};
    for (int k = 0; k < 2; k++)
        for (int32_t i = v->s->e[k].from; i < v->s->e[k].to; i++) h[k] = hash_mix(h[k], word_at(v, i)->word);
    return h[0] < h[1] ? hash_mix(h[0], h[1]) : hash_mix(h[1], h[0]);
}

bool pair_is_seen(const gat_relations *m, uint64_t hash)
{
    int64_t low = 0, high = m->num_seen;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (m->seen[middle] < hash) low = middle + 1;
        else high = middle;
    }
    return low < m->num_seen && m->seen[low] == hash;
}

const char *gat_relation_part_name(gat_relation_part part)
{
    static const char *const names[] = {"text and graph", "text alone", "graph alone"};
    return names[part];
}

const char *gat_pair_group_name(gat_pair_group group)
{
    static const char *const names[] = {"all", "seen", "unseen", "unseen_linked", "unseen_other"};
    return names[group];
}
