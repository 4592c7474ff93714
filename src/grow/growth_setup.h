/* From options to a graph that can grow, and weights to judge proposals by. */
#ifndef GAT_GROW_GROWTH_SETUP_H
#define GAT_GROW_GROWTH_SETUP_H

#include "grow/growth_state.h"
#include "grow/growth_types.h"
#include "grow/proposal_weights.h"

/* Zeroed states; facts of the graph or the model alone are in s->facts, nothing is read or asked. */
gat_status growth_setup(growth_state *s, const gat_model *model, const gat_growth_options *options, gat_error *err);

/* Reads the graph of the facts so far, fits weights to the valid facts of the data, *fitted; where they say too little, or
 * there are none, the usual weights. */
gat_status growth_fit(proposal_weights *weights, bool *fitted, growth_state *s, const gat_growth_options *options,
                      gat_error *err);

/* Adds what the data knows beside: valid, and test unless it is hidden; then reads the graph and mines its rules. */
gat_status growth_read_known(growth_state *s, const gat_growth_options *options, gat_error *err);

/* The same, and asks the model. */
gat_status growth_start(growth_state *s, const gat_growth_options *options, gat_error *err);

#endif
