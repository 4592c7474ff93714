/* Features of a graph: names of relations and their directions, no embeddings, so that what is learned of an entity holds for
 * one that no sentence of training has. */
#include <string.h>

#include "text/kg_context.h"

enum { COMMONEST = 5, MOST_PATHS = 400, MOST_EDGES = 20000, MOST_KINDS = 4096 };
enum kind { K_NEIGHBOR = 301, K_CLASSES, K_PATH, K_LINKED, K_BARE, K_COMMON };

static uint64_t name(enum kind kind, uint64_t a, uint64_t b) { return hash_mix(hash_mix((uint64_t)kind, a), b); }

/* Kinds of edges at an entity, and how many of each. */
typedef struct kinds {
    int32_t kind[MOST_KINDS], times[MOST_KINDS], count;
} kinds;

static void count_kind(kinds *k, int32_t kind)
{
    int32_t i = 0;
    while (i < k->count && k->kind[i] != kind) i++;
    if (i == MOST_KINDS) return;
    if (i == k->count) {
        k->kind[i] = kind;
        k->times[i] = 0;
        k->count++;
    }
    k->times[i]++;
}

/* Edges to `hidden` are not there. */
static void kinds_of(kinds *k, const kg_context *kg, int32_t entity, int32_t hidden)
{
    int64_t from = kg->start[entity], to = kg->start[entity + 1];
    k->count = 0;
    if (to - from > MOST_EDGES) to = from + MOST_EDGES;
    for (int64_t i = from; i < to; i++)
        if (kg->edge[i].other != hidden) count_kind(k, kg->edge[i].kind);
}

/* The commonest kinds; of equally common ones those of smaller number. */
static int commonest(int32_t best[COMMONEST], const kinds *k)
{
    int n = 0;
    int32_t times[COMMONEST];
    for (int32_t i = 0; i < k->count; i++) {
        int at = n;
        while (at > 0 && (times[at - 1] < k->times[i] || (times[at - 1] == k->times[i] && best[at - 1] > k->kind[i])))
            at--;
        if (at == COMMONEST) continue;
        if (n < COMMONEST) n++;
        for (int j = n - 1; j > at; j--) {
            best[j] = best[j - 1];
            times[j] = times[j - 1];
        }
        best[at] = k->kind[i];
        times[at] = k->times[i];
    }
    return n;
}

static void add_around(feature_row *row, int32_t best[COMMONEST], int *found, const kg_context *kg, int32_t entity,
                       int32_t hidden, uint64_t k)
{
    kinds around;
    kinds_of(&around, kg, entity, hidden);
    for (int32_t i = 0; i < around.count; i++) feature_add(row, name(K_NEIGHBOR, k, (uint64_t)around.kind[i]));
    if (!around.count) feature_add(row, name(K_BARE, k, 0));
    *found = commonest(best, &around);
}

/* Both lists are sorted by neighbour: common ones are met side by side. Hiding what joins two
 * entities takes no such path away, so that what is hidden in its place takes none either. */
static void add_paths(feature_row *row, const kg_context *kg, int32_t a, int32_t b)
{
    int64_t i = kg->start[a], j = kg->start[b], i_end = kg->start[a + 1], j_end = kg->start[b + 1];
    int paths = 0;
    while (i < i_end && j < j_end && paths < MOST_PATHS) {
        int32_t x = kg->edge[i].other, y = kg->edge[j].other;
        if (x < y) i++;
        else if (y < x) j++;
        else {
            for (int64_t at = j; x != a && x != b && at < j_end && kg->edge[at].other == x; at++, paths++)
                feature_add(row, name(K_PATH, (uint64_t)kg->edge[i].kind, (uint64_t)kg->edge[at].kind));
            i++;
        }
    }
    feature_add(row, name(K_COMMON, paths > 0, 0));
}

void features_of_graph(feature_row *row, const kg_context *kg, const sentence_view *v)
{
    int32_t e[2], hidden[2], best[2][COMMONEST];
    int found[2] = {0, 0};
    for (int k = 0; k < 2; k++) e[k] = kg_entity(kg, v->list, v->s, k);
    kg_hidden(hidden, kg, e);
    feature_add(row, name(K_LINKED, (uint64_t)(e[0] >= 0), (uint64_t)(e[1] >= 0)));
    for (int k = 0; k < 2; k++)
        if (e[k] >= 0) add_around(row, best[k], &found[k], kg, e[k], hidden[k], (uint64_t)k);
    for (int i = 0; i < found[0]; i++)
        for (int j = 0; j < found[1]; j++)
            feature_add(row, name(K_CLASSES, (uint64_t)best[0][i], (uint64_t)best[1][j]));
    if (e[0] >= 0 && e[1] >= 0 && e[0] != e[1]) add_paths(row, kg, e[0], e[1]);
}
