/* The task behind `export`: encoded embeddings and their names in the formats of other programs. One file a format. */
#ifndef GAT_TASKS_EXPORT_H
#define GAT_TASKS_EXPORT_H

#include "base/status.h"
#include "model/kg_model.h"

/* Every file is replaced only when all of the format are complete. GAT_EUSAGE: unknown format, or one of embeddings for a model
 * that has none: safetensors serves all models. */
gat_status export_model(const gat_model *model, const char *format, const char *path, gat_error *err);

/* What is written; everything is borrowed. */
typedef struct export_source {
    const float *vectors; /* (rows, dim); NULL: none, and only safetensors can be asked for */
    int64_t rows, dim;
    const gat_intern *names, *relations; /* of the rows; relations NULL: none */
    char *const *texts;                  /* by row; NULL: none */
    const gat_params *params;            /* NULL: none */
} export_source;

gat_status export_by_format(const export_source *source, const char *format, const char *path, gat_error *err);

typedef gat_status export_function(const export_source *source, const char *path, gat_error *err);

/* PATH, a float32 matrix with a row per entity, and PATH.entities.txt, a name a line. */
export_function export_npy;

/* Text as word2vec writes it: "rows columns", then name and numbers (nine significant digits) separated by blanks; or the numbers as
 * float32. White space inside names becomes '_', as the format has no other way. */
export_function export_word2vec, export_word2vec_binary;

/* For the TensorFlow embedding projector: PATH.tsv, a row of numbers per entity, and PATH.metadata.tsv, a name a line,
 * or with a heading name and text where the model has texts. */
export_function export_projector;

/* All parameters by their names, and "entities_encoded" where there are embeddings. Entity and relation names are in the metadata as lines when they
 * take at most 1 MB together. */
export_function export_safetensors;

#endif
