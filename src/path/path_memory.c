/* Sums over what is allocated. How far a question reaches is guessed from the mean degree: hubs lead further, so that
 * twice the mean is counted. */
#include "path/path_memory.h"

#include "kernels/kernels.h"
#include "kernels/path_layer.h"
#include "path/path_reach.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Floats that a layer keeps of each row that it leads to, and those of attention to all. */
static double row_floats(const path_shape *s, int64_t layer)
{
    double d = (double)s->width, sums = (double)path_sums(s->aggregation, s->width);
    double statistics = s->aggregation == PATH_STATISTICS ? 2 : 0;
    return 2 * d + sums + 1 + statistics + (path_attends_globally(s, layer) ? 8 * d + 2 : 0);
}

/* Floats of one question, forward and backward. */
static double walk_floats(const path_shape *s, int64_t entities, int64_t facts)
{
    double n = (double)entities, degree = 4 * (double)facts / (n + 1) + 1, rows = 1, floats = 0;
    int64_t budget = path_reach_budget(s, entities);
    for (int64_t l = 0; l < s->layers; l++) {
        double after = rows * degree < n ? rows * degree : n, found = after;
        if (budget && after > rows + (double)budget) after = rows + (double)budget;
        floats += after * row_floats(s, l) + rows * (PATH_GATE + degree * (double)(1 + s->heads));
        if (path_chooses(s)) floats += (found - after) * (double)path_sums(s->aggregation, s->width) + 2 * found;
        rows = after;
    }
    return floats + rows * (double)(2 * s->width + path_sums(s->aggregation, s->width));
}

int64_t path_training_bytes(const path_model *m, int64_t batch, int64_t chunk, int64_t entities, int64_t facts,
                            int threads)
{
    const path_net *net = &m->net[0];
    int64_t d = m->shape.width, b = least(batch, 2 * chunk), tables = m->shape.profile ? 2 + m->shape.members : 0;
    int64_t scratch = KERNEL_PARTS * d * most(path_relations(net), b);
    double kept = 5 * (double)m->params.size + (double)scratch + (double)(tables * entities * d);
    double step = (double)b * (double)(2 * made_size(net) + shared_size(net) + entities + 3 * d);
    double own = walk_floats(&m->shape, entities, facts) + 10 * (double)entities + 2 * (double)facts;
    return (int64_t)(4 * (kept + step + threads * own)) + facts * 280 + entities * 200 + ((int64_t)64 << 20);
}
