/* Strings to dense ids, in order of first appearance, and back. Hashing is XXH3 with a seed, so that
 * crafted names cannot slow it down on purpose. Not thread-safe while interning; lookups are. */
#ifndef GAT_BASE_INTERN_H
#define GAT_BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gat_intern gat_intern;

/* NULL: out of memory. */
gat_intern *intern_new(void);
void intern_free(gat_intern *table);

/* NULL: out of memory. */
gat_intern *intern_clone(const gat_intern *table);

/* Id of s[0..length), added when new. -1: out of memory, or 2^31 - 1 strings are in. */
int32_t intern_add(gat_intern *table, const char *s, size_t length);

/* Borrowed bytes. */
typedef struct intern_key {
    const char *s;
    size_t length;
} intern_key;

/* ids[i] is what intern_add would give for keys[i], one after the other; count at most INTERN_BATCH. On tables
 * larger than the cache several times faster, as the memory of all keys is fetched at once. Returns how many were
 * added; fewer than count: as -1 of intern_add. */
enum { INTERN_BATCH = 256 };
int intern_add_batch(gat_intern *table, int32_t *ids, const intern_key *keys, int count);

/* Id or -1 when unknown. */
int32_t intern_find(const gat_intern *table, const char *s, size_t length);

/* The terminated string of an id in [0, count); borrowed until the next intern_add. */
const char *intern_string(const gat_intern *table, int32_t id);
int32_t intern_count(const gat_intern *table);

/* Memory that it holds. */
int64_t intern_bytes(const gat_intern *table);

/* Whether both give the same ids to the same strings. */
bool intern_equal(const gat_intern *a, const gat_intern *b);

#endif
