/* train --log: one JSON object per epoch (models of paths: per validation) and line, kept in order across interruptions. */
#ifndef GAT_CLI_EPOCH_LOG_H
#define GAT_CLI_EPOCH_LOG_H

#include "gatkit.h"

typedef struct gat_epoch_log gat_epoch_log;

/* Opens or makes the file; what is in it stays until the first epoch is added. */
gat_status epoch_log_open(gat_epoch_log **out, const char *path, gat_error *err);

/* Adds a line. The first call drops the lines of this epoch and later ones: they belong to a run that stopped
 * after its last checkpoint, or to an older run altogether. */
gat_status epoch_log_add(gat_epoch_log *log, const gat_progress *progress, gat_error *err);

/* NULL is fine. */
void epoch_log_close(gat_epoch_log *log);

#endif
