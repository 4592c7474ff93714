/* What a training will take, told beforehand. */
#ifndef GAT_PLAN_TYPES_H
#define GAT_PLAN_TYPES_H

#include <stdbool.h>
#include <stdint.h>

enum { GAT_PLAN_PARTS = 9 };

/* Bytes of one thing that a training holds. counted: what the steps that were tried held of it; -1: none were tried, or
 * they do not come there. */
typedef struct gat_plan_part {
    const char *name;
    int64_t estimated, counted;
} gat_plan_part;

/* Seconds: of the clock as busy as the machine is, and of processors. The second tells what a quiet machine would take with
 * one thread. */
typedef struct gat_plan_time {
    double clock, processor;
} gat_plan_time;

typedef struct gat_plan {
    gat_plan_part part[GAT_PLAN_PARTS];
    int num_parts;
    int64_t estimated_bytes; /* at the peak, from sizes alone: what max_memory is compared with */
    int64_t bytes;           /* the same with what was counted in place of what was estimated, or held before */
    bool tried;              /* steps were taken: what follows is known */

    gat_plan_time all;        /* to the finished model, with options->spent; a run that stops early takes less */
    gat_plan_time preparing;  /* before the first step */
    gat_plan_time step;       /* each */
    gat_plan_time validation; /* each */
    gat_plan_time ending;     /* after the last step: probabilities are fitted */

    int64_t tried_steps, steps, validations, epochs; /* in all; epochs: of all members, 0: of models of paths */
    int64_t tried_questions, questions;              /* of models of paths, else 0 */
} gat_plan;

#endif
