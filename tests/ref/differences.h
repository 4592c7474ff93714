/* Tensors that exist twice, in float for the code under test and in double for the reference, and derivatives of the
 * reference by central differences. Float gradients are compared signed and element by element. */
#ifndef GAT_TESTS_DIFFERENCES_H
#define GAT_TESTS_DIFFERENCES_H

#include <stdbool.h>
#include <stdint.h>

/* Backward functions add to their outputs: gradients start from this value, and comparisons take it off again. */
#define GRADIENT_START 0.25f

typedef struct tensor {
    int64_t count;
    float *x, *grad;
    double *ref;   /* x as double */
    double *slope; /* of the reference; NaN where it was not taken */
} tensor;

/* Normal numbers times scale, a pure function of seed. Ends the test when memory is out. */
tensor tensor_normal(int64_t count, double scale, uint64_t seed);
void tensor_free(tensor *t);

/* The copy in double follows x; grad goes back to its start. */
void tensor_sync(tensor *t);
void tensor_restart(tensor *t);

/* A reference function of the tensors in its context. */
typedef double ref_function(void *context);

/* df / dx by central differences. */
double ref_derivative(ref_function *f, void *context, double *x);

/* Takes slopes: of all elements when they are at most `most`, else of `most` of them, spread evenly. */
void tensor_differentiate(tensor *t, ref_function *f, void *context, int64_t most);

/* Largest difference between grad and slope, relative to the largest slope, at least SMALLEST_SLOPE: where terms of size
 * one cancel to nothing (the cosine of two numbers is constant, say), a float keeps their rounding, about 1e-7. */
#define SMALLEST_SLOPE 5e-2
double tensor_error(const tensor *t);

/* Largest |a - b| relative to the largest |b|, at least SMALLEST_SLOPE. */
double largest_difference(const float *a, const double *b, int64_t n);

/* The comparison above notices a single flipped sign, of the largest slope and of one a hundred times smaller. */
void assert_sign_error_is_caught(tensor *t, double tolerance);

#endif
