/* A trained model of relations: labels, a linear part over hashed features for each of its parts, nets beside it, and what
 * both need of word vectors and of a graph. */
#ifndef GAT_TEXT_RELATION_MODEL_H
#define GAT_TEXT_RELATION_MODEL_H

#include "align/calibration.h"
#include "text/kg_context.h"
#include "text/linear_trainer.h"
#include "text/probability.h"
#include "text/relation_config.h"
#include "text/text_vectors.h"

/* A linear model over the features of one part. */
typedef struct linear_part {
    feature_table table;
    float *w; /* (table.count, label_stride) */
    label_calibration calibration;
    double c, threshold, held_out_f1;
} linear_part;

/* The nets, see net_members.h. */
struct net_members;

struct gat_relations {
    gat_relation_config config;
    char *config_lines;
    gat_intern *labels;
    bool several, parsed; /* several labels may hold; some training sentence had a parse */
    word_vectors vectors; /* words NULL: none */
    kg_context kg;        /* entities NULL: none */
    linear_part part[GAT_NUM_RELATION_PARTS];
    int parts;                   /* 1, or all with a graph */
    calibration sureness;        /* of answers, see sureness.h */
    struct net_members *members; /* NULL: none */
    int64_t sentences;
    uint64_t *seen; /* (num_seen) ascending hashes of the pairs of names in training, order ignored */
    int64_t num_seen;
    uint64_t data_digest[2];
};

void relations_free(gat_relations *model);

static inline int32_t relations_labels(const gat_relations *m) { return intern_count(m->labels); }

/* Whether the label says that no relation holds ("Other", "NA", ...). */
bool label_is_none(const char *label);

/* Bytes of the label without its direction: "Cause-Effect" of "Cause-Effect(e1,e2)"; *reversed: from e2 to e1. */
size_t label_bare(const char *label, bool *reversed);

/* Hash of the names of both entities, whichever comes first. */
uint64_t pair_hash(const sentence_view *view);
bool pair_is_seen(const gat_relations *model, uint64_t hash);

gat_status relations_train(gat_relations **out, const gat_relation_inputs *inputs, const gat_relation_config *config,
                           gat_error *err);
gat_status relations_save(const gat_relations *model, const char *path, gat_error *err);
gat_status relations_load(gat_relations **out, const char *path, gat_error *err);
gat_status relations_describe(gat_relation_info *out, const gat_relations *model, gat_error *err);

#endif
