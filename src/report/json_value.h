/* Small JSON values, so that filling an object needs no checks. Every function returns NULL when memory ran out, and passes
 * NULL on. */
#ifndef GAT_REPORT_JSON_VALUE_H
#define GAT_REPORT_JSON_VALUE_H

#include <jansson.h>

/* null for NaN and infinities. */
json_t *report_number(double value);

/* A path or a message with one in it: JSON has no place for bytes that are not UTF-8, they become "?". */
json_t *report_string(const char *text);

/* As report_string; null for NULL. */
json_t *report_text(const char *text);

/* Adds and takes value; returns the container, or NULL after freeing it when memory ran out (also when it was NULL before). */
json_t *report_append(json_t *array, json_t *value);
json_t *report_set(json_t *object, const char *key, json_t *value);

#endif
