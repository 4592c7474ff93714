/* Repairs the checksums of a damaged model file image, so that what is wrong with it is met by the checks behind
 * the checksums. Written from the description of the format, not from its code. */
#ifndef GAT_TESTS_RESEAL_H
#define GAT_TESTS_RESEAL_H

#define XXH_INLINE_ALL
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

/* Where the fields lie. */
enum {
    HEADER_VERSION = 8,
    HEADER_COUNT = 12,
    HEADER_LENGTH = 16,
    HEADER_SUM = 24,
    ENTRY = 64,
    ENTRY_OFFSET = 24,
    ENTRY_LENGTH = 32,
    ENTRY_SUM = 40
};

static inline uint64_t image_get(const char *image, size_t at, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, image + at, bytes);
    return value;
}

static inline void image_put(char *image, size_t at, uint64_t value, size_t bytes)
{
    memcpy(image + at, &value, bytes);
}

static inline void image_put_sum(char *image, size_t at, const char *from, size_t length)
{
    XXH128_hash_t h = XXH3_128bits(from, length);
    image_put(image, at, h.low64, 8);
    image_put(image, at + 8, h.high64, 8);
}

/* Sections that do not lie in the image are left as they are. */
static inline void image_reseal(char *image, size_t size)
{
    if (size < ENTRY) return;
    uint64_t count = image_get(image, HEADER_COUNT, 4);
    if (count > 64 || ENTRY * (count + 1) > size) return;
    for (size_t e = ENTRY; e <= ENTRY * count; e += ENTRY) {
        uint64_t offset = image_get(image, e + ENTRY_OFFSET, 8), length = image_get(image, e + ENTRY_LENGTH, 8);
        if (offset > size || length > size - offset) continue;
        length = (length + 63) / 64 * 64;
        if (length <= size - offset) image_put_sum(image, e + ENTRY_SUM, image + offset, (size_t)length);
    }
    memset(image + HEADER_SUM, 0, 16);
    image_put_sum(image, HEADER_SUM, image, (size_t)(ENTRY * (count + 1)));
}

#endif
