#include "train/side_fit.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "train/calibrate.h"
#include "train/side_candidates.h"

/* As many answers as a relation needs before its own weights count as much as those of all relations. */
static const double PRIOR = 20, DAMPING = 1e-9, STEP_DONE = 1e-9;
enum { MOST_STEPS = 40, EVERY = -1 };

/* Which questions count: those of a relation (EVERY: of all), and of the halves in `halves` (bits). */
typedef struct fit_part {
    const side_candidates *c;
    int32_t relation;
    int halves;
    double center[2], pull; /* prior: pull / 2 * |w - center|^2 */
} fit_part;

static int half_of(int64_t question) { return 1 << (question % 2); }

static bool counts(const fit_part *p, int64_t i)
{
    return (half_of(i) & p->halves) && (p->relation == EVERY || p->c->question[i].relation == p->relation);
}

/* A loss with its slope and curvature in the two weights. */
typedef struct fit_sums {
    double loss, slope[2], curve[2][2];
} fit_sums;

/* Sums of e^x over some candidates, with the means they need: 1, score, products of scores. */
typedef struct moments {
    double sum, first[2], second[2][2];
} moments;

static void add_moments(moments *m, double e, const float *score)
{
    m->sum += e;
    for (int j = 0; j < 2; j++) {
        m->first[j] += e * (double)score[j];
        for (int k = 0; k < 2; k++) m->second[j][k] += e * (double)score[j] * (double)score[k];
    }
}

static double value_of(const side_candidate *c, const double w[2])
{
    return w[0] * (double)c->score[0] + w[1] * (double)c->score[1];
}

/* -log softmax of every right answer among itself and all that is not right. */
static void add_question(fit_sums *s, const side_candidate *c, int32_t count, const double w[2])
{
    double top = -INFINITY;
    moments wrong = {0};
    for (int32_t i = 0; i < count; i++) top = fmax(top, value_of(&c[i], w));
    for (int32_t i = 0; i < count; i++)
        if (!c[i].right) add_moments(&wrong, exp(value_of(&c[i], w) - top), c[i].score);
    for (int32_t i = 0; i < count; i++) {
        if (!c[i].right) continue;
        moments m = wrong;
        double x = value_of(&c[i], w) - top;
        add_moments(&m, exp(x), c[i].score);
        s->loss += log(m.sum) - x;
        for (int j = 0; j < 2; j++) {
            s->slope[j] += m.first[j] / m.sum - (double)c[i].score[j];
            for (int k = 0; k < 2; k++)
                s->curve[j][k] += m.second[j][k] / m.sum - m.first[j] / m.sum * (m.first[k] / m.sum);
        }
    }
}

static fit_sums sums_at(const double w[2], const fit_part *p)
{
    fit_sums s = {0};
    for (int64_t i = 0; i < p->c->num_questions; i++)
        if (counts(p, i)) add_question(&s, p->c->candidate + p->c->question[i].first, p->c->question[i].count, w);
    for (int j = 0; j < 2; j++) {
        double away = w[j] - p->center[j];
        s.loss += p->pull / 2 * away * away;
        s.slope[j] += p->pull * away;
        s.curve[j][j] += p->pull;
    }
    return s;
}

/* Newton's steps from w, halved where the loss would rise; the loss is convex. */
static void fit(double w[2], const fit_part *p)
{
    fit_sums now = sums_at(w, p);
    for (int round = 0; round < MOST_STEPS; round++) {
        double damping = DAMPING * (1 + now.curve[0][0] + now.curve[1][1]), part = 1, to[2];
        double a = now.curve[0][0] + damping, b = now.curve[0][1], c = now.curve[1][1] + damping, det = a * c - b * b;
        const double step[2] = {(c * now.slope[0] - b * now.slope[1]) / det,
                                (a * now.slope[1] - b * now.slope[0]) / det};
        fit_sums next = now;
        for (; part > STEP_DONE; part /= 2) {
            for (int j = 0; j < 2; j++) to[j] = w[j] - part * step[j];
            next = sums_at(to, p);
            if (next.loss <= now.loss) break;
        }
        if (part <= STEP_DONE) return;
        for (int j = 0; j < 2; j++) w[j] = to[j];
        if (now.loss - next.loss <= STEP_DONE * now.loss) return;
        now = next;
    }
}

/* Scores of the two models differ in scale; the prior is the same for both after division by this. */
static void scale_of(double scale[2], const side_candidates *c)
{
    double sum[2] = {0}, squares[2] = {0}, n = (double)c->count;
    for (int64_t i = 0; i < c->count; i++)
        for (int j = 0; j < 2; j++) {
            sum[j] += (double)c->candidate[i].score[j];
            squares[j] += (double)c->candidate[i].score[j] * (double)c->candidate[i].score[j];
        }
    for (int j = 0; j < 2; j++) {
        double variance = squares[j] / n - sum[j] / n * (sum[j] / n);
        scale[j] = variance > 1e-12 ? sqrt(variance) : 1;
    }
}

static void divide(side_candidates *c, const double scale[2])
{
    for (int64_t i = 0; i < c->count; i++)
        for (int j = 0; j < 2; j++) c->candidate[i].score[j] /= (float)scale[j];
}

/* weight (2, relations): one pair for all, from which each relation moves as far as its answers pull. */
static void fit_relations(double *weight, const side_candidates *c, int32_t relations, int halves)
{
    double all[2] = {1, 0};
    fit_part every = {.c = c, .relation = EVERY, .halves = halves};
    fit(all, &every);
    for (int32_t r = 0; r < relations; r++) {
        double own[2] = {all[0], all[1]};
        fit_part one = {c, r, halves, {all[0], all[1]}, PRIOR};
        fit(own, &one);
        weight[r] = own[0];
        weight[relations + r] = own[1];
    }
}

/* Sum of 1/rank of the right answers of a question among what is not right. */
static double reciprocal_ranks(const side_candidate *c, int32_t count, const double w[2], int64_t *answers)
{
    double sum = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!c[i].right) continue;
        double mine = value_of(&c[i], w), rank = 1;
        for (int32_t k = 0; k < count; k++) {
            if (c[k].right) continue;
            double other = value_of(&c[k], w);
            rank += other > mine ? 1 : other < mine ? 0 : .5;
        }
        sum += 1 / rank;
        ++*answers;
    }
    return sum;
}

static void judge(gat_side_report *report, double *weight, const side_candidates *c, int32_t relations)
{
    const double alone[2] = {1, 0};
    int64_t answers = 0;
    *report = (gat_side_report){0};
    for (int half = 0; half < 2; half++) {
        fit_relations(weight, c, relations, half_of(1 - half));
        for (int64_t i = half; i < c->num_questions; i += 2) {
            const side_question *q = &c->question[i];
            const double w[2] = {weight[q->relation], weight[relations + q->relation]};
            report->alone += reciprocal_ranks(c->candidate + q->first, q->count, alone, &report->answers);
            report->both += reciprocal_ranks(c->candidate + q->first, q->count, w, &answers);
        }
    }
    if (!answers) return;
    report->alone /= (double)answers;
    report->both /= (double)answers;
}

static gat_status fit_weights(gat_model *m, const gat_dataset *data, gat_side_report *report, gat_error *err)
{
    side_view *side = NULL;
    side_candidates c = {0};
    int32_t relations = 2 * m->num_seen_relations;
    double scale[2];
    gat_status st = side_view_new(&side, m->view, &m->facts, true, err);
    if (!st) st = side_candidates_collect(&c, m->view, side, &data->splits[GAT_SPLIT_VALID], err);
    if (!st) {
        scale_of(scale, &c);
        divide(&c, scale);
        judge(report, m->side_weight, &c, relations);
        fit_relations(m->side_weight, &c, relations, half_of(0) | half_of(1));
        for (int32_t r = 0; r < 2 * relations; r++) m->side_weight[r] /= scale[r / relations];
    }
    side_candidates_clear(&c);
    side_view_free(side);
    return st;
}

/* A digest is but what a file says: numbers of the data are used with the model. */
static bool made_of(const gat_model *m, const gat_dataset *data)
{
    return !memcmp(m->origin.data_digest, data->digest, sizeof data->digest) &&
           intern_count(m->entities) == intern_count(data->entities) &&
           m->num_seen_relations == data->num_train_relations;
}

static gat_status check(const gat_model *m, const gat_model *side, const gat_dataset *data, gat_error *err)
{
    if (!m->path || m->side || side->path)
        return error_set(err, GAT_EUSAGE,
                         "a side model is an embedding model (gat or none) beside a model of paths "
                         "that has none");
    if (!made_of(side, data) || !made_of(m, data))
        return error_set(err, GAT_EUSAGE, "the side model was trained on other data: it may have seen what valid asks");
    if (!data->splits[GAT_SPLIT_VALID].count)
        return error_set(err, GAT_EDATA, "a side model is weighed on valid, which has no facts");
    return GAT_OK;
}

gat_status side_attach(gat_model *m, gat_model **side, const gat_dataset *data, gat_side_report *report, gat_error *err)
{
    *report = (gat_side_report){0};
    gat_status st = check(m, *side, data, err);
    if (st) return st;
    m->side_weight = gat_calloc(side_weights(m), sizeof *m->side_weight);
    if (!m->side_weight) return error_nomem(err);
    m->side = *side;
    *side = NULL;
    st = fit_weights(m, data, report, err);
    if (!st) st = model_finish(m, err);
    return st ? st : calibrate_model(m, data, err);
}
