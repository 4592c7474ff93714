#include "generate/generator.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

enum { BITS_BATCH = 64, STREAM_BITS = 0x7f93 };

void generator_free(gat_generator *m)
{
    if (!m) return;
    sequence_net_clear(&m->net);
    seen_roles_clear(&m->roles);
    intern_free(m->entities);
    intern_free(m->relations);
    gat_free(m->known);
    gat_free(m->config_lines);
    gat_free(m);
}

sequence_shape generator_shape(const gat_generator *m)
{
    const gat_generator_config *c = &m->config;
    return (sequence_shape){intern_count(m->entities), intern_count(m->relations), (int32_t)m->most_triples,
                            (int32_t)c->dim,           (int32_t)c->attn_heads,     (int32_t)c->layers,
                            (float)c->dropout};
}

bool generator_fits(const gat_generator *m, const gat_triple *facts, int64_t count)
{
    return count <= m->most_triples &&
           graph_within(facts, count, intern_count(m->entities), intern_count(m->relations));
}

gat_status generator_bits(double *mean, double *bits, const gat_generator *m, const graph_set *set,
                          const int64_t *which, int64_t count, uint64_t seed, gat_error *err)
{
    sequence_batch batch = {.count = 0};
    gat_tape *tape = tape_new(false);
    gat_status st = tape ? GAT_OK : error_nomem(err);
    double total = 0;
    for (int64_t i = 0; !st && i < count; i += BITS_BATCH) {
        int64_t n = count - i < BITS_BATCH ? count - i : BITS_BATCH;
        tape_restart(tape, false);
        st = sequence_batch_fill(&batch, &m->net.shape, set, which + i, n, seed, STREAM_BITS, err);
        const float *loss = st ? NULL : sequence_net_loss(tape, &m->net, &batch, 0, 0);
        if (!st) st = tape_status(tape, err);
        for (int64_t g = 0; !st && g < n; g++) {
            double sum = 0;
            for (int64_t r = batch.first[g]; r < batch.first[g + 1]; r++) sum += (double)loss[r] / M_LN2;
            total += sum;
            if (bits) bits[i + g] = sum;
        }
    }
    *mean = count ? total / (double)count : 0;
    sequence_batch_clear(&batch);
    tape_free(tape);
    return st;
}
