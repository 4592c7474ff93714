/* A small set of graphs for tests: two people who each like a thing, told in a file. */
#ifndef GAT_TESTS_GRAPH_DATA_H
#define GAT_TESTS_GRAPH_DATA_H

#include <stdio.h>

#include "support/check.h"

static inline void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Graph i: person i % 5 knows person (i + 1 + i / 5 % 3) % 5, who likes thing i % 4. */
static inline void write_graphs(const char *path, int from, int count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (int i = from; i < from + count; i++) {
        int other = (i + 1 + i / 5 % 3) % 5;
        fprintf(f, "[[\"p%d\",\"knows\",\"p%d\"],[\"p%d\",\"likes\",\"t%d\"]]\n", i % 5, other, other, i % 4);
    }
    assert_int_equal(fclose(f), 0);
}

#endif
