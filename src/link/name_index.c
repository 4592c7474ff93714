#include "link/name_index.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { GRAMS_MOST = 64, COMMON = 4000, LOOKED_AT = 40 };
/* Of the strings of both; of what the nearest name has. */
static const double LEAST = .5, BESIDE_BEST = .8;

/* The different three-byte strings of a name between blanks, ascending; at most GRAMS_MOST. */
static int grams_of(uint32_t *gram, const char *s, size_t length)
{
    int n = 0;
    for (size_t i = 0; i < length && n < GRAMS_MOST; i++) {
        uint32_t a = i ? (uint8_t)s[i - 1] : ' ', b = (uint8_t)s[i], c = i + 1 < length ? (uint8_t)s[i + 1] : ' ';
        uint32_t own = a << 16 | b << 8 | c;
        int at = n;
        while (at && gram[at - 1] > own) at--;
        if (at && gram[at - 1] == own) continue;
        memmove(gram + at + 1, gram + at, (size_t)(n - at) * sizeof *gram);
        gram[at] = own;
        n++;
    }
    return n;
}

static int64_t bucket_of(const name_index *x, uint32_t gram) { return (gram * 2654435769u >> 4) & (x->buckets - 1); }

gat_status name_index_make(name_index *x, const gat_intern *names, gat_error *err)
{
    uint32_t gram[GRAMS_MOST];
    int32_t count = intern_count(names);
    *x = (name_index){.buckets = 1024};
    while (x->buckets < count && x->buckets < 1 << 20) x->buckets *= 2;
    x->start = gat_calloc(x->buckets + 2, sizeof *x->start);
    if (!x->start) return error_nomem(err);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < count; i++) {
            const char *s = intern_string(names, i);
            int n = grams_of(gram, s, strlen(s));
            for (int g = 0; g < n; g++) {
                int64_t b = bucket_of(x, gram[g]);
                if (!pass) x->start[b + 2]++;
                else x->name[x->start[b + 1]++] = i;
            }
        }
        if (pass) break;
        for (int64_t b = 0; b < x->buckets; b++) x->start[b + 2] += x->start[b + 1];
        x->name = gat_alloc(x->start[x->buckets + 1], sizeof *x->name);
        if (!x->name) return error_nomem(err);
    }
    return GAT_OK;
}

void name_index_clear(name_index *x)
{
    gat_free(x->start);
    gat_free(x->name);
    *x = (name_index){.buckets = 0};
}

/* ---- search ---------------------------------------------------------------------------------------------- */

/* Names with the most strings of the mention in common, the first of equals first. */
typedef struct found {
    int32_t name;
    double worth;
} found;

static void keep(found *list, int *count, int most, found own)
{
    int at = *count;
    while (at && list[at - 1].worth < own.worth) at--;
    if (at == most) return;
    if (*count < most) ++*count;
    memmove(list + at + 1, list + at, (size_t)(*count - at - 1) * sizeof own);
    list[at] = own;
}

static double dice(const uint32_t *a, int n, const uint32_t *b, int m)
{
    int both = 0;
    for (int i = 0, j = 0; i < n && j < m;) {
        both += a[i] == b[j];
        if (a[i] <= b[j]) i++;
        else j++;
    }
    return n + m ? 2.0 * both / (n + m) : 0;
}

gat_status name_index_find(int32_t name[SIMILAR_MOST], int *count, const name_index *x, const gat_intern *names,
                           const char *s, size_t length, gat_error *err)
{
    uint32_t own[GRAMS_MOST], other[GRAMS_MOST];
    int n = grams_of(own, s, length), looked = 0, kept = 0;
    uint8_t *shared = gat_calloc(intern_count(names), 1);
    int32_t *touched = gat_alloc((int64_t)n * COMMON, sizeof *touched);
    int64_t num_touched = 0;
    found near[LOOKED_AT], best[SIMILAR_MOST];
    *count = 0;
    for (int g = 0; shared && touched && g < n; g++) {
        int64_t b = bucket_of(x, own[g]);
        if (x->start[b + 1] - x->start[b] > COMMON) continue;
        for (int64_t i = x->start[b]; i < x->start[b + 1]; i++)
            if (!shared[x->name[i]]++) touched[num_touched++] = x->name[i];
    }
    for (int64_t i = 0; i < num_touched; i++) keep(near, &looked, LOOKED_AT, (found){touched[i], shared[touched[i]]});
    for (int i = 0; i < looked; i++) {
        const char *t = intern_string(names, near[i].name);
        double alike = dice(own, n, other, grams_of(other, t, strlen(t)));
        if (alike >= LEAST) keep(best, &kept, SIMILAR_MOST, (found){near[i].name, alike});
    }
    for (int i = 0; i < kept && best[i].worth >= BESIDE_BEST * best[0].worth; i++) name[(*count)++] = best[i].name;
    gat_status st = shared && touched ? GAT_OK : error_nomem(err);
    gat_free(shared);
    gat_free(touched);
    return st;
}
