/* Files that name entities: links (KG1 entity, KG2 entity) and lists of entities, one a line.
 *
 * Unknown entities are faults, told with the nearest names. Links that contradict each other, one entity tied to two, are
 * faults as well; the same link twice counts once. */
#ifndef GAT_ALIGN_LINKS_H
#define GAT_ALIGN_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "align/kg_side.h"
#include "base/log.h"
#include "base/status.h"

typedef struct gat_link {
    int32_t source, target; /* ids in KG1 and KG2 */
    int64_t line;
} gat_link;

/* Zero-initialised is empty. */
typedef struct link_list {
    gat_link *data;
    int64_t count, capacity;
} link_list;

void link_list_clear(link_list *list);

/* The first ten faults are warnings in the log. skip: faulty lines are left out, of contradicting links all; otherwise
 * GAT_EDATA tells the first fault and how many there are. A wrong number of columns and a file without links are always
 * GAT_EDATA. */
gat_status links_read(link_list *out, const char *path, const kg_side *a, const kg_side *b, bool skip,
                      const gat_log *log, gat_error *err);

/* Marks the entities of a file, first column: marks (N) is set to 1 where named. GAT_EDATA: an unknown one, or none at
 * all. */
gat_status entity_marks_read(uint8_t *marks, const char *path, const kg_side *side, bool skip, const gat_log *log,
                             gat_error *err);

#endif
