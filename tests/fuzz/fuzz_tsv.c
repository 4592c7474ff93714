/* TSV. Whatever comes in, reading ends with a status, and every term handed on is sound. */
#include "support/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_reader(tsv_read, data, size);
    return 0;
}
