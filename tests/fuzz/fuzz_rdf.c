/* Turtle and TriG: the first byte of the input chooses. Whatever comes in, reading ends with a status, and every term handed on is sound. */
#include "support/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    fuzz_reader(data[0] & 1 ? trig_read : turtle_read, data + 1, size - 1);
    return 0;
}
