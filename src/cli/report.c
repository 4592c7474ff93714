/* Answers of verbs, and loading with messages on the screen. */
#include "cli/report.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

int report_exit(gat_status status)
{
    switch (status) {
    case GAT_OK: return EXIT_DONE;
    case GAT_EUSAGE: return EXIT_USAGE;
    case GAT_EDATA: return EXIT_DATA;
    case GAT_EMODEL: return EXIT_MODEL;
    case GAT_ENOMEM:
    case GAT_ENOSPC: return EXIT_RESOURCE;
    case GAT_EINTERRUPTED: return EXIT_INTERRUPTED;
    case GAT_EIO:
    case GAT_EFAILED: break;
    }
    return EXIT_FAILED;
}

int report_end(gat_common *common, gat_status st)
{
    bool told = common->error.code == st && common->error.message[0];
    screen_end_bar(&common->screen);
    if (st) screen_error(&common->screen, "%s", told ? common->error.message : gat_status_text(st));
    return report_exit(st);
}

gat_status report_json(json_t *object, gat_error *err)
{
    if (!object) return error_nomem(err);
    int failed = json_dumpf(object, stdout, JSON_REAL_PRECISION(15));
    putchar('\n');
    json_decref(object);
    return failed ? error_set(err, GAT_EFAILED, "cannot write the result to standard output") : GAT_OK;
}

gat_status report_grid(gat_grid *grid, gat_error *err)
{
    gat_status st = grid_print(grid, err);
    grid_free(grid);
    return st;
}

json_t *report_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *report_string(const char *text)
{
    json_t *string = json_string(text);
    if (string) return string;
    char *copy = gat_strdup(text);
    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    string = copy ? json_string(copy) : NULL;
    gat_free(copy);
    return string;
}

json_t *report_metrics(const gat_metrics *m)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "mrr", report_number(m->mrr), "mr", report_number(m->mr), "hits_at_1",
                     report_number(m->hits_at_1), "hits_at_3", report_number(m->hits_at_3), "hits_at_10",
                     report_number(m->hits_at_10));
}

json_t *report_ranking(const gat_ranking *r)
{
    return json_pack("{s:I,s:o,s:o,s:o}", "queries", (json_int_t)r->queries, "realistic", report_metrics(&r->realistic),
                     "optimistic", report_metrics(&r->optimistic), "pessimistic", report_metrics(&r->pessimistic));
}

const char *report_attention(const gat_model_info *model) { return *model->attention ? model->attention : NULL; }

json_t *report_model(const gat_model_info *m)
{
    const char *decoder = *m->decoder ? m->decoder : NULL;
    json_t *valid = m->has_valid ? report_metrics(&m->valid.realistic) : json_null();
    json_t *object = json_pack(
        "{s:s,s:s?,s:s?,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s,s:s,s:o}", "model", m->model, "attention",
        report_attention(m), "decoder", decoder, "dim", (json_int_t)m->dim, "entities", (json_int_t)m->entities,
        "seen_entities", (json_int_t)m->seen_entities, "relations", (json_int_t)m->relations, "train_triples",
        (json_int_t)m->train_triples, "parameters", (json_int_t)m->parameters, "epochs", (json_int_t)m->epochs,
        "best_epoch", (json_int_t)m->best_epoch, "digest", m->digest, "data_digest", m->data_digest, "valid", valid);
    object = report_set(object, "members", json_integer((json_int_t)m->members));
    if (strcmp(m->model, "path") != 0) return object;
    object = report_set(object, "queries", json_integer((json_int_t)m->queries));
    object = report_set(object, "eval_queries", json_integer((json_int_t)m->eval_queries));
    if (*m->side) object = report_set(object, "side_model", json_string(m->side));
    return report_set(object, "best_queries", json_integer((json_int_t)m->best_queries));
}

json_t *report_append(json_t *array, json_t *value)
{
    if (!json_array_append_new(array, value)) return array;
    json_decref(array);
    return NULL;
}

json_t *report_set(json_t *object, const char *key, json_t *value)
{
    if (!json_object_set_new(object, key, value)) return object;
    json_decref(object);
    return NULL;
}

double report_seconds(const gat_common *common) { return seconds_now() - common->started; }

double report_peak_mb(void) { return (double)gat_peak_rss() / (1 << 20); }

const char *const ranking_heading[] = {"", "queries", "MRR", "MR", "Hits@1", "Hits@3", "Hits@10"};

void ranking_row(gat_grid *grid, const char *label, const gat_ranking *ranking)
{
    const gat_metrics *m = &ranking->realistic;
    grid_text(grid, label);
    grid_count(grid, ranking->queries);
    grid_real(grid, m->mrr, 4);
    grid_real(grid, m->mr, 1);
    grid_real(grid, m->hits_at_1, 4);
    grid_real(grid, m->hits_at_3, 4);
    grid_real(grid, m->hits_at_10, 4);
}

/* As in grids: nothing in a text from a file may steer the terminal. */
static void print_bytes(const char *text, int count)
{
    for (int i = 0; i < count; i++) putchar((unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i]);
}

static void print_text(const char *text) { print_bytes(text, (int)strlen(text)); }

void print_short(const char *text)
{
    int bytes = text_cut(text);
    print_bytes(text, bytes);
    if (text[bytes]) fputs("...", stdout);
}

void print_entity(const gat_model *model, const char *entity)
{
    const char *text = gat_model_entity_text(model, entity);
    print_text(entity);
    if (text) fputs("  ", stdout), print_text(text);
    putchar('\n');
}

gat_status load_data(gat_dataset **out, gat_common *common, const char *path, gat_dataset_options options)
{
    options.log = screen_log(&common->screen);
    return gat_dataset_load(out, path, &options, &common->error);
}
