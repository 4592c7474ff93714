/* The queue of slow work: what is done together, what is late before and while it is done, what a stop leaves. */
#include "base/clock.h"
#include "server/work_queue.h"

#include <pthread.h>

#include "base/memory.h"
#include "support/check.h"

enum { MOST = 200 };

typedef struct thing {
    work_item item;
    int id;
} thing;

/* All under the lock, but for what the queue itself keeps. */
typedef struct diary {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool gate;    /* work waits until it is open */
    int working;  /* calls of work that have begun */
    int together; /* items of the largest call */
    int sent[MOST], late[MOST], dropped;
} diary;

static void enter(diary *d) { pthread_mutex_lock(&d->lock); }

static void leave(diary *d)
{
    pthread_cond_broadcast(&d->change);
    pthread_mutex_unlock(&d->lock);
}

static void work(void *context, work_item *const *items, int count)
{
    diary *d = context;
    (void)items;
    enter(d);
    d->working++;
    if (count > d->together) d->together = count;
    pthread_cond_broadcast(&d->change);
    while (!d->gate) pthread_cond_wait(&d->change, &d->lock);
    leave(d);
}

static void send(void *context, work_item *item, bool late)
{
    diary *d = context;
    int id = ((thing *)item)->id;
    enter(d);
    d->sent[id]++;
    d->late[id] += late;
    leave(d);
}

static void drop(void *context, work_item *item)
{
    diary *d = context;
    gat_free(item);
    enter(d);
    d->dropped++;
    leave(d);
}

typedef struct fixture {
    diary diary;
    work_queue *queue;
} fixture;

static void start(fixture *f, int threads, bool gate)
{
    const work_calls calls = {.context = &f->diary, .work = work, .send = send, .drop = drop};
    *f = (fixture){.diary = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER, .gate = gate}};
    assert_int_equal(work_queue_start(&f->queue, &calls, threads, NULL), GAT_OK);
}

static void add(fixture *f, int id, const void *group, double seconds)
{
    thing *t = gat_calloc(1, sizeof *t);
    assert_non_null(t);
    *t = (thing){.item = {.group = {group, NULL}, .until = clock_seconds() + seconds}, .id = id};
    assert_true(work_queue_add(f->queue, &t->item));
}

static void wait_for(diary *d, const int *count, int least)
{
    enter(d);
    while (*count < least) pthread_cond_wait(&d->change, &d->lock);
    leave(d);
}

static void open_gate(diary *d)
{
    enter(d);
    d->gate = true;
    leave(d);
}

static void end(fixture *f)
{
    work_queue_stop(f->queue);
    work_queue_free(f->queue);
}

static void test_alike_are_done_together(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, false);
    add(&f, 0, NULL, 100);
    wait_for(&f.diary, &f.diary.working, 1);
    for (int i = 1; i <= 100; i++) add(&f, i, i % 2 ? "odd" : NULL, 100);
    open_gate(&f.diary);
    wait_for(&f.diary, &f.diary.dropped, 101);
    assert_int_equal(f.diary.together, 50);
    assert_int_equal(f.diary.working, 1 + 1 + 50);
    for (int i = 0; i <= 100; i++) assert_true(f.diary.sent[i] == 1 && !f.diary.late[i]);
    end(&f);
}

static void test_at_most(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, false);
    add(&f, 0, NULL, 100);
    wait_for(&f.diary, &f.diary.working, 1);
    for (int i = 1; i < MOST; i++) add(&f, i, "all", 100);
    open_gate(&f.diary);
    wait_for(&f.diary, &f.diary.dropped, MOST);
    assert_int_equal(f.diary.together, MOST_TOGETHER);
    end(&f);
}

/* The first is late while it is done, the second while it waits; the third is not late. */
static void test_late(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, false);
    add(&f, 0, NULL, 0.01);
    wait_for(&f.diary, &f.diary.working, 1);
    add(&f, 1, NULL, 0.02);
    add(&f, 2, NULL, 100);
    wait_for(&f.diary, &f.diary.late[0], 1);
    wait_for(&f.diary, &f.diary.late[1], 1);
    wait_for(&f.diary, &f.diary.dropped, 1);
    assert_int_equal(f.diary.working, 1);
    open_gate(&f.diary);
    wait_for(&f.diary, &f.diary.dropped, 3);
    for (int i = 0; i < 3; i++) assert_int_equal(f.diary.sent[i], 1);
    assert_false(f.diary.late[2]);
    end(&f);
}

static void test_stop_does_what_waits(void **state)
{
    fixture f;
    thing more = {.id = 3};
    (void)state;
    start(&f, 2, true);
    for (int i = 0; i < 3; i++) add(&f, i, NULL, 100);
    work_queue_stop(f.queue);
    assert_int_equal(f.diary.dropped, 3);
    for (int i = 0; i < 3; i++) assert_true(f.diary.sent[i] == 1 && !f.diary.late[i]);
    assert_false(work_queue_add(f.queue, &more.item));
    work_queue_free(f.queue);
}

static void test_memory(void **state)
{
    const work_calls calls = {.work = work, .send = send, .drop = drop};
    (void)state;
    for (int64_t n = 1;; n++) {
        work_queue *q;
        memory_fail_at(n, false);
        gat_status st = work_queue_start(&q, &calls, 2, NULL);
        memory_fail_at(0, false);
        work_queue_stop(q);
        work_queue_free(q);
        if (!st) break;
        assert_int_equal(st, GAT_ENOMEM);
        assert_null(q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_alike_are_done_together), cmocka_unit_test(test_at_most),
                                       cmocka_unit_test(test_late), cmocka_unit_test(test_stop_does_what_waits),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
