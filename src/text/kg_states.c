#include "text/kg_states.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model_io.h"

gat_status kg_states_sections(relation_sections *s, const kg_context *kg, gat_error *err)
{
    model_sections own = {.count = 0};
    gat_status st = sections_of_part(&own, KG_STATES_PREFIX, kg->states, err);
    for (int i = 0; !st && i < own.count; i++)
        st = sections_copy(s, own.list[i].name, own.list[i].bytes, own.list[i].length, err);
    sections_clear(&own);
    if (st || !kg->state_of) return st;
    int64_t n = intern_count(kg->entities);
    return sections_copy(s, "kg_state_of", kg->state_of, n * (int64_t)sizeof *kg->state_of, err);
}

static gat_status read_places(kg_context *kg, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    int64_t n = intern_count(kg->entities);
    gat_status st = section_exact(&bytes, n * (int64_t)sizeof *kg->state_of, file, "kg_state_of", err);
    if (st) return st;
    kg->state_of = gat_alloc(n, sizeof *kg->state_of);
    if (!kg->state_of) return error_nomem(err);
    memcpy(kg->state_of, bytes, (size_t)n * sizeof *kg->state_of);
    for (int64_t i = 0; i < n; i++)
        if (kg->state_of[i] < 0 || kg->state_of[i] >= n)
            return error_set(err, GAT_EMODEL, "bad model file: a state is out of range");
    return GAT_OK;
}

gat_status kg_states_read(kg_context *kg, const gat_model_file *file, gat_error *err)
{
    gat_model_file *part = NULL;
    gat_status st = model_file_part(&part, file, KG_STATES_PREFIX, err);
    if (!st) st = model_from_file(&kg->states, part, false, err);
    if (!st && intern_count(kg->states->entities) != intern_count(kg->entities))
        st = error_set(err, GAT_EMODEL, "bad model file: the graph and its model have different entities");
    if (!st) st = model_finish(kg->states, err);
    model_file_close(part);
    return st || model_file_length(file, "kg_state_of") < 0 ? st : read_places(kg, file, err);
}
