/* Distances become chances of an edge, each point by its own scale; then edges pull and drawn pairs push, by the gradient of the
 * cross entropy between these chances and those of the plane, 1 / (1 + a d^2b). igraph 0.10.2 has the method too; but five
 * Gaussians that lie eight deviations apart were still on top of each other after 2,000 of its rounds over distances. */
#include "tasks/neighbor_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { ROUNDS = 200, PUSHES = 5, SCALE_STEPS = 64, STREAM_PULL = 0x3a91, STREAM_PUSH = 0x3a92 };

/* The curve of the paper for points that lie .1 apart at least; no move is longer than MOST_MOVE. */
static const double CURVE_A = 1.577, CURVE_B = .8951, MOST_MOVE = 4, NEVER_ZERO = .001, START_WIDTH = 10;

typedef struct chance {
    int32_t a, b; /* a < b */
    double value;
} chance;

/* ---- chances ---- */

static double sum_of_chances(const near_point *near, int64_t nearest, double scale)
{
    double sum = 0;
    for (int64_t k = 0; k < nearest; k++) sum += exp(-(double)(near[k].distance - near[0].distance) / scale);
    return sum;
}

/* The scale at which the chances of a point's neighbours sum to the logarithm of their number: it grows with the scale. */
static double scale_of(const near_point *near, int64_t nearest)
{
    double low = 1e-12, high = 1e12, wanted = log2((double)nearest);
    for (int step = 0; step < SCALE_STEPS; step++) {
        double middle = sqrt(low * high);
        if (sum_of_chances(near, nearest, middle) > wanted) high = middle;
        else low = middle;
    }
    return sqrt(low * high);
}

static int compare_pairs(const void *x, const void *y)
{
    const chance *a = x, *b = y;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

/* An edge that both ends have is one, there if one of them sees it. Returns how many there are. */
static int64_t join_pairs(chance *list, int64_t count)
{
    int64_t kept = 0;
    qsort(list, (size_t)count, sizeof *list, compare_pairs);
    for (int64_t i = 0; i < count; i++) {
        chance *last = &list[kept - 1];
        if (kept && !compare_pairs(last, &list[i])) last->value += list[i].value - last->value * list[i].value;
        else list[kept++] = list[i];
    }
    return kept;
}

static int64_t fill_chances(chance *list, const near_point *near, int64_t rows, int64_t nearest)
{
    for (int64_t i = 0; i < rows; i++) {
        const near_point *of = near + i * nearest;
        double scale = scale_of(of, nearest);
        for (int64_t k = 0; k < nearest; k++) {
            int32_t me = (int32_t)i, other = of[k].id;
            double value = exp(-(double)(of[k].distance - of[0].distance) / scale);
            list[i * nearest + k] = (chance){me < other ? me : other, me < other ? other : me, value};
        }
    }
    return join_pairs(list, rows * nearest);
}

/* ---- moves ---- */

static double bounded(double x) { return fmax(-MOST_MOVE, fmin(MOST_MOVE, x)); }

/* x moves by `share` of (x - y), and y the other way where it moves. */
static void move(double *x, double *y, double share, double rate)
{
    for (int c = 0; c < 2; c++) {
        double step = rate * bounded(share * (x[c] - y[c]));
        x[c] += step;
        if (share < 0) y[c] -= step;
    }
}

static double square_of_distance(const double *x, const double *y)
{
    return (x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1]);
}

static void pull(double *x, double *y, double rate)
{
    double d = square_of_distance(x, y);
    if (d <= 0) return;
    double power = pow(d, CURVE_B);
    move(x, y, -2 * CURVE_A * CURVE_B * power / d / (1 + CURVE_A * power), rate);
}

static void push(double *x, double *y, double rate)
{
    double d = square_of_distance(x, y);
    move(x, y, 2 * CURVE_B / ((NEVER_ZERO + d) * (1 + CURVE_A * pow(d, CURVE_B))), rate);
}

/* One round: an edge pulls by its chance, and then each of its ends is pushed by some points drawn from all. */
static void run_round(double *place, const chance *list, int64_t count, int64_t rows, uint64_t seed, int64_t round)
{
    double rate = 1 - (double)round / ROUNDS;
    uint64_t pulls = random_stream(STREAM_PULL, (uint64_t)round, 0),
             pushes = random_stream(STREAM_PUSH, (uint64_t)round, 0);
    for (int64_t i = 0; i < count; i++) {
        double *end[2] = {place + 2 * (int64_t)list[i].a, place + 2 * (int64_t)list[i].b};
        if ((double)random_below(seed, pulls, (uint64_t)i, 1 << 24) >= list[i].value * (1 << 24)) continue;
        pull(end[0], end[1], rate);
        for (int64_t k = 0; k < 2 * PUSHES; k++) {
            double *other = place + 2 * random_below(seed, pushes, (uint64_t)(2 * PUSHES * i + k), rows);
            if (other != end[k % 2]) push(end[k % 2], other, rate);
        }
    }
}

static void widen(double *place, int64_t rows)
{
    double widest = 0;
    for (int64_t i = 0; i < 2 * rows; i++) widest = fmax(widest, fabs(place[i]));
    for (int64_t i = 0; i < 2 * rows && widest > 0; i++) place[i] *= START_WIDTH / widest;
}

gat_status neighbor_layout(double *place, const near_point *near, int64_t rows, int64_t nearest, uint64_t seed,
                           gat_error *err)
{
    chance *list = gat_alloc(rows * nearest, sizeof *list);
    if (!list) return error_nomem(err);
    int64_t count = fill_chances(list, near, rows, nearest);
    widen(place, rows);
    for (int64_t round = 0; round < ROUNDS; round++) run_round(place, list, count, rows, seed, round);
    gat_free(list);
    return GAT_OK;
}
