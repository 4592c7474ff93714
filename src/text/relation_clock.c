#include "text/relation_clock.h"

#include <time.h>

static double now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

relation_clock relation_clock_start(const gat_relation_inputs *inputs) { return (relation_clock){inputs, now()}; }

bool relation_interrupted(const relation_clock *c)
{
    return c->inputs->should_stop && c->inputs->should_stop(c->inputs->context);
}

bool relation_late(const relation_clock *c)
{
    return c->inputs->time_limit > 0 && now() - c->start > c->inputs->time_limit;
}

void relation_tell(const relation_clock *c, gat_relation_progress progress)
{
    progress.seconds = now() - c->start;
    if (c->inputs->on_progress) c->inputs->on_progress(c->inputs->context, &progress);
}
