#include "align/encoder_term.h"

#include <string.h>

#include "align/decode.h"
#include "align/vector_top.h"
#include "base/error.h"
#include "base/memory.h"

static const char *const names[GAT_NUM_ENCODERS] = {"loop", "attention", "both", "labels"};

const char *gat_align_encoder_name(gat_align_encoder encoder) { return names[encoder]; }

int gat_align_encoder_by_name(const char *name)
{
    for (int i = 0; i < GAT_NUM_ENCODERS; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

gat_status encoder_term_init(encoder_term *t, const kg_side *a, const kg_side *b, const learned_settings *settings,
                             gat_error *err)
{
    *t = (encoder_term){0};
    gat_status st = union_graph_init(&t->graph, a, b, err);
    if (!st) st = learned_init(&t->encoder, &t->graph, a->num_entities, settings, err);
    if (st) encoder_term_clear(t);
    return st;
}

static void forget_vectors(encoder_term *t)
{
    gat_free(t->vectors[0]);
    gat_free(t->vectors[1]);
    pair_matrix_free(t->best);
    t->vectors[0] = t->vectors[1] = NULL;
    t->best = NULL;
}

void encoder_term_clear(encoder_term *t)
{
    forget_vectors(t);
    learned_clear(&t->encoder);
    union_graph_clear(&t->graph);
}

/* Pairs that are each other's best, with a belief of at least `least`. */
static gat_status sure_links(link_list *out, const pair_matrix *belief, float least, gat_error *err)
{
    int64_t *entry = gat_alloc(belief->rows, sizeof *entry);
    *out = (link_list){.data = gat_alloc(belief->rows, sizeof *out->data), .capacity = belief->rows};
    gat_status st = entry && out->data ? decode_answers(entry, GAT_DECODE_SINKHORN, belief, err) : error_nomem(err);
    for (int32_t x = 0; !st && x < belief->rows; x++) {
        int64_t e = entry[x];
        if (e < 0 || belief->value[e] < least) continue;
        out->data[out->count++] = (gat_link){.source = x, .target = belief->column[e]};
    }
    gat_free(entry);
    if (st) link_list_clear(out);
    return st;
}

gat_status encoder_term_learn(encoder_term *t, const belief_loop *l, int64_t epochs, float least, int top,
                              int64_t *count, gat_error *err)
{
    const kg_side *a = l->space.a, *b = l->space.b;
    int64_t width = learned_width(&t->encoder.settings);
    link_list links = {0};
    forget_vectors(t);
    gat_status st = sure_links(&links, l->belief, least, err);
    if (!st) st = learned_teach(&t->encoder, &links, epochs, NULL, err);
    if (!st) st = learned_vectors(t->vectors, &t->encoder, err);
    if (!st)
        st = vector_top(&t->best, t->vectors[0], t->vectors[1], width, width, l->blocks.a, l->blocks.b, a->num_entities,
                        b->num_entities, top, err);
    if (count) *count = links.count;
    link_list_clear(&links);
    return st;
}

similarity_term encoder_term_similarity(const encoder_term *t, float weight)
{
    return (similarity_term){.weight = weight,
                             .best = t->best,
                             .dense = {t->vectors[0], t->vectors[1]},
                             .width = learned_width(&t->encoder.settings)};
}
