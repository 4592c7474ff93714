/* Two output files that belong together: neither is replaced before both are complete on the disk. */
#ifndef GAT_TASKS_FILE_PAIR_H
#define GAT_TASKS_FILE_PAIR_H

#include "base/file.h"
#include "base/intern.h"
#include "base/status.h"

typedef struct file_pair {
    gat_writer *first, *second;
} file_pair;

/* On failure there is nothing to give up. GAT_EUSAGE: the same path twice. */
gat_status file_pair_open(file_pair *pair, const char *first, const char *second, gat_error *err);

/* Puts both in place when status is GAT_OK, gives both up otherwise; returns the status of it all. */
gat_status file_pair_close(file_pair *pair, gat_status status, gat_error *err);

/* Text, and the names one a line. */
gat_status write_text(gat_writer *writer, const char *text, gat_error *err);
gat_status write_names(gat_writer *writer, const gat_intern *names, gat_error *err);

#endif
