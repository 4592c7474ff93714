/* Pictures of what was trained and asked, as SVG files. */
#ifndef GAT_PLOT_PLOT_H
#define GAT_PLOT_PLOT_H

#include "gatkit.h"

/* Loss and valid MRR over epochs (or questions), of a log that `train --log` wrote. GAT_EDATA names the line. */
gat_status plot_training(const char *log, const char *path, gat_error *err);

/* An entity in the middle, its `top` heaviest neighbours around it, lines as thick as their weight. */
gat_status plot_neighborhood(const gat_model *model, const char *entity, gat_neighbor_order order, int64_t top,
                             const char *path, gat_error *err);

/* Attention of each head of the last layer to the facts of an entity, as cells. */
gat_status plot_attention(const gat_model *model, const char *entity, int64_t top, const char *path, gat_error *err);

/* Sentences of a file, or where path is NULL of the bytes of one, which `name` stands for in messages; the first `top`. */
typedef struct plot_sentences {
    const char *path, *bytes, *name;
    int64_t top;
} plot_sentences;

/* Each sentence as words, darker where more attention lies, both entities underlined, with the relation that is told. GAT_EUSAGE: a model
 * without nets. */
gat_status plot_words(const gat_relations *model, const plot_sentences *from, const char *path, gat_error *err);

/* Share of right answers among those with at least a confidence, and share of links found: of held-back links. GAT_EUSAGE: the
 * alignment has none. */
gat_status plot_alignment(const gat_alignment *alignment, const char *path, gat_error *err);

/* The entities with most facts (see gat_map), coloured by community; the hubs have their names. */
gat_status plot_map(const gat_model *model, const gat_map_options *options, const char *path, gat_error *err);

/* MRR of each relation, the `top` with most questions. */
gat_status plot_relations(const gat_evaluation *evaluation, int64_t top, const char *path, gat_error *err);

#endif
