#include "recommend/interaction_split.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_SPLIT = 0x7e10 };

/* Of `n` events in random order: those for test first, then those for valid. */
static void assign(interactions *d, const int64_t *order, int64_t n, int64_t valid, int64_t test)
{
    for (int64_t i = 0; i < n && i < valid + test; i++) d->event[order[i]].part = i < test ? REC_TEST : REC_VALID;
}

static int64_t share_of(int64_t n, double share) { return (int64_t)((double)n * share + 0.5); }

static void split_some(interactions *d, int64_t *order, int64_t n, double valid, double test,
                       const gat_recommend_config *config, uint64_t who)
{
    int64_t v = share_of(n, valid), t = share_of(n, test);
    while (v + t >= n && v + t > 0) {
        if (v) v--;
        else t--;
    }
    random_shuffle(order, n, (uint64_t)config->seed, random_stream(STREAM_SPLIT, who, 0));
    assign(d, order, n, v, t);
}

static void split_users(interactions *d, int64_t *order, double valid, double test, const gat_recommend_config *config)
{
    for (int64_t i = 0; i < d->count;) {
        int64_t end = i, n = 0;
        for (; end < d->count && d->event[end].user == d->event[i].user; end++)
            if (d->event[end].part == REC_TRAIN) order[n++] = end;
        split_some(d, order, n, valid, test, config, (uint64_t)d->event[i].user);
        i = end;
    }
}

static void split_all(interactions *d, int64_t *order, double valid, double test, const gat_recommend_config *config)
{
    int64_t n = 0;
    for (int64_t i = 0; i < d->count; i++)
        if (d->event[i].part == REC_TRAIN) order[n++] = i;
    split_some(d, order, n, valid, test, config, UINT64_MAX);
}

static int64_t users_with_train(const interactions *d)
{
    int64_t count = 0;
    for (int64_t i = 0; i < d->count;) {
        bool any = false;
        int32_t user = d->event[i].user;
        for (; i < d->count && d->event[i].user == user; i++) any |= d->event[i].part == REC_TRAIN;
        count += any;
    }
    return count;
}

gat_status interactions_split(interactions *d, const interaction_files *files, const gat_recommend_config *config,
                              gat_error *err)
{
    double valid = files->valid ? 0 : config->valid_share, test = files->test ? 0 : config->test_share;
    int64_t *order = gat_alloc(d->count, sizeof *order);
    if (!order) return error_nomem(err);
    if (config->split_by) split_all(d, order, valid, test, config);
    else split_users(d, order, valid, test, config);
    d->lone_users = intern_count(d->users) - users_with_train(d);
    gat_free(order);
    return GAT_OK;
}
