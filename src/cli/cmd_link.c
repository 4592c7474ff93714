/* gatkit link: which entity every mention of a document means, as lines or as JSON with the mentions that supported it. */
#include "cli/report.h"

typedef struct link_arguments {
    gat_common common;
    const char *model, *documents;
    gat_link_options options;
    json_t *list; /* of --json */
} link_arguments;

enum { KEY_FIND = 'f' };

static const struct argp_option options[] = {
    {"find-mentions", KEY_FIND, NULL, 0,
     "in documents without mentions: find them, the longest names of the graph between words; at most 20,000", 0},
    {0}};

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    link_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "DOCUMENTS.jsonl"};
    const char *slots[2] = {a->model, a->documents};
    if (key == KEY_FIND) {
        a->options.find_mentions = true;
        return 0;
    }
    error_t failed = argument_positional(state, key, arg, slots, names, 2);
    a->model = slots[0];
    a->documents = slots[1];
    return failed;
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL DOCUMENTS.jsonl",
    .doc =
        "Tell which entity every mention of a document means: lines of document, mention, entity and probability.\n\n"
        "  gatkit link build/senses.gatkit datasets/wordnet-senses/test.jsonl.gz\n"
        "  gatkit link build/senses.gatkit datasets/wordnet-senses/test.jsonl.gz --json\v"
        "NIL: the mention means nothing that the graph knows; its probability is that of NIL, 1 where no name is "
        "alike. With --json every mention also has its place, its best candidates, and the other mentions that "
        "supported the answer, by their share in what it has heard. What stands before a bad line is answered. 'gatkit "
        "help files' tells about documents.",
    .children = common_options,
};

/* ---- lines ----------------------------------------------------------------------------------------------- */

/* A tab or an end of line inside a name would make two of it. */
static void print_field(const char *s)
{
    for (; *s; s++) putchar((unsigned char)*s < ' ' ? ' ' : *s);
    putchar('\t');
}

static int on_mention(void *context, const gat_link_answer *x)
{
    link_arguments *a = context;
    if (a->common.json) {
        a->list = report_append(a->list, report_link_answer(x));
        return !a->list;
    }
    print_field(x->document);
    print_field(x->text);
    print_field(x->entity ? x->entity : "NIL");
    printf("%.6f\n", x->probability);
    return ferror(stdout);
}

/* A fault in the file ends the answers, which are given all the same. */
static gat_status answer(link_arguments *a, const gat_linker *linker, gat_error *err)
{
    a->options.on_mention = on_mention;
    a->options.context = a;
    a->list = a->common.json ? json_array() : NULL;
    gat_status st = gat_linker_answer(linker, a->documents, &a->options, err);
    if (!a->common.json || (st && st != GAT_EDATA)) {
        json_decref(a->list);
        return st;
    }
    json_t *object =
        json_pack("{s:o,s:o,s:o}", "mentions", a->list, "seconds", report_number(report_seconds(&a->common)),
                  "peak_rss_mb", report_number(report_peak_mb()));
    gat_status told = report_json(object, st ? NULL : err);
    return st ? st : told;
}

int cmd_link(int argc, char **argv)
{
    link_arguments a = {.model = NULL};
    gat_linker *linker = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = gat_linker_load(&linker, a.model, &a.common.error);
    if (!st) st = answer(&a, linker, &a.common.error);
    gat_linker_free(linker);
    return report_end(&a.common, st);
}
