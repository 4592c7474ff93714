/* A graph that grows: its facts now, what is read off them, and what the model says over them. */
#ifndef GAT_GROW_GROWTH_STATE_H
#define GAT_GROW_GROWTH_STATE_H

#include "grow/asked.h"
#include "grow/entity_fit.h"
#include "grow/relation_counts.h"
#include "grow/rule_book.h"
#include "tasks/task_view.h"

typedef struct growth_state {
    const gat_model *model;
    const gat_intern *entities;
    int32_t num_entities, num_relations;
    int32_t around, relation; /* -1: any */
    int64_t budget;           /* questions at first, and again where answers miss their reverse */
    gat_triples facts;
    entity_types types;

    /* Made of the facts by growth_state_read. */
    task_view view;
    entity_fit fit;
    relation_counts *counts;

    rule_book rules;   /* of the facts that are not proposals */
    gat_filter *given; /* these facts; NULL: all */
    asked_list asked;
} growth_state;

/* The facts so far are given; those added from now on are proposals. These stay among the answers of a question: that the best answer
 * has been proposed makes no other likelier. */
gat_status growth_state_give(growth_state *s, gat_error *err);
const gat_filter *growth_given(const growth_state *s);

/* Reads the graph again: view, fits and counts. */
gat_status growth_state_read(growth_state *s, gat_error *err);

/* Forgets all answers and asks the questions worth asking: where an entity takes a place and may have more answers there, most promising
 * first. */
gat_status growth_state_ask(growth_state *s, gat_error *err);

/* After facts from `from` on were added and the graph was read: asks again about their ends and, where the model passes
 * messages, about the ends' neighbours, at most REREAD_QUESTIONS of those. */
enum { REREAD_QUESTIONS = 2000 };
gat_status growth_state_reread(growth_state *s, int64_t from, gat_error *err);

/* Known answers of a question, and whether so many leave room for one more: there are fewer than 5/4 of the number that
 * 99 % of the facts of the relation stand in. One goes with one alone; the largest set may grow. */
int64_t growth_known(const growth_state *s, int32_t entity, int32_t relation);
bool growth_has_room(const growth_state *s, int32_t relation, int64_t known);
bool growth_may_have_more(const growth_state *s, int32_t entity, int32_t relation);

/* To those asked, which it is not yet. */
gat_status growth_add_question(growth_state *s, int32_t entity, int32_t relation, gat_error *err);

void growth_state_clear(growth_state *s);

#endif
