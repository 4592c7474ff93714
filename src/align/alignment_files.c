#include "align/alignment_files.h"

#include <stdio.h>
#include <string.h>

#include "align/row_top.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

/* Nine significant digits tell any two floats apart. */
static gat_status write_line(gat_writer *w, const char *source, const char *target, double value, gat_error *err)
{
    char number[40];
    int length = snprintf(number, sizeof number, "\t%.9g\n", value);
    gat_status st = writer_write(w, source, strlen(source), err);
    if (!st) st = writer_write(w, "\t", 1, err);
    if (!st) st = writer_write(w, target, strlen(target), err);
    return st ? st : writer_write(w, number, (size_t)length, err);
}

static gat_status finish(gat_writer *w, gat_status st, gat_error *err)
{
    if (!st) return writer_commit(w, err);
    writer_abandon(w);
    return st;
}

gat_status alignment_write_pairs(const gat_alignment *m, const char *path, gat_error *err)
{
    gat_writer *w = NULL;
    gat_aligned_pair pair;
    int32_t next = 0;
    gat_status st = writer_open(&w, path, err);
    while (!st && alignment_next_pair(&pair, &next, m))
        st = write_line(w, pair.source, pair.target, pair.confidence, err);
    return finish(w, st, err);
}

static gat_status write_candidates(gat_writer *w, const gat_alignment *m, row_item *items, int64_t top, int32_t x,
                                   gat_error *err)
{
    const pair_matrix *v = m->value;
    row_top best = {.items = items, .capacity = (int32_t)top};
    gat_status st = GAT_OK;
    for (int64_t e = v->start[x]; e < v->start[x + 1]; e++) row_top_add(&best, v->value[e], v->column[e]);
    row_top_sort_values(&best);
    for (int32_t i = 0; !st && i < best.count; i++)
        st = write_line(w, kg_side_entity(m->a, x), kg_side_entity(m->b, items[i].column), (double)items[i].value, err);
    return st;
}

gat_status alignment_write_scores(const gat_alignment *m, const char *path, int64_t top, gat_error *err)
{
    gat_writer *w = NULL;
    if (top > m->b->num_entities) top = m->b->num_entities;
    row_item *items = gat_alloc(top, sizeof *items);
    gat_status st = items ? writer_open(&w, path, err) : error_nomem(err);
    for (int32_t i = 0; !st && i < m->a->num_entities; i++)
        st = write_candidates(w, m, items, top, m->a->entity_id[i], err);
    gat_free(items);
    return finish(w, st, err);
}
