#include "path/path_step.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "path/path_loss.h"
#include "path/path_made.h"
#include "path/path_profile.h"

struct path_step {
    int64_t most;
    int32_t num_nodes;
    path_forms forms;
    float *z, *dz, *made, *dmade, *query; /* (B,D), (B,made_size), (B,D) */
    float *table, *dtable;                /* (N,D); NULL without profile */
    float *s;                             /* (B,N): scores, then their slopes */
    float *shared;                        /* (B,shared_size): gradients of each question */
    float *scratch;
    double *loss;      /* (B) */
    path_scratch *own; /* (threads) */
    float **exps;      /* (threads): (N) each */
    int threads;
};

static int64_t scratch_size(const path_net *m, int64_t b)
{
    int64_t profile = path_profile_scratch(m), made = path_made_scratch(m, b);
    return profile > made ? profile : made;
}

static gat_status step_threads(path_step *t, int32_t num_nodes, gat_error *err)
{
    int threads = parallel_threads();
    t->own = gat_calloc(threads, sizeof *t->own);
    t->exps = gat_calloc(threads, sizeof *t->exps);
    if (!t->own || !t->exps) return error_nomem(err);
    gat_status st = GAT_OK;
    for (; t->threads < threads && !st; t->threads++) {
        st = path_scratch_init(&t->own[t->threads], num_nodes, err);
        if (!st && !(t->exps[t->threads] = gat_alloc(2 * (int64_t)num_nodes, sizeof(float)))) st = error_nomem(err);
    }
    return st;
}

static gat_status step_arrays(path_step *t, const path_net *m, gat_error *err)
{
    int64_t b = t->most, d = m->shape.width, n = t->num_nodes;
    t->z = gat_alloc(b * d, sizeof(float));
    t->dz = gat_alloc(b * d, sizeof(float));
    t->made = gat_alloc(b * made_size(m), sizeof(float));
    t->dmade = gat_alloc(b * made_size(m), sizeof(float));
    t->query = gat_alloc(b * d, sizeof(float));
    t->s = gat_alloc(b * n, sizeof(float));
    t->shared = gat_alloc(b * shared_size(m), sizeof(float));
    t->scratch = gat_alloc(scratch_size(m, b), sizeof(float));
    t->loss = gat_alloc(b, sizeof(double));
    if (m->shape.profile) {
        t->table = gat_alloc(n * d, sizeof(float));
        t->dtable = gat_alloc(n * d, sizeof(float));
        if (!t->table || !t->dtable) return error_nomem(err);
    }
    bool whole = t->z && t->dz && t->made && t->dmade && t->query && t->s && t->shared && t->scratch && t->loss;
    return whole ? GAT_OK : error_nomem(err);
}

gat_status path_step_new(path_step **out, const path_net *m, int32_t num_nodes, int64_t most, gat_error *err)
{
    *out = NULL;
    path_step *t = gat_calloc(1, sizeof *t);
    if (!t) return error_nomem(err);
    t->most = most;
    t->num_nodes = num_nodes;
    gat_status st = path_forms_init(&t->forms, m, err);
    if (!st) st = step_arrays(t, m, err);
    if (!st) st = step_threads(t, num_nodes, err);
    if (st) path_step_free(t);
    else *out = t;
    return st;
}

void path_step_free(path_step *t)
{
    if (!t) return;
    path_forms_clear(&t->forms);
    float *arrays[] = {t->z, t->dz, t->made, t->dmade, t->query, t->table, t->dtable, t->s, t->shared, t->scratch};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) gat_free(arrays[i]);
    for (int i = 0; i < t->threads; i++) {
        path_scratch_clear(&t->own[i]);
        gat_free(t->exps[i]);
    }
    gat_free(t->own);
    gat_free(t->exps);
    gat_free(t->loss);
    gat_free(t);
}

/* Scores of all entities: the base in s (N) plus what the paths say. */
static void add_rows(float *s, const path_scratch *own, int64_t n, float unreached)
{
    for (int64_t v = 0; v < n; v++) {
        int32_t row = own->reach.row_of[v];
        s[v] += row < 0 ? unreached : own->row_score[row];
    }
}

/* Slopes of the row scores, over the scores themselves; returns the slope of `unreached`. */
static float rows_of_slopes(path_scratch *own, const float *s, int64_t n)
{
    double all = 0, reached = 0;
    for (int64_t v = 0; v < n; v++) all += s[v];
    int64_t rows = own->reach.rows_at[own->reach.layers];
    for (int64_t i = 0; i < rows; i++) {
        int32_t v = own->reach.node[i];
        own->row_score[i] = v < 0 ? 0 : s[v];
        reached += own->row_score[i];
    }
    return (float)(all - reached);
}

/* Question i, whole. */
static gat_status run_question(path_step *t, const path_net *m, const path_graph *g, const gat_filter *known,
                               const path_questions *q, int64_t i, float weight, gat_error *err)
{
    int thread = parallel_thread();
    path_scratch *own = &t->own[thread];
    int64_t d = m->shape.width, n = t->num_nodes, num_known, unreached = made_number(m, MADE_UNREACHED);
    float *made = t->made + i * made_size(m), *dmade = t->dmade + i * made_size(m), *s = t->s + i * n;
    float *shared = t->shared + i * shared_size(m), *dz = t->dz + i * d;
    memset(dmade, 0, (size_t)made_size(m) * sizeof *dmade);
    memset(shared, 0, (size_t)shared_size(m) * sizeof *shared);
    memset(dz, 0, (size_t)d * sizeof *dz);
    const path_noise noise = path_noise_of(q->seed, q->step, i);
    gat_status st = path_question_forward(own, m, &t->forms, g, t->z + i * d, made, q->entity[i], &noise, err);
    if (st) return st;
    add_rows(s, own, n, made[unreached]);
    const int32_t *others = filter_answers(known, q->entity[i], q->relation[i], &num_known);
    float *e = t->exps[thread];
    t->loss[i] =
        path_loss(s, e, e + n, q->answer + q->first[i], q->first[i + 1] - q->first[i], others, num_known, n, weight);
    dmade[unreached] += rows_of_slopes(own, s, n);
    return path_question_backward(dz, dmade, shared, own->row_score, own, m, &t->forms, g, made, err);
}

/* All questions, spread over threads. */
static gat_status run_questions(path_step *t, const path_net *m, const path_graph *g, const gat_filter *known,
                                const path_questions *q, float weight, gat_error *err)
{
    gat_status result = GAT_OK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(path_threads(t->threads))
    for (int64_t i = 0; i < q->count; i++) {
        gat_error why = {0};
        gat_status st = run_question(t, m, g, known, q, i, weight, &why);
        if (st)
#pragma omp critical
        {
            result = st;
            if (err) *err = why;
        }
    }
    return result;
}

/* Gradients of the questions into those of the model. */
static void gather_gradients(path_step *t, const path_net *m, const path_graph *g, const path_questions *q)
{
    float *grad = m->params->grad + (shared_from(m) - m->params->grad_from);
    kernels()->add_parts(grad, t->shared, q->count, shared_size(m), shared_size(m));
    if (m->shape.profile) {
        path_profile_scores_backward(t->dtable, t->dmade, t->scratch, t->s, t->query, m, g, t->table, q->relation,
                                     q->count);
        path_profile_backward(t->scratch, t->dtable, m, g);
    }
    path_made_backward(t->dz, t->scratch, t->dmade, t->z, m, q->relation, q->count);
}

gat_status path_step_run(double *loss, path_step *t, const path_net *m, const path_graph *g, const gat_filter *known,
                         const path_questions *q, gat_error *err)
{
    int64_t answers = q->first[q->count] - q->first[0];
    path_forms_fill(&t->forms, m);
    path_made_forward(t->made, t->z, m, q->relation, q->count);
    if (m->shape.profile) {
        path_profile_table(t->table, m, g);
        path_profile_scores(t->s, t->query, m, g, t->table, t->made, q->relation, q->count);
    } else {
        memset(t->s, 0, (size_t)(q->count * t->num_nodes) * sizeof *t->s);
    }
    gat_status st = run_questions(t, m, g, known, q, 1 / (float)answers, err);
    if (st) return st;
    gather_gradients(t, m, g, q);
    *loss = 0;
    for (int64_t i = 0; i < q->count; i++) *loss += t->loss[i] / (double)answers;
    return GAT_OK;
}
