/* gatkit recommend: items for a user or a history, with the reasons for each. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/report.h"

typedef struct recommend_arguments_of {
    gat_common common;
    const char *input[2]; /* MODEL, USER */
    char *given;          /* --history */
    const char **history;
    gat_recommend_question question;
} recommend_arguments_of;

enum { KEY_TOP = 'k', KEY_HISTORY = 'i', KEY_EXPLAIN = 'e', KEY_NEW = 'a', MOST_TOP = 100000 };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0, "how many items (default 10)", 0},
    {"history", KEY_HISTORY, "ITEM,ITEM...", 0, "what was chosen, in place of what the model knows of a user", 0},
    {"explain", KEY_EXPLAIN, NULL, 0, "name the items of the history and the ways through the graph behind each item",
     0},
    {"add", KEY_NEW, "FACTS", 0, "triples about new items, which are scored like the items that share them", 0},
    {0}};

/* Items end at commas. */
static error_t split_history(recommend_arguments_of *a, const char *arg, struct argp_state *state)
{
    int64_t n = 1;
    for (const char *c = arg; *c; c++) n += *c == ',';
    gat_free(a->given);
    gat_free(a->history);
    a->given = gat_strdup(arg);
    a->history = gat_calloc(n, sizeof *a->history);
    if (!a->given || !a->history) return argument_refuse(state, "out of memory");
    a->question.num_history = 0;
    for (char *at = a->given; at;) {
        char *comma = strchr(at, ',');
        if (comma) *comma = 0;
        if (*at) a->history[a->question.num_history++] = at;
        at = comma ? comma + 1 : NULL;
    }
    a->question.history = a->history;
    return a->question.num_history ? 0 : argument_refuse(state, "--history names no item");
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    recommend_arguments_of *a = state->input;
    static const char *const names[] = {"MODEL", "USER"};
    switch (key) {
    case KEY_TOP: return argument_count(state, &a->question.top, arg, "top", 1, MOST_TOP);
    case KEY_HISTORY: return split_history(a, arg, state);
    case KEY_EXPLAIN: a->question.explain = true; return 0;
    case KEY_NEW: a->question.facts = arg; return 0;
    default: return argument_positional(state, key, arg, a->input, names, a->question.history ? 1 : 2);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL USER\nMODEL --history ITEM,ITEM...",
    .doc =
        "Tell which items a user may choose next, best first: what was chosen before is left out.\n\n"
        "  gatkit recommend build/packages.gatkit inkscape --explain\n"
        "  gatkit recommend build/packages.gatkit --history gimp,inkscape --top 5\n"
        "  gatkit recommend build/packages.gatkit inkscape --json\v"
        "Somebody of whom the model knows nothing gets the most popular items, and is told so. With --history no USER "
        "is "
        "needed. A reason in the history is given with what the score loses without it; a way through the graph with "
        "its share of the attention.",
    .children = common_options,
};

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *because_array(const gat_recommended *x)
{
    json_t *array = json_array();
    for (int i = 0; i < x->num_items; i++)
        array = report_append(array,
                              json_pack("{s:s,s:o,s:o}", "item", x->because[i].item, "title",
                                        report_text(x->because[i].title), "share", report_number(x->because[i].share)));
    return array;
}

static json_t *paths_array(const gat_recommended *x)
{
    json_t *array = json_array();
    for (int i = 0; i < x->num_paths; i++) {
        const gat_reason_path *p = &x->path[i];
        array = report_append(array, json_pack("{s:s,s:s,s:b,s:o,s:o,s:b,s:o}", "item", p->item, "first", p->first,
                                               "first_backward", p->first_backward, "node", report_text(p->node),
                                               "second", report_text(p->second), "second_backward", p->second_backward,
                                               "weight", report_number(p->weight)));
    }
    return array;
}

static json_t *answer_object(const recommend_arguments_of *a, const gat_recommendation *r, double loaded)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < r->count; i++) {
        const gat_recommended *x = &r->list[i];
        json_t *item = json_pack("{s:s,s:o,s:o}", "item", x->item, "title", report_text(x->title), "score",
                                 report_number(x->score));
        if (a->question.explain) item = report_set(item, "because", because_array(x));
        if (a->question.explain) item = report_set(item, "paths", paths_array(x));
        array = report_append(array, item);
    }
    return json_pack("{s:o,s:o,s:o,s:b,s:I,s:I,s:o}", "load_seconds", report_number(loaded), "answer_seconds",
                     report_number(report_seconds(&a->common) - loaded), "user", report_text(a->input[1]), "popular",
                     r->popular, "history", (json_int_t)r->history, "unknown_items", (json_int_t)r->unknown, "items",
                     array);
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

static void print_name(const char *item, const char *title)
{
    print_short(item);
    if (!title) return;
    fputs(" (", stdout);
    print_short(title);
    putchar(')');
}

static void print_arrow(const char *relation, bool backward)
{
    fputs(backward ? " <-" : " -", stdout);
    print_short(relation);
    fputs(backward ? "- " : "-> ", stdout);
}

static void print_reasons(const gat_recommended *x)
{
    for (int i = 0; i < x->num_items; i++) {
        printf("    %8.3f  chosen: ", x->because[i].share);
        print_name(x->because[i].item, x->because[i].title);
        putchar('\n');
    }
    for (int i = 0; i < x->num_paths; i++) {
        const gat_reason_path *p = &x->path[i];
        printf("    %8.3f  graph: ", p->weight);
        print_short(x->item);
        print_arrow(p->first, p->first_backward);
        if (p->node) {
            print_short(p->node);
            print_arrow(p->second, !p->second_backward);
        }
        print_short(p->item);
        putchar('\n');
    }
}

static void print_answer(recommend_arguments_of *a, const gat_recommendation *r)
{
    if (r->unknown)
        screen_note(&a->common.screen, "%lld items of the history are unknown to the model", (long long)r->unknown);
    if (r->popular) puts("nothing is known of this user; the most popular items:");
    if (!r->count) puts("no item is left: all of them were chosen");
    for (int64_t i = 0; i < r->count; i++) {
        printf("%9.3f  ", r->list[i].score);
        print_name(r->list[i].item, r->list[i].title);
        putchar('\n');
        print_reasons(&r->list[i]);
    }
}

int cmd_recommend(int argc, char **argv)
{
    recommend_arguments_of a = {.input = {NULL, NULL}};
    gat_recommender *model = NULL;
    gat_recommendation *answer = NULL;
    gat_error *err = &a.common.error;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) {
        gat_free(a.given);
        gat_free(a.history);
        return code;
    }
    a.question.user = a.input[1];
    gat_status st = gat_recommender_load(&model, a.input[0], err);
    double loaded = report_seconds(&a.common);
    if (!st) st = gat_recommend(&answer, model, &a.question, err);
    if (!st && a.common.json) st = report_json(answer_object(&a, answer, loaded), err);
    else if (!st) print_answer(&a, answer);
    gat_recommendation_free(answer);
    gat_recommender_free(model);
    gat_free(a.given);
    gat_free(a.history);
    return report_end(&a.common, st);
}
