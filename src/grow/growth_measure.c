#include "grow/growth_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "grow/growth_baselines.h"
#include "grow/growth_setup.h"
#include "grow/rule_reach.h"
#include "io/dataset_parts.h"
#include "io/triple_file.h"

/* What proposals are held against; lists of facts are sorted. */
typedef struct judge {
    growth_state s;
    gat_triples hidden, wrong;
    rule_reach reach;
    gat_growth_measures *m;
} judge;

static void sort(gat_triples *list)
{
    if (list->count) qsort(list->data, (size_t)list->count, sizeof *list->data, triple_compare);
}

static bool among(const gat_triples *list, gat_triple f)
{
    return list->count && bsearch(&f, list->data, (size_t)list->count, sizeof f, triple_compare);
}

/* ---- checked negatives ----------------------------------------------------------------------------------- */

static int32_t find_name(const gat_intern *names, gat_term t) { return intern_find(names, t.bytes, t.length); }

static gat_status take_negative(void *context, gat_term head, gat_term relation, gat_term tail, const char *path,
                                int64_t line, gat_error *err)
{
    judge *j = context;
    (void)path, (void)line;
    gat_triple f = {find_name(j->s.entities, head), find_name(j->s.model->relations, relation),
                    find_name(j->s.entities, tail)};
    j->m->negatives++;
    return f.head >= 0 && f.relation >= 0 && f.tail >= 0 ? triples_push(&j->wrong, f, err) : GAT_OK;
}

static gat_status read_negatives(judge *j, const char *folder, const char *name, gat_error *err)
{
    char *path = NULL;
    triple_sink sink = {.add = take_negative, .context = j};
    if (!file_is_folder(folder)) return GAT_OK;
    gat_status st = folder_find_triples(&path, folder, name, err);
    if (!st && path) st = triple_file_read(path, &sink, err);
    gat_free(path);
    return st;
}

/* ---- rows ------------------------------------------------------------------------------------------------ */

static bool in_type(const judge *j, gat_triple f)
{
    int32_t back = f.relation + j->s.num_relations;
    if (j->m->typed) return entity_in_type(&j->s.fit, f.head, f.relation) && entity_in_type(&j->s.fit, f.tail, back);
    return entity_takes(&j->s.fit, f.head, f.relation) && entity_takes(&j->s.fit, f.tail, back);
}

static bool by_rule(judge *j, gat_triple f)
{
    rule_reach_from(&j->reach, &j->s.rules, j->s.view.view->known, f.head, f.relation);
    return j->reach.best[f.tail] >= (float)RULE_SUPPORTS;
}

static void add_row(judge *j, const char *name, const gat_triple *fact, int64_t count)
{
    gat_growth_row row = {.name = name, .proposed = count, .at_100 = (double)NAN, .at_1000 = (double)NAN};
    int64_t typed = 0, supported = 0;
    for (int64_t i = 0; i < count; i++) {
        bool right = among(&j->hidden, fact[i]), wrong = !right && among(&j->wrong, fact[i]);
        row.right += right;
        row.judged += right || wrong;
        typed += in_type(j, fact[i]);
        supported += by_rule(j, fact[i]);
        if (i + 1 == 100) row.at_100 = (double)row.right / 100;
        if (i + 1 == 1000) row.at_1000 = (double)row.right / 1000;
    }
    row.judged_right = row.right;
    row.precision = count ? (double)row.right / (double)count : (double)NAN;
    row.in_type = count ? (double)typed / (double)count : (double)NAN;
    row.supported = count ? (double)supported / (double)count : (double)NAN;
    row.recall = (double)row.right / (double)j->m->hidden;
    j->m->row[j->m->num_rows++] = row;
}

/* Pairs of a head and a tail in type that are not known facts of r. */
static double open_pairs(const judge *j, int32_t r)
{
    double heads = 0, tails = 0;
    for (int32_t e = 0; e < j->s.num_entities; e++) {
        heads += entity_takes(&j->s.fit, e, r);
        tails += entity_takes(&j->s.fit, e, r + j->s.num_relations);
    }
    return heads * tails - (double)j->s.counts[r].facts;
}

static gat_status add_uniform(judge *j, int64_t count, gat_error *err)
{
    double right = 0, *hits = gat_calloc(j->s.num_relations, sizeof *hits);
    if (!hits) return error_nomem(err);
    for (int64_t i = 0; i < j->hidden.count; i++) {
        gat_triple f = j->hidden.data[i];
        hits[f.relation] += entity_takes(&j->s.fit, f.head, f.relation) &&
                            entity_takes(&j->s.fit, f.tail, f.relation + j->s.num_relations);
    }
    for (int32_t r = 0; r < j->s.num_relations; r++) {
        double pairs = open_pairs(j, r);
        if (pairs > 0) right += (double)j->s.counts[r].facts / (double)j->s.facts.count * hits[r] / pairs;
    }
    gat_free(hits);
    j->m->row[j->m->num_rows++] = (gat_growth_row){
        .name = "uniform in type, expected",
        .proposed = count,
        .at_100 = right,
        .at_1000 = right,
        .precision = right,
        .recall = right * (double)count / (double)j->m->hidden,
        .in_type = 1,
        .supported = (double)NAN,
    };
    return GAT_OK;
}

static gat_status add_baselines(judge *j, int64_t count, gat_error *err)
{
    gat_triples by_score = {0}, by_probability = {0};
    int64_t all = (int64_t)j->s.num_entities * j->s.num_relations;
    bool all_heads = !j->s.model->path && all <= BASELINE_QUESTIONS;
    gat_status st = baselines_make(&by_score, &by_probability, &j->s, count, all_heads, err);
    if (!st) add_row(j, "scores alone", by_score.data, by_score.count);
    if (!st && by_probability.count)
        add_row(j, "probability of the tail alone", by_probability.data, by_probability.count);
    triples_clear(&by_score);
    triples_clear(&by_probability);
    return st;
}

/* The graph as it was known, with types from a file wherever there is one, and what is right and wrong. */
static gat_status open_judge(judge *j, const gat_model *model, const gat_growth_options *o, gat_error *err)
{
    gat_growth_options typed = *o;
    if (o->types && !strcmp(o->types, "none")) typed.types = NULL;
    gat_status st = growth_setup(&j->s, model, &typed, err);
    if (!st) st = growth_read_known(&j->s, o, err);
    if (!st) st = facts_by_name(&j->hidden, facts_of_split(o->data, GAT_SPLIT_TEST), j->s.entities, model, err);
    if (!st) st = rule_reach_init(&j->reach, j->s.num_entities, err);
    if (!st) st = read_negatives(j, o->data->path, "valid_negatives", err);
    if (!st) st = read_negatives(j, o->data->path, "test_negatives", err);
    sort(&j->hidden);
    sort(&j->wrong);
    j->m->hidden = o->data->splits[GAT_SPLIT_TEST].count;
    j->m->hidden_in_reach = j->hidden.count;
    j->m->typed = j->s.types.num_types > 0;
    return st;
}

gat_status growth_measure(gat_growth_measures **out, const gat_triple *grown, int64_t count, const gat_model *model,
                          const gat_growth_options *options, gat_error *err)
{
    judge j = {.m = gat_calloc(1, sizeof *j.m)};
    *out = NULL;
    gat_status st = j.m ? open_judge(&j, model, options, err) : error_nomem(err);
    int64_t asked = options->count ? options->count : st ? 0 : j.m->hidden;
    if (!st) add_row(&j, "grown", grown, count);
    if (!st) st = add_baselines(&j, asked, err);
    if (!st) st = add_uniform(&j, asked, err);
    if (!st) *out = j.m;
    else gat_free(j.m);
    growth_state_clear(&j.s);
    triples_clear(&j.hidden);
    triples_clear(&j.wrong);
    rule_reach_clear(&j.reach);
    return st;
}
