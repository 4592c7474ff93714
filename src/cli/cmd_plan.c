/* gatkit plan: what memory and time `train` would take with the same options. Writes nothing. */
#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/report.h"
#include "cli/train_arguments.h"

static const char doc[] = "Tell what memory and time 'gatkit train' will take with the same options, before it is run: "
                          "--model gat, none and path. "
                          "Memory is estimated from the sizes of the data, part by part; then the first steps are "
                          "taken on the whole data for about "
                          "two seconds, and what they hold is counted, what they take is measured.\n\n"
                          "  gatkit plan datasets/wordnet --preset quickstart\n"
                          "  gatkit plan datasets/wordnet --model path --layers 4 --queries 2000 --json\n"
                          "  gatkit plan datasets/wordnet --model none --dim 256 --max-memory 4G\v"
                          "--output may stand among the options and is not written. Where the estimate is above "
                          "--max-memory, or above the memory of "
                          "the machine, no step is taken and no time is told; above --max-memory the exit code is 5, "
                          "as that of train would be. Times "
                          "are those of the clock if the machine stays as busy as it is, and of its processors, which "
                          "with one thread is what a "
                          "quiet machine would take; a run that --patience ends "
                          "takes less, checkpoints of a long "
                          "run (a twentieth of the time at most) and --side-model are not counted. --task relations, "
                          "linking and words have no plan.";

/* ---- JSON ---- */

static json_t *bytes_of(int64_t bytes) { return bytes < 0 ? json_null() : json_integer((json_int_t)bytes); }

static json_t *parts_array(const gat_plan *p)
{
    json_t *array = json_array();
    for (int i = 0; i < p->num_parts; i++)
        array = report_append(array,
                              json_pack("{s:s,s:o,s:o}", "part", p->part[i].name, "estimated_bytes",
                                        bytes_of(p->part[i].estimated), "counted_bytes", bytes_of(p->part[i].counted)));
    return array;
}

static json_t *time_object(const gat_plan *p)
{
    json_t *o =
        json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "steps", (json_int_t)p->steps, "tried_steps", (json_int_t)p->tried_steps,
                  "epochs", (json_int_t)p->epochs, "queries", (json_int_t)p->questions, "tried_queries",
                  (json_int_t)p->tried_questions, "validations", (json_int_t)p->validations);
    o = report_set(o, "preparing_seconds", report_number(p->preparing.clock));
    o = report_set(o, "step_seconds", report_number(p->step.clock));
    o = report_set(o, "validation_seconds", report_number(p->validation.clock));
    return report_set(o, "ending_seconds", report_number(p->ending.clock));
}

static json_t *plan_object(const gat_plan *p)
{
    json_t *o = json_pack("{s:o,s:b}", "peak_rss_mb", report_number((double)p->bytes / 1048576), "tried", p->tried);
    o = report_set(o, "estimated_mb", report_number((double)p->estimated_bytes / 1048576));
    o = report_set(o, "seconds", p->tried ? report_number(p->all.clock) : json_null());
    o = report_set(o, "processor_seconds", p->tried ? report_number(p->all.processor) : json_null());
    o = report_set(o, "memory", parts_array(p));
    return report_set(o, "time", p->tried ? time_object(p) : json_null());
}

/* ---- for a person ---- */

static void megabytes(gat_grid *grid, int64_t bytes)
{
    if (bytes < 0) grid_cell(grid, "-");
    else grid_real(grid, (double)bytes / 1048576, 1);
}

static gat_status print_memory(const gat_plan *p, gat_error *err)
{
    static const char *const heading[] = {"memory, MB", "estimated", "counted"};
    gat_grid *grid = grid_new("lrr");
    grid_row(grid, heading);
    for (int i = 0; i < p->num_parts; i++) {
        grid_cell(grid, "%s", p->part[i].name);
        megabytes(grid, p->part[i].estimated);
        megabytes(grid, p->part[i].counted);
    }
    grid_cell(grid, "at the peak");
    megabytes(grid, p->estimated_bytes);
    megabytes(grid, p->tried ? p->bytes : -1);
    return report_grid(grid, err);
}

static void time_row(gat_grid *grid, const char *name, gat_plan_time each, int64_t times)
{
    grid_cell(grid, "%s", name);
    grid_count(grid, times);
    grid_real(grid, each.clock, 4);
    grid_real(grid, each.processor, 4);
}

static gat_status print_time(const gat_plan *p, gat_error *err)
{
    static const char *const heading[] = {"time, s", "times", "by the clock", "of processors"};
    gat_grid *grid = grid_new("lrrr");
    grid_row(grid, heading);
    time_row(grid, "preparing", p->preparing, 1);
    time_row(grid, "a step", p->step, p->steps);
    time_row(grid, "a validation", p->validation, p->validations);
    time_row(grid, "the end", p->ending, 1);
    time_row(grid, "in all, with reading", p->all, 1);
    return report_grid(grid, err);
}

static gat_status print_plan(const gat_plan *p, gat_error *err)
{
    char tried[32];
    gat_status st = print_memory(p, err);
    putchar('\n');
    if (!st && p->tried) st = print_time(p, err);
    if (st) return st;
    if (!p->tried) {
        printf("no step was tried: the estimate is above the limit\n%.0f MB of memory\n", (double)p->bytes / 1048576);
        return GAT_OK;
    }
    printf("\n%s steps were tried\n", format_count(tried, p->tried_steps));
    printf("%.0f MB of memory, %.1f s\n", (double)p->bytes / 1048576, p->all.clock);
    return GAT_OK;
}

/* ---------------------------------------------------------------------------------------------------------- */

static int should_stop(void *context)
{
    (void)context;
    return interrupt_seen();
}

static gat_status refuse_task(train_arguments *a)
{
    const char *task = a->relations.wanted ? "relations"
                       : a->linking.wanted ? "linking"
                       : a->words.wanted   ? "words"
                                           : "recommend";
    if (!a->relations.wanted && !a->linking.wanted && !a->words.wanted && !a->recommend.wanted) return GAT_OK;
    return error_set(&a->common.error, GAT_EUSAGE,
                     "plan does not cover --task %s: it tells of --model gat, none and path", task);
}

static gat_status check_limit(const gat_plan *p, train_arguments *a)
{
    if (!a->max_memory || p->estimated_bytes <= a->max_memory) return GAT_OK;
    return error_set(&a->common.error, GAT_ENOSPC, "training needs about %lld MB, above the limit of %lld MB",
                     (long long)(p->estimated_bytes >> 20), (long long)(a->max_memory >> 20));
}

static gat_status load(gat_dataset **data, gat_config **config, train_arguments *a)
{
    gat_status st = train_settings_apply(config, &a->settings, &a->common.error);
    if (st) return st;
    return load_data(data, &a->common, a->data,
                     (gat_dataset_options){.holdout = a->holdout, .seed = train_seed(*config)});
}

static gat_status run(train_arguments *a)
{
    gat_config *config = NULL;
    gat_dataset *data = NULL;
    gat_plan plan;
    gat_error *err = &a->common.error;
    gat_status st = load(&data, &config, a);
    gat_train_options options = {
        .time_limit = a->time_limit,
        .spent = report_seconds(&a->common),
        .choose_threads = !a->common.threads,
        .max_memory = a->max_memory,
        .should_stop = should_stop,
        .log = screen_log(&a->common.screen),
    };
    if (!st) st = gat_plan_training(&plan, data, config, &options, err);
    if (!st) st = a->common.json ? report_json(plan_object(&plan), err) : print_plan(&plan, err);
    if (!st) st = check_limit(&plan, a);
    gat_dataset_free(data);
    gat_config_free(config);
    return st;
}

int cmd_plan(int argc, char **argv)
{
    train_arguments a = {.plans = true};
    int code = train_arguments_read(&a, "DATA", doc, argc, argv);
    if (code < 0) {
        interrupt_watch();
        gat_status st = refuse_task(&a);
        code = report_end(&a.common, st ? st : run(&a));
    }
    train_options_free(a.table);
    return code;
}
