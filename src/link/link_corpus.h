/* All documents of a file with their graphs, for training. */
#ifndef GAT_LINK_LINK_CORPUS_H
#define GAT_LINK_LINK_CORPUS_H

#include "link/candidate_graph.h"
#include "link/link_source.h"

typedef struct link_corpus {
    gat_arena *arena;
    link_document **document;
    candidate_graph *graph;            /* (count) */
    int64_t count, capacity, mentions; /* mentions: annotated */
    gat_intern *types;                 /* the commonest of candidates, at most NODE_TYPES */
} link_corpus;

/* path NULL: `made` documents from the graph, see graph_documents.h. */
gat_status link_corpus_load(link_corpus *corpus, const char *path, const lexicon *names, int64_t made, uint64_t seed,
                            gat_error *err);
void link_corpus_clear(link_corpus *corpus);

#endif
