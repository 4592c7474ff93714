/* Pieces of an arena are apart, aligned, and cost no allocation once the arena knows the size of a step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/memory.h"

enum { PIECES = 200 };

static const int64_t lengths[] = {0, 1, 7, 63, 64, 65, 4096, 70000};

static int64_t length_of(int piece) { return lengths[piece % 8]; }

/* One step: pieces filled with their own number. */
static bool take_pieces(unsigned char **pieces, gat_arena *arena)
{
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(arena, length_of(i), 1);
        if (!pieces[i]) return false;
        memset(pieces[i], i, (size_t)length_of(i));
    }
    return true;
}

static void test_pieces_are_apart(void **state)
{
    (void)state;
    unsigned char *pieces[PIECES];
    gat_arena *arena = arena_new();
    assert_non_null(arena);
    for (int step = 0; step < 3; step++) {
        assert_true(take_pieces(pieces, arena));
        for (int i = 0; i < PIECES; i++) {
            assert_int_equal((uintptr_t)pieces[i] % GAT_CACHE_LINE, 0);
            for (int64_t j = 0; j < length_of(i); j++)
                if (pieces[i][j] != i) fail_msg("piece %d was overwritten", i);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_steady_steps_allocate_nothing(void **state)
{
    (void)state;
    unsigned char *pieces[PIECES];
    gat_arena *arena = arena_new();
    for (int step = 0; step < 3; step++) {
        assert_true(take_pieces(pieces, arena));
        arena_reset(arena);
    }
    memory_fail_at(0, false);
    assert_true(take_pieces(pieces, arena));
    assert_int_equal(memory_count(), 0);
    arena_free(arena);
}

/* Only what was handed out counts, and a step that has grown is not held beside the one before it. */
static void test_what_is_touched(void **state)
{
    (void)state;
    enum { STEP = 3 << 20 };
    int64_t before = memory_in_use();
    gat_arena *arena = arena_new();
    for (int step = 0; step < 3; step++) {
        arena_reset(arena);
        memory_restart_peak();
        for (int i = 0; i < 3; i++) assert_non_null(arena_alloc(arena, STEP / 3, 1));
        int64_t used = memory_peak() - before;
        assert_true(used >= STEP && used < STEP + 5000);
    }
    arena_free(arena);
    assert_int_equal(memory_in_use(), before);
}

static void test_piece_above_a_block(void **state)
{
    (void)state;
    enum { BIG = 5 << 20 };
    gat_arena *arena = arena_new();
    char *small = arena_alloc(arena, 10, 1), *big = arena_alloc(arena, BIG, 1), *after = arena_alloc(arena, 10, 1);
    assert_true(small && big && after);
    memset(small, 1, 10);
    memset(big, 2, BIG);
    memset(after, 3, 10);
    assert_true(small[9] == 1 && big[0] == 2 && big[BIG - 1] == 2);
    arena_free(arena);
}

static void test_refuses_impossible_sizes(void **state)
{
    (void)state;
    gat_arena *arena = arena_new();
    arena_reset(arena);
    assert_null(arena_alloc(arena, -1, 1));
    assert_null(arena_alloc(arena, INT64_MAX, 1));
    assert_null(arena_alloc(arena, INT64_MAX, 16));
    assert_non_null(arena_alloc(arena, 1, 1));
    arena_free(arena);
    arena_free(NULL);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    unsigned char *pieces[PIECES];
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        memory_fail_at(n, false);
        gat_arena *arena = arena_new();
        done = arena && take_pieces(pieces, arena);
        memory_fail_at(0, false);
        if (!done && arena) assert_true(take_pieces(pieces, arena));
        arena_free(arena);
        assert_true(!done || n > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_apart),         cmocka_unit_test(test_steady_steps_allocate_nothing),
        cmocka_unit_test(test_what_is_touched),          cmocka_unit_test(test_piece_above_a_block),
        cmocka_unit_test(test_refuses_impossible_sizes), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
