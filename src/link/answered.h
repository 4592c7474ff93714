/* Documents of a file answered by the net, several at a time, in their order. */
#ifndef GAT_LINK_ANSWERED_H
#define GAT_LINK_ANSWERED_H

#include "link/linker.h"

/* A document answered by the net. */
typedef struct answered {
    const gat_linker *l;
    const link_document *d;
    candidate_graph g;
    link_result r;
    float *belief; /* (nodes) */
} answered;

/* How the documents are read. */
typedef struct answer_plan {
    bool find;     /* mentions in documents without */
    double remove; /* share of the annotated entities to be taken out first, see removed_entities.h */
} answer_plan;

/* Called with each document of the file. */
typedef gat_status with_document(void *context, const answered *a, gat_error *err);

/* What stands before a bad line is answered. The reader is taken. */
gat_status answer_documents(const gat_linker *linker, gat_reader *reader, const answer_plan *plan, with_document *use,
                            void *context, gat_error *err);

#endif
