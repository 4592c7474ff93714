#include "text/relation_answers.h"

#include <string.h>

#include "base/error.h"

enum { THRESHOLDS = 99 };

gat_status label_relations(gat_intern **names, int32_t *relation, const gat_intern *labels, gat_error *err)
{
    *names = intern_new();
    if (!*names) return error_nomem(err);
    for (int32_t l = 0; l < intern_count(labels); l++) {
        const char *label = intern_string(labels, l);
        bool reversed;
        relation[l] = label_is_none(label) ? -1 : intern_add(*names, label, label_bare(label, &reversed));
        if (relation[l] < 0 && !label_is_none(label)) return error_nomem(err);
    }
    return GAT_OK;
}

relation_tally tally_of(const gat_intern *labels, const int32_t *relation, int32_t relations, bool several,
                        int64_t *counts)
{
    return (relation_tally){.labels = intern_count(labels),
                            .several = several,
                            .names = labels,
                            .relation = relation,
                            .relations = relations,
                            .gold = counts,
                            .said = counts + relations,
                            .right = counts + 2 * relations};
}

void tally_add(relation_tally *t, const uint8_t *said, const uint8_t *truth)
{
    bool exact = true;
    for (int32_t l = 0; l < t->labels; l++) {
        int32_t r = t->relation[l];
        exact = exact && said[l] == truth[l];
        if (r < 0) continue;
        t->gold[r] += truth[l];
        t->said[r] += said[l];
        t->right[r] += said[l] & truth[l];
    }
    t->sentences++;
    t->exact += exact;
}

gat_relation_score score_of(int64_t gold, int64_t said, int64_t right)
{
    gat_relation_score s = {.gold = gold, .said = said, .right = right};
    s.precision = said ? (double)right / (double)said : 0;
    s.recall = gold ? (double)right / (double)gold : 0;
    s.f1 = right ? 2 * s.precision * s.recall / (s.precision + s.recall) : 0;
    return s;
}

gat_relation_view tally_view(const relation_tally *t)
{
    gat_relation_view v = {.sentences = t->sentences};
    int64_t gold = 0, said = 0, right = 0, there = 0;
    for (int32_t r = 0; r < t->relations; r++) {
        gold += t->gold[r];
        said += t->said[r];
        right += t->right[r];
        if (!t->gold[r]) continue;
        there++;
        v.macro_f1 += score_of(t->gold[r], t->said[r], t->right[r]).f1;
    }
    v.micro = score_of(gold, said, right);
    if (there) v.macro_f1 /= (double)there;
    return v;
}

answer_rule answer_rule_of(const gat_relations *m, gat_relation_part part)
{
    answer_rule rule = {relations_labels(m), -1, m->several, m->part[part].threshold};
    for (int32_t l = rule.labels - 1; l >= 0; l--)
        if (label_is_none(intern_string(m->labels, l))) rule.none = l;
    return rule;
}

void answers_of(uint8_t *said, const float *p, const answer_rule *rule, const uint8_t *allowed)
{
    int32_t best = -1;
    double most = 0;
    for (int32_t l = 0; l < rule->labels; l++) {
        bool may = !allowed || allowed[l];
        double worth = (double)p[l] * (!rule->several && l == rule->none ? rule->threshold : 1);
        said[l] = rule->several && may && (double)p[l] >= rule->threshold;
        if (!may || (best >= 0 && worth <= most)) continue;
        best = l;
        most = worth;
    }
    if (!rule->several && best >= 0) said[best] = 1;
}

void tally_empty(relation_tally *t)
{
    size_t size = (size_t)t->relations * sizeof *t->gold;
    t->sentences = t->exact = 0;
    memset(t->gold, 0, size);
    memset(t->said, 0, size);
    memset(t->right, 0, size);
}

double best_none_count(double *f1, relation_tally *t, const float *p, const uint8_t *truth, int64_t rows, int32_t none)
{
    enum { COUNTS = 19 };
    uint8_t said[LABEL_MOST];
    double count = 1;
    *f1 = -1;
    for (int k = 0; k < (none < 0 ? 1 : COUNTS); k++) {
        const answer_rule rule = {t->labels, none, false, 1 - 0.05 * k};
        tally_empty(t);
        for (int64_t i = 0; i < rows * t->labels; i += t->labels) {
            answers_of(said, p + i, &rule, NULL);
            tally_add(t, said, truth + i);
        }
        double now = tally_view(t).macro_f1;
        if (now > *f1) count = rule.threshold;
        *f1 = now > *f1 ? now : *f1;
    }
    return count;
}

double best_threshold(const float *p, const uint8_t *truth, int64_t rows, int32_t labels)
{
    int64_t said[THRESHOLDS + 2] = {0}, right[THRESHOLDS + 2] = {0}, gold = 0;
    double best_f1 = -1;
    int highest = (THRESHOLDS + 1) / 2, lowest = highest;
    for (int64_t i = 0; i < rows * labels; i++) {
        int bin = (int)(p[i] * (THRESHOLDS + 1));
        bin = bin < 0 ? 0 : bin > THRESHOLDS + 1 ? THRESHOLDS + 1 : bin;
        said[bin]++;
        right[bin] += truth[i];
        gold += truth[i];
    }
    for (int bin = THRESHOLDS; bin > 0; bin--) {
        said[bin] += said[bin + 1];
        right[bin] += right[bin + 1];
        double f1 = score_of(gold, said[bin], right[bin]).f1;
        if (f1 > best_f1) highest = bin;
        if (f1 >= best_f1) lowest = bin;
        best_f1 = f1 > best_f1 ? f1 : best_f1;
    }
    return (double)(highest + lowest) / (2 * (THRESHOLDS + 1));
}
