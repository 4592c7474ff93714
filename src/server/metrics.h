/* Counts of requests and seconds, as Prometheus reads them. */
#ifndef GAT_SERVER_METRICS_H
#define GAT_SERVER_METRICS_H

#include <stdint.h>

typedef struct server_metrics server_metrics;

/* routes: how many there are; one more stands for what no route takes. NULL: out of memory. */
server_metrics *metrics_new(int routes);
void metrics_free(server_metrics *metrics);

/* route in [0, routes]. Thread-safe. */
void metrics_add(server_metrics *metrics, int route, int status, double seconds);

/* Text of all counters, to be freed with free(); names (routes) label them. NULL: out of memory. */
char *metrics_text(const server_metrics *metrics, const char *const *names);

#endif
