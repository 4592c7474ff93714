#include "cli/growth_report.h"

#include <string.h>

#include "base/file.h"

/* ---- for a person ---------------------------------------------------------------------------------------- */

static void print_reason(gat_grid *grid, const gat_growth_reason *r)
{
    for (int k = 0; k < r->num_steps; k++) {
        const gat_path_step *s = &r->step[k];
        grid_cell(grid, "%s", k ? "" : r->rule ? "  rule" : "  path");
        if (k) grid_cell(grid, "%s", "");
        else grid_real(grid, r->weight, 4);
        grid_text(grid, s->head);
        grid_text(grid, s->relation);
        grid_text(grid, s->tail);
    }
}

static gat_status print_facts(const gat_growth *g, gat_error *err)
{
    static const char *const heading[] = {"probability", "because", "head", "relation", "tail"};
    gat_grid *grid = grid_new("lrlll");
    grid_row(grid, heading);
    for (int64_t i = 0; i < g->count; i++) {
        const gat_proposal *p = &g->proposal[i];
        grid_real(grid, p->probability, 4);
        grid_cell(grid, "%s", "");
        grid_text(grid, p->head);
        grid_text(grid, p->relation);
        grid_text(grid, p->tail);
        for (int k = 0; k < p->num_reasons; k++) print_reason(grid, &p->reason[k]);
    }
    return report_grid(grid, err);
}

static void percent(gat_grid *grid, double share)
{
    if (share >= 0) grid_cell(grid, "%.1f %%", 100 * share);
    else grid_cell(grid, "-");
}

static gat_status print_measures(const gat_growth_measures *m, gat_error *err)
{
    static const char *const heading[] = {"proposed by", "facts",   "right in 100", "in 1,000",    "in all",
                                          "of hidden",   "in type", "by a rule",    "judged right"};
    char hidden[32], reach[32];
    printf("%s facts were hidden, %s of them of entities and relations that the model knows\n\n",
           format_count(hidden, m->hidden), format_count(reach, m->hidden_in_reach));
    gat_grid *grid = grid_new("lrrrrrrrr");
    grid_row(grid, heading);
    for (int i = 0; i < m->num_rows; i++) {
        const gat_growth_row *r = &m->row[i];
        grid_text(grid, r->name);
        grid_count(grid, r->proposed);
        percent(grid, r->at_100);
        percent(grid, r->at_1000);
        percent(grid, r->precision);
        percent(grid, r->recall);
        percent(grid, r->in_type);
        percent(grid, r->supported);
        if (m->negatives && r->judged)
            grid_cell(grid, "%lld of %lld", (long long)r->judged_right, (long long)r->judged);
        else grid_cell(grid, "-");
    }
    return report_grid(grid, err);
}

static void print_sum(const gat_growth *g)
{
    char count[32], candidates[32], asked[32];
    printf("\n%s facts added in %lld rounds, of %s that were possible at first; %s questions\n",
           format_count(count, g->count), (long long)g->rounds, format_count(candidates, g->candidates),
           format_count(asked, g->asked));
    printf("log-probability %.3f, %.1f %% follow from a rule, coherence %.3f\n", g->log_probability, 100 * g->supported,
           g->coherence);
}

gat_status print_growth(const gat_growth *g, double min_probability, gat_error *err)
{
    gat_status st = GAT_OK;
    if (!g->count) {
        printf("no fact has a probability of %g or more; the best has %.4f\n", min_probability, g->best_probability);
        return GAT_OK;
    }
    if (g->measures) st = print_measures(g->measures, err);
    else st = print_facts(g, err);
    if (!st) print_sum(g);
    return st;
}

/* "r(x,z)", or "r(z,x)" where the step goes against its facts. */
static void atom(char *out, size_t size, const char *relation, bool reversed, char from, char to)
{
    snprintf(out, size, "%.*s(%c,%c)", text_cut(relation), relation, reversed ? to : from, reversed ? from : to);
}

static gat_status print_rule_grid(const gat_rule_list *rules, gat_error *err)
{
    static const char *const heading[] = {"confidence", "PCA", "support", "rule"};
    gat_grid *grid = grid_new("rrrl");
    grid_row(grid, heading);
    for (int64_t i = 0; i < rules->count; i++) {
        const gat_rule *r = &rules->rule[i];
        char first[500], second[500] = "", head[500];
        bool two = r->body[1] != NULL;
        atom(first, sizeof first, r->body[0], r->reversed[0], 'x', two ? 'z' : 'y');
        if (two) atom(second, sizeof second, r->body[1], r->reversed[1], 'z', 'y');
        atom(head, sizeof head, r->relation, false, 'x', 'y');
        grid_real(grid, r->confidence, 3);
        grid_real(grid, r->pca, 3);
        grid_count(grid, r->support);
        grid_cell(grid, "%s%s%s => %s", first, two ? ", " : "", second, head);
    }
    return report_grid(grid, err);
}

gat_status print_rules(const gat_rule_list *rules, gat_error *err)
{
    static const char *const heading[] = {"relation", "facts", "heads", "tails", "tails of a head", "heads of a tail"};
    gat_status st = GAT_OK;
    if (rules->count) st = print_rule_grid(rules, err);
    else puts("no rule is that sure");
    if (st) return st;
    gat_grid *grid = grid_new("lrrrll");
    putchar('\n');
    grid_row(grid, heading);
    for (int64_t i = 0; i < rules->num_shapes; i++) {
        const gat_relation_shape *s = &rules->shape[i];
        grid_text(grid, s->relation);
        grid_count(grid, s->facts);
        grid_count(grid, s->heads);
        grid_count(grid, s->tails);
        if (s->functional) grid_cell(grid, "one");
        else grid_cell(grid, "up to %lld", (long long)s->most_tails);
        if (s->inverse_functional) grid_cell(grid, "one");
        else grid_cell(grid, "up to %lld", (long long)s->most_heads);
    }
    return report_grid(grid, err);
}

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *reason_object(const gat_growth_reason *r)
{
    json_t *steps = json_array();
    for (int k = 0; k < r->num_steps; k++) {
        const gat_path_step *s = &r->step[k];
        steps =
            report_append(steps, json_pack("{s:s,s:s,s:s,s:o}", "head", s->head, "relation", s->relation, "tail",
                                           s->tail, "attention", r->rule ? json_null() : report_number(s->attention)));
    }
    return json_pack("{s:s,s:o,s:o}", "kind", r->rule ? "rule" : "path", "weight", report_number(r->weight), "steps",
                     steps);
}

static json_t *fact_object(const gat_proposal *p)
{
    json_t *reasons = json_array();
    for (int k = 0; k < p->num_reasons; k++) reasons = report_append(reasons, reason_object(&p->reason[k]));
    return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "head", p->head, "relation", p->relation, "tail", p->tail,
                     "probability", report_number(p->probability), "tail_probability",
                     report_number(p->tail_probability), "head_probability", report_number(p->head_probability),
                     "rule_confidence", report_number(p->rule_confidence), "reasons", reasons);
}

static json_t *measures_object(const gat_growth_measures *m)
{
    json_t *rows = json_array();
    for (int i = 0; i < m->num_rows; i++) {
        const gat_growth_row *r = &m->row[i];
        json_t *row = json_pack("{s:s,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I}", "by", r->name, "proposed",
                                (json_int_t)r->proposed, "right", (json_int_t)r->right, "precision_at_100",
                                report_number(r->at_100), "precision_at_1000", report_number(r->at_1000), "precision",
                                report_number(r->precision), "recall", report_number(r->recall), "in_type",
                                report_number(r->in_type), "supported", report_number(r->supported), "judged",
                                (json_int_t)r->judged, "judged_right", (json_int_t)r->judged_right);
        rows = report_append(rows, row);
    }
    return json_pack("{s:I,s:I,s:I,s:b,s:o}", "hidden", (json_int_t)m->hidden, "hidden_in_reach",
                     (json_int_t)m->hidden_in_reach, "negatives", (json_int_t)m->negatives, "typed", m->typed, "rows",
                     rows);
}

json_t *growth_object(const gat_growth *g, double seconds)
{
    json_t *facts = json_array();
    for (int64_t i = 0; i < g->count; i++) facts = report_append(facts, fact_object(&g->proposal[i]));
    json_t *object = json_pack("{s:o,s:I,s:I,s:I,s:b,s:o,s:o,s:o,s:o,s:o,s:o}", "facts", facts, "rounds",
                               (json_int_t)g->rounds, "candidates", (json_int_t)g->candidates, "asked",
                               (json_int_t)g->asked, "fitted", g->fitted, "best_probability",
                               report_number(g->best_probability), "log_probability", report_number(g->log_probability),
                               "supported", report_number(g->supported), "coherence", report_number(g->coherence),
                               "seconds", report_number(seconds), "peak_rss_mb", report_number(report_peak_mb()));
    return g->measures ? report_set(object, "measures", measures_object(g->measures)) : object;
}

json_t *rules_object(const gat_rule_list *rules)
{
    json_t *list = json_array(), *shapes = json_array();
    for (int64_t i = 0; i < rules->count; i++) {
        const gat_rule *r = &rules->rule[i];
        json_t *body = json_array();
        for (int k = 0; k < 2 && r->body[k]; k++)
            body = report_append(body, json_pack("{s:s,s:b}", "relation", r->body[k], "reversed", r->reversed[k]));
        list = report_append(list, json_pack("{s:s,s:o,s:I,s:o,s:o}", "relation", r->relation, "body", body, "support",
                                             (json_int_t)r->support, "confidence", report_number(r->confidence), "pca",
                                             report_number(r->pca)));
    }
    for (int64_t i = 0; i < rules->num_shapes; i++) {
        const gat_relation_shape *s = &rules->shape[i];
        json_t *shape = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:b,s:b}", "relation", s->relation, "facts",
                                  (json_int_t)s->facts, "heads", (json_int_t)s->heads, "tails", (json_int_t)s->tails,
                                  "most_tails", (json_int_t)s->most_tails, "most_heads", (json_int_t)s->most_heads,
                                  "functional", s->functional, "inverse_functional", s->inverse_functional);
        shapes = report_append(shapes, shape);
    }
    return json_pack("{s:o,s:o}", "rules", list, "relations", shapes);
}

/* ---- file ------------------------------------------------------------------------------------------------ */

static gat_status write_fact(gat_writer *w, const gat_proposal *p, gat_error *err)
{
    gat_status st = writer_write(w, p->head, strlen(p->head), err);
    if (!st) st = writer_write(w, "\t", 1, err);
    if (!st) st = writer_write(w, p->relation, strlen(p->relation), err);
    if (!st) st = writer_write(w, "\t", 1, err);
    if (!st) st = writer_write(w, p->tail, strlen(p->tail), err);
    return st ? st : writer_write(w, "\n", 1, err);
}

gat_status growth_write(const gat_growth *g, const char *path, gat_error *err)
{
    gat_writer *w = NULL;
    gat_status st = writer_open(&w, path, err);
    for (int64_t i = 0; !st && i < g->count; i++) st = write_fact(w, &g->proposal[i], err);
    if (!st) return writer_commit(w, err);
    writer_abandon(w);
    return st;
}
