/* The OpenAPI document, made from the table of routes so that it cannot be wrong about it. */
#include <string.h>

#include "gatkit.h"
#include "server/route.h"

static json_t *choices_of(const char *choices)
{
    json_t *array = json_array();
    for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|')
        array = report_append(array, json_stringn(c, strcspn(c, "|")));
    return array;
}

static json_t *schema_of(const route_parameter *p)
{
    switch (p->kind) {
    case PARAMETER_COUNT:
        return json_pack("{s:s,s:I,s:I,s:I}", "type", "integer", "minimum", (json_int_t)p->least, "maximum",
                         (json_int_t)p->most, "default", (json_int_t)p->otherwise);
    case PARAMETER_CHOICE: return json_pack("{s:s,s:o}", "type", "string", "enum", choices_of(p->choices));
    case PARAMETER_TEXT: break;
    }
    return json_pack("{s:s}", "type", "string");
}

static json_t *parameter_object(const char *name, const char *in, const char *help, bool needed, json_t *schema)
{
    return json_pack("{s:s,s:s,s:s,s:b,s:o}", "name", name, "in", in, "description", help, "required", needed, "schema",
                     schema);
}

static json_t *parameters_of(const route *r)
{
    json_t *array = json_array();
    if (r->kinds)
        array = report_append(array, parameter_object("model", "path", "a name from /v1/models", true,
                                                      json_pack("{s:s}", "type", "string")));
    for (int i = 0; i < MOST_ROUTE_PARAMETERS && r->parameters[i].name; i++) {
        const route_parameter *p = &r->parameters[i];
        array = report_append(array, parameter_object(p->name, "query", p->help, p->needed, schema_of(p)));
    }
    return array;
}

static json_t *operation_of(const route *r)
{
    json_t *content = json_pack("{s:{s:{s:s}}}", "application/json", "schema", "type", "object");
    json_t *responses =
        json_pack("{s:{s:s,s:O},s:{s:s,s:o}}", "200", "description", "the answer", "content", content, "default",
                  "description", "an error object with code and message", "content", content);
    return json_pack("{s:s,s:o,s:o}", "summary", r->summary, "parameters", parameters_of(r), "responses", responses);
}

json_t *route_openapi(void)
{
    json_t *paths = json_object();
    for (int i = 0; i < route_count(); i++) {
        const route *r = route_at(i);
        const char *method = !strcmp(r->method, "POST") ? "post" : "get";
        json_t *path = json_object_get(paths, r->path);
        if (path && json_object_set_new(path, method, operation_of(r))) {
            json_decref(paths);
            return NULL;
        }
        if (!path) paths = report_set(paths, r->path, json_pack("{s:o}", method, operation_of(r)));
    }
    return json_pack("{s:s,s:{s:s,s:s},s:o}", "openapi", "3.1.0", "info", "title", "gatkit", "version", gat_version(),
                     "paths", paths);
}
