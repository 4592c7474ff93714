/* A path model over a small graph, and its scores and gradients against the double-precision reference. */
#ifndef GAT_TESTS_PATH_CASE_H
#define GAT_TESTS_PATH_CASE_H

#include "path/path_model.h"
#include "path/path_step.h"
#include "ref/differences.h"
#include "ref/ref_path.h"

enum { PATH_CASE_NODES = 11, PATH_CASE_RELATIONS = 2, PATH_CASE_QUESTIONS = 4, PATH_CASE_LAYERS = 3 };

typedef struct path_case {
    path_model *model;
    gat_triples all, left; /* facts, and those that are not asked */
    path_facts *ordered;
    path_graph *graph;
    gat_filter *known;
    path_questions questions;
    tensor params;
    ref_path ref;
    double held[PATH_CASE_QUESTIONS * PATH_CASE_LAYERS * PATH_CASE_NODES]; /* its choices */
} path_case;

/* At most PATH_CASE_LAYERS layers. seed: a draw in which no difference steps over a kink. */
void path_case_init(path_case *c, const path_shape *shape, uint64_t seed);
void path_case_clear(path_case *c);

/* Gradients of every instruction set; most: numbers of each parameter that are looked at. */
void path_case_check_gradients(const path_shape *shape, uint64_t seed, int64_t most, double tolerance);

/* The same gradients, to the bit, for any number of threads. */
void path_case_check_threads(const path_shape *shape);

/* Scores of all questions, alone and beside others; shape: of two members. */
void path_case_check_scores(const path_shape *shape);

#endif
