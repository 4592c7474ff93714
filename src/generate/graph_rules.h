/* Rules that say whether a graph is valid: read from a small file, or those that hold everywhere. The file is one JSON object,
 * whose keys are all optional:
 *
 *     "triples":      [least, most]
 *     "connected":    true                       (true without a file)
 *     "repeats":      true                       a triple may stand there more than once
 *     "path":         true                       one directed path over different entities
 *     "relations":    {"name": {"count": [least, most], "loop": false, "same_kind": true}}    no others are allowed then
 *     "not_above":    [["a", "b"]]               the number that the tail of a is called is not above that of b
 *
 * Always: head and tail as train has them on that side of the relation. "same_kind": head and tail stand
 * in train on the same sides of the same relations. */
#ifndef GAT_GENERATE_GRAPH_RULES_H
#define GAT_GENERATE_GRAPH_RULES_H

#include "generate/seen_roles.h"

typedef enum graph_rule {
    RULE_SIZE,
    RULE_REPEATED,
    RULE_RELATION,
    RULE_ROLES,
    RULE_COUNT,
    RULE_LOOP,
    RULE_KIND,
    RULE_CONNECTED, /* and path */
    RULE_ORDER,
    NUM_GRAPH_RULES
} graph_rule;

typedef struct relation_rule {
    bool allowed, no_loop, same_kind;
    int32_t least, most;
} relation_rule;

typedef struct graph_rules {
    int32_t least, most;
    bool connected, path, repeats;
    relation_rule *relation; /* (relations) */
    int32_t (*order)[2];     /* (orders) */
    int64_t orders;
} graph_rules;

/* path NULL: the rules that hold everywhere. GAT_EDATA names the file. */
gat_status graph_rules_read(graph_rules *rules, const char *path, const gat_intern *relations, gat_error *err);
void graph_rules_clear(graph_rules *rules);

/* The first rule that is broken, -1: none. names: of the entities. Ids that the roles do not know break RULE_ROLES; at most
 * GRAPH_MOST_TRIPLES facts. */
int graph_rules_broken(const graph_rules *rules, const seen_roles *roles, const gat_intern *names,
                       const gat_triple *facts, int64_t count);

/* NULL past the end. */
const char *graph_rule_name(int index);

#endif
