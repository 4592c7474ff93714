#include "cli/train_recommend.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/epoch_log.h"
#include "cli/interrupt.h"
#include "cli/output_path.h"

json_t *recommend_measures(const gat_recommend_evaluation *e)
{
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "split", gat_split_name(e->split), "users",
                     (json_int_t)e->users, "wanted", (json_int_t)e->wanted, "candidates", (json_int_t)e->candidates,
                     "without_history", (json_int_t)e->without_history, "unknown_users", (json_int_t)e->unknown_users,
                     "recall_at_20", report_number(e->recall), "ndcg_at_20", report_number(e->ndcg), "auc_uniform",
                     report_number(e->auc_uniform), "auc_popular", report_number(e->auc_popular));
}

json_t *recommender_object(const gat_recommend_info *m)
{
    json_t *object =
        json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s}", "task", "recommend", "model",
                  m->recommender, "users", (json_int_t)m->users, "items", (json_int_t)m->items, "interactions",
                  (json_int_t)m->interactions, "duplicates", (json_int_t)m->duplicates, "nodes", (json_int_t)m->nodes,
                  "relations", (json_int_t)m->relations, "facts", (json_int_t)m->facts, "linked_items",
                  (json_int_t)m->linked_items, "parameters", (json_int_t)m->parameters, "epochs", (json_int_t)m->epochs,
                  "best_epoch", (json_int_t)m->best_epoch, "digest", m->digest);
    return m->valid.users ? report_set(object, "valid", recommend_measures(&m->valid)) : object;
}

static void print_result(const gat_common *common, const gat_recommend_info *m, const char *output)
{
    char a[32], b[32], c[32];
    printf("%s: recommender %s, %s numbers\n", output, m->recommender, format_count(a, m->parameters));
    printf("%s users, %s items, %s interactions to learn from\n", format_count(a, m->users), format_count(b, m->items),
           format_count(c, m->interactions));
    if (m->facts)
        printf("%s facts, %s of the items in them\n", format_count(a, m->facts), format_count(b, m->linked_items));
    if (m->epochs)
        printf("%s epochs (the best one kept: %s)\n", format_count(a, m->epochs), format_count(b, m->best_epoch));
    if (m->valid.users)
        printf("valid, %s users: recall@20 %.4f, NDCG@20 %.4f, AUC %.4f\n", format_count(a, m->valid.users),
               m->valid.recall, m->valid.ndcg, m->valid.auc_uniform);
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), m->digest);
}

/* What the callbacks of a training share. */
typedef struct watch {
    gat_common *common;
    gat_epoch_log *log;
    int64_t stop_after;
    bool stop;
} watch;

/* A log that cannot be written does not end the training. */
static void on_progress(void *context, const gat_progress *progress)
{
    watch *w = context;
    gat_error fault;
    gat_progress timed = *progress;
    timed.seconds = report_seconds(w->common);
    if (w->stop_after && progress->epoch >= w->stop_after) w->stop = true;
    if (!w->log || !epoch_log_add(w->log, &timed, &fault)) return;
    screen_error(&w->common->screen, "%s; going on without it", fault.message);
    epoch_log_close(w->log);
    w->log = NULL;
}

static int should_stop(void *context)
{
    const watch *w = context;
    return w->stop || interrupt_seen();
}

static gat_status learn(gat_recommender **out, watch *w, const recommend_arguments *a,
                        const gat_recommend_config *config, const char *data, const char *checkpoint)
{
    gat_error *err = &w->common->error;
    const gat_recommend_inputs inputs = {.data = data,
                                         .checkpoint = checkpoint,
                                         .resume = a->resume,
                                         .log = screen_log(&w->common->screen),
                                         .on_progress = on_progress,
                                         .should_stop = should_stop,
                                         .context = w};
    if (a->resume && !file_exists(checkpoint)) screen_note(&w->common->screen, "no checkpoint: starting afresh");
    gat_status st = gat_recommender_train(out, &inputs, config, err);
    if (st == GAT_EINTERRUPTED)
        error_set(err, st, "interrupted; the checkpoint is %s: the same command with --resume goes on from it",
                  checkpoint);
    return st;
}

gat_status train_recommend(gat_common *common, const gat_train_settings *settings, const recommend_arguments *a,
                           const char *data, const char *output)
{
    gat_error *err = &common->error;
    gat_recommend_config *config = NULL;
    gat_recommender *recommender = NULL;
    gat_recommend_info info;
    watch w = {common, NULL, a->stop_after, false};
    char *checkpoint = output_checkpoint(output);
    gat_status st = checkpoint ? train_settings_recommend(&config, settings, err) : error_nomem(err);
    if (!st) st = output_check(output, err);
    if (!st && a->log) st = epoch_log_open(&w.log, a->log, err);
    if (!st) st = learn(&recommender, &w, a, config, data, checkpoint);
    if (!st) st = gat_recommender_save(recommender, output, err);
    if (!st) st = file_remove(checkpoint, err);
    if (!st) st = gat_recommender_describe(&info, recommender, err);
    if (!st && common->json) {
        json_t *object = report_set(recommender_object(&info), "seconds", report_number(report_seconds(common)));
        st = report_json(report_set(object, "peak_rss_mb", report_number(report_peak_mb())), err);
    } else if (!st) print_result(common, &info, output);
    epoch_log_close(w.log);
    gat_recommender_free(recommender);
    gat_recommend_config_free(config);
    gat_free(checkpoint);
    return st;
}
