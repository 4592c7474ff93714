/* What the words around a mention say of its candidates, and how often its name means each: more columns of a node's features, and
 * entries of the wide part of the score, which joins the words beside the mention with the type of the candidate. */
#ifndef GAT_LINK_CANDIDATE_WORDS_H
#define GAT_LINK_CANDIDATE_WORDS_H

#include "link/candidate_graph.h"

enum {
    WORDS_WEIGHT = 5, /* of the name: told at all, log share, share, largest, 1 / (1 + rank) */
    WORDS_OVERLAP =
        9, /* with the entity's words, names of neighbours, words of neighbours: how much, most, any (Lesk 1986;
                         * Banerjee and Pedersen 2003) */
    WORDS_NEARNESS = 8, /* of vectors, to its own and its neighbours' words: cosine, its log, to the best, best */
    WORDS_FEATURES = WORDS_WEIGHT + WORDS_OVERLAP + WORDS_NEARNESS,
    WIDE_ROWS = 1 << 15
};

/* Fills the columns NODE_FEATURES .. of graph->x, and graph->wide. leader (groups): the first mention of each. */
gat_status candidate_words_fill(candidate_graph *graph, const link_document *document, const int64_t *leader,
                                const lexicon *names, gat_arena *arena, gat_error *err);

#endif
