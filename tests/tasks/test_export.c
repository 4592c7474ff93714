/* Each format read back. */
#include "support/small_model.h"

#include <errno.h>

#include "tasks/export.h"

static const char *const formats[] = {"npy", "word2vec", "word2vec-binary", "projector", "safetensors"};

static void export_as(const gat_model *m, const char *format, const char *path)
{
    gat_error err = {0};
    if (export_model(m, format, path, &err)) fail_msg("%s", err.message);
}

static void test_npy(void **state)
{
    small_state *s = *state;
    size_t size;
    export_as(s->gat, "npy", "x.npy");
    char *bytes = get_file("x.npy", &size), *names = get_file("x.npy.entities.txt", NULL);
    assert_int_equal(size, 128 + 13 * 8 * sizeof(float));
    assert_non_null(strstr(bytes + 10, "'shape': (13, 8)"));
    assert_memory_equal(bytes + 128, embedding_view_of(s->gat->view)->encoded, 13 * 8 * sizeof(float));
    assert_memory_equal(names, "a\nb\nc\n", 6);
    gat_free(bytes);
    gat_free(names);
}

static void test_word2vec(void **state)
{
    (void)state;
    put_file("blank.tsv", "two words\tlikes\tb\nb\tlikes\tno\xc2\xa0"
                          "break\n");
    gat_dataset *d = dataset_of("blank.tsv");
    gat_model *m = small_model(d, "none");
    static const char *const names[] = {"two_words", "b", "no\302\240break"};
    export_as(m, "word2vec", "x.vec");
    FILE *f = fopen("x.vec", "r");
    int rows, columns;
    assert_int_equal(fscanf(f, "%d %d\n", &rows, &columns), 2);
    assert_int_equal(rows, 3);
    assert_int_equal(columns, 8);
    for (int i = 0; i < rows; i++) {
        char word[64];
        assert_int_equal(fscanf(f, "%63[^ ]", word), 1);
        assert_string_equal(word, names[i]);
        for (int j = 0; j < columns; j++) {
            float x;
            assert_int_equal(fscanf(f, " %f", &x), 1);
            assert_true(x == embedding_view_of(m->view)->encoded[i * 8 + j]);
        }
        assert_int_equal(fgetc(f), '\n');
    }
    assert_int_equal(fgetc(f), EOF);
    fclose(f);
    model_free(m);
    dataset_free(d);
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++) lines += *text == '\n';
    return lines;
}

static void test_projector(void **state)
{
    small_state *s = *state;
    export_as(s->gat, "projector", "x");
    char *vectors = get_file("x.tsv", NULL), *metadata = get_file("x.metadata.tsv", NULL);
    assert_int_equal(count_lines(vectors), 13);
    assert_int_equal(count_lines(metadata), 14);
    assert_memory_equal(metadata, "name\ttext\na\tfirst letter\n", 25);
    char *at = vectors;
    for (int i = 0; i < 13 * 8; i++, at++) {
        assert_true(strtof(at, &at) == embedding_view_of(s->gat->view)->encoded[i]);
        assert_int_equal(*at, i % 8 == 7 ? '\n' : '\t');
    }
    gat_free(vectors);
    gat_free(metadata);
}

/* Offset of a tensor's bytes behind the header, from its entry; its shape is checked. */
static size_t tensor_offset(const char *header, const char *name, long long rows, long long columns)
{
    char entry[160];
    long long begin = -1, end = -1;
    int n = snprintf(entry, sizeof entry, "\"%s\":{\"dtype\":\"F32\",\"shape\":[%lld,%lld],\"data_offsets\":[", name,
                     rows, columns);
    const char *at = strstr(header, entry);
    if (!at) fail_msg("no %s", entry);
    else assert_int_equal(sscanf(at + n, "%lld,%lld]", &begin, &end), 2);
    assert_int_equal(end - begin, rows * columns * 4);
    return (size_t)begin;
}

static void test_safetensors(void **state)
{
    small_state *s = *state;
    size_t size, length = 0;
    export_as(s->gat, "safetensors", "x.safetensors");
    char *bytes = get_file("x.safetensors", &size), header[8000];
    for (int i = 7; i >= 0; i--) length = length << 8 | (uint8_t)bytes[i];
    assert_true(length % 8 == 0 && length < sizeof header && 8 + length < size);
    memcpy(header, bytes + 8, length);
    header[length] = 0;
    assert_memory_equal(header, "{\"__metadata__\":{\"format\":\"gatkit\",\"entities\":\"a\\nb\\nc", 53);
    const gat_params *p = &s->gat->params;
    const char *data = bytes + 8 + length;
    for (int i = 0; i < p->count; i++)
        assert_memory_equal(data + tensor_offset(header, p->list[i].name, p->list[i].rows, p->list[i].cols),
                            param_value(p, i), (size_t)param_size(p, i) * sizeof(float));
    size_t encoded = tensor_offset(header, "entities_encoded", 13, 8);
    assert_memory_equal(data + encoded, embedding_view_of(s->gat->view)->encoded, 13 * 8 * sizeof(float));
    assert_int_equal(8 + length + encoded + 13 * 8 * sizeof(float), size);
    gat_free(bytes);
}

static void test_refused(void **state)
{
    small_state *s = *state;
    gat_error err = {0};
    assert_int_equal(export_model(s->gat, "csv", "x.csv", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "expected npy, word2vec, word2vec-binary, projector or safetensors"));
    assert_false(file_exists("x.csv"));
    for (int i = 0; i < 5; i++) assert_int_equal(export_model(s->gat, formats[i], "no/such/folder", &err), GAT_EIO);
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    for (int i = 0; i < 5; i++) {
        gat_status st = GAT_ENOMEM;
        for (int64_t n = 1; st; n++) {
            gat_error err = {0};
            memory_fail_at(n, false);
            st = export_model(s->gat, formats[i], "y", &err);
            memory_fail_at(0, false);
            assert_true(st == GAT_OK || err.code == GAT_ENOMEM);
        }
    }
}

/* The last operation is the flush of the folder, after the file is in place. */
static void test_failing_files(void **state)
{
    small_state *s = *state;
    for (int i = 0; i < 5; i++) {
        gat_status st = GAT_EIO;
        const char *path = i == 3 ? "z.tsv" : "z";
        export_as(s->gat, formats[i], "z");
        size_t new_size, size;
        char *expected = get_file(path, &new_size);
        for (int64_t n = 1; st; n++) {
            put_file(path, "old");
            file_fail_at(n, EIO);
            st = export_model(s->gat, formats[i], "z", NULL);
            file_fail_at(0, 0);
            char *found = get_file(path, &size);
            bool is_new = size == new_size && !memcmp(found, expected, size);
            assert_true(st ? is_new || !strcmp(found, "old") : is_new);
            gat_free(found);
        }
        gat_free(expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_npy),           cmocka_unit_test(test_word2vec),
        cmocka_unit_test(test_projector),     cmocka_unit_test(test_safetensors),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_failing_files),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}
