#include "grow/growth_state.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static void forget_reading(growth_state *s)
{
    task_view_close(&s->view);
    entity_fit_clear(&s->fit);
    relation_counts_free(s->counts, s->num_relations);
    s->counts = NULL;
}

const gat_filter *growth_given(const growth_state *s) { return s->given ? s->given : s->view.view->known; }

gat_status growth_state_give(growth_state *s, gat_error *err)
{
    const gat_triples *facts = &s->facts;
    return filter_build(&s->given, &facts, 1, s->num_relations, err);
}

void growth_state_clear(growth_state *s)
{
    filter_free(s->given);
    s->given = NULL;
    forget_reading(s);
    triples_clear(&s->facts);
    entity_types_clear(&s->types);
    rules_clear(&s->rules);
    asked_clear(&s->asked);
}

gat_status growth_state_read(growth_state *s, gat_error *err)
{
    forget_reading(s);
    const named_facts facts = {&s->facts, s->entities, s->model->relations};
    gat_status st = task_view_over(&s->view, s->model, s->entities, facts, err);
    if (!st) st = relation_counts_make(&s->counts, s->view.view->known, s->num_relations, err);
    if (!st) st = entity_fit_make(&s->fit, s->view.view->known, &s->types, s->num_entities, s->num_relations, err);
    return st;
}

int64_t growth_known(const growth_state *s, int32_t entity, int32_t relation)
{
    int64_t count;
    filter_answers(s->view.view->known, entity, relation, &count);
    return count;
}

bool growth_has_room(const growth_state *s, int32_t relation, int64_t known)
{
    int64_t most = s->counts[relation].most;
    return known < most + most / 4;
}

bool growth_may_have_more(const growth_state *s, int32_t entity, int32_t relation)
{
    return growth_has_room(s, relation, growth_known(s, entity, relation));
}

gat_status growth_add_question(growth_state *s, int32_t entity, int32_t relation, gat_error *err)
{
    return asked_add(&s->asked, entity, relation, growth_known(s, entity, relation), err);
}

/* A question that could be asked. */
typedef struct open_question {
    int32_t entity, relation;
    float promise;
} open_question;

typedef struct open_list {
    open_question *item;
    int64_t count;
} open_list;

static bool wanted(const growth_state *s, int32_t entity, int32_t relation)
{
    if (s->relation >= 0 && relation % s->num_relations != s->relation) return false;
    return (s->around < 0 || entity == s->around) && entity_takes(&s->fit, entity, relation) &&
           growth_may_have_more(s, entity, relation);
}

static float promise_of(const growth_state *s, int32_t entity, int32_t relation)
{
    double more = relation_continues(&s->counts[relation], growth_known(s, entity, relation));
    return entity_fits(&s->fit, entity, relation) * (float)(1 / (1 + exp(-more)));
}

static int compare_open(const void *a, const void *b)
{
    const open_question *x = a, *y = b;
    if (x->promise != y->promise) return x->promise > y->promise ? -1 : 1;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

static gat_status find_open(open_list *out, const growth_state *s, gat_error *err)
{
    int64_t count = 0, at = 0;
    for (int32_t e = 0; e < s->num_entities; e++)
        for (int32_t d = 0; d < 2 * s->num_relations; d++) count += wanted(s, e, d);
    out->item = gat_alloc(count, sizeof *out->item);
    if (!out->item) return error_nomem(err);
    for (int32_t e = 0; e < s->num_entities; e++)
        for (int32_t d = 0; d < 2 * s->num_relations; d++)
            if (wanted(s, e, d)) out->item[at++] = (open_question){e, d, promise_of(s, e, d)};
    out->count = count;
    if (count) qsort(out->item, (size_t)count, sizeof *out->item, compare_open);
    return GAT_OK;
}

gat_status growth_state_ask(growth_state *s, gat_error *err)
{
    open_list open = {0};
    int64_t total = s->asked.total;
    asked_clear(&s->asked);
    s->asked.total = total;
    gat_status st = find_open(&open, s, err);
    for (int64_t i = 0; !st && i < open.count && i < s->budget; i++)
        st = growth_add_question(s, open.item[i].entity, open.item[i].relation, err);
    if (!st) st = asked_ask(&s->asked, s->view.view, growth_given(s), NULL, 0, err);
    if (!st) st = asked_sort(&s->asked, err);
    gat_free(open.item);
    return st;
}

/* near (N): 2 for ends of the new facts, 1 for their neighbours. */
static void mark_near(uint8_t *near, const growth_state *s, int64_t from)
{
    const gat_filter *known = s->view.view->known;
    for (int64_t i = from; i < s->facts.count; i++) near[s->facts.data[i].head] = near[s->facts.data[i].tail] = 2;
    const int32_t *answers = filter_answer_array(known);
    for (int64_t q = 0; q < filter_num_queries(known); q++) {
        gat_query row = filter_query(known, q);
        for (int32_t i = 0; near[row.entity] == 2 && i < row.count; i++)
            if (!near[answers[row.first + i]]) near[answers[row.first + i]] = 1;
    }
}

/* Questions that the new facts answer are asked even where nobody thought of them before. One that several facts answer may come
 * several times, with the same answers. */
static gat_status add_missing(growth_state *s, int64_t from, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = from; !st && i < s->facts.count; i++) {
        gat_triple f = s->facts.data[i];
        if (asked_place(&s->asked, f.head, f.relation) < 0) st = growth_add_question(s, f.head, f.relation, err);
        if (!st && asked_place(&s->asked, f.tail, f.relation + s->num_relations) < 0)
            st = growth_add_question(s, f.tail, f.relation + s->num_relations, err);
    }
    return st ? st : asked_sort(&s->asked, err);
}

gat_status growth_state_reread(growth_state *s, int64_t from, gat_error *err)
{
    bool messages = s->model->path || s->model->encoder.num_layers;
    int64_t more = 0;
    gat_status st = add_missing(s, from, err);
    uint8_t *near = gat_calloc(s->num_entities, 1), *which = gat_calloc(s->asked.count, 1);
    if (!st && !(near && which)) st = error_nomem(err);
    if (!st) mark_near(near, s, from);
    for (int64_t i = 0; !st && i < s->asked.count; i++) {
        uint8_t at = near[s->asked.question[i].entity];
        which[i] = at == 2 || (at == 1 && messages && more < REREAD_QUESTIONS);
        more += at == 1 && which[i];
    }
    if (!st) st = asked_ask(&s->asked, s->view.view, growth_given(s), which, 0, err);
    gat_free(near);
    gat_free(which);
    return st;
}
