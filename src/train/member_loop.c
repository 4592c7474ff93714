#include "train/member_loop.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "model/members.h"
#include "model/view.h"

static const double TIME_TO_SPARE = 1.05;

static int64_t asked_for(const gat_trainer *t) { return t->run.model->config.members; }

gat_status members_init(gat_trainer *t, gat_error *err)
{
    if (asked_for(t) == 1) return GAT_OK;
    t->finished = gat_alloc(asked_for(t) * t->run.model->params.size, sizeof *t->finished);
    return t->finished ? GAT_OK : error_nomem(err);
}

int64_t member_epochs(const gat_trainer *t) { return t->at.member ? t->at.most_epochs : t->run.model->config.epochs; }

double member_time_needed(const gat_trainer *t, double longest)
{
    int64_t others = t->at.member ? 0 : asked_for(t) - 1;
    return longest * (1 + TIME_TO_SPARE * (double)(others * (t->at.epoch + 1)));
}

/* Whether the member has all its epochs. The number told of the first one is that of all, if time ran out there. */
static bool complete(gat_trainer *t)
{
    bool whole = t->at.verdict.finished || t->at.epoch >= member_epochs(t);
    if (t->at.member) return whole;
    t->at.most_epochs = whole ? t->run.model->config.epochs : t->run.origin.epochs;
    return whole || t->at.most_epochs > 0;
}

static void begin(gat_trainer *t, int64_t member)
{
    gat_model *m = t->run.model;
    t->at = (train_position){.member = member,
                             .members_done = member,
                             .most_epochs = t->at.most_epochs,
                             .told_epochs = t->at.told_epochs,
                             .best_epoch = t->at.best_epoch};
    m->seed = member_seed((uint64_t)m->config.seed, member);
    memset(m->params.value, 0, (size_t)m->params.size * sizeof(float));
    m->kind->init_params(m);
    optim_restart(&t->optim, m);
    run_restart(&t->run);
}

void member_end(bool *more, gat_trainer *t)
{
    int64_t size = t->run.model->params.size;
    const model_origin *origin = &t->run.origin;
    *more = false;
    if (asked_for(t) == 1) return;
    if (!complete(t) && t->at.member) return;
    memcpy(t->finished + t->at.member * size, t->run.kept, (size_t)size * sizeof(float));
    t->at.members_done = t->at.member + 1;
    if (origin->epochs > t->at.told_epochs) t->at.told_epochs = origin->epochs;
    if (origin->best_epoch > t->at.best_epoch) t->at.best_epoch = origin->best_epoch;
    *more = t->at.members_done < asked_for(t) && (t->at.most_epochs > 0 || !t->run.model->config.epochs);
    if (*more) begin(t, t->at.members_done);
}

void member_resume(gat_trainer *t)
{
    gat_model *m = t->run.model;
    m->seed = member_seed((uint64_t)m->config.seed, t->at.member);
}

static gat_status validate(gat_trainer *t, gat_error *err)
{
    gat_progress p = {0};
    gat_status st = t->run.valid.count ? run_validate(&t->run, &p, &t->at.verdict, err) : GAT_OK;
    model_origin *origin = &t->run.model->origin;
    origin->has_valid = p.valid.queries > 0;
    origin->valid = p.valid;
    origin->epochs = t->at.told_epochs;
    origin->best_epoch = t->at.best_epoch;
    return st;
}

gat_status members_finish(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    if (asked_for(t) == 1) return GAT_OK;
    if (t->at.members_done < asked_for(t))
        log_say(&t->run.options->log, GAT_LOG_WARNING, "the time limit came before member %lld of %lld was done",
                (long long)t->at.members_done + 1, (long long)asked_for(t));
    optim_clear(&t->optim);
    view_free(m->view);
    m->view = NULL;
    gat_status st = members_join(m, t->finished, t->at.members_done, err);
    gat_free(t->finished);
    t->finished = NULL;
    if (!st) st = model_finish(m, err);
    return st ? st : validate(t, err);
}
