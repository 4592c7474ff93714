#include "cli/train_arguments.h"

#include <string.h>

#include "cli/output_path.h"

static error_t check_words(const train_arguments *a, struct argp_state *state)
{
    const gat_relation_inputs *r = &a->relations.inputs;
    if (!a->words.wanted && (a->words.window || a->words.min_count))
        return argument_refuse(state, "--window and --min-count are options of --task words");
    if (a->words.wanted && (a->resume || a->log || a->time_limit > 0 || a->stop_after))
        return argument_refuse(state, "--task words has no --resume, --log, --time-limit and --stop-after: it is one "
                                      "computation without states to go back to");
    if (a->words.wanted && (a->holdout != 0 || a->side || r->kg || r->word_vectors || r->shuffle_kg))
        return argument_refuse(state, "--task words has no --holdout, --side-model, --kg and --word-vectors");
    return 0;
}

static error_t check_task(const train_arguments *a, struct argp_state *state)
{
    const relation_arguments *r = &a->relations;
    const linking_arguments *l = &a->linking;
    bool text = r->wanted || l->wanted, of_kg = r->inputs.shuffle_kg || r->inputs.kg_states || r->inputs.kg_partial;
    if (!r->wanted && (of_kg || r->inputs.bags))
        return argument_refuse(state,
                               "--bags, --kg-partial, --kg-states and --shuffle-kg are options of --task relations");
    if (!l->wanted && (l->lexicon || l->descriptions))
        return argument_refuse(state, "--lexicon and --descriptions are options of --task linking");
    if (!l->wanted && l->made) return argument_refuse(state, "--documents is an option of --task linking");
    if (l->wanted && l->made && a->data)
        return argument_refuse(state, "--documents is for a training without DATA, from --kg alone");
    if (l->wanted && (l->lexicon || l->descriptions) && !r->inputs.kg)
        return argument_refuse(state, "--lexicon and --descriptions need --kg");
    if (l->wanted && r->inputs.word_vectors && !l->descriptions)
        return argument_refuse(state, "--word-vectors is for the words of --descriptions");
    if (!text && (r->inputs.kg || r->inputs.word_vectors))
        return argument_refuse(state, "--kg and --word-vectors are options of --task relations and linking");
    if (l->wanted && (a->resume || a->time_limit > 0 || a->max_memory || a->stop_after))
        return argument_refuse(state, "--task linking has no --resume, --time-limit, --max-memory and --stop-after");
    if (text && (a->holdout != 0 || a->side))
        return argument_refuse(state, "--task relations and linking have no --holdout and --side-model");
    if (of_kg && !r->inputs.kg) return argument_refuse(state, "--shuffle-kg, --kg-partial and --kg-states need --kg");
    return 0;
}

static error_t check_recommend(const train_arguments *a, struct argp_state *state)
{
    const gat_relation_inputs *r = &a->relations.inputs;
    if (a->recommend.wanted &&
        (a->time_limit > 0 || a->max_memory || a->holdout != 0 || a->side || r->kg || r->word_vectors))
        return argument_refuse(state,
                               "--task recommend has no --time-limit, --max-memory, --holdout, --side-model, --kg "
                               "and --word-vectors: the graph is the file kg of DATA");
    return 0;
}

error_t train_arguments_check(const train_arguments *a, struct argp_state *state)
{
    const char *inputs[] = {a->data,
                            a->settings.config_file,
                            a->side,
                            a->relations.inputs.kg,
                            a->relations.inputs.word_vectors,
                            a->linking.lexicon,
                            a->linking.descriptions};
    error_t failed = check_words(a, state);
    if (!failed) failed = check_task(a, state);
    if (!failed) failed = check_recommend(a, state);
    if (!failed) failed = argument_output(state, a->output, "output MODEL", inputs, 7);
    if (failed || !a->log) return failed;
    if (!strcmp(a->log, a->output)) return argument_refuse(state, "--log and --output name the same file: %s", a->log);
    return argument_output(state, a->log, "log FILE.jsonl", inputs, 7);
}
