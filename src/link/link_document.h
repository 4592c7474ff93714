/* A document with mentions, the entities that may be meant, and the links among these: what entity linking works on.
 *
 * Everything lies in one arena and lives until that is reset. Entities are numbered inside the document; those that no mention
 * may mean are there for the links that they lend. */
#ifndef GAT_LINK_LINK_DOCUMENT_H
#define GAT_LINK_LINK_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* gold of a mention that is no entity of the document. */
enum { GOLD_NIL = -1, GOLD_OPEN = -2, GOLD_MISSED = -3 };

enum { MOST_MENTIONS = 20000, MOST_CANDIDATES = 200 };

typedef struct link_entity {
    int32_t number;                /* in the graph; -1: the document brought it */
    const char *id, *title, *type; /* type "": unknown */
    float in_links, out_links;
    float popularity; /* below 0: unknown */
} link_entity;

/* How the candidates of a mention were found. */
typedef enum name_way {
    NAME_NONE,
    NAME_EXACT,
    NAME_FOLDED,    /* without case, marks and compatibility forms */
    NAME_INFLECTED, /* and without an ending */
    NAME_SIMILAR,   /* by three-byte strings */
    NAME_GIVEN,     /* they came with the document */
    NUM_NAME_WAYS
} name_way;

typedef struct link_mention {
    const char *text, *context;  /* context: a longer form of the same name, or text itself */
    int64_t from, to;            /* code points or tokens; -1: not told */
    size_t first_byte, end_byte; /* in the document's text */
    const char *gold_id;         /* NULL: none */
    int32_t gold;                /* entity; NIL: outside the graph; OPEN: not annotated; MISSED: no candidate */
    int32_t num_candidates;
    int32_t *candidate; /* entities, each once */
    float *weight;      /* of the name for each candidate, below 0: not told; NULL: of none */
    name_way way;
} link_mention;

typedef struct link_edge {
    int32_t from, to;
} link_edge;

typedef struct link_document {
    int64_t line;
    const char *id, *text; /* text NULL: not told */
    const size_t
        *token; /* (num_tokens + 1) where they begin in text, ascending; NULL: the document is no list of tokens */
    int64_t num_tokens;
    bool given; /* candidates came with the document */
    link_entity *entity;
    link_mention *mention;
    link_edge *edge;
    int64_t num_entities, num_mentions, num_edges;
} link_document;

/* count * size zeroed bytes of the arena; NULL: out of memory. */
void *arena_zeroed(gat_arena *arena, int64_t count, size_t size);

/* A terminated copy. */
char *arena_text(gat_arena *arena, const char *s, size_t length);

#endif
