/* Responses with a JSON object. */
#ifndef GAT_SERVER_RESPOND_H
#define GAT_SERVER_RESPOND_H

#include <jansson.h>

#include "base/status.h"
#include "server/http.h"

/* object is taken; NULL, where memory ran out, becomes 503. */
void respond_json(http_response *response, int status, json_t *object);

void respond_error(http_response *response, int status, const char *message);
void respond_status(http_response *response, gat_status st, const gat_error *error);

/* 405; allowed: methods that the path has. */
void respond_method(http_response *response, const char *allowed);

#endif
