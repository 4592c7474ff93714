/* Optimiser steps of one number in double. */
#ifndef GAT_TESTS_REF_OPTIM_H
#define GAT_TESTS_REF_OPTIM_H

#include <stdint.h>

/* Kingma and Ba 2015, algorithm 1, with decoupled decay; t counts from 1. */
void ref_adam(double *x, double *m, double *v, double dx, double lr, double beta1, double beta2, double eps,
              double decay, int64_t t);

/* Duchi et al. 2011, with decoupled decay. */
void ref_adagrad(double *x, double *sum, double dx, double lr, double eps, double decay);

#endif
