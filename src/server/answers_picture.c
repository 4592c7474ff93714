/* Routes for a picture: the attention of each head, and a neighbourhood as a graph. */
#include <string.h>

#include "base/error.h"
#include "server/answers.h"

enum { MOST_FACTS = 20000 }; /* of one entity that are looked through */

/* The facts of an entity with what each head gives to them; of a model without attention, heads is 0. */
typedef struct fact_list {
    gat_head_attention *attention;
    gat_neighbor *neighbor;
    int64_t count;
    int heads;
} fact_list;

static void facts_clear(fact_list *f)
{
    if (!f->attention) gat_free_list(f->neighbor);
    gat_head_attention_free(f->attention);
}

static gat_status facts_of(fact_list *f, const hosted_model *m, const char *entity, int64_t most, gat_error *err)
{
    *f = (fact_list){0};
    if (!*m->info.attention)
        return gat_neighbors(&f->neighbor, &f->count, m->model, entity, GAT_BY_GRAPH, 1, most, NULL, err);
    gat_status st = gat_attention_of(&f->attention, m->model, entity, most, NULL, err);
    if (st) return st;
    f->neighbor = f->attention->neighbor;
    f->count = f->attention->count;
    f->heads = f->attention->heads;
    return GAT_OK;
}

static json_t *heads_of(const fact_list *f, int64_t i)
{
    json_t *array = json_array();
    for (int h = 0; h < f->heads; h++)
        array = report_append(array, report_number((double)f->attention->weight[i * f->heads + h]));
    return array;
}

static json_t *text_of(const hosted_model *m, const char *entity)
{
    return report_text(gat_model_entity_text(m->model, entity));
}

gat_status answer_attention(json_t **out, const route_call *call, gat_error *err)
{
    enum { ENTITY, TOP };
    const hosted_model *m = call->model;
    fact_list f = {0};
    if (!*m->info.attention) return error_set(err, GAT_EUSAGE, "the model has no attention layer");
    gat_status st = facts_of(&f, m, call->text[ENTITY], call->count[TOP], err);
    if (st) return st;
    json_t *array = json_array();
    for (int64_t i = 0; i < f.count; i++) {
        const gat_neighbor *n = &f.neighbor[i];
        array = report_append(array,
                              json_pack("{s:s,s:o,s:s,s:s,s:o,s:o}", "entity", n->entity, "text", text_of(m, n->entity),
                                        "relation", n->relation, "direction", report_direction(n), "weight",
                                        report_number(n->weight), "heads", heads_of(&f, i)));
    }
    *out = json_pack("{s:s,s:o,s:i,s:o}", "entity", call->text[ENTITY], "text", text_of(m, call->text[ENTITY]), "heads",
                     f.heads, "neighbors", array);
    facts_clear(&f);
    return GAT_OK;
}

/* ---- a neighbourhood ------------------------------------------------------------------------------------- */

/* What is drawn. place: name -> its number in nodes, the nearer and heavier first. */
typedef struct picture {
    const hosted_model *model;
    json_t *nodes, *edges, *place;
    int heads;
} picture;

static void add_node(picture *p, const char *entity, int hops, double weight)
{
    if (json_object_get(p->place, entity)) return;
    p->place = report_set(p->place, entity, json_integer((json_int_t)json_array_size(p->nodes)));
    p->nodes =
        report_append(p->nodes, json_pack("{s:s,s:o,s:i,s:o}", "entity", entity, "text", text_of(p->model, entity),
                                          "hops", hops, "weight", report_number(weight)));
}

/* Nodes ordered by distance, then as they come. */
static void add_nodes(picture *p, const char *entity, const gat_neighbor *list, int64_t count, int hops)
{
    add_node(p, entity, 0, 1);
    for (int h = 1; h <= hops; h++)
        for (int64_t i = 0; i < count; i++)
            if (list[i].hops == h) add_node(p, list[i].entity, h, list[i].weight);
}

/* A fact is drawn once, with the attention of its end that stands first among the nodes. */
static void add_edge(picture *p, const char *entity, const fact_list *f, int64_t i)
{
    const gat_neighbor *n = &f->neighbor[i];
    const json_t *here = json_object_get(p->place, entity), *there = json_object_get(p->place, n->entity);
    if (!there || json_integer_value(there) <= json_integer_value(here)) return;
    bool out = n->outgoing > 0;
    p->edges = report_append(p->edges, json_pack("{s:s,s:s,s:s,s:s,s:o,s:o}", "head", out ? entity : n->entity,
                                                 "relation", n->relation, "tail", out ? n->entity : entity, "seen_from",
                                                 entity, "weight", report_number(n->weight), "heads", heads_of(f, i)));
}

static gat_status add_edges_of(picture *p, const char *entity, gat_error *err)
{
    fact_list f;
    gat_status st = facts_of(&f, p->model, entity, MOST_FACTS, err);
    for (int64_t i = 0; !st && i < f.count; i++) add_edge(p, entity, &f, i);
    p->heads = f.heads;
    facts_clear(&f);
    return st;
}

gat_status answer_graph(json_t **out, const route_call *call, gat_error *err)
{
    enum { ENTITY, TOP, HOPS };
    const hosted_model *m = call->model;
    const char *entity = call->text[ENTITY];
    bool attention = *m->info.attention;
    int hops = (int)call->count[HOPS];
    gat_neighbor *list = NULL;
    int64_t count = 0;
    gat_status st = gat_neighbors(&list, &count, m->model, entity, attention ? GAT_BY_ATTENTION : GAT_BY_GRAPH, hops,
                                  call->count[TOP], NULL, err);
    if (st) return st;
    picture p = {.model = m, .nodes = json_array(), .edges = json_array(), .place = json_object()};
    add_nodes(&p, entity, list, count, hops);
    gat_free_list(list);
    for (size_t i = 0; !st && i < json_array_size(p.nodes); i++)
        st = add_edges_of(&p, json_string_value(json_object_get(json_array_get(p.nodes, i), "entity")), err);
    if (!st)
        *out = json_pack("{s:s,s:s,s:i,s:O,s:O}", "entity", entity, "by", attention ? "attention" : "graph", "heads",
                         p.heads, "nodes", p.nodes, "edges", p.edges);
    json_decref(p.nodes);
    json_decref(p.edges);
    json_decref(p.place);
    return st;
}
