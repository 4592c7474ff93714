/* Sentences by their pair of entities: the bags of distant supervision. A bag's relations are those of all its sentences. */
#ifndef GAT_TEXT_BAG_CORPUS_H
#define GAT_TEXT_BAG_CORPUS_H

#include "text/bag_pool.h"
#include "text/part_rows.h"

typedef struct bag_corpus {
    const gat_relations *model;
    int32_t labels;
    int64_t sentences, bags, sentence_room, bag_room;
    gat_intern *names, *pairs; /* ids of sentences and entities; both entities with a tab between */
    uint8_t *none;             /* (labels) */
    float *z;                  /* (sentences, labels) log-odds */
    int32_t *bag_of, *id;      /* (sentences); id in names */
    float *view;               /* (bags, labels) of the graph */
    uint8_t *truth;            /* (bags, labels) */
    uint8_t *seen;             /* (bags) training has the pair */
    int32_t (*end)[2];         /* (bags) names of both entities: ids of the graph, else their words */
    const float **row;         /* rows of z by bag, made by bag_corpus_close */
    int64_t *start, *member;   /* (bags + 1); sentences by bag */
    bag_view *bag;             /* (bags) */
} bag_corpus;

gat_status bag_corpus_init(bag_corpus *corpus, const gat_relations *model, gat_error *err);
void bag_corpus_clear(bag_corpus *corpus);

/* Adds sentence `index` with the probabilities p (labels) of its relations and those that the graph gives (NULL without one).
 * GAT_EDATA: a label that the model does not know; path names the file; NULL: labels
 * are passed over. */
gat_status bag_corpus_add(bag_corpus *corpus, const sentence_source *source, int64_t index, const float *p,
                          const float *graph, const char *path, gat_error *err);

/* Sorts sentences by bag. */
gat_status bag_corpus_close(bag_corpus *corpus, gat_error *err);

/* All sentences of a file, asked about by the model; closed. labelled: a sentence without a label is refused. After GAT_EDATA what
 * stands before the fault is there, closed, if member is not NULL. */
gat_status bag_corpus_read(bag_corpus *corpus, const gat_relations *model, const char *path, bool labelled,
                           gat_error *err);

#endif
