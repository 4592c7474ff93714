#include "report/json_answer.h"

#include <string.h>

#include "base/memory.h"

json_t *report_metrics(const gat_metrics *m)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "mrr", report_number(m->mrr), "mr", report_number(m->mr), "hits_at_1",
                     report_number(m->hits_at_1), "hits_at_3", report_number(m->hits_at_3), "hits_at_10",
                     report_number(m->hits_at_10));
}

json_t *report_ranking(const gat_ranking *r)
{
    return json_pack("{s:I,s:o,s:o,s:o}", "queries", (json_int_t)r->queries, "realistic", report_metrics(&r->realistic),
                     "optimistic", report_metrics(&r->optimistic), "pessimistic", report_metrics(&r->pessimistic));
}

const char *report_attention(const gat_model_info *model) { return *model->attention ? model->attention : NULL; }

json_t *report_model(const gat_model_info *m)
{
    const char *decoder = *m->decoder ? m->decoder : NULL;
    json_t *valid = m->has_valid ? report_metrics(&m->valid.realistic) : json_null();
    json_t *object = json_pack(
        "{s:s,s:s?,s:s?,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s,s:s,s:o}", "model", m->model, "attention",
        report_attention(m), "decoder", decoder, "dim", (json_int_t)m->dim, "entities", (json_int_t)m->entities,
        "seen_entities", (json_int_t)m->seen_entities, "relations", (json_int_t)m->relations, "train_triples",
        (json_int_t)m->train_triples, "parameters", (json_int_t)m->parameters, "epochs", (json_int_t)m->epochs,
        "best_epoch", (json_int_t)m->best_epoch, "digest", m->digest, "data_digest", m->data_digest, "valid", valid);
    object = report_set(object, "members", json_integer((json_int_t)m->members));
    if (strcmp(m->model, "path") != 0) return object;
    object = report_set(object, "queries", json_integer((json_int_t)m->queries));
    object = report_set(object, "eval_queries", json_integer((json_int_t)m->eval_queries));
    if (*m->side) object = report_set(object, "side_model", json_string(m->side));
    return report_set(object, "best_queries", json_integer((json_int_t)m->best_queries));
}

/* "name = value" lines as an object of strings. */
static json_t *config_object(const char *config)
{
    json_t *object = json_object();
    for (const char *line = config; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        const char *equals = memchr(line, '=', length);
        if (!equals) continue;
        const char *name_end = equals, *value = equals + 1;
        while (name_end > line && name_end[-1] == ' ') name_end--;
        while (value < line + length && *value == ' ') value++;
        char *name = gat_strndup(line, (size_t)(name_end - line));
        json_t *text = json_stringn(value, (size_t)(line + length - value));
        object = report_set(object, name, text);
        gat_free(name);
    }
    return object;
}

json_t *report_card(const gat_model_info *m)
{
    json_t *object = report_set(report_model(m), "seed", json_integer((json_int_t)m->seed));
    object = report_set(object, "holdout", report_number(m->holdout));
    object = report_set(object, "holdout_seed", json_integer((json_int_t)m->holdout_seed));
    return report_set(object, "config", config_object(m->config));
}

json_t *report_relations(const gat_relation_info *m)
{
    return json_pack(
        "{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:o,s:o,s:o,s:s,s:s,s:b,s:b}", "task", "relations", "model",
        m->members ? "linear and attention" : "linear", "sentences", (json_int_t)m->sentences, "labels",
        (json_int_t)m->labels, "features", (json_int_t)m->features, "parameters", (json_int_t)m->parameters, "members",
        (json_int_t)m->members, "vectors", (json_int_t)m->vectors, "kg_entities", (json_int_t)m->kg_entities,
        "kg_facts", (json_int_t)m->kg_facts, "several", m->several, "parsed", m->parsed, "linear_c",
        report_number(m->c), "threshold", report_number(m->threshold), "held_out_f1", report_number(m->held_out_f1),
        "digest", m->digest, "data_digest", m->data_digest, "bags", m->bags, "kg_states", m->kg_states);
}

json_t *report_answers(const gat_answer *answers, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        const gat_answer *r = &answers[i];
        array = report_append(array, json_pack("{s:s,s:s,s:s,s:o,s:o}", "head", r->head, "relation", r->relation,
                                               "tail", r->tail, "score", report_number((double)r->score), "probability",
                                               report_number(r->probability)));
    }
    return json_pack("{s:o}", "answers", array);
}

const char *report_direction(const gat_neighbor *n) { return n->outgoing < 0 ? "none" : n->outgoing ? "out" : "in"; }

json_t *report_neighbors(const char *entity, const gat_neighbor *list, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        const gat_neighbor *n = &list[i];
        array = report_append(array, json_pack("{s:s,s:s,s:s,s:i,s:o}", "entity", n->entity, "relation", n->relation,
                                               "direction", report_direction(n), "hops", n->hops, "weight",
                                               report_number(n->weight)));
    }
    return json_pack("{s:s,s:o}", "entity", entity, "neighbors", array);
}

static json_t *path_object(const gat_path *p)
{
    json_t *steps = json_array();
    for (int i = 0; i < p->num_steps; i++) {
        const gat_path_step *s = &p->step[i];
        steps = report_append(steps, json_pack("{s:s,s:s,s:s,s:o}", "head", s->head, "relation", s->relation, "tail",
                                               s->tail, "attention", report_number(s->attention)));
    }
    return json_pack("{s:o,s:o}", "weight", report_number(p->weight), "steps", steps);
}

json_t *report_explanation(const gat_explanation *x)
{
    json_t *paths = json_array();
    for (int64_t i = 0; i < x->num_paths; i++) paths = report_append(paths, path_object(&x->path[i]));
    return json_pack("{s:o,s:o,s:o}", "score", report_number((double)x->score), "probability",
                     report_number(x->probability), "paths", paths);
}

static json_t *choices_array(const gat_link_answer *x)
{
    json_t *array = json_array();
    for (int i = 0; i < x->num_choices; i++)
        array = report_append(array, json_pack("{s:s,s:s,s:o}", "entity", x->choice[i].entity, "title",
                                               x->choice[i].title, "belief", report_number(x->choice[i].belief)));
    return array;
}

static json_t *supports_array(const gat_link_answer *x)
{
    json_t *array = json_array();
    for (int i = 0; i < x->num_supports; i++)
        array = report_append(array, json_pack("{s:I,s:s,s:s,s:o}", "mention", (json_int_t)x->support[i].mention,
                                               "text", x->support[i].text, "entity", x->support[i].entity, "weight",
                                               report_number(x->support[i].weight)));
    return array;
}

static json_t *place_or_null(int64_t place) { return place < 0 ? json_null() : json_integer(place); }

json_t *report_link_answer(const gat_link_answer *x)
{
    return json_pack("{s:s,s:I,s:I,s:s,s:o,s:o,s:s,s:o,s:o,s:o,s:I,s:o,s:o}", "document", x->document, "line",
                     (json_int_t)x->line, "mention", (json_int_t)x->mention, "text", x->text, "start",
                     place_or_null(x->from), "end", place_or_null(x->to), "entity", x->entity ? x->entity : "NIL",
                     "title", x->title ? json_string(x->title) : json_null(), "probability",
                     report_number(x->probability), "nil", report_number(x->nil), "candidates",
                     (json_int_t)x->num_candidates, "best", choices_array(x), "supported_by", supports_array(x));
}
