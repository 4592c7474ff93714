/* Work that takes long, done by threads of its own: items that are alike are done together, and none keeps its asker waiting
 * beyond its time. */
#ifndef GAT_SERVER_WORK_QUEUE_H
#define GAT_SERVER_WORK_QUEUE_H

#include <stdbool.h>

#include "base/status.h"

enum { MOST_TOGETHER = 64 };

/* First member of what is queued. The rest belongs to the queue. */
typedef struct work_item {
    const void *group[2]; /* items with the same two are done together; [0] NULL: alone */
    double until;         /* of clock_seconds: later than that nobody waits for it */
    struct work_item *next;
    bool late;
} work_item;

/* `send` comes once an item, then `drop`; both may come under the queue's lock, so they add nothing and do not wait. */
typedef struct work_calls {
    void *context;
    void (*work)(void *context, work_item *const *items, int count); /* makes what is to be sent */
    void (*send)(void *context, work_item *item, bool late); /* late: the time is over, perhaps while `work` runs */
    void (*drop)(void *context, work_item *item);            /* frees it */
} work_calls;

typedef struct work_queue work_queue;

/* threads: from 1, beside one that watches the time. */
gat_status work_queue_start(work_queue **out, const work_calls *calls, int threads, gat_error *err);

/* False: the queue is being stopped, and the item is still the caller's. */
bool work_queue_add(work_queue *queue, work_item *item);

/* Takes no more, does what waits, ends its threads. The queue stays, so that others may still try to add. NULL is fine. */
void work_queue_stop(work_queue *queue);
void work_queue_free(work_queue *queue); /* after the stop */

#endif
