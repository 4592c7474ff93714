/* The table of verbs. */
#include "cli/commands.h"

#include <string.h>

#include "cli/suggest.h"
#include "gatkit.h"

static const gat_command commands[] = {
    {"train", cmd_train, "Learn a model of a knowledge graph, or of text."},
    {"plan", cmd_plan, "Tell what memory and time a training will take."},
    {"evaluate", cmd_evaluate, "Measure a model by filtered ranking."},
    {"score", cmd_score, "Score all entities for a file of questions."},
    {"predict", cmd_predict, "Answer a question: HEAD RELATION ?."},
    {"explain", cmd_explain, "Tell the paths behind a score, with attention weights."},
    {"neighbors", cmd_neighbors, "Show what stands beside an entity, with attention weights."},
    {"similarity", cmd_similarity, "Compare two entities."},
    {"extract", cmd_extract, "Tell which relations sentences state, or write them as facts."},
    {"link", cmd_link, "Tell which entities the mentions of documents mean."},
    {"recommend", cmd_recommend, "Tell which items a user may choose next."},
    {"generate", cmd_generate, "Propose facts that fit a graph, or draw whole graphs."},
    {"align", cmd_align, "Find which entities of two graphs are the same."},
    {"plot", cmd_plot, "Draw a training, a neighbourhood, attention, an alignment."},
    {"serve", cmd_serve, "Answer over HTTP."},
    {"info", cmd_info, "Tell what a model is and came from."},
    {"verify", cmd_verify, "Check that a model file is whole."},
    {"export", cmd_export, "Write a model's embeddings for other programs."},
    {"stats", cmd_stats, "Describe a knowledge graph."},
    {"help", cmd_help, "Show help for a verb, or the page 'files'."},
};
enum { NUM_COMMANDS = sizeof commands / sizeof *commands };

const gat_command *command_find(const char *name)
{
    for (int i = 0; i < NUM_COMMANDS; i++)
        if (!strcmp(commands[i].name, name)) return &commands[i];
    return NULL;
}

int command_unknown(const char *name)
{
    gat_suggestion near = {.wanted = name};
    for (int i = 0; i < NUM_COMMANDS; i++) suggestion_offer(&near, commands[i].name);
    fprintf(stderr, "gatkit: unknown verb '%s'; the nearest is '%s'\nTry 'gatkit --help'.\n", name, near.nearest);
    return EXIT_USAGE;
}

int option_unknown(const char *option)
{
    gat_suggestion near = {.wanted = option};
    suggestion_offer(&near, "--help");
    suggestion_offer(&near, "--version");
    fprintf(stderr, "gatkit: unknown option '%s' before the verb; the nearest is '%s'\nTry 'gatkit --help'.\n", option,
            near.nearest);
    return EXIT_USAGE;
}

void print_help(FILE *stream)
{
    fputs("Usage: gatkit VERB [OPTION...] [ARGUMENT...]\n"
          "Graph attention for knowledge graphs: train on triple files, measure, ask.\n\n"
          "  gatkit stats datasets/wordnet\n"
          "  gatkit train datasets/wordnet --output build/small.gatkit --preset quickstart\n"
          "  gatkit predict build/wordnet.gatkit dog.n.01 hypernym '?'\n\n"
          "Verbs:\n",
          stream);
    for (int i = 0; i < NUM_COMMANDS; i++) fprintf(stream, "  %-12s %s\n", commands[i].name, commands[i].help);
    fputs("\nOptions:\n"
          "  -h, --help       show this text; 'gatkit help VERB' tells a verb's options\n"
          "  -V, --version    show the version\n\n"
          "'gatkit help files' describes the files that are read and the exit codes.\n",
          stream);
}

void print_version(void)
{
    printf("gatkit %s\n"
           "MIT License; a binary that links igraph is covered by the GNU GPL, version 2 or later.\n"
           "There is NO WARRANTY, to the extent permitted by law.\n",
           gat_version());
}

int command_run(const gat_command *command, int argc, char **argv)
{
    char name[32];
    snprintf(name, sizeof name, "gatkit %s", command->name);
    argv[0] = name;
    return command->function(argc, argv);
}
