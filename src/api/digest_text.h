/* Digests as their readers see them. */
#ifndef GAT_API_DIGEST_TEXT_H
#define GAT_API_DIGEST_TEXT_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

/* text (33) <- 32 hexadecimal digits and a zero byte. */
static inline void digest_text(char *text, const uint64_t digest[2])
{
    snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, digest[0], digest[1]);
}

#endif
