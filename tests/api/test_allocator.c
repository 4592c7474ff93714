/* An allocator of the program's own: everything goes through it and comes back, and what it refuses is GAT_ENOMEM. A process of
 * its own, as it must be set before any other call. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "gatkit.h"
#include "support/check.h"

static const char FACTS[] = "test_allocator.tsv", MODEL[] = "test_allocator.gatkit";

/* Before each block, so that memory of another source is seen. */
enum { MARK = 0x5eed };
typedef struct mark {
    int64_t mark, bytes;
} mark;

typedef struct tally {
    atomic_int_fast64_t calls, blocks, bytes;
    int64_t refuse; /* from this call on; 0: never */
} tally;

static void *allocate(void *context, size_t alignment, size_t bytes)
{
    tally *t = context;
    assert_true(alignment >= sizeof(mark) && (alignment & (alignment - 1)) == 0);
    assert_true(bytes > 0 && bytes % alignment == 0);
    int64_t call = atomic_fetch_add(&t->calls, 1) + 1;
    if (t->refuse && call >= t->refuse) return NULL;
    char *p = aligned_alloc(alignment, bytes + alignment);
    assert_non_null(p);
    memset(p, 0xa5, bytes + alignment);
    *(mark *)(void *)p = (mark){MARK, (int64_t)bytes};
    /* Where the block begins stands right before what is given, too. */
    memcpy(p + alignment - sizeof p, &p, sizeof p);
    atomic_fetch_add(&t->blocks, 1);
    atomic_fetch_add(&t->bytes, (int64_t)bytes);
    return p + alignment;
}

static void release(void *context, void *p)
{
    tally *t = context;
    char *block;
    assert_non_null(p);
    memcpy(&block, (char *)p - sizeof block, sizeof block);
    mark *m = (mark *)(void *)block;
    assert_int_equal(m->mark, MARK);
    atomic_fetch_sub(&t->blocks, 1);
    atomic_fetch_sub(&t->bytes, m->bytes);
    m->mark = 0;
    free(block);
}

static void write_facts(void)
{
    FILE *f = fopen(FACTS, "w");
    assert_non_null(f);
    for (int i = 0; i < 20; i++) fprintf(f, "e%d\tnext\te%d\ne%d\tnear\te%d\n", i, (i + 1) % 20, i, (i + 3) % 20);
    assert_int_equal(fclose(f), 0);
}

/* A training, a file, answers: the whole way. */
static gat_status run(gat_error *err)
{
    static const char *const settings[][2] = {{"epochs", "2"}, {"dim", "8"}, {"attn-heads", "2"}, {"batch", "16"}};
    gat_dataset *data = NULL;
    gat_config *config = NULL;
    gat_model *model = NULL;
    gat_evaluation *evaluation = NULL;
    gat_answer *answers = NULL;
    gat_neighbor *neighbors = NULL;
    int64_t count;
    const gat_dataset_options options = {.holdout = 0.1, .seed = 1};
    gat_status st = gat_dataset_load(&data, FACTS, &options, err);
    if (!st) st = gat_config_new(&config, err);
    for (int i = 0; !st && i < 4; i++) st = gat_config_set(config, settings[i][0], settings[i][1], err);
    if (!st) st = gat_train(&model, data, config, NULL, err);
    if (!st) st = gat_model_save(model, MODEL, err);
    gat_model_free(model);
    model = NULL;
    if (!st) st = gat_model_load(&model, MODEL, err);
    if (!st) st = gat_evaluate(&evaluation, model, data, NULL, err);
    if (!st) st = gat_predict(&answers, &count, model, "e1", "next", "?", 5, false, NULL, err);
    if (!st) st = gat_neighbors(&neighbors, &count, model, "e1", GAT_BY_EMBEDDING, 1, 3, NULL, err);
    gat_free_list(neighbors);
    gat_free_list(answers);
    gat_evaluation_free(evaluation);
    gat_model_free(model);
    gat_config_free(config);
    gat_dataset_free(data);
    return st;
}

static void test_allocator(void **state)
{
    (void)state;
    static tally t;
    gat_error err = {0};
    const gat_allocator half = {.allocate = allocate}, own = {allocate, release, &t};
    write_facts();
    assert_int_equal(gat_set_allocator(NULL, &err), GAT_EUSAGE);
    assert_int_equal(gat_set_allocator(&half, &err), GAT_EUSAGE);
    assert_int_equal(gat_set_allocator(&own, &err), GAT_OK);
    assert_int_equal(gat_set_allocator(&own, &err), GAT_OK); /* nothing was asked for in between */
    gat_set_threads(2);
    if (run(&err)) fail_msg("%s", err.message);
    int64_t calls = t.calls;
    assert_true(calls > 100 && calls == memory_count());
    assert_int_equal(t.blocks, 0);
    assert_int_equal(t.bytes, 0);
    assert_int_equal(gat_set_allocator(&own, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "before any other call"));
    for (int64_t n = 1; n < calls; n += 1 + n / 2) {
        t.calls = 0;
        t.refuse = n;
        assert_int_equal(run(&err), GAT_ENOMEM);
        assert_int_equal(t.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_allocator)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
