#include "grow/growth_setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "graph/vocab.h"
#include "grow/proposals.h"
#include "io/dataset_parts.h"

enum { EMBEDDING_QUESTIONS = 200000, PATH_QUESTIONS = 20000, LEAST_QUESTIONS = 2000 };
static const int64_t USUAL_SCORES = 1000000000;

static gat_status check_options(const gat_model *model, const gat_growth_options *o, gat_error *err)
{
    if (o->count < (o->measure ? 0 : 1) || o->count > GAT_GROWTH_MOST)
        return error_set(err, GAT_EUSAGE, "expected 1 to %d as the number of facts, found %lld", GAT_GROWTH_MOST,
                         (long long)o->count);
    if (!(o->min_probability >= 0 && o->min_probability <= 1))
        return error_set(err, GAT_EUSAGE, "expected a probability from 0 to 1, found %g", o->min_probability);
    if (o->batch < 0 || o->questions < 0)
        return error_set(err, GAT_EUSAGE, "expected no negative number of facts or questions");
    if (o->measure && (o->around || o->relation))
        return error_set(err, GAT_EUSAGE,
                         "facts are measured of the whole graph, not around an entity or of a relation");
    if (o->measure && (!o->data || !o->data->splits[GAT_SPLIT_TEST].count))
        return error_set(err, o->data ? GAT_EDATA : GAT_EUSAGE,
                         "%.300s: no test facts, which are the hidden ones to measure with",
                         o->data ? o->data->path : "no data");
    if (!model->calibrated && !(o->data && o->data->splits[GAT_SPLIT_VALID].count))
        return error_set(err, GAT_EUSAGE,
                         "the model has no calibrated probabilities, as it was trained without valid facts; data with "
                         "valid facts can fit them");
    return GAT_OK;
}

static gat_status find_names(growth_state *s, const gat_growth_options *o, gat_error *err)
{
    gat_status st = GAT_OK;
    s->around = s->relation = -1;
    if (o->around) st = vocab_lookup(&s->around, s->entities, o->around, "entity", err);
    if (!st && o->relation) st = vocab_lookup(&s->relation, s->model->relations, o->relation, "relation", err);
    if (!st && s->relation >= s->num_relations)
        st =
            error_set(err, GAT_EUSAGE, "relation \"%.200s\" does not occur in the model's training facts", o->relation);
    return st;
}

static gat_status read_types(growth_state *s, const gat_growth_options *o, gat_error *err)
{
    char *path = NULL;
    if (o->types && !strcmp(o->types, "none")) return GAT_OK;
    if (o->types) return entity_types_read(&s->types, o->types, s->entities, err);
    if (!o->data || !file_is_folder(o->data->path)) return GAT_OK;
    gat_status st = folder_find_texts(&path, o->data->path, "entity_type", err);
    if (!st && path) st = entity_types_read(&s->types, path, s->entities, err);
    gat_free(path);
    return st;
}

/* So many that it takes seconds, on large graphs minutes. */
static int64_t usual_questions(const gat_model *model, int64_t num_entities)
{
    int64_t fit = USUAL_SCORES / (num_entities + 1), most = model->path ? PATH_QUESTIONS : EMBEDDING_QUESTIONS;
    if (fit < LEAST_QUESTIONS) fit = LEAST_QUESTIONS;
    return fit < most ? fit : most;
}

gat_status growth_setup(growth_state *s, const gat_model *model, const gat_growth_options *o, gat_error *err)
{
    *s = (growth_state){.model = model,
                        .entities = o->graph ? o->graph->entities : model->entities,
                        .num_relations = model->num_seen_relations,
                        .budget = o->questions};
    s->num_entities = intern_count(s->entities);
    if (!s->budget) s->budget = usual_questions(model, s->num_entities);
    gat_status st = check_options(model, o, err);
    if (!st) st = find_names(s, o, err);
    if (!st && o->graph) st = check_relations(o->graph, GAT_SPLIT_TRAIN, model, err);
    if (!st) st = read_types(s, o, err);
    if (!st)
        st = facts_by_name(&s->facts, o->graph ? facts_of_split(o->graph, GAT_SPLIT_TRAIN) : facts_of_model(model),
                           s->entities, model, err);
    if (!st && !s->facts.count) st = error_set(err, GAT_EDATA, "the graph has no facts to grow from");
    return st;
}

static gat_status mine(growth_state *s, gat_error *err)
{
    rules_clear(&s->rules);
    return rules_mine(&s->rules, s->view.view->known, s->num_entities, s->num_relations, err);
}

/* right (count) <- whether each proposal is among the facts, which are sorted. */
static void judge(uint8_t *right, const proposal_list *list, const gat_triples *facts)
{
    for (int64_t i = 0; i < list->count; i++)
        right[i] = bsearch(&list->item[i].fact, facts->data, (size_t)facts->count, sizeof *facts->data,
                           triple_compare) != NULL;
}

static gat_status fit(proposal_weights *w, bool *fitted, growth_state *s, const gat_triples *valid, const gat_log *log,
                      gat_error *err)
{
    proposal_list list = {0};
    uint8_t *right = NULL;
    char text[400];
    gat_status st = proposals_make(&list, s, err);
    if (!st) {
        right = gat_alloc(list.count, 1);
        st = right ? GAT_OK : error_nomem(err);
    }
    if (!st && list.count) {
        judge(right, &list, valid);
        st = proposal_weights_fit(w, fitted, list.item[0].feature, sizeof *list.item / sizeof(float), right, list.count,
                                  err);
    }
    proposal_weights_describe(text, sizeof text, w);
    if (!st)
        log_say(log, GAT_LOG_DEBUG, "%lld proposals, %s: %s", (long long)list.count,
                *fitted ? "weights fitted to valid" : "valid says too little, the usual weights", text);
    proposals_clear(&list);
    gat_free(right);
    return st;
}

gat_status growth_fit(proposal_weights *w, bool *fitted, growth_state *s, const gat_growth_options *o, gat_error *err)
{
    gat_triples valid = {0};
    int32_t around = s->around, relation = s->relation;
    gat_status st = GAT_OK;
    *w = proposal_weights_usual;
    *fitted = false;
    if (!o->data || !o->data->splits[GAT_SPLIT_VALID].count) return GAT_OK;
    st = facts_by_name(&valid, facts_of_split(o->data, GAT_SPLIT_VALID), s->entities, s->model, err);
    if (!st && valid.count) {
        qsort(valid.data, (size_t)valid.count, sizeof *valid.data, triple_compare);
        s->around = s->relation = -1;
        st = growth_state_read(s, err);
        if (!st) st = mine(s, err);
        if (!st) st = growth_state_ask(s, err);
        if (!st) st = fit(w, fitted, s, &valid, &o->log, err);
        s->around = around;
        s->relation = relation;
    }
    triples_clear(&valid);
    if (!st && !*fitted && !s->model->calibrated)
        st = error_set(err, GAT_EDATA,
                       "%.300s: too few of the valid facts are proposed to fit probabilities, and the model has none",
                       o->data->path);
    return st;
}

gat_status growth_read_known(growth_state *s, const gat_growth_options *o, gat_error *err)
{
    int64_t repeated;
    gat_status st = GAT_OK;
    for (gat_split split = GAT_SPLIT_TRAIN; o->data && !st && split <= GAT_SPLIT_TEST; split++)
        if (!(split == GAT_SPLIT_TEST && o->measure))
            st = facts_by_name(&s->facts, facts_of_split(o->data, split), s->entities, s->model, err);
    if (!st) st = triples_unique(&s->facts, &repeated, err);
    if (!st) st = growth_state_read(s, err);
    return st ? st : mine(s, err);
}

gat_status growth_start(growth_state *s, const gat_growth_options *o, gat_error *err)
{
    gat_status st = growth_read_known(s, o, err);
    if (!st) st = growth_state_give(s, err);
    if (!st) st = growth_state_ask(s, err);
    if (!st)
        log_say(&o->log, GAT_LOG_DEBUG, "%lld rules, %lld questions", (long long)s->rules.count,
                (long long)s->asked.count);
    return st;
}
