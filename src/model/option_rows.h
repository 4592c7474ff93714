/* A struct of settings that a table describes: options by name, text and back. Fields are int64_t (whole numbers, and the place of
 * a choice) or double. */
#ifndef GAT_MODEL_OPTION_ROWS_H
#define GAT_MODEL_OPTION_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "model/option.h"

typedef enum option_kind { OPTION_WHOLE, OPTION_REAL, OPTION_CHOICE } option_kind;

typedef struct option_row {
    gat_option option; /* of a choice, `argument` lists the values: "a|b|c" */
    option_kind kind;
    size_t offset;    /* of the field */
    double low, high; /* of a number */
} option_row;

typedef struct option_rows {
    const option_row *row;
    int count;
    const char *task; /* whose they are, for messages */
} option_rows;

enum { OPTION_TEXT = 64 };

/* NULL past the end. */
const gat_option *option_rows_at(const option_rows *rows, int index);

/* Every field <- its initial value. */
void option_rows_init(void *config, const option_rows *rows);

/* GAT_EUSAGE: no such option, or no such value. */
gat_status option_rows_set(void *config, const option_rows *rows, const char *name, const char *value, gat_error *err);

/* text <- the value as option_rows_set takes it; false: no such option. */
bool option_rows_get(char text[OPTION_TEXT], const option_rows *rows, const void *config, const char *name);

/* "name = value" lines; free with gat_free. NULL: out of memory. */
char *option_rows_text(const option_rows *rows, const void *config);

/* Sets what the lines say; `set` takes each. GAT_EMODEL: a line is none. */
typedef gat_status option_setter(void *config, const char *name, const char *value, gat_error *err);
gat_status option_lines_read(void *config, const char *lines, option_setter *set, gat_error *err);

#endif
