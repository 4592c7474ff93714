/* Files of interactions and of pairs, of any of the usual shapes: columns split by tabs (or commas, where the name says .csv)
 * with or without a heading, or lines "user item item ..." split by blanks. Plain, .gz or .zst. */
#ifndef GAT_RECOMMEND_INTERACTION_FILE_H
#define GAT_RECOMMEND_INTERACTION_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct rec_field {
    const char *s;
    size_t length;
} rec_field;

/* Called in file order, fields borrowed for the call; rating 1 and time 0 where there are none. A line "user" alone calls with an
 * empty item. */
typedef gat_status interaction_function(void *context, rec_field user, rec_field item, double rating, double time,
                                        gat_error *err);

/* What the columns turned out to be. */
typedef struct interaction_shape {
    int has_rating, has_time;
} interaction_shape;

/* GAT_EDATA names file and line. */
gat_status interaction_file_read(interaction_shape *shape, const char *path, interaction_function *add, void *context,
                                 gat_error *err);

/* Two columns by tabs or commas, a heading passed over where its first field begins with "item". */
typedef gat_status pair_function(void *context, rec_field a, rec_field b, gat_error *err);
gat_status pair_file_read(const char *path, pair_function *add, void *context, gat_error *err);

#endif
