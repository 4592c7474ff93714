/* Which interactions are learned from, chosen by and measured on. */
#ifndef GAT_RECOMMEND_INTERACTION_SPLIT_H
#define GAT_RECOMMEND_INTERACTION_SPLIT_H

#include "recommend/interactions.h"

/* Parts that have a file of their own. */
typedef struct interaction_files {
    bool valid, test;
} interaction_files;

/* Takes valid-share and test-share of train away, where there is no file of them, by the seed: of every user's interactions,
 * rounded, at least one of which stays, or of all. Users without any train are counted. */
gat_status interactions_split(interactions *data, const interaction_files *files, const gat_recommend_config *config,
                              gat_error *err);

#endif
