#include "tasks/skip_unknown.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static bool knows(const gat_model *m, const char *relation)
{
    int32_t id = intern_find(m->relations, relation, strlen(relation));
    return id >= 0 && id < m->num_seen_relations;
}

gat_status skip_unknown_relations(gat_dataset *data, const gat_model *model, int64_t *skipped, const char **relation,
                                  gat_error *err)
{
    int32_t count = intern_count(data->relations);
    uint8_t *known = gat_alloc(count, 1);
    *skipped = 0;
    *relation = NULL;
    if (!known) return error_nomem(err);
    for (int32_t r = 0; r < count; r++) known[r] = knows(model, intern_string(data->relations, r));
    for (gat_split s = 0; s < GAT_NUM_SPLITS; s++) {
        gat_triples *list = &data->splits[s];
        int64_t kept = 0;
        for (int64_t i = 0; i < list->count; i++) {
            gat_triple f = list->data[i];
            if (known[f.relation]) list->data[kept++] = f;
            else if (!*relation) *relation = intern_string(data->relations, f.relation);
        }
        *skipped += list->count - kept;
        list->count = kept;
    }
    gat_free(known);
    return GAT_OK;
}
