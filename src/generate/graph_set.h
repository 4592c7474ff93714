/* Many small graphs over one vocabulary, and the files they come in: JSON lines, a graph each, of either form
 *
 *     [[head, relation, tail], ...]
 *     {"triples": [[head, relation, tail], ...], ...}                     (other keys are passed over)
 *
 * where head, relation and tail are strings, or numbers that are places in the lists "entities" and "relations" of a file
 * vocab.json beside them; without such a file a number is a name like others. A triple may stand
 * in a graph more than once. */
#ifndef GAT_GENERATE_GRAPH_SET_H
#define GAT_GENERATE_GRAPH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"
#include "graph/triples.h"

enum { GRAPH_MOST_TRIPLES = 64 };

/* Zero-initialised is empty. */
typedef struct graph_set {
    int64_t count, capacity;
    int64_t *first; /* (count + 1): graph g has the facts first[g] .. first[g + 1) */
    gat_triples facts;
} graph_set;

/* What names mean. */
typedef struct graph_names {
    gat_intern *entities, *relations;
    int32_t listed_entities, listed_relations; /* of vocab.json, which come first; 0: there is none */
} graph_names;

gat_status graph_names_init(graph_names *names, gat_error *err);
void graph_names_clear(graph_names *names);

/* Reads vocab.json of the folder where there is one; the names must be empty. GAT_EDATA. */
gat_status graph_names_read(graph_names *names, const char *folder, gat_error *err);

/* Path of the folder's file of a split ("train", "valid", "test"), for gat_free; *path NULL: there is none. valid may be
 * called dev. The end is .jsonl, .jsonl.gz or .jsonl.zst. */
gat_status graph_file_find(char **path, const char *folder, const char *split, gat_error *err);

/* A whole decompressed file, not terminated; *out for gat_free, on failure too. */
gat_status graph_text_read(char **out, size_t *length, const char *path, gat_error *err);

/* Adds the graphs of a file; unknown names are added to the names. GAT_EDATA names file and line. */
gat_status graph_set_read(graph_set *set, graph_names *names, const char *path, gat_error *err);

/* Adds a graph. */
gat_status graph_set_push(graph_set *set, const gat_triple *facts, int64_t count, gat_error *err);
void graph_set_clear(graph_set *set);

static inline int64_t graph_size(const graph_set *s, int64_t g) { return s->first[g + 1] - s->first[g]; }
static inline const gat_triple *graph_facts(const graph_set *s, int64_t g) { return s->facts.data + s->first[g]; }

/* Whether all names have ids below these. */
bool graph_within(const gat_triple *facts, int64_t count, int32_t entities, int32_t relations);

/* log2 of the number of different orders of the facts. */
double graph_orders(const gat_triple *facts, int64_t count);

/* The parts of a graph that are connected in themselves, while facts are added; zero-initialised is empty. */
typedef struct graph_parts {
    int32_t count, entities;
    int32_t entity[2 * GRAPH_MOST_TRIPLES], part[2 * GRAPH_MOST_TRIPLES];
} graph_parts;

/* At most GRAPH_MOST_TRIPLES times. */
void graph_parts_add(graph_parts *parts, int32_t head, int32_t tail);

/* At most GRAPH_MOST_TRIPLES facts. */
bool graph_is_connected(const gat_triple *facts, int64_t count);

/* 64 bits of a graph whatever the order of its facts and however often each stands there; at most GRAPH_MOST_TRIPLES. */
uint64_t graph_hash(const gat_triple *facts, int64_t count);

/* Sorted hashes of all graphs of the two sets whose names are below; *hash for gat_free. */
gat_status graph_hashes(uint64_t **hash, int64_t *count, const graph_set *a, const graph_set *b, int32_t entities,
                        int32_t relations, gat_error *err);
bool graph_hash_known(const uint64_t *hash, int64_t count, uint64_t wanted);

#endif
