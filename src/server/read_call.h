/* From a request to the question that a route answers. */
#ifndef GAT_SERVER_READ_CALL_H
#define GAT_SERVER_READ_CALL_H

#include "server/http.h"
#include "server/route.h"

/* Fills text, count and body; text is borrowed from the request. GAT_EUSAGE: a parameter or the body is at fault; call_clear
 * in either case. */
gat_status call_read(route_call *call, const route *r, const http_request *request, gat_error *err);

/* Copies the text, so that the call outlives its request. After a failure the text is gone. */
gat_status call_keep(route_call *call, gat_error *err);
void call_clear(route_call *call);

#endif
