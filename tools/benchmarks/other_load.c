#include "other_load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

/* Seconds that no processor was idle, of all together, from the first line of /proc/stat. */
static double all_seconds(void)
{
    double t[8];
    FILE *f = fopen("/proc/stat", "r");
    if (!f) return (double)NAN;
    int found = fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", t, t + 1, t + 2, t + 3, t + 4, t + 5, t + 6, t + 7);
    fclose(f);
    if (found != 8) return (double)NAN;
    return (t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) / (double)sysconf(_SC_CLK_TCK);
}

/* Fields 14 and 15 of /proc/PID/stat, counted from the end of the name, which may hold anything. */
static double process_seconds(int pid)
{
    char path[40], line[1000];
    double user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    const char *rest = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    fclose(f);
    if (!rest || sscanf(rest + 1, " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lf %lf", &user, &system) != 2)
        return 0;
    return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

load_mark load_now(int peer)
{
    struct timespec own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    return (load_mark){.wall = bench_clock(),
                       .all = all_seconds(),
                       .own = (double)own.tv_sec + 1e-9 * (double)own.tv_nsec + (peer ? process_seconds(peer) : 0)};
}

double load_between(load_mark from, load_mark to)
{
    double others = (to.all - from.all) - (to.own - from.own);
    return fmax(others, 0 * others) / (to.wall - from.wall); /* NaN stays one */
}
