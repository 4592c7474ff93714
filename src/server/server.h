/* gatkit over HTTP: models in, answers as JSON out. It reads no file but the models it was given and asks nobody anything. */
#ifndef GAT_SERVER_SERVER_H
#define GAT_SERVER_SERVER_H

#include "gatkit.h"

typedef struct gat_server gat_server;

typedef struct server_options {
    const char *const *models; /* paths; read again by server_reload; must stay until server_stop */
    int num_models;
    const char *address;      /* NULL: 127.0.0.1 */
    int port;                 /* 0: any free one */
    int threads;              /* that answer; below 1: one per core */
    int connections;          /* below 1: 4096 */
    int seconds;              /* an idle or stalled connection lives so long; below 1: 15 */
    int most_waiting;         /* questions not answered yet, more get 503; below 1: 256 */
    double deadline;          /* seconds that a slow question has, then it gets 504; not above 0: 30 */
    const char *token;        /* NULL: none. GAT_EUSAGE where the address is not this machine's own */
    const char *const *hosts; /* more names that Host may have, NULL at the end; NULL: none */
} server_options;

/* Loads the models, then answers from threads of its own until server_stop. */
gat_status server_start(gat_server **out, const server_options *options, gat_error *err);

/* Loads the files again and answers with them from then on; requests under way end with the old ones. After a failure the old
 * models stay. Not thread-safe with itself. */
gat_status server_reload(gat_server *server, gat_error *err);

/* Waits for answers under way. NULL is fine. */
void server_stop(gat_server *server);
int server_port(const gat_server *server);

#endif
