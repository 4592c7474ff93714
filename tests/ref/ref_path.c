#include "ref/ref_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/path_layer.h"
#include "support/check.h"

static const double *piece(const ref_path *r, int index) { return r->value + r->model->params->list[index].offset; }

static double *zeros(int64_t n)
{
    double *x = gat_calloc(n, sizeof *x);
    assert_non_null(x);
    return x;
}

static double relu(double x) { return x > 0 ? x : 0; }

/* Directed edge k of the facts: source, relation, target. */
static gat_triple directed(const ref_path *r, int64_t k)
{
    gat_triple f = r->facts->data[k / 2];
    return k % 2 ? (gat_triple){f.tail, f.relation + r->model->num_relations, f.head} : f;
}

/* What a question has reached. */
typedef struct ref_reach {
    uint8_t *reached, *fresh; /* (N): so far, in the last layer alone */
    uint8_t *silent;          /* (edges): led to a node that was turned away */
} ref_reach;

/* The logit of the gate by its formula, over places [from, to) of s, t and a. */
static double logit_of(gat_score form, const double *s, const double *t, const double *a, int from, int to)
{
    double sum = 0, ss = 1e-6, tt = 1e-6;
    for (int c = from; c < to; c++) {
        if (form == GAT_SCORE_DYNAMIC) sum += a[c] * relu(s[c] + t[c]);
        if (form == GAT_SCORE_ADDITIVE) sum += a[c] * (s[c] + t[c]);
        if (form == GAT_SCORE_MLP) sum += a[c] * tanh(s[c] + t[c]);
        if (form == GAT_SCORE_BILINEAR) sum += a[c] * s[c] * t[c];
        if (form == GAT_SCORE_DOT || form == GAT_SCORE_SCALED_DOT || form == GAT_SCORE_COSINE) sum += s[c] * t[c];
        ss += s[c] * s[c], tt += t[c] * t[c];
    }
    if (form == GAT_SCORE_ADDITIVE && sum < 0) sum *= .2;
    if (form == GAT_SCORE_SCALED_DOT) sum /= sqrt((double)(to - from));
    if (form == GAT_SCORE_COSINE) sum *= a[from] / sqrt(ss * tt);
    return sum;
}

/* Number i of a message before its gate. */
static double message_of(path_message form, const double *x, const double *w, int64_t i, int64_t d)
{
    int64_t half = d / 2;
    if (form == PATH_MESSAGE_TRANSLATION) return x[i] + w[i];
    if (form == PATH_MESSAGE_PRODUCT) return x[i] * w[i];
    return i < half ? x[i] * w[i] - x[i + half] * w[i + half] : x[i - half] * w[i] + x[i] * w[i - half];
}

static int heads_of(const ref_path *r) { return r->model->shape.heads > 1 ? (int)r->model->shape.heads : 1; }

static double gate_of(const ref_path *r, const double *made, int64_t l, const double *x, int32_t relation, int head)
{
    const path_net *m = r->model;
    const path_layer_params *p = &m->layer[l];
    const double *state = piece(r, p->state);
    double s[PATH_GATE];
    int part = PATH_GATE / heads_of(r);
    if (!m->shape.gate) return 1;
    for (int64_t c = 0; c < PATH_GATE; c++) {
        s[c] = made[made_gate(m, l) + c];
        for (int64_t i = 0; i < m->shape.width; i++) s[c] += state[c * m->shape.width + i] * x[i];
    }
    double logit = logit_of(m->shape.form, s, piece(r, p->by_relation) + relation * PATH_GATE, piece(r, p->a),
                            head * part, (head + 1) * part);
    return 1 / (1 + exp(-logit));
}

/* Of the new nodes, after (N) minus reached, keeps the `budget` with the largest mass; edges to the others fall silent. */
static void turn_away(uint8_t *after, ref_reach *reach, double *mass, const ref_path *r)
{
    int64_t budget = r->model->shape.budget;
    uint8_t *kept = gat_calloc(r->num_nodes, 1);
    assert_non_null(kept);
    for (int64_t k = 0; k < budget; k++) {
        int32_t best = -1;
        for (int32_t v = 0; v < r->num_nodes; v++)
            if (after[v] && !reach->reached[v] && !kept[v] && (best < 0 || mass[v] > mass[best])) best = v;
        if (best >= 0) kept[best] = 1;
    }
    for (int64_t k = 0; k < 2 * r->facts->count; k++) {
        gat_triple e = directed(r, k);
        bool away = after[e.tail] && !reach->reached[e.tail] && !kept[e.tail];
        if (away && reach->fresh[e.head]) reach->silent[k] = 1;
    }
    for (int32_t v = 0; v < r->num_nodes; v++) after[v] = reach->reached[v] || kept[v];
    gat_free(kept);
}

/* Which nodes layer l reaches: after (N). */
static void reach_layer(uint8_t *after, ref_reach *reach, const double *x, const ref_path *r, const double *made,
                        int64_t l)
{
    double *mass = zeros(r->num_nodes);
    bool by_attention = r->model->shape.budget && !path_chooses(&r->model->shape);
    memcpy(after, reach->reached, (size_t)r->num_nodes);
    for (int64_t k = 0; k < 2 * r->facts->count; k++) {
        gat_triple e = directed(r, k);
        if (!reach->fresh[e.head]) continue;
        after[e.tail] = 1;
        for (int h = 0; by_attention && h < heads_of(r); h++)
            mass[e.tail] += gate_of(r, made, l, x + e.head * r->model->shape.width, e.relation, h) / heads_of(r);
    }
    if (by_attention) turn_away(after, reach, mass, r);
    gat_free(mass);
}

static bool statistics_of(const ref_path *r) { return r->model->shape.aggregation == PATH_STATISTICS; }

/* A row of sums (S) takes number i of one message. */
static void take_message(double *row, double m, int64_t i, const ref_path *r)
{
    int64_t d = r->model->shape.width;
    row[i] += m;
    if (!statistics_of(r)) return;
    row[d + i] = fmax(row[d + i], m);
    row[2 * d + i] = fmin(row[2 * d + i], m);
    row[3 * d + i] += m * m;
}

/* Edges into a node, 0 for N: their log, or the mean of that over all nodes. */
static double log_degree(const ref_path *r, int64_t v)
{
    double count = 0, sum = 0;
    for (int64_t k = 0; k < 2 * r->facts->count; k++) count += directed(r, k).tail == v;
    if (v < r->num_nodes) return log1p(count);
    for (int64_t u = 0; u < r->num_nodes; u++) sum += log_degree(r, u) / r->num_nodes;
    return sum > 0 ? sum : 1;
}

/* Statistics over the messages, one of nothing, and one of nothing for every edge that carried none. */
static void finish_statistics(double *sum, const ref_path *r)
{
    int64_t d = r->model->shape.width;
    for (int64_t v = 0; v < r->num_nodes; v++)
        for (int64_t i = 0; i < d; i++) {
            double *row = sum + 4 * d * v + i, share = exp(-log_degree(r, v));
            row[0] *= share;
            row[3 * d] = fmax(sqrt(fmax(row[3 * d] * share - row[0] * row[0], 0)), 1e-3);
        }
}

/* sum (N,S) += gated messages. */
static void send(double *sum, const double *x, const ref_reach *reach, const ref_path *r, const double *made, int64_t l)
{
    int64_t d = r->model->shape.width;
    for (int64_t k = 0; k < 2 * r->facts->count; k++) {
        gat_triple e = directed(r, k);
        if (!reach->reached[e.head] || reach->silent[k]) continue;
        const double *xe = x + e.head * d, *w = made + made_relation(r->model, l) + e.relation * d;
        for (int h = 0; h < heads_of(r); h++) {
            double gate = gate_of(r, made, l, xe, e.relation, h);
            int64_t part = d / heads_of(r);
            for (int64_t i = h * part; i < (h + 1) * part; i++)
                take_message(sum + e.tail * path_net_sums(r->model),
                             gate * message_of(r->model->shape.message, xe, w, i, d), i, r);
        }
    }
    if (statistics_of(r)) finish_statistics(sum, r);
}

/* Chooses among the new nodes by their sums; p (N) <- sigmoid of the scores. */
static void choose(uint8_t *after, double *p, ref_reach *reach, const double *sum, const ref_path *r,
                   const double *made, int64_t l)
{
    int64_t wide = path_net_sums(r->model);
    double *rank = zeros(r->num_nodes);
    for (int32_t v = 0; v < r->num_nodes; v++) {
        for (int64_t i = 0; i < wide; i++) rank[v] += made[made_choice(r->model, l) + i] * sum[v * wide + i];
        p[v] = 1 / (1 + exp(-rank[v]));
        if (r->noise) rank[v] += (double)path_noise_at(r->noise, l, r->num_nodes, v);
    }
    turn_away(after, reach, rank, r);
    gat_free(rank);
}

/* x (N,D) of chosen nodes times 1 - stop(p) + p. */
static void pass_through(double *x, const uint8_t *after, const ref_reach *reach, const double *p, const ref_path *r,
                         int64_t l)
{
    int64_t d = r->model->shape.width;
    if (!r->held) return;
    for (int64_t v = 0; v < r->num_nodes; v++) {
        double *held = r->held + l * r->num_nodes + v;
        if (r->hold) *held = p[v];
        if (after[v] && !reach->reached[v])
            for (int64_t i = 0; i < d; i++) x[v * d + i] *= 1 - *held + p[v];
    }
}

static double feature(double x) { return x > 0 ? x + 1 : exp(x); }

/* y (D) <- x (D) times map (D,D). */
static void times(double *y, const double *x, const double *map, int64_t d)
{
    memset(y, 0, (size_t)d * sizeof *y);
    for (int64_t i = 0; i < d; i++)
        for (int64_t c = 0; c < d; c++) y[c] += x[i] * map[i * d + c];
}

/* Every reached node attends to every other, pair by pair. */
static void attend(double *x, const uint8_t *after, const ref_path *r, int64_t l)
{
    int64_t d = r->model->shape.width, n = r->num_nodes;
    const double *map = piece(r, r->model->layer[l].global), *scale = piece(r, r->model->layer[l].global_scale);
    double *q = zeros(n * d), *k = zeros(n * d), *v = zeros(n * d);
    for (int64_t i = 0; i < n; i++) {
        times(q + i * d, x + i * d, map, d);
        times(k + i * d, x + i * d, map + d * d, d);
        times(v + i * d, x + i * d, map + 2 * d * d, d);
    }
    for (int64_t i = 0; i < n; i++) {
        double total = 1e-6, *sum = zeros(d);
        for (int64_t j = 0; j < n && after[i]; j++) {
            double weight = 0;
            for (int64_t c = 0; c < d && after[j]; c++) weight += feature(q[i * d + c]) * feature(k[j * d + c]);
            for (int64_t c = 0; c < d; c++) sum[c] += weight * v[j * d + c];
            total += weight;
        }
        for (int64_t c = 0; c < d; c++) x[i * d + c] += scale[c] * sum[c] / total;
        gat_free(sum);
    }
    gat_free(q);
    gat_free(k);
    gat_free(v);
}

/* pre (D) += what W makes of a row of sums; scale: of its degree. */
static void mix_sums(double *pre, const double *sum, const double *w, double scale, const ref_path *r)
{
    int64_t d = r->model->shape.width, wide = path_net_sums(r->model);
    for (int64_t i = 0; i < wide && !statistics_of(r); i++)
        for (int64_t c = 0; c < d; c++) pre[c] += sum[i] * w[i * d + c];
    for (int64_t i = 0; i < wide && statistics_of(r); i++) {
        const double *plain = w + i * 3 * d, *more = plain + d, *less = more + d;
        for (int64_t c = 0; c < d; c++) pre[c] += sum[i] * (plain[c] + scale * more[c] + less[c] / scale);
    }
}

/* x (D) of node v becomes its next state. */
static void update(double *x, const double *sum, const ref_path *r, int64_t l, int64_t v)
{
    const path_net *m = r->model;
    const path_layer_params *p = &m->layer[l];
    int64_t d = m->shape.width;
    const double *w_state = piece(r, p->w_state), *w_sum = piece(r, p->w_sum);
    double *pre = zeros(d), mean = 0, squares = 0, scale = 0;
    if (statistics_of(r)) scale = fmax(log_degree(r, v) / log_degree(r, r->num_nodes), .01);
    memcpy(pre, piece(r, p->bias), (size_t)d * sizeof *pre);
    mix_sums(pre, sum, w_sum, scale, r);
    for (int64_t i = 0; i < d; i++)
        for (int64_t c = 0; c < d; c++) pre[c] += x[i] * w_state[i * d + c];
    for (int64_t c = 0; c < d; c++) mean += pre[c] / (double)d;
    for (int64_t c = 0; c < d; c++) squares += (pre[c] - mean) * (pre[c] - mean) / (double)d;
    for (int64_t c = 0; c < d; c++)
        x[c] += relu((pre[c] - mean) / sqrt(squares + 1e-5) * piece(r, p->gain)[c] + piece(r, p->shift)[c]);
    gat_free(pre);
}

static void layer(double *x, ref_reach *reach, const ref_path *r, const double *made, int64_t l)
{
    int64_t d = r->model->shape.width, n = r->num_nodes, wide = path_net_sums(r->model);
    double *sum = zeros(n * wide), *p = zeros(n);
    uint8_t *after = gat_calloc(n, 1);
    assert_non_null(after);
    reach_layer(after, reach, x, r, made, l);
    send(sum, x, reach, r, made, l);
    if (path_chooses(&r->model->shape)) choose(after, p, reach, sum, r, made, l);
    for (int64_t v = 0; v < n; v++)
        if (after[v]) update(x + v * d, sum + v * wide, r, l, v);
    if (path_attends_globally(&r->model->shape, l)) attend(x, after, r, l);
    if (path_chooses(&r->model->shape)) pass_through(x, after, reach, p, r, l);
    for (int64_t v = 0; v < n; v++) reach->fresh[v] = after[v] && !reach->reached[v];
    memcpy(reach->reached, after, (size_t)n);
    gat_free(sum);
    gat_free(p);
    gat_free(after);
}

static double score_row(const double *x, const ref_path *r, const double *made)
{
    const path_net *m = r->model;
    const double *hidden = piece(r, m->hidden);
    int64_t width = path_hidden(m);
    double score = piece(r, m->score_bias)[0];
    for (int64_t k = 0; k < width; k++) {
        double h = made[made_hidden(m) + k];
        for (int64_t i = 0; i < m->shape.width; i++) h += x[i] * hidden[i * width + k];
        score += piece(r, m->score)[k] * relu(h);
    }
    return score;
}

static double base_score(const ref_path *r, const double *made, int32_t relation, int64_t v)
{
    const path_net *m = r->model;
    int64_t d = m->shape.width, relations = path_relations(m);
    double *count = zeros(relations), squares = 0, degree = 0, score = 0;
    for (int64_t k = 0; k < 2 * r->facts->count; k++)
        if (directed(r, k).tail == v) count[directed(r, k).relation]++, degree++;
    for (int64_t i = 0; i < relations; i++) squares += log1p(count[i]) * log1p(count[i]);
    const double *profile = piece(r, m->profile), *query = made + made_profile(m);
    for (int64_t i = 0; i < relations; i++)
        for (int64_t c = 0; c < d && count[i] > 0; c++)
            score += query[c] * profile[i * d + c] * log1p(count[i]) / sqrt(squares);
    score += made[made_number(m, MADE_COUNT)] * log1p(count[relation]);
    score += made[made_number(m, MADE_DEGREE)] * log1p(degree);
    gat_free(count);
    return score;
}

void ref_path_scores(double *score, const ref_path *r, int32_t entity, int32_t relation)
{
    const path_net *m = r->model;
    int64_t d = m->shape.width, n = r->num_nodes, size = made_size(m);
    double *made = zeros(size), *x = zeros(n * d);
    ref_reach reach = {gat_calloc(n, 1), gat_calloc(n, 1), gat_calloc(2 * r->facts->count, 1)};
    assert_true(reach.reached && reach.fresh && reach.silent);
    const double *z = piece(r, m->query) + relation * d;
    const double *map = piece(r, m->map);
    memcpy(made, piece(r, m->map_bias), (size_t)size * sizeof *made);
    for (int64_t k = 0; k < d; k++)
        for (int64_t i = 0; i < size; i++) made[i] += z[k] * map[k * size + i];
    reach.reached[entity] = reach.fresh[entity] = 1;
    memcpy(x + entity * d, z, (size_t)d * sizeof *z);
    for (int64_t l = 0; l < m->shape.layers; l++) layer(x, &reach, r, made, l);
    for (int64_t v = 0; v < n; v++) {
        score[v] = reach.reached[v] ? score_row(x + v * d, r, made) : made[made_number(m, MADE_UNREACHED)];
        if (m->shape.profile) score[v] += base_score(r, made, relation, v);
    }
    gat_free(made);
    gat_free(x);
    gat_free(reach.reached);
    gat_free(reach.fresh);
    gat_free(reach.silent);
}

double ref_path_loss(const ref_path *r, const gat_filter *known, int32_t entity, int32_t relation,
                     const int32_t *answer, int64_t num_answers)
{
    double *score = zeros(r->num_nodes), others = 0, loss = 0;
    ref_path_scores(score, r, entity, relation);
    for (int32_t v = 0; v < r->num_nodes; v++)
        if (!filter_contains(known, entity, relation, v)) others += exp(score[v]);
    for (int64_t a = 0; a < num_answers; a++) loss += log(others + exp(score[answer[a]])) - score[answer[a]];
    gat_free(score);
    return loss;
}
