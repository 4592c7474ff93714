/* How far a question reaches is guessed from the mean degree: hubs lead further, so that twice the mean is counted. */
#include "path/path_memory.h"

#include "kernels/kernels.h"
#include "kernels/path_layer.h"
#include "path/path_forms.h"
#include "path/path_made.h"
#include "path/path_reach.h"

enum { REACH_ROW = 32, FACT_EDGE = 12, GRAPH_EDGE = 28, ORDER_FACT = 9, CHUNK_FACT = 2 * (12 + 16), NODE = 16 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Floats that a layer keeps of each row that it leads to, and those of attention to all. */
static double row_floats(const path_shape *s, int64_t layer)
{
    double d = (double)s->width, sums = (double)path_sums(s->aggregation, s->width);
    double statistics = s->aggregation == PATH_STATISTICS ? 2 : 0;
    return 2 * d + sums + 1 + statistics + (path_attends_globally(s, layer) ? 5 * d + 1 : 0);
}

/* Floats of one question, forward and, with gradients, backward. */
static double walk_floats(const path_shape *s, const path_sizes *z, bool gradients)
{
    double n = (double)z->entities, degree = 4 * (double)z->facts / (n + 1) + 1, rows = 1, floats = 0;
    int64_t budget = path_reach_budget(s, z->entities);
    for (int64_t l = 0; l < s->layers; l++) {
        double after = rows * degree < n ? rows * degree : n, found = after, runs = rows * degree;
        if (runs > 2 * (double)z->facts) runs = 2 * (double)z->facts;
        if (budget && after > rows + (double)budget) after = rows + (double)budget;
        floats += after * row_floats(s, l) + rows * PATH_GATE + runs * (double)(s->heads > 1 ? 1 + s->heads : 1);
        if (path_chooses(s)) floats += (found - after) * (double)path_sums(s->aggregation, s->width) + 2 * found;
        rows = after;
    }
    return floats + rows + (gradients ? rows * (double)(2 * s->width + path_sums(s->aggregation, s->width)) : 0);
}

int64_t path_graph_bytes(const path_sizes *z) { return 2 * z->facts * GRAPH_EDGE + z->entities * NODE; }

int64_t path_learned_graph_bytes(const path_sizes *z)
{
    return path_graph_bytes(z) + z->facts * (2 * FACT_EDGE + ORDER_FACT) + z->chunk * CHUNK_FACT + z->entities * NODE;
}

int64_t path_table_bytes(const path_model *m, const path_sizes *z)
{
    int64_t profiles = m->shape.profile ? z->entities * m->shape.width : 0;
    return 4 * m->shape.members * (profiles + path_forms_floats(&m->net[0]));
}

/* Rows that are reached, the edges that lead there, what a walk keeps. */
static int64_t thread_bytes(const path_model *m, const path_sizes *z, bool gradients)
{
    return REACH_ROW * z->entities + 8 * z->facts + (int64_t)(4 * walk_floats(&m->shape, z, gradients));
}

int64_t path_step_bytes(const path_model *m, const path_sizes *z)
{
    const path_net *net = &m->net[0];
    int64_t d = m->shape.width, b = least(z->batch, 2 * z->chunk), tables = m->shape.profile ? 2 : 0;
    int64_t made = path_made_scratch(net, b), floats = tables * z->entities * d + path_forms_floats(net) + made;
    floats += b * (2 * made_size(net) + shared_size(net) + z->entities + 3 * d);
    return 4 * floats + least(z->threads, b) * (thread_bytes(m, z, true) + 8 * z->entities);
}

int64_t path_answer_bytes(const path_model *m, const path_sizes *z) { return z->threads * thread_bytes(m, z, false); }
