/* gatkit extract: which relations sentences state, as lines, as JSON with the attention over the words, or as facts. */
#include <string.h>

#include "cli/report.h"

typedef struct extract_arguments {
    gat_common common;
    const char *model, *sentences, *kg, *linker; /* kg or linker: sentences are texts without marks */
    gat_extract_options options;
    double least; /* probability of a fact */
    bool triples, bags;
    json_t *list; /* of --json */
} extract_arguments;

enum { KEY_RELATIONS = 'r', KEY_TRIPLES = 't', KEY_LEAST = 'm', KEY_KG = 'g', KEY_LINKER = 'l', KEY_BAGS = 'b' };

static const struct argp_option options[] = {
    {"relations", KEY_RELATIONS, "LIST", 0,
     "answer with these relations alone (names separated by commas), or with none", 0},
    {"triples", KEY_TRIPLES, NULL, 0, "write what holds as facts: head, relation, tail", 0},
    {"min-probability", KEY_LEAST, "P", 0, "--triples: leave out less probable ones (default 0)", 0},
    {"bags", KEY_BAGS, NULL, 0,
     "answer for all sentences of a pair of entities together (a model of train --bags): lines of both entities, "
     "relation and probability",
     0},
    {"kg", KEY_KG, "DATA|MODEL", 0,
     "texts without marked entities: find the names of this graph, and ask about every two of a sentence", 0},
    {"linker", KEY_LINKER, "MODEL", 0, "the same, where a model of --task linking tells which entity a name means", 0},
    {0}};

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    extract_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "SENTENCES.jsonl"};
    const char *slots[2] = {a->model, a->sentences};
    switch (key) {
    case KEY_RELATIONS: a->options.relations = arg; return 0;
    case KEY_TRIPLES: a->triples = true; return 0;
    case KEY_LEAST: return argument_real(state, &a->least, arg, "min-probability", 0, 1);
    case KEY_BAGS: a->bags = true; return 0;
    case KEY_KG: a->kg = arg; return 0;
    case KEY_LINKER: a->linker = arg; return 0;
    case ARGP_KEY_SUCCESS:
        if (a->kg && a->linker)
            return argument_refuse(state, "--kg and --linker exclude each other: a linker has its graph");
        if (a->bags && (a->kg || a->linker))
            return argument_refuse(state, "--bags needs sentences with marked entities");
        return a->triples && a->common.json ? argument_refuse(state, "--triples and --json exclude each other") : 0;
    default: break;
    }
    error_t failed = argument_positional(state, key, arg, slots, names, 2);
    a->model = slots[0];
    a->sentences = slots[1];
    return failed;
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL SENTENCES.jsonl",
    .doc =
        "Tell which relation every sentence states between its two marked entities: lines of id, label and "
        "probability. With --kg or --linker, of texts: lines of id, label, probability and both entities.\n\n"
        "  gatkit extract build/relations.gatkit \\\n"
        "      datasets/wordnet-relations/test.jsonl.gz\n"
        "  gatkit extract build/relations.gatkit \\\n"
        "      datasets/wordnet-relations/test.jsonl.gz \\\n"
        "      --triples --min-probability .8\v"
        "With --json every sentence also has the spans and the attention over its words. What stands before a bad line "
        "is answered. 'gatkit help files' tells about files of sentences.",
    .children = common_options,
};

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *answers_array(const gat_relation_answer *answer, int32_t count)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < count; i++)
        array = report_append(array, json_pack("{s:s,s:o}", "label", answer[i].label, "probability",
                                               report_number(answer[i].probability)));
    return array;
}

/* Four digits are more than the eye needs. */
static double rounded(double x) { return (double)(long long)(x * 10000 + .5) / 10000; }

static json_t *words_array(const gat_extraction *x)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < x->num_words; i++)
        array =
            report_append(array, json_pack("{s:s,s:o}", "word", x->word[i], "attention",
                                           x->attention ? json_real(rounded((double)x->attention[i])) : json_null()));
    return array;
}

static json_t *sentence_object(const gat_extraction *x)
{
    return json_pack("{s:s,s:I,s:s,s:o,s:o,s:[i,i],s:[i,i],s:s,s:s,s:o}", "id", x->id, "line", (json_int_t)x->line,
                     "label", x->answer[0].label, "probability", report_number(x->answer[0].probability), "answers",
                     answers_array(x->answer, x->num_answers), "e1", x->span[0][0], x->span[0][1], "e2", x->span[1][0],
                     x->span[1][1], "entity1", x->entity[0], "entity2", x->entity[1], "words", words_array(x));
}

static json_t *pair_object(const gat_bag_extraction *x)
{
    json_t *sentences = json_array();
    for (int64_t i = 0; i < x->num_sentences; i++)
        sentences = report_append(
            sentences, json_pack("{s:s,s:o}", "id", x->sentence[i], "attention", json_real(rounded(x->attention[i]))));
    return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "entity1", x->entity[0], "entity2", x->entity[1], "label",
                     x->answer[0].label, "probability", report_number(x->answer[0].probability), "answers",
                     answers_array(x->answer, x->num_answers), "sentences", sentences);
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

/* A tab or an end of line inside a name would make two of it. */
static void print_part(const char *s, size_t length, char end)
{
    for (size_t i = 0; i < length; i++) putchar((unsigned char)s[i] < ' ' ? ' ' : s[i]);
    putchar(end);
}

static void print_field(const char *s, char end) { print_part(s, strlen(s), end); }

/* "Cause-Effect(e2,e1)" is the fact (e2, Cause-Effect, e1). */
static void print_fact(const char *const entity[2], const char *label)
{
    size_t n = strlen(label), tail = sizeof "(e1,e2)" - 1;
    bool backward = n > tail && !strcmp(label + n - tail, "(e2,e1)");
    bool forward = n > tail && !strcmp(label + n - tail, "(e1,e2)");
    print_field(entity[backward], '\t');
    print_part(label, backward || forward ? n - tail : n, '\t');
    print_field(entity[!backward], '\n');
}

static void print_answer(const extract_arguments *a, const gat_extraction *x, const gat_relation_answer *answer)
{
    bool text = a->kg || a->linker; /* one text has many pairs */
    print_field(x->id, '\t');
    print_field(answer->label, '\t');
    printf("%.6f%c", answer->probability, text ? '\t' : '\n');
    if (!text) return;
    print_field(x->entity[0], '\t');
    print_field(x->entity[1], '\n');
}

static int on_sentence(void *context, const gat_extraction *x)
{
    extract_arguments *a = context;
    if (a->common.json) {
        a->list = report_append(a->list, sentence_object(x));
        return !a->list;
    }
    for (int32_t i = 0; i < x->num_answers; i++) {
        const gat_relation_answer *answer = &x->answer[i];
        if (!a->triples) print_answer(a, x, answer);
        else if (!answer->none && answer->probability >= a->least) print_fact(x->entity, answer->label);
    }
    return ferror(stdout);
}

static int on_pair(void *context, const gat_bag_extraction *x)
{
    extract_arguments *a = context;
    if (a->common.json) {
        a->list = report_append(a->list, pair_object(x));
        return !a->list;
    }
    for (int32_t i = 0; i < x->num_answers; i++) {
        const gat_relation_answer *answer = &x->answer[i];
        if (a->triples && !answer->none && answer->probability >= a->least) print_fact(x->entity, answer->label);
        if (a->triples) continue;
        for (int k = 0; k < 2; k++) print_field(x->entity[k], '\t');
        print_field(answer->label, '\t');
        printf("%.6f\n", answer->probability);
    }
    return ferror(stdout);
}

static gat_status ask(extract_arguments *a, const gat_relations *model, gat_error *err)
{
    gat_linker *linker = NULL;
    if (a->bags) return gat_relations_extract_bags(model, a->sentences, &a->options, err);
    if (!a->kg && !a->linker) return gat_relations_extract(model, a->sentences, &a->options, err);
    gat_status st = a->linker ? gat_linker_load(&linker, a->linker, err) : GAT_OK;
    if (!st) st = gat_relations_extract_text(model, linker, a->kg, a->sentences, &a->options, err);
    gat_linker_free(linker);
    return st;
}

/* A fault in the file ends the answers, which are given all the same. */
static gat_status answer(extract_arguments *a, const gat_relations *model, gat_error *err)
{
    a->options.on_sentence = on_sentence;
    a->options.on_pair = on_pair;
    a->options.context = a;
    a->options.attention = a->common.json;
    a->list = a->common.json ? json_array() : NULL;
    gat_status st = ask(a, model, err);
    if (!a->common.json || (st && st != GAT_EDATA)) {
        json_decref(a->list);
        return st;
    }
    gat_status told = report_json(json_pack("{s:o,s:o,s:o}", a->bags ? "pairs" : "sentences", a->list, "seconds",
                                            report_number(report_seconds(&a->common)), "peak_rss_mb",
                                            report_number(report_peak_mb())),
                                  st ? NULL : err);
    return st ? st : told;
}

int cmd_extract(int argc, char **argv)
{
    extract_arguments a = {.least = 0};
    gat_relations *model = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = gat_relations_load(&model, a.model, &a.common.error);
    if (!st) st = answer(&a, model, &a.common.error);
    gat_relations_free(model);
    return report_end(&a.common, st);
}
