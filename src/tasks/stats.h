/* Counts of a data set: the task behind `stats`. */
#ifndef GAT_TASKS_STATS_H
#define GAT_TASKS_STATS_H

#include "base/status.h"
#include "graph/split.h"
#include "tasks/stats_types.h"

/* Names in it are borrowed from the data set. */
gat_status stats_make(gat_stats **out, const gat_dataset *dataset, gat_error *err);
void stats_free(gat_stats *stats);

#endif
