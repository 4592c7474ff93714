/* Edit distance with neighbouring letters swapped at cost one (optimal string alignment), on names of a
 * command line: at most a few dozen bytes, so three rows on the stack are enough. */
#include "cli/suggest.h"

#include <string.h>

enum { LONGEST = 63 };

static int least(int a, int b) { return a < b ? a : b; }

static int distance(const char *a, size_t na, const char *b, size_t nb)
{
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= nb; j++) last[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[nb];
}

void suggestion_offer(gat_suggestion *suggestion, const char *name)
{
    size_t wanted = suggestion->length ? suggestion->length : strlen(suggestion->wanted), offered = strlen(name);
    if (wanted > LONGEST) wanted = LONGEST;
    if (offered > LONGEST) offered = LONGEST;
    int d = distance(suggestion->wanted, wanted, name, offered);
    if (suggestion->nearest && d >= suggestion->distance) return;
    suggestion->nearest = name;
    suggestion->distance = d;
}
