/* Splitting a single file. The facts to hold out are drawn first; then the data set is numbered anew, so that the
 * ids of train come first, as in a data set that came in three files. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "io/dataset_parts.h"

enum { HOLDOUT_PURPOSE = 0x686f6c64 };

/* split_of[i] of each of n facts: the first `held` of a shuffle are valid, the next `held` test. */
static gat_status draw(unsigned char *split_of, int64_t n, int64_t held, uint64_t seed, gat_error *err)
{
    int64_t *order = gat_alloc(n, sizeof *order);
    if (!order) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) order[i] = i;
    random_shuffle(order, n, seed, random_stream(HOLDOUT_PURPOSE, 0, 0));
    for (int64_t i = 0; i < 2 * held; i++) split_of[order[i]] = i < held ? GAT_SPLIT_VALID : GAT_SPLIT_TEST;
    gat_free(order);
    return GAT_OK;
}

/* The id in `to` of the name with this id in `from`; -1: out of memory. */
static int32_t carry_over(gat_intern *to, const gat_intern *from, int32_t id)
{
    const char *name = intern_string(from, id);
    return intern_add(to, name, strlen(name));
}

static gat_status move_split(gat_dataset *d, gat_intern *entities, gat_intern *relations, const gat_triples *all,
                             const unsigned char *split_of, gat_split split, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < all->count; i++) {
        if (split_of[i] != split) continue;
        gat_triple old = all->data[i], new;
        new.head = carry_over(entities, d->entities, old.head);
        new.relation = carry_over(relations, d->relations, old.relation);
        new.tail = carry_over(entities, d->entities, old.tail);
        if (new.head < 0 || new.relation < 0 || new.tail < 0) return error_nomem(err);
        st = triples_push(&d->splits[split], new, err);
    }
    return st;
}

static void swap(gat_intern **a, gat_intern **b)
{
    gat_intern *t = *a;
    *a = *b;
    *b = t;
}

gat_status dataset_hold_out(gat_dataset *d, double share, uint64_t seed, gat_error *err)
{
    gat_triples all = d->splits[GAT_SPLIT_TRAIN];
    d->splits[GAT_SPLIT_TRAIN] = (gat_triples){0};
    gat_intern *entities = intern_new(), *relations = intern_new();
    unsigned char *split_of = gat_calloc(all.count, 1);
    gat_status st = entities && relations && split_of ? GAT_OK : error_nomem(err);
    if (!st) st = draw(split_of, all.count, (int64_t)((double)all.count * share), seed, err);
    for (gat_split s = GAT_SPLIT_TRAIN; !st && s <= GAT_SPLIT_TEST; s++) {
        st = move_split(d, entities, relations, &all, split_of, s, err);
        d->present[s] = true;
        if (s > GAT_SPLIT_TRAIN) continue;
        d->num_train_entities = intern_count(entities);
        d->num_train_relations = intern_count(relations);
    }
    if (!st) {
        swap(&d->entities, &entities);
        swap(&d->relations, &relations);
        d->holdout = share;
        d->holdout_seed = seed;
    }
    intern_free(entities);
    intern_free(relations);
    gat_free(split_of);
    triples_clear(&all);
    return st;
}
