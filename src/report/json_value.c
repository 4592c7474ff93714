#include "report/json_value.h"

#include <math.h>

#include "base/memory.h"

json_t *report_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *report_string(const char *text)
{
    json_t *string = json_string(text);
    if (string) return string;
    char *copy = gat_strdup(text);
    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    string = copy ? json_string(copy) : NULL;
    gat_free(copy);
    return string;
}

json_t *report_text(const char *text) { return text ? report_string(text) : json_null(); }

json_t *report_append(json_t *array, json_t *value)
{
    if (!json_array_append_new(array, value)) return array;
    json_decref(array);
    return NULL;
}

json_t *report_set(json_t *object, const char *key, json_t *value)
{
    if (!json_object_set_new(object, key, value)) return object;
    json_decref(object);
    return NULL;
}
