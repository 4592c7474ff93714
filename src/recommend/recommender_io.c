/* Recommenders as files: sections of io/model_file.h. Everything is checked before use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model_io.h"
#include "recommend/recommender.h"
#include "text/relation_sections.h"

/* Fixed numbers, as they lie in the file. */
typedef struct header {
    int64_t users, items, entities, relations, levels, common_level, interactions, facts;
    int64_t pairs;      /* sparse: how many; -1: dense; -2: none */
    int64_t factor_dim; /* 0: none */
    int64_t has_from, has_reader, has_titles, has_factors;
    int64_t params; /* of the net, 0: none */
    int64_t epochs, best_epoch, duplicates, linked_items;
    int64_t valid_users, valid_without, valid_unknown, valid_candidates, valid_wanted;
    double recall, ndcg, auc_uniform, auc_popular; /* of valid */
    float weight[REC_TERM_LIGHT];                  /* that of light lies in its vectors */
} header;

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static void set_valid(header *h, const gat_recommend_evaluation *e)
{
    h->valid_users = e->users, h->valid_without = e->without_history, h->valid_unknown = e->unknown_users;
    h->valid_candidates = e->candidates, h->valid_wanted = e->wanted;
    h->recall = e->recall, h->ndcg = e->ndcg, h->auc_uniform = e->auc_uniform, h->auc_popular = e->auc_popular;
}

static gat_recommend_evaluation valid_of(const header *h)
{
    return (gat_recommend_evaluation){.split = GAT_SPLIT_VALID,
                                      .users = h->valid_users,
                                      .without_history = h->valid_without,
                                      .unknown_users = h->valid_unknown,
                                      .candidates = h->valid_candidates,
                                      .wanted = h->valid_wanted,
                                      .recall = h->recall,
                                      .ndcg = h->ndcg,
                                      .auc_uniform = h->auc_uniform,
                                      .auc_popular = h->auc_popular};
}

static header header_of(const gat_recommender *r)
{
    header h;
    memset(&h, 0, sizeof h);
    h.users = r->known.users, h.items = r->known.items;
    h.entities = intern_count(r->entities), h.relations = intern_count(r->relations);
    h.levels = r->known.levels, h.common_level = r->known.common_level;
    h.interactions = r->known.count, h.facts = r->facts.count;
    h.pairs = r->pairs.dense ? -1 : r->pairs.start ? r->pairs.start[r->pairs.items] : -2;
    h.factor_dim = r->to ? r->factor_dim : 0;
    h.has_from = r->from != NULL, h.has_reader = r->reader != NULL || r->light.users != NULL,
    h.has_titles = r->title != NULL;
    h.has_factors = r->factors != NULL;
    h.params = r->net.params.size;
    h.epochs = r->epochs, h.best_epoch = r->best_epoch;
    h.duplicates = r->duplicates, h.linked_items = r->linked_items;
    set_valid(&h, &r->valid);
    memcpy(h.weight, r->weight, sizeof h.weight);
    return h;
}

static gat_status write_texts(relation_sections *s, const gat_recommender *r, gat_error *err)
{
    char *bytes;
    int64_t length;
    gat_status st = model_file_pack_texts(&bytes, &length, r->title, r->known.items, err);
    return st ? st : sections_own(s, "titles", bytes, length, err);
}

static gat_status write_known(relation_sections *s, const gat_recommender *r, gat_error *err)
{
    const histories *h = &r->known;
    gat_status st = sections_names(s, "users", r->users, err);
    if (!st) st = sections_names(s, "items", r->items, err);
    if (!st) st = sections_names(s, "entities", r->entities, err);
    if (!st) st = sections_names(s, "relations", r->relations, err);
    if (!st && r->title) st = write_texts(s, r, err);
    if (!st) st = sections_copy(s, "start", h->start, ((int64_t)h->users + 1) * (int64_t)sizeof *h->start, err);
    if (!st) st = sections_copy(s, "item", h->item, h->count * (int64_t)sizeof *h->item, err);
    if (!st) st = sections_copy(s, "level", h->level, h->count, err);
    return st ? st : sections_copy(s, "facts", r->facts.data, r->facts.count * (int64_t)sizeof(gat_triple), err);
}

static gat_status write_pairs(relation_sections *s, const item_pairs *p, gat_error *err)
{
    int64_t n = p->items;
    if (p->dense) return sections_copy(s, "pairs", p->dense, n * n * (int64_t)sizeof(float), err);
    if (!p->start) return GAT_OK;
    gat_status st = sections_copy(s, "pair_start", p->start, (n + 1) * (int64_t)sizeof *p->start, err);
    if (!st) st = sections_copy(s, "pair_item", p->index, p->start[n] * (int64_t)sizeof *p->index, err);
    return st ? st : sections_copy(s, "pair_weight", p->weight, p->start[n] * (int64_t)sizeof *p->weight, err);
}

static gat_status write_factors(relation_sections *s, const gat_recommender *r, gat_error *err)
{
    int64_t width = r->factor_dim * (int64_t)sizeof(float), items = r->known.items;
    gat_status st = r->to ? sections_copy(s, "to", r->to, items * width, err) : GAT_OK;
    if (!st && r->from) st = sections_copy(s, "from", r->from, items * width, err);
    if (!st && r->factors)
        st = sections_copy(s, "factors", r->factors, items * r->config.dim * (int64_t)sizeof(float), err);
    return st || !r->reader ? st : sections_copy(s, "reader", r->reader, r->known.users * width, err);
}

static gat_status write_light(relation_sections *s, const gat_recommender *r, gat_error *err)
{
    int64_t width = r->config.dim * (int64_t)sizeof(float), items = r->known.items;
    if (!r->light.users) return GAT_OK;
    gat_status st = sections_copy(s, "light_users", r->light.users, r->known.users * width, err);
    if (!st) st = sections_copy(s, "light_items", r->light.items, items * width, err);
    return st ? st : sections_copy(s, "light_carry", r->light.carry, items * width, err);
}

static gat_status sections_of(relation_sections *s, const gat_recommender *r, gat_error *err)
{
    const header h = header_of(r);
    s->count = 0;
    gat_status st = sections_copy(s, RECOMMENDER_SECTION, &h, sizeof h, err);
    if (!st) st = sections_copy(s, "config", r->config_lines, (int64_t)strlen(r->config_lines) + 1, err);
    if (!st) st = write_known(s, r, err);
    if (!st) st = write_pairs(s, &r->pairs, err);
    if (!st) st = write_factors(s, r, err);
    if (!st) st = write_light(s, r, err);
    if (!st && h.params) st = sections_copy(s, "net", r->net.params.value, h.params * (int64_t)sizeof(float), err);
    return st;
}

gat_status recommender_save(const gat_recommender *r, const char *path, gat_error *err)
{
    relation_sections s;
    gat_status st = sections_of(&s, r, err);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    relation_sections_clear(&s);
    return st;
}

static gat_status digest_of(char text[33], const gat_recommender *r, gat_error *err)
{
    relation_sections s;
    uint64_t digest[2];
    gat_status st = sections_of(&s, r, err);
    if (!st) st = sections_digest(digest, &s, err);
    if (!st) snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest[0], (unsigned long long)digest[1]);
    relation_sections_clear(&s);
    return st;
}

static int64_t count_numbers(const gat_recommender *r)
{
    int64_t n = r->net.nodes ? params_count(&r->net.params) : 0, items = r->known.items;
    if (r->pairs.dense) n += items * items;
    else if (r->pairs.start) n += r->pairs.start[items];
    if (r->to) n += items * r->factor_dim;
    if (r->factors) n += items * r->config.dim;
    if (r->light.users) n += (2 * items + r->known.users) * r->config.dim;
    return r->reader ? n + r->known.users * r->factor_dim : n;
}

gat_status recommender_describe(gat_recommend_info *out, const gat_recommender *r, gat_error *err)
{
    *out = (gat_recommend_info){.recommender = recommender_name(r->config.recommender),
                                .config = r->config_lines,
                                .users = r->known.users,
                                .items = r->known.items,
                                .interactions = r->known.count,
                                .duplicates = r->duplicates,
                                .nodes = recommender_nodes(r),
                                .relations = intern_count(r->relations),
                                .facts = r->facts.count,
                                .linked_items = r->linked_items,
                                .parameters = count_numbers(r),
                                .epochs = r->epochs,
                                .best_epoch = r->best_epoch,
                                .valid = r->valid};
    return digest_of(out->digest, r, err);
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static bool count_is_good(int64_t n) { return n >= 0 && n < INT32_MAX - 2; }

static bool evaluation_is_good(const header *h)
{
    return h->valid_users >= 0 && isfinite(h->recall) && isfinite(h->ndcg) && !isinf(h->auc_uniform) &&
           !isinf(h->auc_popular);
}

static gat_status read_header(header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *h, file, RECOMMENDER_SECTION, err);
    if (st) return st;
    memcpy(h, bytes, sizeof *h);
    if (!count_is_good(h->users) || !count_is_good(h->items) || !count_is_good(h->entities) ||
        !count_is_good(h->items + h->entities) || !count_is_good(h->relations) || !count_is_good(h->facts) ||
        h->interactions < 0 || h->levels < 1 || h->levels > HISTORY_RATINGS * HISTORY_QUARTERS || h->common_level < 0 ||
        h->common_level >= h->levels || h->pairs < -2 || h->factor_dim < 0 || h->factor_dim > 1024 || h->params < 0)
        return bad(err, "sizes out of range");
    for (int t = 0; t < REC_TERM_LIGHT; t++)
        if (!isfinite(h->weight[t])) return bad(err, "a weight is no number");
    return evaluation_is_good(h) ? GAT_OK : bad(err, "the metrics are no numbers");
}

static gat_status check_rows(const int64_t *start, int64_t rows, const int32_t *index, int64_t count, int64_t limit,
                             bool ascending, gat_error *err)
{
    if (start[0] != 0 || start[rows] != count) return bad(err, "rows out of order");
    for (int64_t r = 0; r < rows; r++) {
        if (start[r] < 0 || start[r + 1] < start[r] || start[r + 1] > count) return bad(err, "rows out of order");
        for (int64_t e = start[r]; e < start[r + 1]; e++)
            if (index[e] < 0 || index[e] >= limit || (ascending && e > start[r] && index[e] <= index[e - 1]))
                return bad(err, "an id is out of range");
    }
    return GAT_OK;
}

static gat_status read_histories(histories *x, const header *h, const gat_model_file *file, gat_error *err)
{
    x->users = (int32_t)h->users, x->items = (int32_t)h->items;
    x->levels = (int32_t)h->levels, x->common_level = (int32_t)h->common_level;
    x->count = h->interactions;
    gat_status st = section_array(&x->start, h->users + 1, sizeof *x->start, file, "start", err);
    if (!st) st = section_array(&x->item, x->count, sizeof *x->item, file, "item", err);
    if (!st) st = section_array(&x->level, x->count, sizeof *x->level, file, "level", err);
    if (!st) st = check_rows(x->start, h->users, x->item, x->count, h->items, true, err);
    for (int64_t i = 0; !st && i < x->count; i++)
        if (x->level[i] >= h->levels) st = bad(err, "a level is out of range");
    return st ? st : histories_turn(x, err);
}

static gat_status read_facts(gat_triples *x, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_array(&x->data, h->facts, sizeof *x->data, file, "facts", err);
    int64_t nodes = h->items + h->entities;
    if (st) return st;
    x->count = x->capacity = h->facts;
    for (int64_t i = 0; i < x->count; i++) {
        gat_triple t = x->data[i];
        if (t.head < 0 || t.head >= nodes || t.tail < 0 || t.tail >= nodes || t.relation < 0 ||
            t.relation >= h->relations)
            return bad(err, "a fact is out of range");
    }
    return GAT_OK;
}

static gat_status read_known(gat_recommender *r, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_names(&r->users, file, "users", h->users, err);
    if (!st) st = section_names(&r->items, file, "items", h->items, err);
    if (!st) st = section_names(&r->entities, file, "entities", h->entities, err);
    if (!st) st = section_names(&r->relations, file, "relations", h->relations, err);
    if (!st && h->has_titles) st = model_file_texts(&r->title, file, "titles", h->items, err);
    if (!st) st = read_histories(&r->known, h, file, err);
    return st ? st : read_facts(&r->facts, h, file, err);
}

static gat_status check_floats(const float *x, int64_t n, gat_error *err)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return bad(err, "a weight is no number");
    return GAT_OK;
}

static gat_status read_pairs(item_pairs *p, const header *h, const gat_model_file *file, gat_error *err)
{
    if (h->pairs == -2) return GAT_OK;
    p->items = (int32_t)h->items;
    if (h->pairs == -1) {
        gat_status st = section_array(&p->dense, h->items * h->items, sizeof(float), file, "pairs", err);
        return st ? st : check_floats(p->dense, h->items * h->items, err);
    }
    gat_status st = section_array(&p->start, h->items + 1, sizeof *p->start, file, "pair_start", err);
    if (!st) st = section_array(&p->index, h->pairs, sizeof *p->index, file, "pair_item", err);
    if (!st) st = section_array(&p->weight, h->pairs, sizeof *p->weight, file, "pair_weight", err);
    if (!st) st = check_rows(p->start, h->items, p->index, h->pairs, h->items, false, err);
    return st ? st : check_floats(p->weight, h->pairs, err);
}

static gat_status read_floats(float **x, int64_t n, const gat_model_file *file, const char *name, gat_error *err)
{
    gat_status st = section_array(x, n, sizeof **x, file, name, err);
    return st ? st : check_floats(*x, n, err);
}

static gat_status read_factors(gat_recommender *r, const header *h, const gat_model_file *file, gat_error *err)
{
    int64_t d = r->factor_dim = h->factor_dim;
    gat_status st = d ? read_floats(&r->to, h->items * d, file, "to", err) : GAT_OK;
    if (!st && h->has_from) st = read_floats(&r->from, h->items * d, file, "from", err);
    if (!st && h->has_factors) st = read_floats(&r->factors, h->items * r->config.dim, file, "factors", err);
    return st || !h->has_reader || r->config.recommender != REC_LIGHTGCN
               ? st
               : read_floats(&r->reader, h->users * d, file, "reader", err);
}

static gat_status read_light(gat_recommender *r, const header *h, const gat_model_file *file, gat_error *err)
{
    int64_t d = r->config.dim;
    if (!h->has_reader || r->config.recommender != REC_ATTENTION) return GAT_OK;
    gat_status st = read_floats(&r->light.users, h->users * d, file, "light_users", err);
    if (!st) st = read_floats(&r->light.items, h->items * d, file, "light_items", err);
    return st ? st : read_floats(&r->light.carry, h->items * d, file, "light_carry", err);
}

static gat_status read_net(gat_recommender *r, const header *h, const gat_model_file *file, gat_error *err)
{
    if (!h->params) return GAT_OK;
    gat_status st = history_net_init(&r->net, &r->config, (int32_t)h->items, (int32_t)h->entities,
                                     (int32_t)h->relations, (int32_t)h->levels, &r->facts, false, err);
    if (!st && r->net.params.size != h->params) st = bad(err, "parameters do not match the configuration");
    return st ? st : model_file_floats(r->net.params.value, h->params, file, "net", err);
}

/* What a kind needs has to be there. */
static gat_status check_kind(const gat_recommender *r, const header *h, gat_error *err)
{
    int64_t kind = r->config.recommender;
    bool pairs = h->pairs != -2, light = h->factor_dim && h->has_from && h->has_reader;
    if ((kind == REC_ITEMKNN && !pairs) || (kind == REC_MF && !h->has_factors) || (kind == REC_LIGHTGCN && !light) ||
        (kind == REC_ATTENTION && (!pairs || !h->params || !h->has_from)) || (kind != REC_ATTENTION && h->params))
        return bad(err, "a part is missing");
    return GAT_OK;
}

static gat_status read_all(gat_recommender *r, const gat_model_file *file, gat_error *err)
{
    header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = section_text(&r->config_lines, file, "config", err);
    if (!st) st = recommend_config_parse(&r->config, r->config_lines, err);
    if (!st) st = check_kind(r, &h, err);
    if (!st) st = read_known(r, &h, file, err);
    if (!st) st = read_pairs(&r->pairs, &h, file, err);
    if (!st) st = read_factors(r, &h, file, err);
    if (!st) st = read_light(r, &h, file, err);
    if (!st) st = read_net(r, &h, file, err);
    if (st) return st;
    memcpy(r->weight, h.weight, sizeof h.weight);
    r->weight[REC_TERM_LIGHT] = 1;
    r->epochs = h.epochs, r->best_epoch = h.best_epoch;
    r->duplicates = h.duplicates, r->linked_items = h.linked_items;
    r->valid = valid_of(&h);
    return recommender_prepare(r, err);
}

gat_status recommender_load(gat_recommender **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_recommender *r = gat_calloc(1, sizeof *r);
    *out = NULL;
    if (!r) return error_nomem(err);
    gat_status st = model_file_open(&file, path, err);
    if (!st && model_file_length(file, RECOMMENDER_SECTION) < 0)
        st = error_set(err, GAT_EUSAGE, "%.300s: no model of --task recommend; gatkit info tells what it is", path);
    else if (!st) {
        st = read_all(r, file, &inner);
        if (st) error_set(err, st, "%.300s: %.250s", path, inner.message);
    }
    model_file_close(file);
    if (st) recommender_free(r);
    else *out = r;
    return st;
}
