/* The features of a name: see name_vectors.h. */
#ifndef GAT_ALIGN_NAME_GRAMS_H
#define GAT_ALIGN_NAME_GRAMS_H

#include <stdint.h>

#include "base/status.h"

enum { NAME_FEATURES = 1 << 18 };

/* Memory used again for every name; zero-initialised is empty. */
typedef struct name_grams {
    int32_t *code; /* the normalised name between ^ and $ */
    int64_t code_capacity;
    int32_t *feature; /* count features, ascending, with repetitions */
    int64_t count, feature_capacity;
    char *text; /* the normalised name as UTF-8, terminated */
    int64_t text_capacity;
} name_grams;

/* text is UTF-8. */
gat_status name_grams_of(name_grams *grams, const char *text, gat_error *err);

/* grams->text <- the normalised name, so that words can be looked up. */
gat_status name_text_of(name_grams *grams, const char *name, gat_error *err);
void name_grams_clear(name_grams *grams);

#endif
