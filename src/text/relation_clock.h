/* The time of a training of relations: what it reports, and when it is over. */
#ifndef GAT_TEXT_RELATION_CLOCK_H
#define GAT_TEXT_RELATION_CLOCK_H

#include "text/relation_types.h"

typedef struct relation_clock {
    const gat_relation_inputs *inputs;
    double start;
} relation_clock;

relation_clock relation_clock_start(const gat_relation_inputs *inputs);

/* Whether the caller wants an end; whether the time limit has come. */
bool relation_interrupted(const relation_clock *clock);
bool relation_late(const relation_clock *clock);

/* Fills in the seconds and tells the caller. */
void relation_tell(const relation_clock *clock, gat_relation_progress progress);

#endif
