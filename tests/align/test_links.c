/* Files of links and names: what is read, and what is refused with file, line and the nearest names. */
#include "support/triple_files.h"

#include <stdbool.h>

#include "align/links.h"
#include "align/name_file.h"
#include "base/memory.h"

typedef struct sides {
    kg_side *a, *b;
} sides;

static int set_up(void **state)
{
    static sides s;
    put_text("one.tsv", "anna\tlikes\tbob\nbob\tlikes\tcarl\n");
    put_text("two.tsv", "ANNA\tmag\tBOB\nBOB\tmag\tCARL\n");
    assert_int_equal(kg_side_load(&s.a, "one.tsv", 1, 1, NULL, NULL), GAT_OK);
    assert_int_equal(kg_side_load(&s.b, "two.tsv", 2, 1, NULL, NULL), GAT_OK);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    sides *s = *state;
    kg_side_free(s->a);
    kg_side_free(s->b);
    return 0;
}

static void test_read(void **state)
{
    const sides *s = *state;
    link_list l;
    put_text("links.tsv", "anna\tANNA\n\nbob\tBOB\nanna\tANNA\n");
    assert_int_equal(links_read(&l, "links.tsv", s->a, s->b, false, NULL, NULL), GAT_OK);
    assert_int_equal(l.count, 2);
    assert_string_equal(kg_side_entity(s->a, l.data[1].source), "bob");
    assert_string_equal(kg_side_entity(s->b, l.data[1].target), "BOB");
    assert_int_equal(l.data[1].line, 3);
    link_list_clear(&l);
}

static void refuse(const sides *s, const char *text, const char *says)
{
    link_list l;
    gat_error err;
    put_text("links.tsv", text);
    assert_int_equal(links_read(&l, "links.tsv", s->a, s->b, false, NULL, &err), GAT_EDATA);
    assert_null(l.data);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_refused(void **state)
{
    const sides *s = *state;
    refuse(s, "anna\tANNA\nbb\tBOB\n", "links.tsv:2: KG1 has no entity \"bb\"; nearest: bob");
    refuse(s, "anna\tANA\n", "KG2 has no entity \"ANA\"; nearest: ANNA (--skip-bad-links leaves such lines out)");
    refuse(s, "x\tANNA\ny\tBOB\nz\tBOB\n", "and 2 faults more");
    refuse(s, "anna\n", "links.tsv:1: expected 2 columns");
    refuse(s, "anna\tANNA\t1.0\n", "found 3");
    refuse(s, "anna\tANNA\nanna\tBOB\n", "links.tsv:2: \"anna\" is linked to another entity in line 1 already");
    refuse(s, "anna\tANNA\nbob\tANNA\n", "links.tsv:2: \"ANNA\" is linked");
    refuse(s, "anna\t\"Anna\"\n", "is a literal");
    refuse(s, "", "no links");
}

static void test_skipped(void **state)
{
    const sides *s = *state;
    link_list l;
    put_text("links.tsv", "anna\tANNA\nanna\tBOB\nnobody\tBOB\ncarl\tCARL\n");
    assert_int_equal(links_read(&l, "links.tsv", s->a, s->b, true, NULL, NULL), GAT_OK);
    assert_int_equal(l.count, 1);
    assert_string_equal(kg_side_entity(s->a, l.data[0].source), "carl");
    link_list_clear(&l);
}

static void test_marks(void **state)
{
    const sides *s = *state;
    uint8_t marks[3] = {0};
    gat_error err;
    put_text("list.tsv", "bob\tand more\n\n");
    assert_int_equal(entity_marks_read(marks, "list.tsv", s->a, false, NULL, NULL), GAT_OK);
    assert_int_equal(marks[kg_side_find(s->a, "bob", 3)], 1);
    assert_int_equal(marks[0] + marks[1] + marks[2], 1);
    put_text("list.tsv", "bop\n");
    assert_int_equal(entity_marks_read(marks, "list.tsv", s->a, false, NULL, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "list.tsv:1: KG1 has no entity \"bop\"; nearest: bob"));
}

static void test_names(void **state)
{
    const sides *s = *state;
    char **names;
    gat_error err;
    put_text("names.tsv", "anna\tAnna\tthird\nbob\tBob\t\nnobody\tN\n");
    assert_int_equal(name_file_read(&names, "names.tsv", s->a, 3, NULL, NULL), GAT_OK);
    assert_string_equal(names[kg_side_find(s->a, "anna", 4)], "third");
    assert_string_equal(names[kg_side_find(s->a, "bob", 3)], "Bob");
    assert_null(names[kg_side_find(s->a, "carl", 4)]);
    name_file_free(names, s->a);
    put_text("names.tsv", "nobody\tN\n");
    assert_int_equal(name_file_read(&names, "names.tsv", s->a, 2, NULL, &err), GAT_EDATA);
    put_text("names.tsv", "anna\n");
    assert_int_equal(name_file_read(&names, "names.tsv", s->a, 2, NULL, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "names.tsv:1:"));
}

/* Ids are a permutation, edges stand on both ends, groups are runs of equal relations. */
static void test_side(void **state)
{
    const kg_side *a = ((const sides *)*state)->a;
    assert_int_equal(a->num_entities, 3);
    assert_int_equal(a->num_relations, 1);
    assert_int_equal(a->num_edges, 4);
    for (int32_t x = 0; x < 3; x++)
        for (int64_t e = a->edge_start[x]; e < a->edge_start[x + 1]; e++) {
            int32_t g = a->far_group[e], z = a->neighbor[e];
            assert_true(g >= a->group_start[z] && g < a->group_start[z + 1]);
            assert_int_equal(a->group_relation[g], inverse_relation(a, a->relation[e]));
        }
    assert_int_equal(kg_side_find(a, "dora", 4), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),  cmocka_unit_test(test_refused), cmocka_unit_test(test_skipped),
        cmocka_unit_test(test_marks), cmocka_unit_test(test_names),   cmocka_unit_test(test_side),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
