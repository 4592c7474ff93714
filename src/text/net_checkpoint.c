#define XXH_INLINE_ALL
#include "text/net_checkpoint.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/relation_sections.h"

#define IDENTITY "relation_run"

void net_checkpoint_identity(uint64_t identity[2], const gat_relations *m)
{
    const linear_part *part = &m->part[GAT_PART_ALL];
    int64_t weights = part->table.count * (int64_t)label_stride(relations_labels(m));
    XXH64_hash_t h = XXH3_64bits(m->config_lines, strlen(m->config_lines));
    h = XXH3_64bits_withSeed(m->data_digest, sizeof m->data_digest, h);
    h = XXH3_64bits_withSeed(part->table.key, (size_t)part->table.count * sizeof *part->table.key, h);
    identity[0] = h;
    identity[1] = XXH3_64bits_withSeed(part->w, (size_t)weights * sizeof *part->w, h);
}

static void names_of(char params[MODEL_FILE_NAME], char wide[MODEL_FILE_NAME], int index)
{
    snprintf(params, MODEL_FILE_NAME, "params_%d", index);
    snprintf(wide, MODEL_FILE_NAME, "wide_%d", index);
}

gat_status net_checkpoint_write(const net_checkpoint *c, gat_error *err)
{
    gat_section list[MODEL_FILE_MAX_SECTIONS];
    char name[MODEL_FILE_MAX_SECTIONS][MODEL_FILE_NAME];
    int count = 0;
    if (!c->path) return GAT_OK;
    list[count++] = (gat_section){IDENTITY, c->identity, sizeof c->identity};
    for (int i = 0; i < CHECKPOINT_NETS && count + 2 <= MODEL_FILE_MAX_SECTIONS; i++) {
        if (!c->done[i]) continue;
        const text_net *n = c->net[i];
        names_of(name[count], name[count + 1], i);
        list[count] = (gat_section){name[count], n->params.value, n->params.size * (int64_t)sizeof(float)};
        count++;
        list[count] = (gat_section){name[count], n->wide.w, n->wide.columns * n->wide.width * (int64_t)sizeof(float)};
        count++;
    }
    return model_file_write(c->path, list, count, err);
}

static gat_status check_identity(const net_checkpoint *c, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof c->identity, file, IDENTITY, err);
    if (!st && memcmp(bytes, c->identity, sizeof c->identity) != 0)
        st = error_set(err, GAT_EUSAGE,
                       "%s: the checkpoint was made with other options or data; remove it or repeat them", c->path);
    return st;
}

gat_status net_checkpoint_read(bool *found, text_net *net, const net_shape *shape, const net_checkpoint *c, int index,
                               gat_error *err)
{
    gat_model_file *file = NULL;
    char params[MODEL_FILE_NAME], wide[MODEL_FILE_NAME];
    gat_status st = model_file_open(&file, c->path, err);
    *found = false;
    if (!st) st = check_identity(c, file, err);
    names_of(params, wide, index);
    if (!st && model_file_length(file, params) >= 0) {
        st = text_net_init(net, shape, false, err);
        if (!st) st = model_file_floats(net->params.value, net->params.size, file, params, err);
        if (!st) st = model_file_floats(net->wide.w, net->wide.columns * net->wide.width, file, wide, err);
        *found = !st;
    }
    model_file_close(file);
    return st;
}
