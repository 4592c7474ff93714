/* A model of relations from a file of sentences: labels, word vectors, then its parts one after the other. */
#define XXH_INLINE_ALL
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/bag_stage.h"
#include "text/linear_stage.h"
#include "text/net_checkpoint.h"
#include "text/net_members.h"
#include "text/sentence_file.h"
#include "text/sureness.h"

/* What a training holds beside the model. */
typedef struct training {
    const gat_relation_inputs *inputs;
    sentence_list list;
    word_forms forms;
    lesson_book book;
    relation_clock clock;
    float *held
        [GAT_NUM_RELATION_PARTS]; /* for bags: (sentences, labels) probabilities from weights that have not seen the fold */
} training;

static void training_clear(training *t)
{
    sentence_list_clear(&t->list);
    word_forms_clear(&t->forms);
    gat_free(t->book.truth);
    gat_free(t->book.fold);
    gat_free(t->book.held_out);
    for (int p = 0; p < GAT_NUM_RELATION_PARTS; p++) gat_free(t->held[p]);
}

/* The labels of all sentences; a sentence without any entry for them cannot be learned from. */
static gat_status collect_labels(gat_relations *m, const training *t, gat_error *err)
{
    for (int64_t i = 0; i < t->list.count; i++) {
        const sentence *s = &t->list.data[i];
        if (s->num_labels < 0)
            return error_set(err, GAT_EDATA, "%.400s:%lld: no label", t->inputs->sentences, (long long)s->line);
        if (s->num_labels != 1) m->several = true;
        if (s->parsed && m->config.parse) m->parsed = true;
        for (int k = 0; k < s->num_labels; k++) {
            const char *name = list_string(&t->list, s->label[k]);
            if (intern_add(m->labels, name, strlen(name)) < 0) return error_nomem(err);
        }
    }
    if (!t->list.count) return error_set(err, GAT_EDATA, "%.400s: no sentences", t->inputs->sentences);
    int32_t labels = relations_labels(m);
    if (labels < 2 || labels > LABEL_MOST)
        return error_set(err, GAT_EDATA, "%.400s: %d different labels; from 2 to %d are needed", t->inputs->sentences,
                         labels, LABEL_MOST);
    return GAT_OK;
}

static int ascending(const void *p, const void *q)
{
    const uint64_t *a = p, *b = q;
    return (*a > *b) - (*a < *b);
}

/* Of words, spans, labels and ids. */
static void digest_sentences(gat_relations *m, const sentence_list *list)
{
    XXH128_hash_t h = {0, 0};
    for (int32_t i = 0; i < intern_count(list->strings); i++) {
        const char *s = intern_string(list->strings, i);
        h = XXH3_128bits_withSeed(s, strlen(s), h.low64 ^ h.high64);
    }
    h = XXH3_128bits_withSeed(list->token, (size_t)list->num_tokens * sizeof *list->token, h.low64 ^ h.high64);
    for (int64_t i = 0; i < list->count; i++) {
        const sentence *s = &list->data[i];
        h = XXH3_128bits_withSeed(s->e, sizeof s->e, h.low64 ^ h.high64);
        if (s->num_labels > 0)
            h = XXH3_128bits_withSeed(s->label, (size_t)s->num_labels * sizeof *s->label, h.low64 ^ h.high64);
    }
    m->data_digest[0] = h.high64;
    m->data_digest[1] = h.low64;
}

/* Truth, folds and the pairs seen. */
static gat_status fill_book(gat_relations *m, training *t, gat_error *err)
{
    int64_t n = t->list.count, labels = relations_labels(m);
    t->book = (lesson_book){.source = {&t->list, &t->forms},
                            .truth = gat_calloc(n * labels, 1),
                            .fold = gat_alloc(n, 1),
                            .log = t->inputs->log};
    m->seen = gat_alloc(n, sizeof *m->seen);
    if (!t->book.truth || !t->book.fold || !m->seen) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        const sentence *s = &t->list.data[i];
        sentence_view v = source_view(&t->book.source, m, i);
        for (int k = 0; k < s->num_labels; k++) {
            const char *name = list_string(&t->list, s->label[k]);
            t->book.truth[i * labels + intern_find(m->labels, name, strlen(name))] = 1;
        }
        m->seen[i] = pair_hash(&v);
        t->book.fold[i] = (uint8_t)(hash_mix(m->seen[i], (uint64_t)m->config.seed) % (uint64_t)m->config.folds);
    }
    qsort(m->seen, (size_t)n, sizeof *m->seen, ascending);
    for (int64_t i = 0; i < n; i++)
        if (!i || m->seen[i] != m->seen[i - 1]) m->seen[m->num_seen++] = m->seen[i];
    return GAT_OK;
}

/* Parses that are not wanted are forgotten. */
static void drop_parses(sentence_list *list)
{
    for (int64_t i = 0; i < list->count; i++) list->data[i].parsed = false;
}

/* What the graph has to know, and what its states may not. */
static gat_status check_pair(const gat_relations *m, const training *t, const sentence *s, gat_error *err)
{
    int unknown = kg_unknown(&m->kg, &t->list, s);
    if (unknown && !m->kg_partial)
        return error_set(err, GAT_EDATA, "%.300s:%lld: the graph has no entity \"%.100s\"", t->inputs->sentences,
                         (long long)s->line, list_string(&t->list, s->entity[unknown - 1]));
    int32_t a = kg_entity(&m->kg, &t->list, s, 0), b = kg_entity(&m->kg, &t->list, s, 1);
    if (!m->kg.states || m->kg.state_of || a < 0 || b < 0 || !kg_joined(&m->kg, a, b)) return GAT_OK;
    return error_set(
        err, GAT_EDATA,
        "%.300s:%lld: the model of the graph has learned a fact between the two entities: train it without "
        "(tools/cut_graph)",
        t->inputs->sentences, (long long)s->line);
}

static gat_status read_graph(gat_relations *m, const training *t, gat_error *err)
{
    const kg_options options = {t->inputs->kg_states, t->inputs->shuffle_kg, (uint64_t)m->config.seed};
    gat_status st = kg_load(&m->kg, t->inputs->kg, &options, err);
    m->parts = GAT_NUM_RELATION_PARTS;
    m->kg_partial = t->inputs->kg_partial;
    for (int64_t i = 0; !st && i < t->list.count; i++) st = check_pair(m, t, &t->list.data[i], err);
    return st;
}

static gat_status read_inputs(gat_relations *m, training *t, gat_error *err)
{
    const char *vectors = t->inputs->word_vectors;
    gat_status st = sentence_list_init(&t->list, err);
    if (!st) st = sentence_file_load(&t->list, t->inputs->sentences, err);
    if (!st) st = collect_labels(m, t, err);
    if (!st && !m->parsed) drop_parses(&t->list);
    if (!st && vectors) st = word_vectors_load(&m->vectors, vectors, (uint64_t)m->config.seed, err);
    if (!st && t->inputs->kg) st = read_graph(m, t, err);
    if (!st) st = word_forms_make(&t->forms, &t->list, m->vectors.words ? &m->vectors : NULL, err);
    if (!st) {
        m->sentences = t->list.count;
        digest_sentences(m, &t->list);
    }
    return st ? st : fill_book(m, t, err);
}

/* Nets that judged have fitted the threshold and the sureness to a mixture that is not to be. */
static gat_status fall_back(gat_relations *m, const training *t, double threshold, gat_error *err)
{
    log_say(&t->inputs->log, GAT_LOG_WARNING, "no net is done: the linear part is the model");
    net_members_clear(m->members);
    gat_free(m->members);
    m->members = NULL;
    m->part[GAT_PART_ALL].threshold = threshold;
    return sureness_fit_linear(m, t->book.held_out, t->book.truth, t->list.count, err);
}

static gat_status train_nets(gat_relations *m, const training *t, gat_error *err)
{
    double threshold = m->part[GAT_PART_ALL].threshold;
    const net_school school = {.source = &t->book.source,
                               .truth = t->book.truth,
                               .fold = t->book.fold,
                               .held_out = t->book.held_out,
                               .inputs = t->inputs,
                               .clock = &t->clock};
    m->members = gat_calloc(1, sizeof *m->members);
    gat_status st = m->members ? net_members_train(m->members, m, &school, err) : error_nomem(err);
    return st || m->members->count ? st : fall_back(m, t, threshold, err);
}

/* What the part trained last says of sentences that it has not seen: bags learn from it. */
static gat_status keep_held(training *t, const gat_relations *m, gat_relation_part part, gat_error *err)
{
    int32_t labels = relations_labels(m);
    int64_t n = t->list.count;
    float *p = t->held[part] = gat_alloc(n * labels, sizeof *p);
    if (!p) return error_nomem(err);
    for (int64_t i = 0; i < n; i++, p += labels) {
        logits_apply(p, &m->part[part].calibration, t->book.held_out + i * label_stride(labels), labels);
        probabilities(p, p, labels, m->several);
    }
    return GAT_OK;
}

/* The whole comes last: the nets need its held-out margins. */
static gat_status train_parts(gat_relations *m, training *t, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int p = m->parts - 1; !st && p >= 0; p--) {
        st = relation_interrupted(&t->clock) ? error_set(err, GAT_EINTERRUPTED, "interrupted") : GAT_OK;
        if (!st) st = linear_stage(m, (gat_relation_part)p, &t->book, err);
        const gat_relation_progress progress = {"linear",    m->parts - p,           m->parts,
                                                (double)NAN, m->part[p].held_out_f1, 0};
        if (!st) relation_tell(&t->clock, progress);
        if (!st && t->inputs->bags && p != GAT_PART_TEXT) st = keep_held(t, m, (gat_relation_part)p, err);
    }
    if (!st && t->inputs->bags)
        st = bag_stage(m, &t->book, t->held[GAT_PART_ALL], m->parts > 1 ? t->held[GAT_PART_GRAPH] : NULL, err);
    if (!st) st = sureness_fit_linear(m, t->book.held_out, t->book.truth, t->list.count, err);
    return st;
}

/* *out <- the model at inputs->finished if it has all its nets beside this very linear part, else NULL: whatever else lies
 * there is for the training to replace. */
static void find_finished(gat_relations **out, const gat_relations *m, const gat_relation_inputs *in)
{
    uint64_t wanted[2], found[2];
    *out = NULL;
    if (!in->resume || !in->finished || !file_exists(in->finished)) return;
    if ((in->checkpoint && file_exists(in->checkpoint)) || relations_load(out, in->finished, NULL)) return;
    net_checkpoint_identity(wanted, m);
    net_checkpoint_identity(found, *out);
    bool whole = (*out)->members && (*out)->members->count == m->config.members;
    if (whole && !memcmp(wanted, found, sizeof wanted) && !(*out)->bags == !m->bags &&
        (*out)->kg_partial == m->kg_partial)
        return;
    relations_free(*out);
    *out = NULL;
}

/* *m may become another one: that of a finished run. */
static gat_status add_nets(gat_relations **m, const training *t, gat_error *err)
{
    gat_relations *finished;
    if (!(*m)->config.members || !(*m)->config.epochs) return GAT_OK;
    find_finished(&finished, *m, t->inputs);
    if (!finished) return train_nets(*m, t, err);
    log_say(&t->inputs->log, GAT_LOG_INFO, "this run is finished: %.300s", t->inputs->finished);
    relations_free(*m);
    *m = finished;
    return GAT_OK;
}

gat_status relations_train(gat_relations **out, const gat_relation_inputs *inputs, const gat_relation_config *config,
                           gat_error *err)
{
    training t = {.inputs = inputs, .clock = relation_clock_start(inputs)};
    gat_relations *m = gat_calloc(1, sizeof *m);
    gat_status st = relation_config_check(config, err);
    *out = NULL;
    if (!st && !m) st = error_nomem(err);
    if (!st) {
        m->config = *config;
        m->parts = 1;
        m->labels = intern_new();
        m->config_lines = relation_config_text(config);
        if (!m->labels || !m->config_lines) st = error_nomem(err);
    }
    if (!st) st = read_inputs(m, &t, err);
    if (!st) st = train_parts(m, &t, err);
    if (!st) st = add_nets(&m, &t, err);
    if (st) relations_free(m);
    else *out = m;
    training_clear(&t);
    return st;
}
