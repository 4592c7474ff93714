/* Matrices of a net in the forms that the kernels want; valid while the parameters stay as they are. */
#ifndef GAT_PATH_PATH_FORMS_H
#define GAT_PATH_PATH_FORMS_H

#include "path/path_net.h"

typedef struct path_forms {
    path_weights layer[PATH_MAX_LAYERS];         /* without relation and query, which belong to a question */
    path_global_weights global[PATH_MAX_LAYERS]; /* of layers that attend to all */
    path_scorer scorer;                          /* without query */
    float *turned;                               /* owned */
} path_forms;

gat_status path_forms_init(path_forms *forms, const path_net *net, gat_error *err);
void path_forms_fill(path_forms *forms, const path_net *net);
void path_forms_clear(path_forms *forms);

/* Floats that it owns. */
int64_t path_forms_floats(const path_net *net);

#endif
