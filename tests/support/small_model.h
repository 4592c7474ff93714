/* A graph of thirteen entities as files in the working folder, and models trained on it for a moment. */
#ifndef GAT_TESTS_SMALL_MODEL_H
#define GAT_TESTS_SMALL_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "model/embedding_view.h"
#include "train/trainer.h"

/* "late" is first met in test, "n1" to "n3" in the inductive files; relation "rare" is never in train. */
#define SMALL_TRAIN                                                                                      \
    "a\tlikes\tb\na\tlikes\tc\nb\tlikes\tc\nc\tlikes\td\nd\tlikes\ta\ne\tlikes\ta\nf\tlikes\ta\n"        \
    "a\tbeside\te\ne\tbeside\ta\nb\tbeside\tf\nf\tbeside\tb\nc\tbeside\tg\ng\tbeside\th\nh\tbeside\tg\n" \
    "i\tpart of\ta\nj\tpart of\ta\nk\tpart of\tb\nl\tpart of\tb\na\tpart of\tg\nb\tpart of\tg\na\tlikes\ta\n"
#define SMALL_VALID "g\tbeside\tc\nd\tlikes\tb\nl\tpart of\tg\n"
#define SMALL_TEST "a\tlikes\td\nb\tlikes\ta\nh\tbeside\te\nk\tpart of\tg\nlate\tpart of\ta\nc\tlikes\te\n"
#define SMALL_IND_TRAIN "n1\tlikes\tn2\nn2\tbeside\tn3\nn3\tlikes\tn1\nn2\tlikes\tn4\n"
#define SMALL_IND_TEST "n1\tlikes\tn3\nn4\tbeside\tn2\n"

static inline void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

/* The file's bytes and a zero byte; free with gat_free. */
static inline char *get_file(const char *path, size_t *count)
{
    char *bytes;
    size_t size;
    assert_int_equal(file_read_all(&bytes, count ? count : &size, path, NULL), GAT_OK);
    return bytes;
}

static inline gat_dataset *dataset_of(const char *path)
{
    gat_dataset *d;
    gat_error err = {0};
    const gat_dataset_options options = {.holdout = -1};
    if (dataset_load(&d, path, &options, &err)) fail_msg("%s", err.message);
    return d;
}

static inline gat_dataset *small_dataset(void)
{
    mkdir("small", 0777);
    put_file("small/train.tsv", SMALL_TRAIN);
    put_file("small/valid.tsv", SMALL_VALID);
    put_file("small/test.tsv", SMALL_TEST);
    put_file("small/ind_train.tsv", SMALL_IND_TRAIN);
    put_file("small/ind_test.tsv", SMALL_IND_TEST);
    put_file("small/entity_name.tsv", "a\tfirst letter\nb\tsecond \"letter\"\n");
    return dataset_of("small");
}

/* kind: "gat" or "none". */
static inline gat_model *small_model(const gat_dataset *d, const char *kind)
{
    static const char *const settings[][2] = {
        {"dim", "8"},   {"attn-heads", "2"},     {"epochs", "3"},        {"batch", "16"},         {"init", "1"},
        {"n3", "0.05"}, {"branch-scale", "0.1"}, {"encoder-lr", "0.01"}, {"decoder-dropout", "0"}};
    gat_config config;
    gat_model *m;
    gat_error err = {0};
    config_init(&config);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        assert_int_equal(config_set(&config, settings[i][0], settings[i][1], &err), GAT_OK);
    assert_int_equal(config_set(&config, "model", kind, &err), GAT_OK);
    if (train_model(&m, d, &config, NULL, &err)) fail_msg("%s", err.message);
    return m;
}

/* The state of a test program: the data and a model of each kind. */
typedef struct small_state {
    gat_dataset *data;
    gat_model *gat, *none;
} small_state;

static inline int small_setup(void **state)
{
    small_state *s = gat_calloc(1, sizeof *s);
    assert_non_null(s);
    s->data = small_dataset();
    s->gat = small_model(s->data, "gat");
    s->none = small_model(s->data, "none");
    *state = s;
    return 0;
}

static inline int small_teardown(void **state)
{
    small_state *s = *state;
    model_free(s->gat);
    model_free(s->none);
    dataset_free(s->data);
    gat_free(s);
    return 0;
}

static inline int32_t entity_id(const gat_intern *names, const char *name)
{
    return intern_find(names, name, strlen(name));
}

#endif
