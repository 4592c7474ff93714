#include "server/work_queue.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

typedef struct item_list {
    work_item *first, **end;
} item_list;

/* Items are in `waiting` until they are taken, then in `running`, both in the order of their coming. */
struct work_queue {
    work_calls calls;
    pthread_mutex_t lock;
    pthread_cond_t work, time; /* something waits; something that the watch must know */
    item_list waiting, running;
    bool stopping, watching;
    double next_look; /* of the watch */
    int threads;      /* started; the watch is apart */
    pthread_t watch, *thread;
};

/* ---- lists ----------------------------------------------------------------------------------------------- */

static void append(item_list *list, work_item *item)
{
    item->next = NULL;
    *list->end = item;
    list->end = &item->next;
}

/* Takes what *link points to out of the list; the link then points to the one after. */
static work_item *take(item_list *list, work_item **link)
{
    work_item *item = *link;
    *link = item->next;
    if (list->end == &item->next) list->end = link;
    return item;
}

static work_item **find(item_list *list, const work_item *item)
{
    work_item **link = &list->first;
    while (*link && *link != item) link = &(*link)->next;
    return link;
}

/* ---- workers --------------------------------------------------------------------------------------------- */

static bool are_alike(const work_item *a, const work_item *b)
{
    return a->group[0] && a->group[0] == b->group[0] && a->group[1] == b->group[1];
}

/* The first that waits and those like it. */
static int take_alike(work_queue *q, work_item **items)
{
    int count = 0;
    for (work_item **link = &q->waiting.first; *link && count < MOST_TOGETHER;) {
        bool alike = !count || are_alike(*link, items[0]);
        if (alike) items[count++] = take(&q->waiting, link);
        else link = &(*link)->next;
    }
    for (int i = 0; i < count; i++) append(&q->running, items[i]);
    return count;
}

/* Those whose askers still wait are sent; the watch keeps its hands off what is no longer running. */
static void finish(work_queue *q, work_item **items, int count)
{
    pthread_mutex_lock(&q->lock);
    for (int i = 0; i < count; i++) take(&q->running, find(&q->running, items[i]));
    pthread_mutex_unlock(&q->lock);
    for (int i = 0; i < count; i++) {
        if (!items[i]->late) q->calls.send(q->calls.context, items[i], false);
        q->calls.drop(q->calls.context, items[i]);
    }
}

static void *run_worker(void *context)
{
    work_queue *q = context;
    work_item *items[MOST_TOGETHER];
    for (;;) {
        pthread_mutex_lock(&q->lock);
        while (!q->waiting.first && !q->stopping) pthread_cond_wait(&q->work, &q->lock);
        int count = take_alike(q, items);
        pthread_mutex_unlock(&q->lock);
        if (!count) return NULL;
        q->calls.work(q->calls.context, items, count);
        finish(q, items, count);
    }
}

/* ---- the watch ------------------------------------------------------------------------------------------- */

static double earliest(const item_list *list, double until)
{
    for (const work_item *i = list->first; i; i = i->next)
        if (!i->late && i->until < until) until = i->until;
    return until;
}

/* Sends what is late among the running, under the lock: they must not be dropped meanwhile. */
static void send_late_running(work_queue *q, double now)
{
    for (work_item *i = q->running.first; i; i = i->next) {
        if (i->late || i->until > now) continue;
        i->late = true;
        q->calls.send(q->calls.context, i, true);
    }
}

static void send_late_waiting(work_queue *q, double now)
{
    for (work_item **link = &q->waiting.first; *link;) {
        if ((*link)->until > now) {
            link = &(*link)->next;
            continue;
        }
        work_item *item = take(&q->waiting, link);
        q->calls.send(q->calls.context, item, true);
        q->calls.drop(q->calls.context, item);
    }
}

static void *run_watch(void *context)
{
    enum { AT_MOST = 3600 };
    work_queue *q = context;
    pthread_mutex_lock(&q->lock);
    while (q->watching) {
        double now = clock_seconds(), until = earliest(&q->running, earliest(&q->waiting, now + AT_MOST));
        struct timespec at = {.tv_sec = (time_t)until, .tv_nsec = (long)((until - (double)(time_t)until) * 1e9)};
        q->next_look = until;
        if (until > now) pthread_cond_timedwait(&q->time, &q->lock, &at);
        now = clock_seconds();
        send_late_waiting(q, now);
        send_late_running(q, now);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

/* ---- life ------------------------------------------------------------------------------------------------ */

/* The watch is woken for what ends before it looks again: once in a while, as times end in the order of coming. */
bool work_queue_add(work_queue *q, work_item *item)
{
    pthread_mutex_lock(&q->lock);
    bool open = !q->stopping;
    if (open) {
        item->late = false;
        append(&q->waiting, item);
        pthread_cond_signal(&q->work);
        if (item->until < q->next_look) pthread_cond_signal(&q->time);
    }
    pthread_mutex_unlock(&q->lock);
    return open;
}

static gat_status start_threads(work_queue *q, int threads)
{
    q->thread = gat_alloc(threads, sizeof *q->thread);
    if (!q->thread) return GAT_ENOMEM;
    q->watching = true;
    if (pthread_create(&q->watch, NULL, run_watch, q)) {
        q->watching = false;
        return GAT_ENOMEM;
    }
    while (q->threads < threads && !pthread_create(&q->thread[q->threads], NULL, run_worker, q)) q->threads++;
    return q->threads ? GAT_OK : GAT_ENOMEM;
}

gat_status work_queue_start(work_queue **out, const work_calls *calls, int threads, gat_error *err)
{
    pthread_condattr_t clock;
    work_queue *q = *out = gat_calloc(1, sizeof *q);
    if (!q) return error_nomem(err);
    q->calls = *calls;
    q->waiting.end = &q->waiting.first;
    q->running.end = &q->running.first;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&q->time, &clock);
    pthread_condattr_destroy(&clock);
    if (!start_threads(q, threads)) return GAT_OK;
    work_queue_stop(q);
    work_queue_free(q);
    *out = NULL;
    return error_nomem(err);
}

/* The watch outlives the workers: what they still do has its time. */
void work_queue_stop(work_queue *q)
{
    if (!q) return;
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
    for (int i = 0; i < q->threads; i++) pthread_join(q->thread[i], NULL);
    q->threads = 0;
    pthread_mutex_lock(&q->lock);
    bool watching = q->watching;
    q->watching = false;
    pthread_cond_signal(&q->time);
    pthread_mutex_unlock(&q->lock);
    if (watching) pthread_join(q->watch, NULL);
}

void work_queue_free(work_queue *q)
{
    if (!q) return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->work);
    pthread_cond_destroy(&q->time);
    gat_free(q->thread);
    gat_free(q);
}
