#include "text/bag_stage.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/bag_corpus.h"

gat_status bag_stage(gat_relations *m, const lesson_book *book, const float *all, const float *graph, gat_error *err)
{
    bag_corpus c = {0};
    int64_t n = book->source.list->count, labels = relations_labels(m);
    m->bags = gat_alloc(1, sizeof *m->bags);
    gat_status st = m->bags ? bag_corpus_init(&c, m, err) : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i++)
        st = bag_corpus_add(&c, &book->source, i, all + i * labels, graph ? graph + i * labels : NULL, "", err);
    if (!st) st = bag_corpus_close(&c, err);
    const bag_lesson lesson = {.bag = c.bag, .truth = c.truth, .bags = c.bags};
    if (!st) st = bag_pool_fit(m->bags, &lesson, err);
    if (!st)
        log_say(&book->log, GAT_LOG_INFO, "%lld pairs: sharpness %.2f, graph %.2f, threshold %.2f", (long long)c.bags,
                m->bags->sharp, m->bags->graph, m->bags->threshold);
    bag_corpus_clear(&c);
    return st;
}
