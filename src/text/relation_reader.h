/* A file of sentences read in batches, ready for a model. */
#ifndef GAT_TEXT_RELATION_READER_H
#define GAT_TEXT_RELATION_READER_H

#include "text/part_rows.h"
#include "text/sentence_file.h"

enum { READER_BATCH = 1024 };

typedef struct relation_reader {
    const gat_relations *model;
    const char *path;
    sentence_file *file;
    sentence_list list; /* the batch */
    word_forms forms;
    sentence_source source;
    gat_status fault; /* of the file, found behind the batch */
    gat_error fault_error;
} relation_reader;

/* path NULL: no file, the caller fills the list. */
gat_status relation_reader_open(relation_reader *reader, const gat_relations *model, const char *path, gat_error *err);

/* The same from the bytes of such a file, borrowed until close like its name, which stands for the path in messages. */
gat_status relation_reader_open_memory(relation_reader *reader, const gat_relations *model, const void *bytes,
                                       size_t count, const char *name, gat_error *err);
void relation_reader_close(relation_reader *reader);

/* The next batch into reader->list; an empty one at the end. A fault is returned once all sentences before it were given. */
gat_status relation_reader_next(relation_reader *reader, gat_error *err);

/* What relation_reader_next does around reading: empties the list, and makes it ready for a model. */
gat_status relation_reader_forget(relation_reader *reader, gat_error *err);
gat_status relation_reader_ready(relation_reader *reader, gat_error *err);

/* p (n, labels) of the batch's sentences. attention (all words of the batch) or NULL: sums to 1 a sentence where the model
 * has nets. */
gat_status relation_probabilities(float *p, float *attention, const relation_reader *reader, gat_relation_part part,
                                  gat_error *err);

#endif
