/* The part of tools/bench_python that asks from C: bench_python MODEL QUESTIONS TOP. Questions are lines of head, TAB, relation.
 * For every line on standard input all of them are answered once, and the seconds of processor time that took are printed. */
#include <gatkit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_QUESTIONS = 4096, LONGEST = 1024 };

static char question[MOST_QUESTIONS][2][LONGEST];

static int fail(const char *what)
{
    fprintf(stderr, "bench_python: %s\n", what);
    return 1;
}

static int read_questions(const char *path)
{
    char line[2 * LONGEST];
    int count = 0;
    FILE *file = fopen(path, "r");
    while (file && count < MOST_QUESTIONS && fgets(line, sizeof line, file))
        if (sscanf(line, "%1023[^\t]\t%1023[^\n]", question[count][0], question[count][1]) == 2) count++;
    if (file) fclose(file);
    return count;
}

/* Below 0: an answer failed. */
static double ask_all(const gat_model *model, int count, int64_t top, gat_error *error)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < count; i++) {
        gat_answer *answers;
        int64_t found;
        if (gat_predict(&answers, &found, model, question[i][0], question[i][1], "?", top, false, NULL, error))
            return -1;
        gat_free_list(answers);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

int main(int argc, char **argv)
{
    gat_error error = {0};
    gat_model *model;
    if (argc != 4) return fail("MODEL QUESTIONS TOP");
    gat_set_threads(1);
    if (gat_model_load(&model, argv[1], &error)) return fail(error.message);
    int count = read_questions(argv[2]);
    while (getchar() != EOF) {
        double seconds = ask_all(model, count, atoll(argv[3]), &error);
        if (seconds < 0) return fail(error.message);
        printf("%.9f\n", seconds);
        fflush(stdout);
    }
    gat_model_free(model);
    return 0;
}
