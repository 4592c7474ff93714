/* The model file reader on arbitrary bytes: as they are, and with the checksums repaired, so that the checks
 * behind them are reached. Every section of a file that is accepted is read as bytes and as names. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "io/model_file.h"
#include "support/reseal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_names(const void *bytes, int64_t length)
{
    int64_t count = 0;
    for (int64_t i = 0; i < length; i++) count += ((const char *)bytes)[i] == 0;
    for (int64_t extra = -1; extra <= 1; extra++) {
        gat_intern *names;
        if (!model_file_unpack_names(&names, bytes, length, count + extra, NULL)) intern_free(names);
    }
}

static void read_sections(const gat_model_file *file, const char *image)
{
    for (uint64_t i = 1; i <= image_get(image, HEADER_COUNT, 4); i++) {
        const void *bytes;
        int64_t length;
        gat_error err;
        if (!model_file_section(&bytes, &length, file, image + ENTRY * i, 1, &err)) read_names(bytes, length);
        model_file_section(&bytes, &length, file, image + ENTRY * i, sizeof(float), &err);
    }
}

static void open_copy(const char *image, size_t size)
{
    gat_model_file *file;
    gat_error err;
    char *copy = gat_alloc((int64_t)size, 1);
    if (!copy) return;
    if (size) memcpy(copy, image, size);
    if (model_file_take(&file, &copy, size, "fuzz", &err)) return;
    read_sections(file, image);
    model_file_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *image = gat_alloc((int64_t)size, 1);
    if (!image) return 0;
    if (size) memcpy(image, data, size);
    open_copy(image, size);
    image_reseal(image, size);
    open_copy(image, size);
    gat_free(image);
    return 0;
}
