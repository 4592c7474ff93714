/* Lines go over two pipes. A reply starts with "ok" or "no"; the peer's own errors go to standard error. */
#include "peer.h"

#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "peer_file.h"

extern char **environ;

struct bench_peer {
    pid_t pid;
    FILE *to, *from;
    char reply[400];
};

/* False: the peer is gone. The reply is without its end of line. */
static bool hear(bench_peer *p)
{
    if (!fgets(p->reply, sizeof p->reply, p->from)) return false;
    p->reply[strcspn(p->reply, "\n")] = '\0';
    return true;
}

static bool ask(bench_peer *p, const char *line)
{
    return fprintf(p->to, "%s\n", line) > 0 && !fflush(p->to) && hear(p);
}

static bool spawn_peer(bench_peer *p, const char *python, int to[2], int from[2])
{
    char program[] = GATKIT_BENCH_PEER;
    char *arguments[] = {(char *)python, program, NULL};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, to[0], 0);
    posix_spawn_file_actions_adddup2(&files, from[1], 1);
    for (int i = 0; i < 2; i++) {
        posix_spawn_file_actions_addclose(&files, to[i]);
        posix_spawn_file_actions_addclose(&files, from[i]);
    }
    bool started = !posix_spawnp(&p->pid, python, &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    close(to[0]);
    close(from[1]);
    p->to = fdopen(to[1], "w");
    p->from = fdopen(from[0], "r");
    return started && p->to && p->from;
}

bench_peer *peer_start(const char *python, char *why)
{
    int to[2], from[2];
    bench_peer *p = gat_calloc(1, sizeof *p);
    signal(SIGPIPE, SIG_IGN); /* a peer that died is a reply that does not come */
    snprintf(why, 200, "%s could not be started", python);
    if (!p || pipe(to)) {
        gat_free(p);
        return NULL;
    }
    if (pipe(from)) {
        close(to[0]), close(to[1]);
        gat_free(p);
        return NULL;
    }
    if (spawn_peer(p, python, to, from) && hear(p)) {
        if (!strncmp(p->reply, "ok", 2)) return p;
        snprintf(why, 200, "%.190s", p->reply + 3);
    }
    peer_stop(p);
    return NULL;
}

void peer_stop(bench_peer *p)
{
    if (!p) return;
    if (p->to) fclose(p->to);
    if (p->from) fclose(p->from);
    if (p->pid > 0) waitpid(p->pid, NULL, 0);
    gat_free(p);
}

int peer_process(const bench_peer *p) { return (int)p->pid; }

static gat_status refused(const bench_peer *p, bool heard, gat_error *err)
{
    return error_set(err, GAT_EFAILED, "the peer %.300s", heard ? p->reply + 3 : "has ended");
}

gat_status peer_prepare(bench_peer *p, const char *request, const int *thread_count, int thread_counts, gat_error *err)
{
    char line[400];
    int length = snprintf(line, sizeof line, "prepare %s", request);
    for (int i = 0; i < thread_counts; i++)
        length += snprintf(line + length, sizeof line - (size_t)length, " %d", thread_count[i]);
    bool heard = ask(p, line);
    peer_file_remove(request);
    return heard && !strncmp(p->reply, "ok", 2) ? GAT_OK : refused(p, heard, err);
}

gat_status peer_run(double *ms, char *name, bench_peer *p, peer_kind kind, int threads, gat_error *err)
{
    static const char *const kinds[PEER_KINDS] = {"autograd", "gather", "by-hand"};
    char line[60];
    int used = 0;
    *ms = (double)NAN;
    *name = '\0';
    snprintf(line, sizeof line, "run %s %d", kinds[kind], threads);
    bool heard = ask(p, line);
    if (heard && !strcmp(p->reply, "ok none")) return GAT_OK;
    if (!heard || sscanf(p->reply, "ok %lf %n", ms, &used) != 1 || !used) return refused(p, heard, err);
    snprintf(name, 120, "%.119s", p->reply + used);
    return GAT_OK;
}
