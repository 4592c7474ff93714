/* A trained model of entity linking: the net, what makes its beliefs probabilities, and, where it was trained with a graph, the
 * names and links of that. */
#ifndef GAT_LINK_LINKER_H
#define GAT_LINK_LINKER_H

#include "link/lexicon.h"
#include "link/link_config.h"
#include "link/link_net.h"
#include "link/link_trials.h"

struct gat_linker {
    gat_link_config config;
    char *config_lines;
    gat_intern *types; /* at most NODE_TYPES */
    link_net net;
    lexicon names;                                   /* entities NULL: none */
    double calibration[LINK_TERMS], nil[LINK_TERMS]; /* see link_trials.h */
    double threshold, held_back_correct;             /* threshold: NIL from this probability of it on */
    int64_t documents, mentions, held_back;
};

void linker_free(gat_linker *linker);
link_shape linker_shape(const gat_linker *linker);
gat_status linker_train(gat_linker **out, const gat_link_inputs *inputs, const gat_link_config *config, gat_error *err);
gat_status linker_save(const gat_linker *linker, const char *path, gat_error *err);
gat_status linker_load(gat_linker **out, const char *path, gat_error *err);
gat_status linker_describe(gat_link_info *out, const gat_linker *linker, gat_error *err);
gat_status linker_answer(const gat_linker *linker, const char *documents, const gat_link_options *options,
                         gat_error *err);
gat_status linker_answer_memory(const gat_linker *linker, const void *bytes, size_t count, const char *name,
                                const gat_link_options *options, gat_error *err);
gat_status linker_evaluate(gat_link_evaluation *out, const gat_linker *linker, const char *documents,
                           const gat_link_evaluate_options *options, gat_error *err);

#endif
