/* Points of a plane so that those that were near stay near: UMAP (McInnes, Healy and Melville 2018). */
#ifndef GAT_TASKS_NEIGHBOR_LAYOUT_H
#define GAT_TASKS_NEIGHBOR_LAYOUT_H

#include "tasks/near_points.h"

/* place (rows, 2): where points start, then where they are put. near (rows, nearest) as near_points has it. One seed, one answer:
 * moves are made one after the other, by one thread. Time: some hundred rounds over rows * nearest edges. */
gat_status neighbor_layout(double *place, const near_point *near, int64_t rows, int64_t nearest, uint64_t seed,
                           gat_error *err);

#endif
