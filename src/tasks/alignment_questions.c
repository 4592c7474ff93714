#include "tasks/alignment_questions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "align/alignment_vectors.h"
#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "tasks/export.h"
#include "tasks/top_list.h"

static const kg_side *side_of(const gat_alignment *m, int side) { return side ? m->b : m->a; }

/* ---- names ----------------------------------------------------------------------------------------------- */

/* An entity of one of the graphs. */
typedef struct place {
    int side; /* 0: KG1 */
    int32_t entity;
} place;

static bool find_in(place *out, const gat_alignment *m, int side, const char *name)
{
    *out = (place){side, kg_side_find(side_of(m, side), name, strlen(name))};
    return out->entity >= 0;
}

static gat_status unknown(const gat_alignment *m, const char *name, gat_error *err)
{
    enum { SHOWN = 2 };
    char text[300] = "";
    size_t used = 0;
    for (int side = 0; side < 2; side++) {
        const gat_intern *names = side_of(m, side)->entities;
        int32_t near[SHOWN];
        int count = vocab_nearest(names, name, near, SHOWN);
        for (int i = 0; i < count && used < sizeof text; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d:%.50s",
                                     used ? ", " : "; nearest: ", side + 1, intern_string(names, near[i]));
    }
    return error_set(err, GAT_EUSAGE, "neither graph has an entity \"%.100s\"%s", name, text);
}

static gat_status find(place *out, const gat_alignment *m, const char *name, int first, gat_error *err)
{
    if (find_in(out, m, first, name) || find_in(out, m, 1 - first, name)) return GAT_OK;
    bool told = (*name == '1' || *name == '2') && name[1] == ':';
    if (told && find_in(out, m, *name - '1', name + 2)) return GAT_OK;
    return unknown(m, name, err);
}

/* ---- likeness -------------------------------------------------------------------------------------------- */

/* Rows have length 1 or 0. */
static double cosine(const alignment_vectors *v, place p, place q)
{
    const float *x = alignment_vector(v, p.side, p.entity), *y = alignment_vector(v, q.side, q.entity);
    double dot = 0;
    for (int64_t i = 0; i < v->width; i++) dot += (double)x[i] * (double)y[i];
    return fmax(-1, fmin(1, dot));
}

gat_status alignment_similarity(double *out, int graphs[2], const gat_alignment *m, const char *a, const char *b,
                                gat_error *err)
{
    alignment_vectors v = {0};
    place p, q;
    *out = 0;
    gat_status st = find(&p, m, a, 0, err);
    if (!st) st = find(&q, m, b, 1, err);
    if (!st) st = alignment_vectors_init(&v, m, err);
    if (!st) *out = cosine(&v, p, q);
    if (!st && graphs) graphs[0] = p.side + 1, graphs[1] = q.side + 1;
    alignment_vectors_clear(&v);
    return st;
}

static double belief_of(const gat_alignment *m, place p, place q)
{
    if (p.side == q.side) return 0;
    int64_t e =
        p.side ? pair_matrix_find(m->belief, q.entity, p.entity) : pair_matrix_find(m->belief, p.entity, q.entity);
    return e < 0 ? 0 : (double)m->belief->value[e];
}

/* Entities count in the order of the files, KG1's first. */
static place nth(const gat_alignment *m, int64_t i)
{
    int64_t n = m->a->num_entities;
    return i < n ? (place){0, m->a->entity_id[i]} : (place){1, m->b->entity_id[i - n]};
}

static gat_neighbor describe(const gat_alignment *m, place asked, place found, double weight)
{
    return (gat_neighbor){.entity = kg_side_entity(side_of(m, found.side), found.entity),
                          .relation = "",
                          .outgoing = -1,
                          .weight = weight,
                          .graph = found.side + 1,
                          .belief = belief_of(m, asked, found),
                          .text = kg_side_text(side_of(m, found.side), found.entity)};
}

static gat_status list_likest(gat_neighbor **out, int64_t *count, const gat_alignment *m, const alignment_vectors *v,
                              place asked, int64_t top, gat_error *err)
{
    int64_t n = (int64_t)m->a->num_entities + m->b->num_entities;
    top_list best = {0};
    gat_status st = top_list_init(&best, top, n, err);
    if (st) return st;
    for (int64_t i = 0; i < n; i++) {
        place other = nth(m, i);
        if (other.side != asked.side || other.entity != asked.entity) top_list_add(&best, cosine(v, asked, other), i);
    }
    top_list_sort(&best);
    *out = gat_alloc(best.count, sizeof **out);
    if (!*out) st = error_nomem(err);
    for (int64_t i = 0; !st && i < best.count; i++)
        (*out)[i] = describe(m, asked, nth(m, best.items[i].id), best.items[i].value);
    if (!st) *count = best.count;
    top_list_clear(&best);
    return st;
}

gat_status alignment_neighbors(gat_neighbor **out, int64_t *count, int *graph, const gat_alignment *m,
                               const char *entity, int64_t top, gat_error *err)
{
    alignment_vectors v = {0};
    place asked;
    *out = NULL;
    *count = 0;
    gat_status st = find(&asked, m, entity, 0, err);
    if (!st) st = alignment_vectors_init(&v, m, err);
    if (!st) st = list_likest(out, count, m, &v, asked, top, err);
    if (!st && graph) *graph = asked.side + 1;
    alignment_vectors_clear(&v);
    return st;
}

/* ---- for other programs ---------------------------------------------------------------------------------- */

/* Rows of both graphs in the order of their files. */
typedef struct both_graphs {
    gat_intern *names; /* "1:NAME", "2:NAME" */
    char **texts;      /* borrowed; NULL: none */
    float *rows;
} both_graphs;

static gat_status add_name(gat_intern *names, int side, const char *name, gat_error *err)
{
    size_t length = strlen(name) + 2;
    char *text = gat_alloc((int64_t)length + 1, 1);
    if (!text) return error_nomem(err);
    snprintf(text, length + 1, "%d:%s", side + 1, name);
    int32_t id = intern_add(names, text, length);
    gat_free(text);
    return id < 0 ? error_nomem(err) : GAT_OK;
}

static gat_status gather(both_graphs *b, const gat_alignment *m, const alignment_vectors *v, gat_error *err)
{
    int64_t n = (int64_t)m->a->num_entities + m->b->num_entities;
    bool told = m->a->text || m->b->text;
    b->names = intern_new();
    b->rows = gat_alloc(n * v->width, sizeof *b->rows);
    b->texts = told ? gat_calloc(n, sizeof *b->texts) : NULL;
    gat_status st = b->names && b->rows && (b->texts || !told) ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i++) {
        place p = nth(m, i);
        const kg_side *side = side_of(m, p.side);
        memcpy(b->rows + i * v->width, alignment_vector(v, p.side, p.entity), (size_t)v->width * sizeof *b->rows);
        if (told && side->text) b->texts[i] = side->text[side->entity_name[p.entity]];
        st = add_name(b->names, p.side, kg_side_entity(side, p.entity), err);
    }
    return st;
}

gat_status alignment_export(const gat_alignment *m, const char *format, const char *path, int64_t *dim, gat_error *err)
{
    alignment_vectors v = {0};
    both_graphs b = {0};
    gat_status st = alignment_vectors_init(&v, m, err);
    if (!st) st = gather(&b, m, &v, err);
    if (!st) {
        export_source source = {
            .vectors = b.rows, .rows = intern_count(b.names), .dim = v.width, .names = b.names, .texts = b.texts};
        st = export_by_format(&source, format, path, err);
    }
    if (dim) *dim = v.width;
    intern_free(b.names);
    gat_free(b.texts);
    gat_free(b.rows);
    alignment_vectors_clear(&v);
    return st;
}
