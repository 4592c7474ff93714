#include "grow/rule_reach.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { MOST_STEPS = 50000 };

gat_status rule_reach_init(rule_reach *w, int32_t n, gat_error *err)
{
    *w = (rule_reach){.num_entities = n,
                      .best = gat_calloc(n, sizeof *w->best),
                      .missing = gat_calloc(n, sizeof *w->missing),
                      .list = gat_alloc(n, sizeof *w->list),
                      .stamp = gat_calloc(n, sizeof *w->stamp)};
    return w->best && w->missing && w->list && w->stamp ? GAT_OK : error_nomem(err);
}

void rule_reach_clear(rule_reach *w)
{
    gat_free(w->best);
    gat_free(w->missing);
    gat_free(w->list);
    gat_free(w->stamp);
    *w = (rule_reach){0};
}

static void add(rule_reach *w, int32_t entity, double confidence)
{
    if (w->stamp[entity] == w->now) return;
    w->stamp[entity] = w->now;
    if (!(w->best[entity] > 0)) w->list[w->count++] = entity;
    w->best[entity] = fmaxf(w->best[entity], (float)confidence);
    w->missing[entity] += (float)log1p(-confidence);
}

static void apply(rule_reach *w, const grow_rule *rule, const gat_filter *known, int32_t head)
{
    int64_t n, m, steps = 0;
    const int32_t *z = filter_answers(known, head, rule->body[0], &n);
    if (w->now == INT32_MAX) { /* stamps begin anew before they run out */
        memset(w->stamp, 0, (size_t)w->num_entities * sizeof *w->stamp);
        w->now = 0;
    }
    w->now++;
    for (int64_t i = 0; i < n && steps < MOST_STEPS; i++) {
        if (z[i] == head) continue;
        if (rule->body[1] < 0) {
            add(w, z[i], rule->confidence);
            continue;
        }
        const int32_t *y = filter_answers(known, z[i], rule->body[1], &m);
        steps += m;
        for (int64_t k = 0; k < m; k++)
            if (y[k] != head && y[k] != z[i]) add(w, y[k], rule->confidence);
    }
}

void rule_reach_from(rule_reach *w, const rule_book *book, const gat_filter *known, int32_t head, int32_t relation)
{
    for (int32_t i = 0; i < w->count; i++) w->best[w->list[i]] = w->missing[w->list[i]] = 0;
    w->count = 0;
    for (int64_t k = book->first[relation]; k < book->first[relation + 1]; k++) {
        if (book->rule[k].confidence < RULE_LEAST_CONFIDENCE) break;
        apply(w, &book->rule[k], known, head);
    }
}

bool rule_applies(int32_t *middle, const grow_rule *rule, const gat_filter *known, int32_t head, int32_t tail)
{
    int64_t n;
    *middle = -1;
    if (rule->body[1] < 0) return filter_contains(known, head, rule->body[0], tail);
    const int32_t *z = filter_answers(known, head, rule->body[0], &n);
    for (int64_t i = 0; i < n; i++)
        if (z[i] != head && z[i] != tail && filter_contains(known, z[i], rule->body[1], tail)) {
            *middle = z[i];
            return true;
        }
    return false;
}
