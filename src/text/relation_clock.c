#include "text/relation_clock.h"

#include "base/clock.h"

relation_clock relation_clock_start(const gat_relation_inputs *inputs)
{
    return (relation_clock){inputs, clock_seconds()};
}

bool relation_interrupted(const relation_clock *c)
{
    return c->inputs->should_stop && c->inputs->should_stop(c->inputs->context);
}

bool relation_late(const relation_clock *c)
{
    return c->inputs->time_limit > 0 && clock_seconds() - c->start > c->inputs->time_limit;
}

void relation_tell(const relation_clock *c, gat_relation_progress progress)
{
    progress.seconds = clock_seconds() - c->start;
    if (c->inputs->on_progress) c->inputs->on_progress(c->inputs->context, &progress);
}
