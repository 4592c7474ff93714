#include "text/linear_stage.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/relation_answers.h"

enum { NUM_WEIGHTS = 3 };
static const double weights[NUM_WEIGHTS] = {0.5, 1, 3};

/* Margins of folds that a model has not seen, and what they are worth. */
typedef struct trial {
    float *margin; /* (rows, stride) */
    label_calibration calibration;
    double c, f1, threshold;
} trial;

/* Micro-F1 from the best threshold on. */
static void judge_several(trial *t, relation_tally *tally, const float *p, const uint8_t *truth, int64_t rows)
{
    uint8_t said[LABEL_MOST];
    answer_rule rule = {tally->labels, -1, true, best_threshold(p, truth, rows, tally->labels)};
    for (int64_t i = 0; i < rows * tally->labels; i += tally->labels) {
        answers_of(said, p + i, &rule, NULL);
        tally_add(tally, said, truth + i);
    }
    t->threshold = rule.threshold;
    t->f1 = tally_view(tally).micro.f1;
}

/* Macro-F1 of the best answers, or micro-F1 from the best threshold on. */
static gat_status judge(trial *t, const gat_relations *m, const lesson_book *book, float *logit, gat_error *err)
{
    int32_t labels = relations_labels(m), stride = label_stride(labels);
    int64_t rows = book->source.list->count;
    int32_t *relation = gat_alloc(labels, sizeof *relation);
    int64_t *counts = gat_calloc(3 * (int64_t)labels, sizeof *counts);
    gat_intern *names = NULL;
    gat_status st = relation && counts ? label_relations(&names, relation, m->labels, err) : error_nomem(err);
    logits_fit(&t->calibration, t->margin, stride, book->truth, rows, labels, m->several);
    for (int64_t i = 0; i < rows; i++) {
        logits_apply(logit + i * labels, &t->calibration, t->margin + i * stride, labels);
        probabilities(logit + i * labels, logit + i * labels, labels, m->several);
    }
    if (!st) {
        relation_tally tally = tally_of(m->labels, relation, intern_count(names), m->several, counts);
        if (m->several) judge_several(t, &tally, logit, book->truth, rows);
        else {
            answer_rule rule = answer_rule_of(m, GAT_PART_ALL);
            t->threshold = best_none_count(&t->f1, &tally, logit, book->truth, rows, rule.none);
        }
    }
    intern_free(names);
    gat_free(relation);
    gat_free(counts);
    return st;
}

/* The best weight of errors; best->margin holds its margins. */
static gat_status choose(trial *best, const gat_relations *m, const lesson_book *book, linear_task *task,
                         gat_error *err)
{
    int64_t rows = task->x->rows;
    float *logit = gat_alloc(rows * task->labels, sizeof *logit);
    trial now = {.margin = gat_alloc(rows * label_stride(task->labels), sizeof *now.margin)};
    best->margin = gat_alloc(rows * label_stride(task->labels), sizeof *best->margin);
    best->f1 = -1;
    gat_status st = logit && now.margin && best->margin ? GAT_OK : error_nomem(err);
    bool given = m->config.linear_c > 0;
    for (int i = 0; !st && i < (given ? 1 : NUM_WEIGHTS); i++) {
        now.c = task->c = given ? m->config.linear_c : weights[i];
        st = linear_held_out(now.margin, task, book->fold, (int)m->config.folds, err);
        if (!st) st = judge(&now, m, book, logit, err);
        if (st) break;
        log_say(&book->log, GAT_LOG_INFO, "linear part, C %g: F1 %.4f on held-out folds", now.c, now.f1);
        if (now.f1 <= best->f1) continue;
        trial old = *best;
        *best = now;
        now.margin = old.margin;
    }
    gat_free(logit);
    gat_free(now.margin);
    return st;
}

static gat_status train_whole(linear_part *p, const linear_task *task, gat_error *err)
{
    int64_t n = task->x->rows, *use = gat_alloc(n, sizeof *use);
    p->w = gat_alloc((int64_t)task->columns * label_stride(task->labels), sizeof *p->w);
    gat_status st = use && p->w ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i++) use[i] = i;
    if (!st) st = linear_train(p->w, task, use, n, err);
    gat_free(use);
    return st;
}

gat_status linear_stage(gat_relations *m, gat_relation_part part, lesson_book *book, gat_error *err)
{
    linear_part *p = &m->part[part];
    int32_t labels = relations_labels(m);
    sparse_rows x = {0};
    trial best = {.margin = NULL};
    float *loudness = NULL;
    gat_status st = part_rows_make(&x, m, part, &book->source, 0, book->source.list->count, err);
    if (!st) st = sparse_rows_name(&p->table, &x, (int)m->config.least_rows, err);
    if (!st) st = sparse_rows_weigh(&loudness, &x, p->table.count, m->config.rarity, err);
    linear_task task = {.x = &x,
                        .truth = book->truth,
                        .columns = p->table.count,
                        .labels = labels,
                        .passes = (int)m->config.passes,
                        .seed = (uint64_t)m->config.seed};
    if (!st) log_say(&book->log, GAT_LOG_INFO, "%lld sentences, %d features", (long long)x.rows, p->table.count);
    if (!st) st = choose(&best, m, book, &task, err);
    if (!st) {
        p->calibration = best.calibration;
        p->c = task.c = best.c;
        p->threshold = best.threshold;
        p->held_out_f1 = best.f1;
        st = train_whole(p, &task, err);
    }
    if (!st) rows_scale(p->w, loudness, p->table.count, label_stride(labels));
    gat_free(loudness);
    gat_free(book->held_out);
    book->held_out = best.margin;
    sparse_rows_clear(&x);
    return st;
}
