/* One pass over all names. Most are dismissed by their length or by the set of their letters; for the rest the
 * edit distance is computed in a band around the diagonal, with a limit that shrinks as better names are found. */
#include "graph/vocab.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

enum { NUM_NEAREST = 5, SHOWN_BYTES = 80, FAR = 1 << 20, PREFIX_COST = 1 << 10 };

typedef struct query {
    char text[VOCAB_LONGEST + 1]; /* lower case */
    int length, limit;            /* largest distance worth finding */
    uint64_t letters;
} query;

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static int least(int a, int b) { return a < b ? a : b; }

/* A set of byte values folded into 64 bits. */
static uint64_t letters_of(const char *s, int length)
{
    uint64_t set = 0;
    for (int i = 0; i < length; i++) set |= UINT64_C(1) << (lower(s[i]) & 63);
    return set;
}

static query query_new(const char *name, size_t length)
{
    query q = {.length = (int)length, .limit = (int)length / 3};
    if (length >= 2 && q.limit < 2) q.limit = length < 4 ? 1 : 2; /* two letters exchanged are a distance of 2 */
    for (size_t i = 0; i < length; i++) q.text[i] = lower(name[i]);
    q.letters = letters_of(q.text, q.length);
    return q;
}

/* Edit distance of q and s when at most `limit`, FAR otherwise. row[j]: distance of the first i bytes of s to the
 * first j of q; only |i - j| <= limit is looked at. */
static int banded_distance(const query *q, const char *s, int length, int limit)
{
    int row[VOCAB_LONGEST + 2];
    for (int j = 0; j <= q->length; j++) row[j] = j <= limit ? j : FAR;
    for (int i = 1; i <= length; i++) {
        int first = i - limit > 1 ? i - limit : 1, last = least(i + limit, q->length), best = FAR;
        char c = lower(s[i - 1]);
        int diagonal = row[first - 1];
        row[first - 1] = first == 1 && i <= limit ? i : FAR;
        for (int j = first; j <= last; j++) {
            int above = j == i + limit ? FAR : row[j];
            int d = least(diagonal + (c != q->text[j - 1]), least(above, row[j - 1]) + 1);
            diagonal = row[j];
            row[j] = d;
            best = least(best, d);
        }
        if (least(best, row[first - 1]) > limit) return FAR;
    }
    return row[q->length] <= limit ? row[q->length] : FAR;
}

static bool begins_with(const query *q, const char *s, int length)
{
    if (length < q->length) return false;
    for (int i = 0; i < q->length; i++)
        if (lower(s[i]) != q->text[i]) return false;
    return true;
}

/* What ranks a name: its distance, or for a continuation of the query more than any distance. */
static int cost_of(const query *q, const char *s, int limit)
{
    size_t whole = strlen(s);
    int length = whole > PREFIX_COST ? PREFIX_COST : (int)whole;
    if (begins_with(q, s, length) && length - q->length > limit) return PREFIX_COST + length;
    if (length > q->length + limit || length < q->length - limit) return FAR;
    uint64_t letters = letters_of(s, length);
    if (__builtin_popcountll(letters & ~q->letters) > limit || __builtin_popcountll(q->letters & ~letters) > limit)
        return FAR;
    return banded_distance(q, s, length, limit);
}

int vocab_nearest(const gat_intern *names, const char *name, int32_t *nearest, int capacity)
{
    size_t length = strlen(name);
    int count = 0, cost[64];
    if (!length || length > VOCAB_LONGEST || capacity < 1) return 0;
    if (capacity > 64) capacity = 64;
    query q = query_new(name, length);
    for (int32_t id = 0; id < intern_count(names); id++) {
        int worst = count == capacity ? cost[count - 1] : FAR;
        int d = cost_of(&q, intern_string(names, id), least(q.limit, worst - 1));
        if (d >= worst) continue;
        int at = count < capacity ? count++ : count - 1;
        for (; at > 0 && cost[at - 1] > d; at--) {
            cost[at] = cost[at - 1];
            nearest[at] = nearest[at - 1];
        }
        cost[at] = d;
        nearest[at] = id;
    }
    return count;
}

static int shown(const char *name) { return (int)utf8_cut(name, strlen(name), SHOWN_BYTES); }

gat_status vocab_lookup(int32_t *id, const gat_intern *names, const char *name, const char *kind, gat_error *err)
{
    *id = intern_find(names, name, strlen(name));
    if (*id >= 0) return GAT_OK;
    int32_t nearest[NUM_NEAREST];
    char list[NUM_NEAREST * (SHOWN_BYTES + 2) + 16] = "";
    size_t used = 0;
    int count = vocab_nearest(names, name, nearest, NUM_NEAREST);
    for (int i = 0; i < count; i++) {
        const char *s = intern_string(names, nearest[i]);
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", i ? ", " : "; nearest: ", shown(s), s);
    }
    return error_set(err, GAT_EUSAGE, "unknown %s \"%.*s\"%s", kind, shown(name), name, list);
}
