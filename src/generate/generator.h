/* A trained generator of graphs: the net, the names, what train says of sides of relations, and which graphs it has seen. */
#ifndef GAT_GENERATE_GENERATOR_H
#define GAT_GENERATE_GENERATOR_H

#include "generate/generator_config.h"
#include "generate/seen_roles.h"
#include "generate/sequence_net.h"

/* Valid is measured on so many of its graphs. */
enum { GENERATOR_VALID = 4096 };

struct gat_generator {
    gat_generator_config config;
    char *config_lines;
    gat_intern *entities, *relations;
    sequence_net net;
    seen_roles roles;
    uint64_t *known; /* (num_known) sorted hashes of the graphs of train and valid */
    int64_t num_known;
    int64_t train_graphs, valid_graphs, train_triples, most_triples;
    int64_t epochs, best_epoch;
    double valid_bits; /* below 0: none */
    uint64_t data_digest[2];
};

void generator_free(gat_generator *model);
sequence_shape generator_shape(const gat_generator *model);

/* Whether the model can write it: names and number of triples. */
bool generator_fits(const gat_generator *model, const gat_triple *facts, int64_t count);

/* Bits per graph, in one order each, of the graphs `which` of a set; 0 for none. bits (count), may be NULL, <- of each. */
gat_status generator_bits(double *mean, double *bits, const gat_generator *model, const graph_set *set,
                          const int64_t *which, int64_t count, uint64_t seed, gat_error *err);

gat_status generator_train(gat_generator **out, const gat_generator_inputs *inputs, const gat_generator_config *config,
                           gat_error *err);
gat_status generator_save(const gat_generator *model, const char *path, gat_error *err);
gat_status generator_load(gat_generator **out, const char *path, gat_error *err);
gat_status generator_describe(gat_generator_info *out, const gat_generator *model, gat_error *err);
gat_status generator_draw(const gat_generator *model, const gat_generate_options *options, int64_t *refused,
                          gat_error *err);
gat_status generator_evaluate(gat_generator_evaluation *out, const gat_generator *model, const char *data,
                              const gat_generator_evaluate_options *options, gat_error *err);

#endif
