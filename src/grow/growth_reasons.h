/* Why a fact is proposed. */
#ifndef GAT_GROW_GROWTH_REASONS_H
#define GAT_GROW_GROWTH_REASONS_H

#include "grow/growth_state.h"
#include "grow/growth_types.h"

/* The most confident rules that apply, and for a model of paths the paths of highest attention. */
gat_status growth_reasons_find(gat_proposal *proposal, const growth_state *s, gat_triple fact, gat_error *err);

#endif
