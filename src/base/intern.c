/* Open addressing with linear probing over ids; the strings lie one after another in one buffer, each
 * terminated. Slots keep 32 bits of the hash, so that most probes never touch a string. */
#include "base/intern.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"

enum { HASH_SEED = 0x6761746b, FIRST_SLOTS = 1024 };

typedef struct slot {
    uint32_t hash;
    int32_t id; /* -1: free */
} slot;

struct gat_intern {
    slot *slots;
    int64_t num_slots; /* a power of two, at least twice the count */
    int64_t *offset;   /* start of each string in bytes; offset[count] is the end */
    int64_t offset_capacity;
    char *bytes;
    int64_t byte_capacity;
    int32_t count;
};

static uint32_t hash_of(const char *s, size_t length) { return (uint32_t)XXH3_64bits_withSeed(s, length, HASH_SEED); }

static slot *slots_new(int64_t n)
{
    slot *slots = gat_alloc(n, sizeof *slots);
    for (int64_t i = 0; slots && i < n; i++) slots[i] = (slot){0, -1};
    return slots;
}

gat_intern *intern_new(void)
{
    gat_intern *t = gat_calloc(1, sizeof *t);
    if (!t) return NULL;
    t->num_slots = FIRST_SLOTS;
    t->offset_capacity = FIRST_SLOTS;
    t->byte_capacity = 16 * FIRST_SLOTS;
    t->slots = slots_new(t->num_slots);
    t->offset = gat_calloc(t->offset_capacity, sizeof *t->offset);
    t->bytes = gat_alloc(t->byte_capacity, 1);
    if (t->slots && t->offset && t->bytes) return t;
    intern_free(t);
    return NULL;
}

void intern_free(gat_intern *t)
{
    if (!t) return;
    gat_free(t->slots);
    gat_free(t->offset);
    gat_free(t->bytes);
    gat_free(t);
}

/* The slot that holds s, or the free slot where it belongs. */
static slot *probe(const gat_intern *t, uint32_t hash, const char *s, size_t length)
{
    for (int64_t i = hash & (t->num_slots - 1);; i = (i + 1) & (t->num_slots - 1)) {
        slot *p = &t->slots[i];
        if (p->id < 0) return p;
        if (p->hash != hash) continue;
        int64_t start = t->offset[p->id], end = t->offset[p->id + 1] - 1;
        if (end - start == (int64_t)length && !memcmp(t->bytes + start, s, length)) return p;
    }
}

static int grow_slots(gat_intern *t)
{
    int64_t n = 2 * t->num_slots;
    slot *bigger = slots_new(n);
    if (!bigger) return 0;
    for (int64_t i = 0; i < t->num_slots; i++) {
        if (t->slots[i].id < 0) continue;
        int64_t j = t->slots[i].hash & (n - 1);
        while (bigger[j].id >= 0) j = (j + 1) & (n - 1);
        bigger[j] = t->slots[i];
    }
    gat_free(t->slots);
    t->slots = bigger;
    t->num_slots = n;
    return 1;
}

/* Room for one more string of the given length. */
static int reserve(gat_intern *t, size_t length)
{
    if (2 * ((int64_t)t->count + 1) > t->num_slots && !grow_slots(t)) return 0;
    if ((int64_t)t->count + 2 > t->offset_capacity) {
        int64_t *offset = gat_regrow(t->offset, t->offset_capacity, 2 * t->offset_capacity, sizeof *offset);
        if (!offset) return 0;
        t->offset = offset;
        t->offset_capacity *= 2;
    }
    int64_t need = t->offset[t->count] + (int64_t)length + 1;
    if (need > t->byte_capacity) {
        char *bytes = gat_regrow(t->bytes, t->byte_capacity, 2 * need, 1);
        if (!bytes) return 0;
        t->bytes = bytes;
        t->byte_capacity = 2 * need;
    }
    return 1;
}

static int32_t add_hashed(gat_intern *t, uint32_t hash, const char *s, size_t length)
{
    slot *p = probe(t, hash, s, length);
    if (p->id >= 0) return p->id;
    if (t->count == INT32_MAX - 1 || !reserve(t, length)) return -1;
    p = probe(t, hash, s, length);
    char *to = t->bytes + t->offset[t->count];
    memcpy(to, s, length);
    to[length] = 0;
    t->offset[t->count + 1] = t->offset[t->count] + (int64_t)length + 1;
    *p = (slot){hash, t->count};
    return t->count++;
}

int32_t intern_add(gat_intern *t, const char *s, size_t length) { return add_hashed(t, hash_of(s, length), s, length); }

/* The id in the first slot whose hash fits, or -1: nearly always the right one. */
static int32_t guess(const gat_intern *t, uint32_t hash)
{
    for (int64_t i = hash & (t->num_slots - 1);; i = (i + 1) & (t->num_slots - 1))
        if (t->slots[i].id < 0 || t->slots[i].hash == hash) return t->slots[i].id;
}

/* A look-up waits for memory three times: for the slot, the offset, the bytes. Each round fetches one of them for
 * all keys before the next needs it. */
int intern_add_batch(gat_intern *t, int32_t *ids, const intern_key *keys, int count)
{
    uint32_t hash[INTERN_BATCH];
    int32_t likely[INTERN_BATCH];
    for (int i = 0; i < count; i++) {
        hash[i] = hash_of(keys[i].s, keys[i].length);
        __builtin_prefetch(&t->slots[hash[i] & (t->num_slots - 1)]);
    }
    for (int i = 0; i < count; i++) {
        likely[i] = guess(t, hash[i]);
        if (likely[i] >= 0) __builtin_prefetch(&t->offset[likely[i]]);
    }
    for (int i = 0; i < count; i++)
        if (likely[i] >= 0) __builtin_prefetch(t->bytes + t->offset[likely[i]]);
    for (int i = 0; i < count; i++) {
        ids[i] = add_hashed(t, hash[i], keys[i].s, keys[i].length);
        if (ids[i] < 0) return i;
    }
    return count;
}

int32_t intern_find(const gat_intern *t, const char *s, size_t length)
{
    return probe(t, hash_of(s, length), s, length)->id;
}

const char *intern_string(const gat_intern *t, int32_t id) { return t->bytes + t->offset[id]; }
int32_t intern_count(const gat_intern *t) { return t->count; }

gat_intern *intern_clone(const gat_intern *table)
{
    gat_intern *copy = intern_new();
    for (int32_t i = 0; copy && i < intern_count(table); i++) {
        const char *s = intern_string(table, i);
        if (intern_add(copy, s, strlen(s)) == i) continue;
        intern_free(copy);
        return NULL;
    }
    return copy;
}

bool intern_equal(const gat_intern *a, const gat_intern *b)
{
    if (a == b) return true;
    int32_t count = intern_count(a);
    if (count != intern_count(b)) return false;
    for (int32_t i = 0; i < count; i++)
        if (strcmp(intern_string(a, i), intern_string(b, i)) != 0) return false;
    return true;
}

int64_t intern_bytes(const gat_intern *t)
{
    return (int64_t)sizeof *t + t->num_slots * (int64_t)sizeof *t->slots +
           t->offset_capacity * (int64_t)sizeof *t->offset + t->byte_capacity;
}
