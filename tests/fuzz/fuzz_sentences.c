/* Files of sentences, read in small batches. Whatever comes in, reading ends with a status, no batch is larger than it may be,
 * and every sentence read is sound. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "text/sentence_file.h"

enum { BATCH = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const sentence_list *list)
{
    for (int64_t i = 0; i < list->count; i++) {
        const sentence *s = &list->data[i];
        if (s->num_tokens < 1 || s->num_tokens > SENTENCE_MOST_WORDS) abort();
        for (int k = 0; k < 2; k++)
            if (s->e[k].from < 0 || s->e[k].from >= s->e[k].to || s->e[k].to > s->num_tokens) abort();
        for (int32_t w = 0; w < s->num_tokens; w++) {
            const char *word = list_string(list, list->token[s->first + w]);
            if (!utf8_valid(word, strlen(word))) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gat_reader *reader;
    sentence_file *file;
    sentence_list list;
    gat_error err;
    int64_t count;
    if (reader_open_memory(&reader, data, size, "input", &err)) return 0;
    if (sentence_file_take(&file, reader, &err)) return 0;
    if (!sentence_list_init(&list, &err)) {
        gat_status st = GAT_OK;
        do {
            st = sentence_file_read(&count, file, &list, BATCH, &err);
            if (count < 0 || count > BATCH) abort();
        } while (!st && count);
        if (st && err.code != st) abort();
        check(&list);
        sentence_list_clear(&list);
    }
    sentence_file_close(file);
    return 0;
}
