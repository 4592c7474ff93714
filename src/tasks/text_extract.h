/* From texts to facts: mentions are found and linked, and every two of a sentence are asked about. */
#ifndef GAT_TASKS_TEXT_EXTRACT_H
#define GAT_TASKS_TEXT_EXTRACT_H

#include "link/linker.h"
#include "text/relation_evaluate.h"

/* Every document of the file in turn: mentions that it brings, else the longest names of the graph, are linked by the linker or,
 * where that is NULL, by the names of kg (DATA or a model of a graph), an ambiguous one to the entity with most facts, and one that the document links already to that entity. Two linked
 * mentions of one sentence are told to options->on_sentence as one sentence, in their order, and where the model's labels have no
 * directions in the other order too; one entity mentioned twice makes no pair, and a mention meets the 64 before it at most,
 * and none that is 1,000 bytes away.
 * GAT_EDATA: as of linker_answer, after what came before was told. */
gat_status text_extract(const gat_relations *model, const gat_linker *linker, const char *kg, const char *path,
                        const gat_extract_options *options, gat_error *err);

#endif
