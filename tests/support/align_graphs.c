#include "support/align_graphs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"

enum { RELATIONS = 5 };

static FILE *open_file(const char *name)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    return f;
}

static int draw(uint64_t seed, int stream, int i, int bound)
{
    return (int)random_below(seed, (uint64_t)stream, (uint64_t)i, bound);
}

void align_graphs_write(int n, int facts, int seeds, uint64_t seed)
{
    FILE *one = open_file("kg1.tsv"), *two = open_file("kg2.tsv"), *renamed = open_file("kg2_renamed.tsv");
    FILE *known = open_file("seeds.tsv"), *known2 = open_file("seeds_renamed.tsv"), *rest = open_file("rest.tsv");
    for (int i = 0; i < facts; i++) {
        int h = i < n ? i : draw(seed, 1, i, n), r = draw(seed, 2, i, RELATIONS), t = draw(seed, 3, i, n);
        if (i < n || draw(seed, 4, i, 10)) fprintf(one, "a%d\tp%d\ta%d\n", h, r, t);
        if (i >= n && !draw(seed, 5, i, 10)) continue;
        fprintf(two, "b%d\tq%d\tb%d\n", h, r, t);
        fprintf(renamed, "x%d_other\ty%d_other\tx%d_other\n", h, r, t);
    }
    for (int i = 0; i < n; i++) {
        fprintf(i < seeds ? known : rest, "a%d\tb%d\n", i, i);
        if (i < seeds) fprintf(known2, "a%d\tx%d_other\n", i, i);
    }
    FILE *files[] = {one, two, renamed, known, known2, rest};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) assert_int_equal(fclose(files[i]), 0);
}

kg_side *align_graphs_load(int number)
{
    kg_side *s;
    gat_error err;
    if (kg_side_load(&s, number == 1 ? "kg1.tsv" : "kg2.tsv", number, 1, NULL, &err)) fail_msg("%s", err.message);
    return s;
}

pair_matrix *align_graphs_random(int32_t rows, int32_t columns, int width, uint64_t seed)
{
    pair_matrix *m;
    assert_int_equal(pair_matrix_new(&m, rows, columns, (int64_t)rows * width, NULL), GAT_OK);
    for (int32_t x = 0; x < rows; x++) {
        int64_t at = m->start[x];
        for (int k = 0; k < width; k++) {
            int64_t first = (int64_t)k * columns / width, end = (int64_t)(k + 1) * columns / width;
            m->column[at] = (int32_t)(first + random_below(seed, 7, (uint64_t)at, end - first));
            m->value[at] = 1 - random_uniform(seed, 8, (uint64_t)at);
            at++;
        }
        m->start[x + 1] = at;
    }
    return m;
}
