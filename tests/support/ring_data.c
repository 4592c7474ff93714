#include "support/ring_data.h"

#include <stdio.h>
#include <sys/stat.h>

#include "support/check.h"

static void put_fact(FILE *const *split, int *count, int head, const char *relation, int tail)
{
    int which = ++*count % 7 ? 0 : *count % 2 + 1;
    fprintf(split[which], "e%d\t%s\te%d\n", head % RING, relation, tail % RING);
}

static void put_splits(FILE *const *split, bool noise)
{
    int count = 0;
    for (int i = 0; i < RING; i++) {
        put_fact(split, &count, i, "next", i + 1);
        put_fact(split, &count, i, "skip", i + 2);
        put_fact(split, &count, i, "opposite", i + RING / 2);
        put_fact(split, &count, i, "skip", i + 3);
        if (noise) fprintf(split[2], "e%d\tnext\te%d\n", i, (7 * i + 5) % RING);
    }
}

gat_dataset *ring_dataset(bool noise)
{
    static const char *const paths[2][3] = {{"ring/train.tsv", "ring/valid.tsv", "ring/test.tsv"},
                                            {"noise/train.tsv", "noise/valid.tsv", "noise/test.tsv"}};
    FILE *split[3];
    gat_dataset *data;
    gat_error err = {0};
    mkdir(noise ? "noise" : "ring", 0777);
    for (int i = 0; i < 3; i++) assert_non_null(split[i] = fopen(paths[noise][i], "wb"));
    put_splits(split, noise);
    for (int i = 0; i < 3; i++) assert_int_equal(fclose(split[i]), 0);
    if (dataset_load(&data, noise ? "noise" : "ring", NULL, &err)) fail_msg("%s", err.message);
    return data;
}

gat_config ring_config(const char *settings)
{
    char text[400];
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    snprintf(
        text, sizeof text,
        "dim=8\nattn-heads=2\nbatch=16\nepochs=3\ninit=0.5\nencoder-lr=0.05\npatience=0\nbranch-scale=0.1\nn3=0.05\n"
        "decoder-dropout=0\n%s",
        settings);
    for (char *s = text; *s; s++)
        if (*s == ' ') *s = '\n';
    c.in_preset = true; /* options that do nothing beside others may stand */
    if (config_parse(&c, text, "test", &err)) fail_msg("%s", err.message);
    c.in_preset = false;
    return c;
}

static int on_progress(void *context, const gat_progress *p)
{
    ring_watch *w = context;
    assert_true(p->epoch < RING_LONGEST_RUN);
    w->loss[w->epochs] = p->loss;
    w->mrr[w->epochs] = p->valid.realistic.mrr;
    w->epochs++;
    return w->stop_after_epochs && w->epochs >= w->stop_after_epochs;
}

static int should_stop(void *context)
{
    ring_watch *w = context;
    return w->stop_after_steps && w->steps++ >= w->stop_after_steps;
}

gat_train_options ring_watched(ring_watch *watch)
{
    return (gat_train_options){.on_progress = on_progress, .should_stop = should_stop, .context = watch};
}

gat_model *ring_train(const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                      gat_status expected)
{
    gat_model *m;
    gat_error err = {0};
    gat_status st = train_model(&m, data, config, options, &err);
    if (st != expected) fail_msg("status %d (%s), expected %d", st, err.message, expected);
    assert_true((st == GAT_OK) == (m != NULL));
    if (st) assert_int_equal(err.code, st);
    return m;
}

ring_digest ring_digest_of(const gat_model *model)
{
    ring_digest d;
    assert_int_equal(model_digest(d.half, model, NULL), GAT_OK);
    return d;
}

ring_digest ring_run(const gat_dataset *data, const gat_config *config, const gat_train_options *options)
{
    gat_model *m = ring_train(data, config, options, GAT_OK);
    ring_digest d = ring_digest_of(m);
    model_free(m);
    return d;
}
