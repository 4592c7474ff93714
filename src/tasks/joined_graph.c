#include "tasks/joined_graph.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* map (count of from) <- the ids in `to` of the names of `from`, new ones added. NULL: out of memory. */
static int32_t *add_names(gat_intern *to, const gat_intern *from)
{
    int32_t count = intern_count(from);
    int32_t *map = gat_alloc(count, sizeof *map);
    for (int32_t i = 0; map && i < count; i++) {
        const char *name = intern_string(from, i);
        map[i] = intern_add(to, name, strlen(name));
        if (map[i] >= 0) continue;
        gat_free(map);
        map = NULL;
    }
    return map;
}

static gat_status add_facts(gat_triples *to, const gat_triples *from, const int32_t *entity, const int32_t *relation,
                            gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < from->count; i++) {
        gat_triple f = from->data[i];
        if (entity) f.head = entity[f.head], f.tail = entity[f.tail];
        if (relation) f.relation = relation[f.relation];
        st = triples_push(to, f, err);
    }
    return st;
}

/* The splits in new numbers. Those of inductive files count in names of their own. */
static gat_status renumber(gat_triples splits[GAT_NUM_SPLITS], const gat_dataset *graph, const gat_model *model,
                           const int32_t *entity, const int32_t *relation, gat_error *err)
{
    int64_t repeated;
    gat_status st = add_facts(&splits[GAT_SPLIT_TRAIN], &model->facts, NULL, relation, err);
    for (gat_split s = 0; !st && s < GAT_SPLIT_IND_TRAIN; s++)
        st = add_facts(&splits[s], &graph->splits[s], entity, NULL, err);
    return st ? st : triples_unique(&splits[GAT_SPLIT_TRAIN], &repeated, err);
}

/* Nothing fails from here on. */
static void take_over(gat_dataset *graph, gat_intern **entities, gat_triples splits[GAT_NUM_SPLITS])
{
    gat_intern *old = graph->entities;
    graph->entities = *entities;
    *entities = old;
    for (gat_split s = 0; s < GAT_SPLIT_IND_TRAIN; s++) {
        gat_triples facts = graph->splits[s];
        graph->splits[s] = splits[s];
        splits[s] = facts;
    }
    graph->num_train_entities = intern_count(graph->entities);
    graph->num_train_relations = intern_count(graph->relations);
    gat_free(graph->entity_text);
    graph->entity_text = NULL;
}

gat_status graph_join_model(gat_dataset *graph, const gat_model *model, gat_error *err)
{
    gat_triples splits[GAT_NUM_SPLITS] = {{0}};
    gat_intern *entities = intern_clone(model->entities);
    int32_t *entity = entities ? add_names(entities, graph->entities) : NULL;
    int32_t *relation = entity ? add_names(graph->relations, model->relations) : NULL;
    gat_status st = relation ? renumber(splits, graph, model, entity, relation, err) : error_nomem(err);
    if (!st) take_over(graph, &entities, splits);
    for (int s = 0; s < GAT_NUM_SPLITS; s++) triples_clear(&splits[s]);
    intern_free(entities);
    gat_free(entity);
    gat_free(relation);
    return st;
}
