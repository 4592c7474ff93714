#include "train/thread_pace.h"

#include <math.h>

#include "base/parallel.h"

enum { FIRST_STEPS = 3, COMPARED_STEPS = 6 };
static const double SMALL_STEP = 0.03, LARGE_STEP = 0.3, FIRST_COMPARISON = 0.1; /* seconds */
static const double HOPELESS = 4;                                                /* times as long as alone */
static const double TIMES_ITS_COST = 20;                                         /* between comparisons */

static void use_all(thread_pace *p, bool all)
{
    p->all = all;
    parallel_set_threads(all ? p->threads : 1);
}

void pace_start(thread_pace *p, bool choice, double now)
{
    *p = (thread_pace){
        .threads = parallel_threads(), .due = now + FIRST_COMPARISON, .least = INFINITY, .alone = INFINITY};
    p->settled = !choice || p->threads == 1;
    use_all(p, p->settled);
}

static bool comparing(const thread_pace *p) { return p->begun >= p->due; }

void pace_step_begin(thread_pace *p, double now)
{
    p->begun = now;
    use_all(p, !p->settled && comparing(p) ? p->compared % 2 : p->all);
}

/* Large steps tell at once, or by the least of the first few: a small one may have been held up. */
static void look_at_size(thread_pace *p, double seconds)
{
    p->least = fmin(p->least, seconds);
    p->steps++;
    if (seconds < LARGE_STEP && (p->steps < FIRST_STEPS || p->least < SMALL_STEP)) return;
    p->settled = true;
    use_all(p, true);
}

static void postpone(thread_pace *p, double now, double cost)
{
    p->due = now + TIMES_ITS_COST * cost;
    p->compared = 0;
    p->spent[0] = p->spent[1] = 0;
}

static void compare(thread_pace *p, double now)
{
    double seconds = now - p->begun;
    p->spent[p->compared++ % 2] += seconds;
    if (p->compared != COMPARED_STEPS && !(p->all && seconds > HOPELESS * p->spent[0])) return;
    p->alone = p->spent[0] / ((p->compared + 1) / 2);
    use_all(p, p->spent[1] < p->spent[0]);
    postpone(p, now, p->spent[0] + p->spent[1]);
}

void pace_step_end(thread_pace *p, double now)
{
    double seconds = now - p->begun;
    if (p->settled) return;
    if (p->steps < FIRST_STEPS) look_at_size(p, seconds);
    else if (comparing(p)) compare(p, now);
    else if (p->all && seconds > HOPELESS * p->alone) {
        use_all(p, false);
        postpone(p, now, seconds);
    }
}

void pace_rest(const thread_pace *p) { parallel_set_threads(p->threads); }

void pace_stop(thread_pace *p) { use_all(p, true); }
