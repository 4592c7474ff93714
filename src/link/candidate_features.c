#include "link/candidate_features.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* What all candidates of a group are compared with. */
typedef struct group_view {
    const link_document *d;
    const candidate_graph *g;
    int64_t from, to;
    float most_links, most_popular;
    double sum_links; /* finite where floats would not be */
} group_view;

static const link_entity *entity_of(const group_view *v, int64_t n) { return &v->d->entity[v->g->entity[n]]; }

static group_view view_group(const link_document *d, const candidate_graph *g, int64_t group)
{
    group_view v = {.d = d, .g = g, .from = g->first[group], .to = g->first[group + 1], .most_popular = -1};
    for (int64_t n = v.from; n < v.to; n++) {
        const link_entity *e = entity_of(&v, n);
        v.most_links = fmaxf(v.most_links, log1pf(e->in_links));
        v.most_popular = fmaxf(v.most_popular, e->popularity);
        v.sum_links += (double)e->in_links + 1;
    }
    return v;
}

/* Candidates of the group above n, by links and by popularity. */
static void ranks(float rank[2], const group_view *v, int64_t n)
{
    const link_entity *own = entity_of(v, n);
    rank[0] = rank[1] = 0;
    for (int64_t i = v->from; i < v->to; i++) {
        rank[0] += entity_of(v, i)->in_links > own->in_links;
        rank[1] += entity_of(v, i)->popularity > own->popularity;
    }
}

static int add_standing(float *x, const group_view *v, int64_t n)
{
    const link_entity *e = entity_of(v, n);
    float in = log1pf(e->in_links), share = (float)(((double)e->in_links + 1) / v->sum_links), rank[2];
    bool known = e->popularity >= 0;
    ranks(rank, v, n);
    const float values[] = {1,
                            in / 10,
                            log1pf(e->out_links) / 10,
                            known ? e->popularity / 15 : 0,
                            !known,
                            (in - v->most_links) / 5,
                            known ? (e->popularity - v->most_popular) / 5 : 0,
                            share,
                            logf(share) / 5,
                            rank[0] < 1,
                            rank[1] < 1,
                            1 / (1 + rank[0]),
                            1 / (1 + rank[1])};
    memcpy(x, values, sizeof values);
    return sizeof values / sizeof *values;
}

static bool all_capitals(const char *s)
{
    bool letters = false;
    for (; *s; s++) {
        if (islower((unsigned char)*s)) return false;
        letters = letters || isupper((unsigned char)*s);
    }
    return letters;
}

static int add_mention(float *x, const group_view *v, const link_mention *m, float size, const char *title)
{
    float count = (float)(v->to - v->from);
    const float values[] = {strstr(title, "_(") || strstr(title, " ("),
                            strchr(title, ',') != NULL,
                            fminf((float)strlen(title), 60) / 30,
                            logf(count) / 3,
                            count < 2,
                            logf(size),
                            strchr(m->context, ' ') != NULL,
                            all_capitals(m->text),
                            strlen(m->text) < strlen(m->context)};
    memcpy(x, values, sizeof values);
    return sizeof values / sizeof *values;
}

/* Names of all entities that are candidates, folded once; NULL: out of memory. */
static name_form *fold_titles(const link_document *d, const candidate_graph *g)
{
    name_form *form = gat_calloc(d->num_entities, sizeof *form);
    for (int64_t n = 0; form && n < g->nodes; n++)
        if (!form[g->entity[n]].length) name_form_make(&form[g->entity[n]], d->entity[g->entity[n]].title);
    return form;
}

static void fill_group(candidate_graph *g, const link_document *d, int64_t group, const link_mention *m,
                       const name_form *title, const gat_intern *types)
{
    name_form text, context;
    group_view v = view_group(d, g, group);
    name_form_make(&text, m->text);
    name_form_make(&context, m->context);
    for (int64_t n = v.from; n < v.to; n++) {
        float *x = g->x + n * g->inputs;
        const link_entity *e = entity_of(&v, n);
        int32_t type = intern_find(types, e->type, strlen(e->type));
        int at = add_standing(x, &v, n);
        add_mention(x + at, &v, m, g->size[group], e->title);
        if (type >= 0 && type < NODE_TYPES) x[NODE_PLAIN + type] = 1;
        name_likeness(x + NODE_PLAIN + NODE_TYPES, &text, &title[g->entity[n]]);
        name_likeness(x + NODE_PLAIN + NODE_TYPES + NAME_LIKENESS, &context, &title[g->entity[n]]);
    }
}

gat_status candidate_features_fill(candidate_graph *g, const link_document *d, const int64_t *leader,
                                   const gat_intern *types, gat_error *err)
{
    name_form *title = fold_titles(d, g);
    if (!title) return error_nomem(err);
    for (int64_t k = 0; k < g->num_groups; k++) fill_group(g, d, k, &d->mention[leader[k]], title, types);
    gat_free(title);
    return GAT_OK;
}
