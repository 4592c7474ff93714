/* What the random numbers of a decoder are for. */
#ifndef GAT_MODEL_DECODER_KEYS_H
#define GAT_MODEL_DECODER_KEYS_H

/* STREAM_DECODER: initial values and the key of a step's masks, to which the place of a mask is added. */
enum { STREAM_DECODER = 0xdec0, DROP_INPUT = 1, DROP_RELATION = 2, DROP_HIDDEN = 3, DROP_QUERY = 4 };

#endif
