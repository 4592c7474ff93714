/* The task behind `score`: a file of questions to a matrix of scores. */
#ifndef GAT_TASKS_SCORE_FILE_H
#define GAT_TASKS_SCORE_FILE_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"

/* Lines "h TAB r TAB ?" or "? TAB r TAB t", blank ones skipped, become rows of the npy file; its columns are the entities
 * of the model (or of `graph`), whose names `entities` receives. *rows (NULL is fine): how many. Both files are replaced
 * only when both are complete. GAT_EDATA names file and line. Memory: one block of scores. */
gat_status score_file(const gat_model *model, const char *queries, const char *npy, const char *entities,
                      const gat_dataset *graph, int64_t *rows, gat_error *err);

#endif
