/* How many threads the steps of a training run on: all, or one where that is faster. Small steps are full of places where
 * threads wait for each other, and beside other programs a thread may wait for one that has no core: then two threads take
 * many times as long as one. So a training begins alone, and when its steps are small they are timed both ways now and
 * then, in a twentieth of its time. Results do not depend on it. */
#ifndef GAT_TRAIN_THREAD_PACE_H
#define GAT_TRAIN_THREAD_PACE_H

#include <stdbool.h>

typedef struct thread_pace {
    int threads;     /* all */
    bool settled;    /* steps are large, or there is but one thread: all are used */
    bool all;        /* steps run on all threads */
    int steps;       /* of the beginning */
    double least;    /* seconds of one of these */
    double due;      /* clock of the next comparison */
    double spent[2]; /* seconds of the comparison going on: alone, with all threads */
    int compared;    /* steps of it */
    double alone;    /* seconds of a step alone, in the last comparison */
    double begun;    /* clock of the step */
} thread_pace;

/* now: of one clock, in seconds. Without a choice all threads are used. */
void pace_start(thread_pace *pace, bool choice, double now);

/* Around a step. What runs between two steps runs as the steps do. */
void pace_step_begin(thread_pace *pace, double now);
void pace_step_end(thread_pace *pace, double now);

/* All threads until the next step begins: for what is large between two steps. */
void pace_rest(const thread_pace *pace);

/* All threads again. */
void pace_stop(thread_pace *pace);

#endif
