#include "server/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "gatkit.h"

enum { CLASSES = 6 }; /* of status, by their first digit */

typedef struct route_counts {
    atomic_llong requests[CLASSES];
    atomic_llong microseconds;
} route_counts;

struct server_metrics {
    int routes;
    route_counts *counts; /* routes + 1 */
};

server_metrics *metrics_new(int routes)
{
    server_metrics *m = gat_calloc(1, sizeof *m);
    if (!m) return NULL;
    m->routes = routes;
    m->counts = gat_calloc(routes + 1, sizeof *m->counts);
    if (m->counts) return m;
    gat_free(m);
    return NULL;
}

void metrics_free(server_metrics *metrics)
{
    if (!metrics) return;
    gat_free(metrics->counts);
    gat_free(metrics);
}

void metrics_add(server_metrics *metrics, int route, int status, double seconds)
{
    route_counts *c = &metrics->counts[route];
    int class = status / 100;
    atomic_fetch_add(&c->requests[class < CLASSES ? class : 0], 1);
    atomic_fetch_add(&c->microseconds, (long long)(seconds * 1e6));
}

static void write_route(FILE *out, const route_counts *c, const char *name)
{
    for (int k = 1; k < CLASSES; k++) {
        long long count = atomic_load(&c->requests[k]);
        if (count) fprintf(out, "gatkit_requests_total{route=\"%s\",status=\"%dxx\"} %lld\n", name, k, count);
    }
}

char *metrics_text(const server_metrics *metrics, const char *const *names)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fputs("# HELP gatkit_requests_total Requests answered.\n# TYPE gatkit_requests_total counter\n", out);
    for (int i = 0; i <= metrics->routes; i++)
        write_route(out, &metrics->counts[i], i < metrics->routes ? names[i] : "none");
    fputs("# HELP gatkit_request_seconds_total Time spent on answers.\n# TYPE gatkit_request_seconds_total counter\n",
          out);
    for (int i = 0; i <= metrics->routes; i++)
        fprintf(out, "gatkit_request_seconds_total{route=\"%s\"} %.6f\n", i < metrics->routes ? names[i] : "none",
                (double)atomic_load(&metrics->counts[i].microseconds) * 1e-6);
    fprintf(out,
            "# HELP gatkit_peak_memory_bytes Largest resident size.\n# TYPE gatkit_peak_memory_bytes gauge\n"
            "gatkit_peak_memory_bytes %lld\n",
            (long long)gat_peak_rss());
    if (!fclose(out)) return text;
    free(text);
    return NULL;
}
