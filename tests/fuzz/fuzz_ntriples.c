/* N-Triples and N-Quads: the first byte of the input chooses. Whatever comes in, reading ends with a status, and every term handed on is sound. */
#include "support/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    fuzz_reader(data[0] & 1 ? nquads_read : ntriples_read, data + 1, size - 1);
    return 0;
}
