/* Options by name: the row type of the option table, and the opaque configuration. */
#ifndef GAT_OPTION_H
#define GAT_OPTION_H

/* Every option of training, set by name: the names of the command line without dashes ("dim", "attn-heads"). */
typedef struct gat_config gat_config;

/* One row of the option table: help texts, manual and the command line are made from it. Models of paths have initial values of
 * their own. */
typedef struct gat_option {
    const char *name, *argument;
    const char *initial; /* of models with embeddings of entities; NULL: no option of theirs */
    const char *help;
    const char *path; /* of --model path; NULL: no option of it */
} gat_option;

#endif
