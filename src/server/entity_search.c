#include "server/entity_search.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Names and texts in small letters, one after the other: a query reads them once, front to back. */
struct entity_search {
    int64_t count, size, capacity;
    int64_t *start; /* count + 1; a name, NUL, a text (may be empty), NUL */
    char *folded;
};

enum { MOST_QUERY = 200, MOST_EDITS = 2, NUM_RANKS = 7 };

/* Bytes above 127 stay as they are: they are compared exactly. */
static char fold_byte(char c) { return (char)((unsigned char)c < 0x80 ? tolower((unsigned char)c) : c); }

static bool add_text(entity_search *s, const char *text)
{
    int64_t length = (int64_t)strlen(text) + 1;
    if (s->size + length > s->capacity) {
        int64_t capacity = 2 * s->capacity + length;
        char *grown = gat_regrow(s->folded, s->capacity, capacity, 1);
        if (!grown) return false;
        s->folded = grown;
        s->capacity = capacity;
    }
    for (int64_t i = 0; i < length; i++) s->folded[s->size + i] = fold_byte(text[i]);
    s->size += length;
    return true;
}

gat_status entity_search_new(entity_search **out, entity_name_function *name_of, const void *source, gat_error *err)
{
    const char *text;
    int64_t count = 0;
    entity_search *s = *out = gat_calloc(1, sizeof *s);
    while (name_of(source, count, &text)) count++;
    if (s) s->start = gat_alloc(count + 1, sizeof *s->start);
    bool ok = s && s->start;
    for (int64_t i = 0; ok && i < count; i++) {
        const char *name = name_of(source, i, &text);
        s->start[s->count++] = s->size;
        ok = add_text(s, name) && add_text(s, text ? text : "");
    }
    if (ok) {
        s->start[s->count] = s->size;
        return GAT_OK;
    }
    entity_search_free(s);
    *out = NULL;
    return error_nomem(err);
}

void entity_search_free(entity_search *search)
{
    if (!search) return;
    gat_free(search->start);
    gat_free(search->folded);
    gat_free(search);
}

/* Whether the word at `at` begins one: the byte before is no letter or digit. */
static bool begins_word(const char *text, const char *at)
{
    return at == text || (!isalnum((unsigned char)at[-1]) && (unsigned char)at[-1] < 0x80);
}

/* Rank of where query stands in text: 1 in front, 3 at the beginning of a word, 4 inside, NUM_RANKS nowhere. */
static int rank_inside(const char *text, const char *query)
{
    int rank = NUM_RANKS;
    for (const char *at = strstr(text, query); at && rank > 1; at = strstr(at + 1, query)) {
        int here = at == text ? 1 : begins_word(text, at) ? 3 : 4;
        if (here < rank) rank = here;
    }
    return rank;
}

/* Levenshtein distance if at most MOST_EDITS, else more than that (some number). Rows of the usual table, one at a time. */
static int edits(const char *a, const char *b, int length)
{
    int row[MOST_QUERY + 1];
    int other = (int)strnlen(a, MOST_QUERY + MOST_EDITS + 1);
    if (other > length + MOST_EDITS || other < length - MOST_EDITS) return MOST_EDITS + 1;
    for (int j = 0; j <= length; j++) row[j] = j;
    for (int i = 0; i < other; i++) {
        int corner = row[0], least = row[0] = i + 1;
        for (int j = 0; j < length; j++) {
            int above = row[j + 1], best = corner + (a[i] != b[j]);
            if (above + 1 < best) best = above + 1;
            if (row[j] + 1 < best) best = row[j] + 1;
            corner = above;
            row[j + 1] = best;
            if (best < least) least = best;
        }
        if (least > MOST_EDITS) return least;
    }
    return row[length];
}

static int rank_of(const char *name, const char *text, const char *query, int length)
{
    if (!strcmp(name, query)) return 0;
    int rank = rank_inside(name, query), second = *text ? rank_inside(text, query) + 1 : NUM_RANKS;
    if (second < rank) rank = second;
    if (rank < NUM_RANKS - 1 || length < 4) return rank;
    return edits(name, query, length) <= MOST_EDITS ? NUM_RANKS - 1 : NUM_RANKS;
}

typedef struct found_entity {
    int64_t id, size;
    int rank;
} found_entity;

static bool better(const found_entity *a, const found_entity *b)
{
    if (a->rank != b->rank) return a->rank < b->rank;
    return a->size != b->size ? a->size < b->size : a->id < b->id;
}

/* Keeps list (count of at most `most`) sorted, best first; `most` is small. */
static int64_t insert(found_entity *list, int64_t count, int64_t most, found_entity item)
{
    int64_t at = count;
    if (count == most && !better(&item, &list[count - 1])) return count;
    if (count == most) at--;
    for (; at && better(&item, &list[at - 1]); at--) list[at] = list[at - 1];
    list[at] = item;
    return count < most ? count + 1 : count;
}

int64_t entity_search_find(int64_t *ids, int64_t most, const entity_search *s, const char *query)
{
    char folded[MOST_QUERY + 1];
    int length = 0;
    int64_t count = 0;
    found_entity *list = gat_alloc(most, sizeof *list);
    for (; query[length] && length < MOST_QUERY; length++) folded[length] = fold_byte(query[length]);
    folded[length] = 0;
    for (int64_t i = 0; list && i < s->count; i++) {
        const char *name = s->folded + s->start[i];
        size_t size = strlen(name);
        int rank = rank_of(name, name + size + 1, folded, length);
        if (rank < NUM_RANKS)
            count = insert(list, count, most, (found_entity){.id = i, .size = (int64_t)size, .rank = rank});
    }
    for (int64_t i = 0; i < count; i++) ids[i] = list[i].id;
    gat_free(list);
    return count;
}
