/* The known name that a mistyped one probably meant. */
#ifndef GAT_CLI_SUGGEST_H
#define GAT_CLI_SUGGEST_H

#include <stddef.h>

/* Keeps the nearest of the names offered so far; start with {.wanted = name}. */
typedef struct gat_suggestion {
    const char *wanted;  /* borrowed */
    size_t length;       /* of wanted; 0: all of it */
    const char *nearest; /* borrowed from the names offered; NULL before the first */
    int distance;
} gat_suggestion;

/* Offers a name: it is kept when it is nearer than all before it. */
void suggestion_offer(gat_suggestion *suggestion, const char *name);

#endif
