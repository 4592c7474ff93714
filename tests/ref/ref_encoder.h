/* The encoder of a model in double, without dropout: all variants whose output is no matter of chance. */
#ifndef GAT_TESTS_REF_ENCODER_H
#define GAT_TESTS_REF_ENCODER_H

#include "base/arena.h"
#include "ref/ref_model.h"

/* A parameter of the block; NULL for index -1. */
const double *ref_param(const ref_step *s, int index);

/* n numbers of the arena; never NULL. */
double *ref_doubles(gat_arena *arena, int64_t n);

/* (N,D), in the arena or the block itself. */
const double *ref_encode(gat_arena *arena, const ref_step *s);

#endif
