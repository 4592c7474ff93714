#include "text/net_edges.h"

#include <string.h>

/* Distances of relative positions that are told apart. */
enum { FARTHEST = 8 };

/* Edges of the tree win over neighbourhood. */
static int64_t relational(gat_triple *fact, const net_nodes *m, const gat_intern *deprels)
{
    const sentence_view *v = m->view;
    const int32_t *governor = v->list->governor + v->s->first;
    int64_t count = 0;
    for (int32_t n = 0; n < m->count; n++) {
        int32_t word = m->word[n], above = v->s->parsed ? governor[word] : -1;
        if (above < 0 || m->node[above] < 0) continue;
        const char *label = list_string(v->list, v->list->deprel[v->s->first + word]);
        int32_t known = intern_find(deprels, label, strlen(label));
        fact[count++] = (gat_triple){m->node[above], known < 0 ? EDGE_OTHER_LABEL : EDGE_FIRST_LABEL + known, n};
    }
    for (int32_t n = 0; n + 1 < m->count; n++) {
        int32_t a = m->word[n], b = m->word[n + 1];
        bool joined = v->s->parsed && (governor[a] == b || governor[b] == a);
        if (!joined) fact[count++] = (gat_triple){n, EDGE_NEXT, n + 1};
    }
    if (!v->s->parsed) fact[count++] = (gat_triple){m->node[v->head[0]], EDGE_PAIR, m->node[v->head[1]]};
    return count;
}

static int64_t every_pair(gat_triple *fact, const net_nodes *m, bool relative)
{
    int64_t count = 0;
    for (int32_t i = 0; i < m->count; i++)
        for (int32_t j = i + 1; j < m->count; j++) {
            int32_t far = m->word[j] - m->word[i];
            fact[count++] = (gat_triple){i, relative ? (far > FARTHEST ? FARTHEST : far) - 1 : 0, j};
        }
    return count;
}

static int64_t to_entities(gat_triple *fact, const net_nodes *m)
{
    int64_t count = 0;
    for (int k = 0; k < 2; k++) {
        int32_t entity = m->node[m->view->head[k]];
        for (int32_t i = 0; i < m->count; i++)
            if (i != entity) fact[count++] = (gat_triple){i, m->role[m->word[i]], entity};
    }
    return count;
}

int64_t net_edges_of(gat_triple *fact, const net_nodes *m, const gat_relation_config *c, const gat_intern *deprels)
{
    switch ((net_encoder)c->encoder) {
    case ENCODER_SELF: return every_pair(fact, m, c->positions == POSITIONS_RELATIVE);
    case ENCODER_CROSS: return to_entities(fact, m);
    case ENCODER_RELATIONAL: break;
    }
    return relational(fact, m, deprels);
}

int32_t net_edge_relations(const gat_relation_config *c, const gat_intern *deprels)
{
    switch ((net_encoder)c->encoder) {
    case ENCODER_SELF: return c->positions == POSITIONS_RELATIVE ? FARTHEST : 1;
    case ENCODER_CROSS: return NET_ROLES;
    case ENCODER_RELATIONAL: break;
    }
    return EDGE_FIRST_LABEL + intern_count(deprels);
}

bool net_edges_hide(const gat_relation_config *c) { return c->causal || c->encoder == ENCODER_CROSS; }

bool net_edge_hidden(const gat_relation_config *c, int32_t source, int32_t target, int32_t relation, int32_t relations)
{
    bool backward = relation >= relations && relation < 2 * relations;
    return (c->causal && source > target) || (c->encoder == ENCODER_CROSS && backward);
}
