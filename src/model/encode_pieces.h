/* The encoder over a large graph in little memory: step after step, and within a step some nodes at a time, each piece over
 * the block of its edges. Beside input and output only a piece is in memory. Nodes with more edges than a piece has room
 * for are encoded from a fair sample of so many (block.h), always the same. */
#ifndef GAT_MODEL_ENCODE_PIECES_H
#define GAT_MODEL_ENCODE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "graph/csr.h"
#include "model/kg_model.h"

/* Whether a model of this configuration encodes N nodes so: its table is large, and its layers look at nothing but edges.
 * By sizes alone. */
bool encode_pieces_wanted(const gat_config *config, int64_t num_nodes);

/* Whether it could: the layers look at nothing but edges. */
bool encode_pieces_possible(const gat_config *config);

/* Floats of one matrix of a piece. */
enum { ENCODE_PIECE_FLOATS = 1 << 21 };

/* Edges of a piece. */
int64_t encode_pieces_edges(const gat_model *model);

/* out (N,D) <- in (N,D) after the first `steps` steps of the encoder, at least one; in and out are apart. Memory beside
 * them: some ten matrices of piece_edges rows, and with several steps one more (N,D). */
gat_status encode_pieces(float *out, const float *in, const gat_model *model, const gat_graph *graph, int steps,
                         int64_t piece_edges, gat_error *err);

/* Attention of the last step over the edges into `count` nodes, their rows one after the other, from the input of that step:
 * alpha (edges, H). */
gat_status attention_of_nodes(float *alpha, const float *in, const gat_model *model, const gat_graph *graph,
                              const int32_t *nodes, int64_t count, gat_error *err);

#endif
