/* The steps that ways of aligning are made of: rounds within a time limit, those with the third-order view, and the start
 * from what the user tells of entities. */
#ifndef GAT_ALIGN_SCHEDULE_H
#define GAT_ALIGN_SCHEDULE_H

#include "align/align_input.h"
#include "align/align_run.h"
#include "align/encoder_term.h"
#include "align/vector_term.h"

typedef struct schedule {
    const align_input *in;
    const gat_align_options *o;
    align_run *run;
    pair_matrix *likest[MOST_FEATURES];      /* of each feature of the input; NULL before they are found */
    pair_matrix *mean;                       /* of all features */
    similarity_term features[MOST_FEATURES]; /* the terms of run->settings */
    encoder_term *encoder;                   /* goes on learning from one run to the next; NULL: none */
    bool taught;
    double end;     /* on the clock; 0: no limit */
    double longest; /* seconds of a round */
    bool late;
} schedule;

/* run->settings are the defaults for the input; features are in them as terms, borrowed until schedule_clear. */
void schedule_init(schedule *out, align_run *run, const align_input *input, const gat_align_options *options);
void schedule_clear(schedule *schedule);

uint64_t schedule_seed(const schedule *schedule);
bool schedule_stopped(const schedule *schedule);

/* Asked by the encoder between steps; context: the schedule. */
int schedule_should_end(void *context);

/* GAT_EINTERRUPTED where the options say stop. */
gat_status schedule_round(schedule *schedule, belief_loop *loop, const loop_settings *settings, gat_error *err);

/* The same `count` times, fewer when it is late, at least once. */
gat_status schedule_rounds(schedule *schedule, belief_loop *loop, const loop_settings *settings, int count,
                           gat_error *err);

/* Rounds in which the third-order view of the beliefs has a say; none when it is late or the graphs are too large. */
gat_status schedule_vector_rounds(schedule *schedule, belief_loop *loop, const loop_settings *settings, gat_error *err);

/* The view of the present beliefs as those rounds use it. */
gat_status schedule_view(vector_term *out, const schedule *schedule, const belief_loop *loop, gat_error *err);
similarity_term schedule_view_term(const vector_term *view);

/* Largest of wanted, wanted / 2, ... at which the vectors of both graphs keep within bounds and are not wider than there are
 * entities; at least `least`. And the width of a label, as asked for or
 * fitting. */
int64_t schedule_width(const schedule *schedule, int64_t wanted, int64_t least);
int64_t schedule_label_dim(const schedule *schedule);

/* Comparing all with all grows with the square of the graphs; beyond some size the loop goes without. */
bool schedule_too_large(const schedule *schedule);

/* The terms of the settings; returns their number. */
int schedule_copy_terms(similarity_term *terms, const loop_settings *settings);

/* Beliefs from the features of the input, if there are any. */
gat_status schedule_start(schedule *schedule, belief_loop *loop, gat_error *err);

#endif
