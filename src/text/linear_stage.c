#include "text/linear_stage.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/relation_answers.h"

enum { NUM_WEIGHTS = 3 };
static const double weights[NUM_WEIGHTS] = {1, 3, 6};

/* Margins of folds that a model has not seen, and what they are worth. */
typedef struct trial {
    float *margin; /* (rows, stride) */
    label_calibration calibration;
    double c, f1, threshold;
} trial;

/* Macro-F1 of the largest margin, or micro-F1 from the best threshold on. */
static gat_status judge(trial *t, const gat_relations *m, const lesson_book *book, float *logit, gat_error *err)
{
    int32_t labels = relations_labels(m), stride = label_stride(labels);
    int64_t rows = book->source.list->count;
    int32_t *relation = gat_alloc(labels, sizeof *relation);
    int64_t *counts = gat_calloc(3 * (int64_t)labels, sizeof *counts);
    uint8_t *said = gat_alloc(labels, 1);
    gat_intern *names = NULL;
    gat_status st = relation && counts && said ? label_relations(&names, relation, m->labels, err) : error_nomem(err);
    logits_fit(&t->calibration, t->margin, stride, book->truth, rows, labels, m->several);
    for (int64_t i = 0; i < rows; i++) {
        logits_apply(logit + i * labels, &t->calibration, t->margin + i * stride, labels);
        probabilities(logit + i * labels, logit + i * labels, labels, m->several);
    }
    if (!st) {
        relation_tally tally = tally_of(m->labels, relation, intern_count(names), m->several, counts);
        t->threshold = m->several ? best_threshold(logit, book->truth, rows, labels) : 0.5;
        for (int64_t i = 0; i < rows; i++) {
            answers_of(said, logit + i * labels, labels, m->several, t->threshold, NULL);
            tally_add(&tally, said, book->truth + i * labels);
        }
        gat_relation_view view = tally_view(&tally);
        t->f1 = m->several ? view.micro.f1 : view.macro_f1;
    }
    intern_free(names);
    gat_free(relation);
    gat_free(counts);
    gat_free(said);
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
    gat_status st = part_rows_make(&x, m, part, &book->source, err);
    if (!st) st = sparse_rows_name(&p->table, &x, (int)m->config.least_rows, err);
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
    gat_free(book->held_out);
    book->held_out = best.margin;
    sparse_rows_clear(&x);
    return st;
}
