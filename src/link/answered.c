#include "link/answered.h"

#include "base/error.h"
#include "base/memory.h"
#include "link/link_source.h"
#include "link/removed_entities.h"

static gat_status ask(answered *a, gat_tape *tape, gat_arena *arena, gat_error *err)
{
    gat_status st = candidate_graph_make(&a->g, a->d, &a->l->names, a->l->types, arena, err);
    if (st) return st;
    tape_restart(tape, false);
    link_net_forward(&a->r, tape, &a->l->net, &a->l->net.params, &a->g, 0);
    a->belief = tape_floats(tape, a->g.nodes + 1);
    st = tape_status(tape, err);
    if (!st) belief_forward(a->belief, a->r.score[a->l->net.shape.rounds]->data, &a->g.groups);
    return st;
}

/* Documents that are answered at the same time, each on arena and tape of its own. */
enum { AT_ONCE = 16 };

typedef struct desk {
    answered a;
    gat_arena *arena;
    gat_tape *tape;
    gat_status status;
    gat_error error;
} desk;

typedef struct office {
    const char *path;
    desk desk[AT_ONCE];
    link_source source;
    const answer_plan *plan;
} office;

static void office_close(office *o)
{
    if (!o) return;
    for (int i = 0; i < AT_ONCE; i++) {
        tape_free(o->desk[i].tape);
        arena_free(o->desk[i].arena);
    }
    link_source_close(&o->source);
    gat_free(o);
}

static gat_status make_desks(office *o, const gat_linker *l, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int i = 0; !st && i < AT_ONCE; i++) {
        o->desk[i].a.l = l;
        o->desk[i].arena = arena_new();
        o->desk[i].tape = tape_new(false);
        if (!o->desk[i].arena || !o->desk[i].tape) st = error_nomem(err);
    }
    return st;
}

static gat_status office_open(office **out, const gat_linker *l, gat_reader *reader, const answer_plan *plan,
                              gat_error *err)
{
    office *o = *out = gat_calloc(1, sizeof *o);
    gat_status st = o ? make_desks(o, l, err) : error_nomem(err);
    if (st) {
        reader_close(reader);
        return st;
    }
    o->path = reader_path(reader);
    o->plan = plan;
    return link_source_take(&o->source, reader, &l->names, plan->find, err);
}

/* Up to AT_ONCE documents; *count says how many stand before the end of the file or a fault in it, which is returned. */
static gat_status read_some(int *count, office *o, gat_error *err)
{
    for (*count = 0; *count < AT_ONCE; (*count)++) {
        link_document *d;
        arena_reset(o->desk[*count].arena);
        gat_status st = link_source_next(&d, &o->source, o->desk[*count].arena, err);
        if (!st && d && o->plan->remove > 0)
            st = remove_entities(&d, d, o->plan->remove, 1, o->desk[*count].arena, err);
        if (st || !d) return st;
        o->desk[*count].a.d = d;
    }
    return GAT_OK;
}

static gat_status answer_some(office *o, int count, with_document *use, void *context, gat_error *err)
{
    gat_status st = GAT_OK;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < count; i++) {
        desk *k = &o->desk[i];
        k->status = ask(&k->a, k->tape, k->arena, &k->error);
    }
    for (int i = 0; !st && i < count; i++) {
        st = o->desk[i].status;
        if (st)
            error_set(err, st, "%.300s:%lld: %.180s", o->path, (long long)o->desk[i].a.d->line,
                      o->desk[i].error.message);
        if (!st) st = use(context, &o->desk[i].a, err);
    }
    return st;
}

gat_status answer_documents(const gat_linker *l, gat_reader *reader, const answer_plan *plan, with_document *use,
                            void *context, gat_error *err)
{
    office *o = NULL;
    int count = AT_ONCE;
    gat_status st = office_open(&o, l, reader, plan, err);
    while (!st && count == AT_ONCE) {
        gat_error fault = {0};
        gat_status read = read_some(&count, o, &fault);
        st = answer_some(o, count, use, context, err);
        if (!st && read && err) *err = fault;
        if (!st) st = read;
    }
    office_close(o);
    return st;
}
