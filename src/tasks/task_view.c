#include "tasks/task_view.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "io/dataset_place.h"

named_facts facts_of_model(const gat_model *m) { return (named_facts){&m->facts, m->entities, m->relations}; }

named_facts facts_of_split(const gat_dataset *d, gat_split split)
{
    return (named_facts){&d->splits[split], split < GAT_SPLIT_IND_TRAIN ? d->entities : d->ind_entities, d->relations};
}

/* map (count of from) <- the id in `to` of each name, -1 where it has none or one from `end` on. NULL: out of memory. */
static int32_t *match_names(const gat_intern *from, const gat_intern *to, int32_t end)
{
    int32_t count = intern_count(from);
    int32_t *map = gat_alloc(count, sizeof *map);
    for (int32_t i = 0; map && i < count; i++) {
        const char *name = intern_string(from, i);
        int32_t id = from == to ? i : intern_find(to, name, strlen(name));
        map[i] = id < end ? id : -1;
    }
    return map;
}

gat_status facts_by_name(gat_triples *to, named_facts from, const gat_intern *entities, const gat_model *model,
                         gat_error *err)
{
    if (!from.facts->count) return GAT_OK;
    int32_t *entity = match_names(from.entities, entities, INT32_MAX);
    int32_t *relation = match_names(from.relations, model->relations, model->num_seen_relations);
    gat_status st = entity && relation ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < from.facts->count; i++) {
        gat_triple f = from.facts->data[i];
        f = (gat_triple){entity[f.head], relation[f.relation], entity[f.tail]};
        if (f.head >= 0 && f.relation >= 0 && f.tail >= 0) st = triples_push(to, f, err);
    }
    gat_free(entity);
    gat_free(relation);
    return st;
}

/* "; nearest: NAME" for a relation that may be a slip of the pen; empty where none is like it. */
static void hint(char *text, size_t size, const gat_model *model, const char *relation)
{
    int32_t nearest;
    *text = 0;
    if (vocab_nearest(model->relations, relation, &nearest, 1) && nearest < model->num_seen_relations)
        snprintf(text, size, "; nearest: %.60s", intern_string(model->relations, nearest));
}

gat_status check_relations(const gat_dataset *data, gat_split split, const gat_model *model, gat_error *err)
{
    const gat_triples *facts = &data->splits[split];
    const char *unseen = NULL;
    char place[450], near[80];
    int64_t count = 0;
    int32_t *known = match_names(data->relations, model->relations, model->num_seen_relations);
    if (!known) return error_nomem(err);
    for (int64_t i = 0; i < facts->count; i++)
        if (known[facts->data[i].relation] < 0 && !count++)
            unseen = intern_string(data->relations, facts->data[i].relation);
    gat_free(known);
    if (!count) return GAT_OK;
    dataset_place(place, sizeof place, data, split, unseen);
    hint(near, sizeof near, model, unseen);
    return error_set(err, GAT_EDATA,
                     "%s: relation \"%.60s\" does not occur in the model's training facts%s (%lld of %lld facts have "
                     "such relations; --skip-unknown leaves them out)",
                     place, unseen, near, (long long)count, (long long)facts->count);
}

gat_status task_view_over(task_view *out, const gat_model *model, const gat_intern *entities, named_facts messages,
                          gat_error *err)
{
    *out = (task_view){NULL, NULL};
    if (messages.facts == &model->facts && intern_equal(entities, model->entities)) {
        out->view = model->view;
        return GAT_OK;
    }
    gat_triples facts = {0};
    gat_status st = facts_by_name(&facts, messages, entities, model, err);
    if (!st) st = view_build(&out->owned, model, entities, &facts, err);
    out->view = out->owned;
    triples_clear(&facts);
    return st;
}

gat_status task_view_open(task_view *out, const gat_model *model, const gat_dataset *graph, gat_error *err)
{
    if (!graph) return task_view_over(out, model, model->entities, facts_of_model(model), err);
    *out = (task_view){NULL, NULL};
    gat_status st = check_relations(graph, GAT_SPLIT_TRAIN, model, err);
    return st ? st : task_view_over(out, model, graph->entities, facts_of_split(graph, GAT_SPLIT_TRAIN), err);
}

void task_view_close(task_view *v)
{
    view_free(v->owned);
    *v = (task_view){NULL, NULL};
}
