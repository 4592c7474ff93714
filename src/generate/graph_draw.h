/* Drawing one graph name by name: what may come next, and which of it comes. */
#ifndef GAT_GENERATE_GRAPH_DRAW_H
#define GAT_GENERATE_GRAPH_DRAW_H

#include "generate/generator.h"

/* What is asked of graphs, as ids. */
typedef struct draw_plan {
    const gat_generator *model;
    const gat_generate_options *options;
    double temperature;
    uint8_t *relation; /* (relations): allowed */
    uint8_t *head;     /* (entities): seen as head of one of those */
    int32_t contains;  /* -1: nothing wanted */
} draw_plan;

/* GAT_EUSAGE: unknown names, numbers out of range, or what no fact of train meets. */
gat_status draw_plan_init(draw_plan *plan, const gat_generator *model, const gat_generate_options *options,
                          gat_error *err);
void draw_plan_clear(draw_plan *plan);

/* A graph on its way. */
typedef struct graph_draft {
    gat_triple fact[GRAPH_MOST_TRIPLES];
    int64_t count; /* whole triples */
    double log2_likelihood;
    bool ended, refused; /* refused: nothing could come next */
    bool wanted_is_head; /* where plan->contains stands in the first triple */
    int32_t last;        /* name put last */
} graph_draft;

/* draw: number of the draft, on which together with the seed its random numbers depend. */
void graph_draft_begin(graph_draft *draft, const draw_plan *plan, int64_t draw);

/* Chooses the name after place `place`, given the logits of all columns; scratch: 2 * columns floats. */
void graph_draft_next(graph_draft *draft, const draw_plan *plan, int64_t draw, int64_t place, const float *logit,
                      float *scratch);

#endif
