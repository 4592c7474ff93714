/* Every decoder in a trained model: its queries against double precision, the same bits alone and in a batch, and after a
 * way through a file. */
#include "model/decoder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/model_io.h"
#include "model/embedding_view.h"
#include "ref/differences.h"
#include "ref/ref_decoder.h"
#include "ref/ref_score.h"
#include "support/check.h"
#include "support/ring_data.h"

enum { D = 12, MOST_ROWS = 200 };

static int setup(void **state)
{
    *state = ring_dataset(false);
    return 0;
}

static int teardown(void **state)
{
    dataset_free(*state);
    return 0;
}

static gat_model *trained(const gat_dataset *data, int decoder)
{
    char settings[200];
    bool wide = decoder >= GAT_DECODER_TUCKER;
    snprintf(settings, sizeof settings, "dim=%d attn-heads=3 epochs=2 decoder=%s%s", D,
             decoder_name((gat_decoder)decoder), wide ? " relation-dim=6 hidden-dropout=0.1 conv-channels=5" : "");
    gat_config c = ring_config(settings);
    return ring_train(data, &c, NULL, GAT_OK);
}

/* All questions of a model, most of them in the batch at once. */
static int64_t questions(int32_t *entity, int32_t *relation, const gat_model *m)
{
    int64_t b = 0;
    for (int32_t e = 0; e < m->num_seen; e++)
        for (int32_t r = 0; r < 2 * m->num_seen_relations && b < MOST_ROWS; r++) {
            entity[b] = e;
            relation[b++] = r;
        }
    return b;
}

/* params: the model's block in double. */
static void right_query(double *q, const gat_model *m, const double *params, int32_t entity, int32_t relation)
{
    const gat_param *table = &m->params.list[m->relation];
    const double *r = params + table->offset + relation * table->cols;
    double x[D];
    for (int i = 0; i < D; i++) x[i] = (double)embedding_view_of(m->view)->encoded[entity * D + i];
    if (m->config.decoder >= GAT_DECODER_TUCKER) ref_query(q, m, params, x, r);
    else ref_compose(q, x, r, (int32_t[]){0}, (int32_t[]){0}, 1, D, (gat_decoder)m->config.decoder);
}

static void check_queries(const gat_model *m)
{
    int32_t entity[MOST_ROWS] = {0}, relation[MOST_ROWS] = {0};
    float all[MOST_ROWS * D], one[D];
    double right[D], *params = gat_alloc(m->params.size, sizeof *params);
    int64_t b = questions(entity, relation, m);
    assert_non_null(params);
    for (int64_t i = 0; i < m->params.size; i++) params[i] = (double)m->params.value[i];
    assert_int_equal(embedding_queries(all, embedding_view_of(m->view), entity, relation, b, NULL), GAT_OK);
    for (int64_t j = 0; j < b; j += 7) {
        assert_int_equal(embedding_queries(one, embedding_view_of(m->view), entity + j, relation + j, 1, NULL), GAT_OK);
        assert_memory_equal(one, all + j * D, sizeof one);
        right_query(right, m, params, entity[j], relation[j]);
        assert_at_most(largest_difference(one, right, D), 1e-4);
    }
    gat_free(params);
}

static void test_queries(void **state)
{
    for (int decoder = 0; decoder < GAT_NUM_DECODERS; decoder++) {
        gat_model *m = trained(*state, decoder);
        check_queries(m);
        model_free(m);
    }
}

static void test_files(void **state)
{
    for (int decoder = 0; decoder < GAT_NUM_DECODERS; decoder++) {
        gat_model *m = trained(*state, decoder), *back = NULL;
        gat_error err = {0};
        if (model_save(m, "decoder.model", &err) || model_load(&back, "decoder.model", &err) ||
            model_finish(back, &err))
            fail_msg("%s", err.message);
        ring_digest a = ring_digest_of(m), b = ring_digest_of(back);
        assert_same_digest(a, b);
        check_queries(back);
        model_free(m);
        model_free(back);
    }
}

/* A query of ConvE asks for the bias of each candidate, which starts at zero and is learnt. */
static void test_bias_column(void **state)
{
    gat_config none = ring_config("epochs=0 model=none decoder=conve");
    gat_model *fresh = ring_train(*state, &none, NULL, GAT_OK), *m = trained(*state, GAT_DECODER_CONVE);
    float q[D];
    assert_int_equal(embedding_queries(q, embedding_view_of(m->view), (int32_t[]){0}, (int32_t[]){0}, 1, NULL), GAT_OK);
    assert_true(q[D - 1] == 1);
    const float *before = param_value(&fresh->params, fresh->entity), *after = param_value(&m->params, m->entity);
    bool learnt = false;
    for (int32_t i = 0; i < m->num_seen; i++) {
        assert_true(before[i * 8 + 7] == 0);
        learnt |= after[i * D + D - 1] != 0;
    }
    assert_true(learnt);
    model_free(fresh);
    model_free(m);
}

static void test_pictures(void **state)
{
    (void)state;
    static const int64_t sizes[][4] = {{200, 200, 20, 20}, {8, 8, 4, 4}, {12, 6, 6, 3},
                                       {256, 256, 32, 16}, {9, 9, 6, 3}, {192, 64, 16, 16}};
    int64_t height, width;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_true(conve_picture(&height, &width, sizes[i][0], sizes[i][1]));
        if (height != sizes[i][2] || width != sizes[i][3])
            fail_msg("%d and %d: %d x %d", (int)sizes[i][0], (int)sizes[i][1], (int)height, (int)width);
    }
    assert_false(conve_picture(&height, &width, 7, 10));
    assert_false(conve_picture(&height, &width, 4, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_bias_column),
        cmocka_unit_test(test_pictures),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
