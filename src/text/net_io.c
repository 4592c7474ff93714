/* The nets of a model in its file: labels of edges, atoms, and the parameters of every member. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/net_members.h"
#include "text/net_io.h"

/* Fixed numbers, as they lie in the file. */
typedef struct net_header {
    int64_t deprels, atoms[NET_BLOCKS], members, params;
} net_header;

enum { MOST_MEMBERS = 24 };

/* The sparse parts of all members, one after the other. */
static gat_status write_wide(relation_sections *s, const net_members *m, gat_error *err)
{
    int64_t size = m->net->wide.columns * m->net->wide.width;
    float *all = gat_alloc(m->count * size, sizeof *all);
    for (int i = 0; all && i < m->count; i++) memcpy(all + i * size, m->net[i].wide.w, (size_t)size * sizeof *all);
    return sections_own(s, "net_wide", all, m->count * size * (int64_t)sizeof *all, err);
}

gat_status net_members_sections(relation_sections *s, const net_members *m, gat_error *err)
{
    net_header h = {.deprels = intern_count(m->deprels), .members = m->count, .params = m->net->params.size};
    for (int b = 0; b < NET_BLOCKS; b++) h.atoms[b] = m->atoms[b].count;
    gat_status st = sections_copy(s, "net_header", &h, sizeof h, err);
    if (!st) st = sections_copy(s, "net_mixture", &m->mixture, sizeof m->mixture, err);
    if (!st) st = sections_names(s, "net_labels", m->deprels, err);
    for (int b = 0; !st && b < NET_BLOCKS; b++) {
        char name[MODEL_FILE_NAME];
        snprintf(name, sizeof name, "net_atoms_%d", b);
        st = sections_copy(s, name, m->atoms[b].key, h.atoms[b] * (int64_t)sizeof *m->atoms[b].key, err);
    }
    for (int i = 0; !st && i < m->count; i++) {
        char name[MODEL_FILE_NAME];
        snprintf(name, sizeof name, "net_%d", i);
        st = sections_copy(s, name, m->net[i].params.value, h.params * (int64_t)sizeof(float), err);
    }
    return st ? st : write_wide(s, m, err);
}

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

static gat_status read_header(net_header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *h, file, "net_header", err);
    if (st) return st;
    memcpy(h, bytes, sizeof *h);
    bool good =
        h->deprels >= 0 && h->deprels <= INT16_MAX && h->members > 0 && h->members <= MOST_MEMBERS && h->params >= 0;
    for (int b = 0; b < NET_BLOCKS; b++) good = good && h->atoms[b] >= 0 && h->atoms[b] <= INT32_MAX / 4;
    if (!good) return bad(err, "sizes of the nets out of range");
    return GAT_OK;
}

static gat_status read_atoms(net_members *m, const net_header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int b = 0; !st && b < NET_BLOCKS; b++) {
        uint32_t *key;
        char name[MODEL_FILE_NAME];
        snprintf(name, sizeof name, "net_atoms_%d", b);
        st = section_keys(&key, h->atoms[b], file, name, err);
        if (!st) st = feature_table_init(&m->atoms[b], key, (int32_t)h->atoms[b], err);
    }
    return st;
}

static gat_status read_net(text_net *net, const net_shape *shape, int64_t size, const gat_model_file *file, int index,
                           gat_error *err)
{
    char name[MODEL_FILE_NAME];
    gat_status st = text_net_init(net, shape, false, err);
    if (!st && net->params.size != size) st = bad(err, "parameters of a net do not match the configuration");
    snprintf(name, sizeof name, "net_%d", index);
    return st ? st : model_file_floats(net->params.value, size, file, name, err);
}

static gat_status read_wide(const net_members *m, const gat_model_file *file, gat_error *err)
{
    int64_t size = m->net->wide.columns * m->net->wide.width;
    float *all = gat_alloc(m->count * size, sizeof *all);
    gat_status st = all ? model_file_floats(all, m->count * size, file, "net_wide", err) : error_nomem(err);
    for (int i = 0; !st && i < m->count; i++) memcpy(m->net[i].wide.w, all + i * size, (size_t)size * sizeof *all);
    gat_free(all);
    return st;
}

static gat_status read_mixture(net_members *m, const gat_model_file *file, gat_error *err)
{
    float number[3];
    gat_status st = model_file_floats(number, 3, file, "net_mixture", err);
    m->mixture = (net_mixture){number[0], number[1], number[2]};
    return st;
}

/* Whether the file has what memory is taken for: a small one could ask for much. */
static gat_status check_wide(const net_shape *s, int64_t members, const gat_model_file *file, gat_error *err)
{
    int64_t numbers = members * s->wide * ((int64_t)s->labels + s->wide_dim);
    bool whole = model_file_length(file, "net_wide") == numbers * (int64_t)sizeof(float);
    return whole ? GAT_OK : bad(err, "the sparse part of the nets has a wrong length");
}

gat_status net_members_read(net_members *m, const gat_relations *model, const gat_model_file *file, gat_error *err)
{
    net_header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = section_names(&m->deprels, file, "net_labels", h.deprels, err);
    if (!st) st = read_mixture(m, file, err);
    if (!st) st = read_atoms(m, &h, file, err);
    if (st) return st;
    m->net = gat_calloc(h.members, sizeof *m->net);
    if (!m->net) return error_nomem(err);
    net_shape shape = net_members_shape(model, m);
    st = check_wide(&shape, h.members, file, err);
    for (int i = 0; !st && i < h.members; i++) {
        m->count = i + 1;
        st = read_net(&m->net[i], &shape, h.params, file, i, err);
    }
    return st ? st : read_wide(m, file, err);
}
