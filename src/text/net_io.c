/* The nets of a model in its file: labels of edges, atoms, and the parameters of every member. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/net_members.h"
#include "text/net_io.h"

/* Fixed numbers, as they lie in the file. */
typedef struct net_header {
    int64_t deprels, atoms, members, params;
} net_header;

enum { MOST_MEMBERS = 40 };

gat_status net_members_sections(relation_sections *s, const net_members *m, gat_error *err)
{
    const net_header h = {intern_count(m->deprels), m->atoms.count, m->count, m->net->params.size};
    gat_status st = sections_copy(s, "net_header", &h, sizeof h, err);
    if (!st) st = sections_names(s, "net_labels", m->deprels, err);
    if (!st) st = sections_copy(s, "net_atoms", m->atoms.key, m->atoms.count * (int64_t)sizeof *m->atoms.key, err);
    for (int i = 0; !st && i < m->count; i++) {
        char name[MODEL_FILE_NAME];
        snprintf(name, sizeof name, "net_%d", i);
        st = sections_copy(s, name, m->net[i].params.value, h.params * (int64_t)sizeof(float), err);
    }
    return st;
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
    if (h->deprels < 0 || h->deprels > INT16_MAX || h->atoms < 0 || h->atoms > INT32_MAX / 4 || h->members < 1 ||
        h->members > MOST_MEMBERS || h->params < 0)
        return bad(err, "sizes of the nets out of range");
    return GAT_OK;
}

static gat_status read_atoms(net_members *m, int64_t count, const gat_model_file *file, gat_error *err)
{
    uint32_t *key;
    gat_status st = section_keys(&key, count, file, "net_atoms", err);
    return st ? st : feature_table_init(&m->atoms, key, (int32_t)count, err);
}

static gat_status read_net(text_net *net, const net_shape *shape, int64_t size, const gat_model_file *file,
                           const char *name, gat_error *err)
{
    gat_status st = text_net_init(net, shape, false, err);
    if (!st && net->params.size != size) st = bad(err, "parameters of a net do not match the configuration");
    return st ? st : model_file_floats(net->params.value, size, file, name, err);
}

gat_status net_members_read(net_members *m, const gat_relations *model, const gat_model_file *file, gat_error *err)
{
    net_header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = section_names(&m->deprels, file, "net_labels", h.deprels, err);
    if (!st) st = read_atoms(m, h.atoms, file, err);
    if (st) return st;
    m->net = gat_calloc(h.members, sizeof *m->net);
    if (!m->net) return error_nomem(err);
    net_shape shape = net_members_shape(model, m);
    for (int i = 0; !st && i < h.members; i++) {
        char name[MODEL_FILE_NAME];
        snprintf(name, sizeof name, "net_%d", i);
        m->count = i + 1;
        st = read_net(&m->net[i], &shape, h.params, file, name, err);
    }
    return st;
}
