/* Two ways to the same sums: by formulas over the sizes of the data, and by counting what the first steps hold. The
 * count stands where there is one. */
#include "train/plan.h"

#include "base/memory.h"
#include "train/plan_trial.h"

enum {
    PART_PROGRAM,
    PART_DATA,
    PART_MODEL,
    PART_PARAMETERS,
    PART_GRAPH,
    PART_TABLE,
    PART_STEP,
    PART_VALIDATION,
    PART_JOINING
};

static const char *const part_names[GAT_PLAN_PARTS] = {
    [PART_PROGRAM] = "program and libraries",
    [PART_DATA] = "names and facts of the data",
    [PART_MODEL] = "names and facts of the model",
    [PART_PARAMETERS] = "parameters, gradients, optimiser",
    [PART_GRAPH] = "graph, known answers, batches",
    [PART_TABLE] = "encoded entities",
    [PART_STEP] = "a step",
    [PART_VALIDATION] = "a validation",
    [PART_JOINING] = "joining the members",
};

/* What is there already is known. */
static void add_parts(gat_plan *p, const training_memory *m, int64_t held, int64_t used)
{
    const int64_t estimated[GAT_PLAN_PARTS] = {
        [PART_PROGRAM] = held - used, [PART_DATA] = used,
        [PART_MODEL] = m->model,      [PART_PARAMETERS] = m->parameters,
        [PART_GRAPH] = m->graph,      [PART_TABLE] = m->table,
        [PART_STEP] = m->step,        [PART_VALIDATION] = m->validation,
        [PART_JOINING] = m->joining,
    };
    p->num_parts = m->joining ? GAT_PLAN_PARTS : GAT_PLAN_PARTS - 1;
    for (int i = 0; i < p->num_parts; i++)
        p->part[i] = (gat_plan_part){part_names[i], estimated[i], i <= PART_DATA ? estimated[i] : -1};
    p->estimated_bytes = p->bytes = held + training_memory_peak(m);
}

static int64_t above_zero(int64_t bytes) { return bytes > 0 ? bytes : 0; }

/* The kept state, like gradients and moments, is as large as the parameters. */
static void count_parts(gat_plan *p, const plan_trial *t)
{
    gat_plan_part *part = p->part;
    part[PART_MODEL].counted = above_zero(t->opened - t->before - t->value_bytes - t->gradient_bytes);
    part[PART_PARAMETERS].counted = 2 * t->value_bytes + t->gradient_bytes + t->moment_bytes;
    part[PART_TABLE].counted = t->table_bytes;
    part[PART_GRAPH].counted = above_zero(t->prepared - t->opened - t->value_bytes - t->moment_bytes - t->table_bytes);
    part[PART_STEP].counted = t->stepped - t->prepared;
    part[PART_VALIDATION].counted = above_zero(t->validated - t->held);
}

/* More of the program is resident once it has run. */
static void count_program(gat_plan *p, const plan_trial *t)
{
    int64_t rest = memory_resident() ? memory_peak_rss() - t->peak : 0;
    if (rest > p->part[PART_PROGRAM].counted) p->part[PART_PROGRAM].counted = rest;
}

/* Where members are joined, their tables lie beside each other; that is past the trial. */
static void sum_up(gat_plan *p, const training_memory *m, const plan_trial *t)
{
    int64_t joined = t->held + m->joining - p->part[PART_PARAMETERS].counted - t->table_bytes, peak = t->peak;
    if (m->joining && joined > peak) peak = joined;
    p->bytes = p->part[PART_PROGRAM].counted + peak;
}

static bool fits(const gat_plan *p, const gat_train_options *o)
{
    int64_t limit = memory_of_machine();
    if (o->max_memory && (!limit || o->max_memory < limit)) limit = o->max_memory;
    return !limit || p->estimated_bytes <= limit;
}

static double sum_of(double preparing, double step, double validation, double ending, const gat_plan *p)
{
    return preparing + (double)p->steps * step + (double)p->validations * validation + ending;
}

/* before: processor time of what the caller has done already. */
static void add_times(gat_plan *p, const gat_train_options *o, double before)
{
    p->all.clock = o->spent + sum_of(p->preparing.clock, p->step.clock, p->validation.clock, p->ending.clock, p);
    p->all.processor =
        before + sum_of(p->preparing.processor, p->step.processor, p->validation.processor, p->ending.processor, p);
    if (!(o->time_limit > 0) || p->all.clock <= o->time_limit) return;
    p->all.processor *= o->time_limit / p->all.clock;
    p->all.clock = o->time_limit;
}

gat_status plan_training(gat_plan *out, const gat_dataset *data, const gat_config *config,
                         const gat_train_options *options, double seconds, gat_error *err)
{
    const gat_train_options nothing = {0};
    gat_train_options own = options ? *options : nothing;
    training_memory m;
    plan_trial trial = {.seconds = seconds, .before = memory_in_use()};
    *out = (gat_plan){0};
    int64_t held = memory_held(), most = memory_peak();
    double before = plan_now().processor;
    gat_status st = config_check(config, err);
    if (!st) st = run_memory(&m, data, config, err);
    if (st) return st;
    add_parts(out, &m, held, trial.before);
    if (!fits(out, &own)) return GAT_OK;
    own.max_memory = 0;
    st = config->model == GAT_MODEL_PATH ? plan_try_paths(out, &trial, data, config, &own, err)
                                         : plan_try_embeddings(out, &trial, data, config, &own, err);
    memory_raise_peak(most > trial.peak ? most : trial.peak); /* the resident memory of a later plan holds that, too */
    if (st) return st;
    out->tried = true;
    if (memory_is_counted()) {
        count_parts(out, &trial);
        count_program(out, &trial);
        sum_up(out, &m, &trial);
    }
    add_times(out, &own, own.spent > 0 ? before : 0);
    return GAT_OK;
}
