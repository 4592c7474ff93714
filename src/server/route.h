/* One table says what the server answers: it drives the dispatch, the checks of parameters, the metrics and the OpenAPI
 * document. */
#ifndef GAT_SERVER_ROUTE_H
#define GAT_SERVER_ROUTE_H

#include <stdbool.h>

#include "report/json_answer.h"
#include "server/model_set.h"

enum { MOST_ROUTE_PARAMETERS = 8, MOST_CALLS = 64 };

typedef enum parameter_kind { PARAMETER_TEXT, PARAMETER_COUNT, PARAMETER_CHOICE } parameter_kind;

typedef struct route_parameter {
    const char *name, *help;
    parameter_kind kind;
    bool needed;
    int64_t least, most, otherwise; /* of a count */
    const char *choices;            /* of a choice: "a|b|c"; a choice not given is the first */
} route_parameter;

/* A question that has passed the checks. text and count stand at the place of their parameter in the route's list. */
typedef struct route_call {
    model_set *models;
    const hosted_model *model;               /* NULL for routes without {model} */
    const char *text[MOST_ROUTE_PARAMETERS]; /* NULL: not given */
    int64_t count[MOST_ROUTE_PARAMETERS];
    char *own[MOST_ROUTE_PARAMETERS]; /* the same texts where the call has copies */
    json_t *body;                     /* of a POST: an object */
} route_call;

/* *out <- a new object. GAT_EUSAGE: the question is at fault. */
typedef gat_status route_function(json_t **out, const route_call *call, gat_error *err);

/* The same for calls to one model that came together: outcome (count), count at most MOST_CALLS. */
typedef struct route_outcome {
    json_t *answer;
    gat_status status;
    gat_error error;
} route_outcome;
typedef void route_many_function(route_outcome *outcome, const route_call *const *calls, int count);

typedef struct route {
    const char *method, *path, *summary; /* path: "{model}" in one place at most */
    int kinds;                           /* bits 1 << gat_file_kind of the models it takes; 0: it has no {model} */
    route_function *function;            /* answers; NULL: `many` does */
    route_many_function *many;
    bool slow;                                         /* answered by the work queue, while other requests go on */
    route_parameter parameters[MOST_ROUTE_PARAMETERS]; /* name NULL ends the list */
} route;

/* The route of a path, NULL: none. *model <- what stands at {model} (until the next "/"; size in *size), NULL: no such place.
 * *other <- a method that the path has a route for, NULL: none. */
const route *route_find(const char *method, const char *path, const char **model, size_t *size, const char **other);

int route_count(void);
const route *route_at(int index);

/* The OpenAPI 3.1 document of the table. */
json_t *route_openapi(void);

#endif
