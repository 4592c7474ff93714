/* Models of paths (--model path) among the other kinds: their parameters by the configuration, and views over path/. */
#ifndef GAT_MODEL_PATH_KIND_H
#define GAT_MODEL_PATH_KIND_H

#include "model/view.h"
#include "model/config.h"
#include "path/path_view.h"

extern const model_kind path_kind;

path_shape path_shape_of(const gat_config *config);

/* NULL: a view of a model with embeddings. */
const path_view *path_view_of(const model_view *view);

#endif
