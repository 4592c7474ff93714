/* A model of relations asked about a file of sentences: answers, and what they are worth. */
#ifndef GAT_TEXT_RELATION_EVALUATE_H
#define GAT_TEXT_RELATION_EVALUATE_H

#include "text/relation_model.h"

/* GAT_EDATA names file and line, also of a label that the model does not know. */
gat_status relations_evaluate(gat_relation_evaluation **out, const gat_relations *model, const char *path,
                              gat_error *err);
void relations_evaluation_free(gat_relation_evaluation *evaluation);

/* Tells every sentence of the file in turn. A fault in the file is reported after what came before it was told. */
gat_status relations_extract(const gat_relations *model, const char *path, const gat_extract_options *options,
                             gat_error *err);
gat_status relations_extract_memory(const gat_relations *model, const void *bytes, size_t count, const char *name,
                                    const gat_extract_options *options, gat_error *err);

/* The same for sentences that are made by the caller: they are added to the list, READER_BATCH at most, then answered, after which
 * the list is empty again. Options are borrowed until the end. */
typedef struct relation_asker relation_asker;
gat_status relation_asker_open(relation_asker **out, const gat_relations *model, const gat_extract_options *options,
                               gat_error *err);
void relation_asker_close(relation_asker *asker);
sentence_list *relation_asker_list(relation_asker *asker);
gat_status relation_asker_answer(relation_asker *asker, gat_error *err);

#endif
