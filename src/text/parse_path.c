#include "text/parse_path.h"

/* The words from `word` to its root; their number. */
static int32_t climb(int32_t *way, const int32_t *governor, int32_t word)
{
    int32_t n = 0;
    for (; word >= 0 && n < PATH_MOST_WORDS; word = governor[word]) way[n++] = word;
    return n;
}

void parse_path_of(parse_path *path, const sentence_view *v)
{
    int32_t up[PATH_MOST_WORDS], down[PATH_MOST_WORDS];
    const int32_t *governor = v->list->governor + v->s->first;
    int32_t n = climb(up, governor, v->head[0]), m = climb(down, governor, v->head[1]);
    path->count = path->top = 0;
    if (up[n - 1] != down[m - 1]) return;
    while (n > 1 && m > 1 && up[n - 2] == down[m - 2]) n--, m--;
    if (n + m - 1 > PATH_MOST_WORDS) return;
    for (int32_t i = 0; i < n; i++) path->word[i] = up[i];
    for (int32_t i = 1; i < m; i++) path->word[n - 1 + i] = down[m - 1 - i];
    path->count = n + m - 1;
    path->top = n - 1;
}
