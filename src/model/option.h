/* Options by name: the row type of the option table, and the opaque configuration. */
#ifndef GAT_OPTION_H
#define GAT_OPTION_H

/* Every option of training, set by name: the names of the command line without dashes ("dim", "attn-heads"). */
typedef struct gat_config gat_config;

/* One row of the option table: help texts, manual and the command line are made from it. */
typedef struct gat_option {
    const char *name, *argument, *initial, *help;
} gat_option;

#endif
