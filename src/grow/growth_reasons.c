#include "grow/growth_reasons.h"

#include "base/memory.h"
#include "grow/rule_reach.h"
#include "model/path_kind.h"
#include "path/path_reasons.h"

enum { MOST_RULES = 2 };
_Static_assert((int)GAT_LONGEST_PATH >= (int)PATH_MAX_LAYERS, "a path fits into what is handed out");

/* A step against its direction is the fact read from its end. */
static gat_path_step step_of(const growth_state *s, int32_t from, int32_t relation, int32_t to, double attention)
{
    bool back = relation >= s->num_relations;
    return (gat_path_step){
        .head = intern_string(s->entities, back ? to : from),
        .relation = intern_string(s->model->relations, back ? relation - s->num_relations : relation),
        .tail = intern_string(s->entities, back ? from : to),
        .attention = attention,
    };
}

static void add_rules(gat_proposal *p, const growth_state *s, gat_triple f)
{
    const rule_book *book = &s->rules;
    for (int64_t k = book->first[f.relation]; k < book->first[f.relation + 1] && p->num_reasons < MOST_RULES; k++) {
        const grow_rule *rule = &book->rule[k];
        int32_t middle;
        if (rule->confidence < RULE_LEAST_CONFIDENCE) return;
        if (!rule_applies(&middle, rule, s->view.view->known, f.head, f.tail)) continue;
        gat_growth_reason *r = &p->reason[p->num_reasons++];
        bool two = rule->body[1] >= 0;
        *r = (gat_growth_reason){.rule = true, .weight = rule->confidence, .num_steps = two ? 2 : 1};
        r->step[0] = step_of(s, f.head, rule->body[0], two ? middle : f.tail, 1);
        if (two) r->step[1] = step_of(s, middle, rule->body[1], f.tail, 1);
    }
}

static gat_status add_paths(gat_proposal *p, const growth_state *s, gat_triple f, gat_error *err)
{
    path_reason found[GAT_GROWTH_REASONS];
    int64_t count, room = GAT_GROWTH_REASONS - p->num_reasons;
    gat_status st = path_reasons_find(found, &count, room, path_view_of(s->view.view), f.head, f.relation, f.tail, err);
    for (int64_t i = 0; !st && i < count; i++) {
        gat_growth_reason *r = &p->reason[p->num_reasons++];
        *r = (gat_growth_reason){.weight = found[i].weight, .num_steps = found[i].length};
        for (int k = 0; k < found[i].length; k++) {
            path_edge e = found[i].edge[k];
            r->step[k] = step_of(s, e.from, e.relation, e.to, (double)e.gate);
        }
    }
    return st;
}

gat_status growth_reasons_find(gat_proposal *p, const growth_state *s, gat_triple fact, gat_error *err)
{
    add_rules(p, s, fact);
    return s->model->path ? add_paths(p, s, fact, err) : GAT_OK;
}
