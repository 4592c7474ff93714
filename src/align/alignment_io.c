#include "align/alignment_io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "align/alignment_stored.h"
#include "align/decode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "model/model_io.h"

/* Beliefs below say nothing as evidence. */
static const float LEAST_KEPT = 1e-3f;

/* A belief may be above 1 by rounding. */
static const double MOST_BELIEF = 1.1;

static const char *const entity_sections[2] = {"entities1", "entities2"};
static const char *const relation_sections[2] = {"relations1", "relations2"};
static const char *const fact_sections[2] = {"facts1", "facts2"};
static const char *const text_sections[2] = {"text1", "text2"};

/* ---- writing --------------------------------------------------------------------------------------------- */

static gat_status add_side(model_sections *s, const kg_side *side, int k, gat_error *err)
{
    gat_triples facts = {0};
    char *bytes = NULL;
    int64_t length = 0;
    gat_status st = sections_add_names(s, entity_sections[k], side->entities, err);
    if (!st) st = sections_add_names(s, relation_sections[k], side->relations, err);
    if (!st) st = kg_side_facts(&facts, side, err);
    if (!st) sections_take(s, fact_sections[k], facts.data, facts.count * (int64_t)sizeof *facts.data);
    else triples_clear(&facts);
    if (st || !side->text) return st;
    st = model_file_pack_texts(&bytes, &length, side->text, side->num_entities, err);
    if (!st) sections_take(s, text_sections[k], bytes, length);
    return st;
}

static gat_status kept_beliefs(pair_matrix **out, const pair_matrix *belief, gat_error *err)
{
    int64_t at = 0;
    gat_status st = pair_matrix_new(out, belief->rows, belief->columns, pair_matrix_count(belief), err);
    for (int32_t x = 0; !st && x < belief->rows; x++) {
        for (int64_t e = belief->start[x]; e < belief->start[x + 1]; e++) {
            if (belief->value[e] < LEAST_KEPT) continue;
            (*out)->column[at] = belief->column[e];
            (*out)->value[at++] = fminf(belief->value[e], 1);
        }
        (*out)->start[x + 1] = at;
    }
    return st;
}

static void add_beliefs(model_sections *s, const pair_matrix *kept)
{
    int64_t count = pair_matrix_count(kept);
    sections_add(s, "belief_start", kept->start, ((int64_t)kept->rows + 1) * (int64_t)sizeof *kept->start);
    sections_add(s, "belief_entity", kept->column, count * (int64_t)sizeof *kept->column);
    sections_add(s, "belief", kept->value, count * (int64_t)sizeof *kept->value);
}

static void add_answers(model_sections *s, const gat_alignment *m)
{
    int64_t n1 = m->a->num_entities, n2 = m->b->num_entities, points = m->calibration.count;
    sections_add(s, "asked", m->asked, n1);
    sections_add(s, "may_answer", m->may_answer, n2);
    sections_add(s, "seeds", m->seed_of, n1 * (int64_t)sizeof *m->seed_of);
    sections_add(s, "answers", m->answer, n1 * (int64_t)sizeof *m->answer);
    sections_add(s, "confidence", m->confidence, n1 * (int64_t)sizeof *m->confidence);
    sections_add(s, "calibration_belief", m->calibration.belief, points * (int64_t)sizeof(double));
    sections_add(s, "calibration", m->calibration.confidence, points * (int64_t)sizeof(double));
}

static gat_status add_header(model_sections *s, const gat_alignment *m, const pair_matrix *kept, gat_error *err)
{
    const kg_side *sides[2] = {m->a, m->b};
    stored_alignment *header = gat_calloc(1, sizeof *header);
    if (!header) return error_nomem(err);
    for (int k = 0; k < 2; k++) {
        header->entities[k] = sides[k]->num_entities;
        header->relations[k] = sides[k]->num_relations;
        header->facts[k] = sides[k]->num_edges / 2;
        memcpy(header->digest[k], sides[k]->digest, sizeof header->digest[k]);
    }
    header->beliefs = pair_matrix_count(kept);
    header->overlaps = m->overlap->num_pairs;
    header->points = m->calibration.count;
    header->origin = m->origin;
    header->settings = settings_to_store(&m->settings);
    memcpy(&header->report, &m->report, sizeof header->report);
    sections_take(s, ALIGNMENT_SECTION, header, sizeof *header);
    return GAT_OK;
}

gat_status alignment_save(const gat_alignment *m, const char *path, gat_error *err)
{
    model_sections s = {.count = 0};
    pair_matrix *kept = NULL;
    gat_status st = kept_beliefs(&kept, m->belief, err);
    if (!st) st = add_header(&s, m, kept, err);
    if (!st) st = add_side(&s, m->a, 0, err);
    if (!st) st = add_side(&s, m->b, 1, err);
    if (!st) {
        add_beliefs(&s, kept);
        sections_add(&s, "overlap", m->overlap->pairs, m->overlap->num_pairs * (int64_t)sizeof *m->overlap->pairs);
        add_answers(&s, m);
        st = model_file_write(path, s.list, s.count, err);
    }
    sections_clear(&s);
    pair_matrix_free(kept);
    return st;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

/* A file on its way in. */
typedef struct stored_file {
    const gat_model_file *file;
    stored_alignment header;
    gat_error *err;
} stored_file;

static gat_status bad(const stored_file *f, const char *what)
{
    return error_set(f->err, GAT_EMODEL, "bad model file: %s", what);
}

static gat_status read_header(stored_file *f)
{
    const void *bytes;
    int64_t length;
    if (model_file_length(f->file, ALIGNMENT_SECTION) < 0) return bad(f, "it is not an alignment of two graphs");
    gat_status st = model_file_section(&bytes, &length, f->file, ALIGNMENT_SECTION, 1, f->err);
    if (st) return st;
    if (length != sizeof f->header) return bad(f, "header has a wrong length");
    memcpy(&f->header, bytes, sizeof f->header);
    return stored_alignment_sane(&f->header) ? GAT_OK : bad(f, "numbers out of range");
}

/* A copy of a section of count elements. */
static gat_status read_array(void **out, const stored_file *f, const char *name, int64_t count, size_t size)
{
    const void *bytes;
    int64_t length;
    *out = NULL;
    gat_status st = model_file_section(&bytes, &length, f->file, name, (int64_t)size, f->err);
    if (st) return st;
    if (length / (int64_t)size != count) return bad(f, "a section and the header disagree");
    *out = gat_alloc(count, size);
    if (!*out) return error_nomem(f->err);
    if (length) memcpy(*out, bytes, (size_t)length);
    return GAT_OK;
}

static gat_status check_facts(const stored_file *f, const gat_triples *facts, int k)
{
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple t = facts->data[i];
        if (t.head < 0 || t.head >= f->header.entities[k] || t.tail < 0 || t.tail >= f->header.entities[k] ||
            t.relation < 0 || t.relation >= f->header.relations[k])
            return bad(f, "a fact names an id out of range");
    }
    return GAT_OK;
}

static gat_status read_side(kg_side **out, const stored_file *f, int k)
{
    kg_parts parts = {.digest = {f->header.digest[k][0], f->header.digest[k][1]}};
    gat_triples facts = {.count = f->header.facts[k]};
    void *data = NULL;
    gat_status st = model_file_names(&parts.entities, f->file, entity_sections[k], f->header.entities[k], f->err);
    if (!st) st = model_file_names(&parts.relations, f->file, relation_sections[k], f->header.relations[k], f->err);
    if (!st && model_file_length(f->file, text_sections[k]) >= 0)
        st = model_file_texts(&parts.text, f->file, text_sections[k], f->header.entities[k], f->err);
    if (!st) st = read_array(&data, f, fact_sections[k], facts.count, sizeof *facts.data);
    facts.data = data;
    if (!st) st = check_facts(f, &facts, k);
    if (!st) st = kg_side_make(out, &parts, &facts, k + 1, f->header.origin.seed, f->err);
    kg_parts_clear(&parts);
    gat_free(data);
    return st;
}

static bool row_sane(const pair_matrix *m, int32_t x)
{
    for (int64_t e = m->start[x]; e < m->start[x + 1]; e++) {
        if (m->column[e] < 0 || m->column[e] >= m->columns || !(m->value[e] >= 0 && m->value[e] <= 1)) return false;
        if (e > m->start[x] && m->column[e] <= m->column[e - 1]) return false;
    }
    return true;
}

static gat_status check_beliefs(const stored_file *f, const pair_matrix *m)
{
    bool sane = m->start[0] == 0 && m->start[m->rows] == f->header.beliefs;
    for (int32_t x = 0; sane && x < m->rows; x++)
        sane = m->start[x] <= m->start[x + 1] && m->start[x + 1] <= f->header.beliefs;
    for (int32_t x = 0; sane && x < m->rows; x++) sane = row_sane(m, x);
    return sane ? GAT_OK : bad(f, "beliefs are damaged");
}

static gat_status read_beliefs(pair_matrix **out, const stored_file *f)
{
    void *start = NULL, *column = NULL, *value = NULL;
    pair_matrix *m = gat_calloc(1, sizeof *m);
    gat_status st = m ? GAT_OK : error_nomem(f->err);
    if (!st) st = read_array(&start, f, "belief_start", f->header.entities[0] + 1, sizeof *m->start);
    if (!st) st = read_array(&column, f, "belief_entity", f->header.beliefs, sizeof *m->column);
    if (!st) st = read_array(&value, f, "belief", f->header.beliefs, sizeof *m->value);
    if (m) *m = (pair_matrix){(int32_t)f->header.entities[0], (int32_t)f->header.entities[1], start, column, value};
    if (!st) st = check_beliefs(f, m);
    if (!st) *out = m;
    else pair_matrix_free(m);
    return st;
}

static gat_status read_overlap(relation_overlap **out, const stored_file *f)
{
    void *data;
    gat_status st = read_array(&data, f, "overlap", f->header.overlaps, sizeof(relation_pair));
    const relation_pair *p = data;
    for (int64_t i = 0; !st && i < f->header.overlaps; i++) {
        bool sane = p[i].first >= 0 && p[i].first < 2 * f->header.relations[0] && p[i].second >= 0 &&
                    p[i].second < 2 * f->header.relations[1] && p[i].overlap >= 0 && isfinite(p[i].overlap);
        bool behind =
            !i || p[i].second > p[i - 1].second || (p[i].second == p[i - 1].second && p[i].first > p[i - 1].first);
        if (!sane || !behind) st = bad(f, "overlaps of relations are damaged");
    }
    if (!st) st = relation_overlap_from(out, p, f->header.overlaps, (int32_t)(2 * f->header.relations[1]), f->err);
    gat_free(data);
    return st;
}

static gat_status read_marks(uint8_t **out, const stored_file *f, const char *name, int64_t count)
{
    void *data;
    gat_status st = read_array(&data, f, name, count, 1);
    *out = data;
    for (int64_t i = 0; !st && i < count; i++)
        if ((*out)[i] > 1) st = bad(f, "marks are damaged");
    return st;
}

/* KG2 entities or -1. */
static gat_status read_partners(int32_t **out, const stored_file *f, const char *name)
{
    void *data;
    gat_status st = read_array(&data, f, name, f->header.entities[0], sizeof **out);
    *out = data;
    for (int64_t i = 0; !st && i < f->header.entities[0]; i++)
        if ((*out)[i] < -1 || (*out)[i] >= f->header.entities[1]) st = bad(f, "a pair names an id out of range");
    return st;
}

/* Numbers in [0, most]; ascending where asked. */
static gat_status read_shares(double **out, const stored_file *f, const char *name, int64_t count, double most,
                              bool ascending)
{
    void *data;
    gat_status st = read_array(&data, f, name, count, sizeof **out);
    *out = data;
    for (int64_t i = 0; !st && i < count; i++)
        if (!((*out)[i] >= 0 && (*out)[i] <= most) || (ascending && i && (*out)[i] < (*out)[i - 1]))
            st = bad(f, "confidences are damaged");
    return st;
}

static gat_status read_answers(gat_alignment *m, const stored_file *f)
{
    int64_t n1 = f->header.entities[0];
    gat_status st = read_marks(&m->asked, f, "asked", n1);
    if (!st) st = read_marks(&m->may_answer, f, "may_answer", f->header.entities[1]);
    if (!st) st = read_partners(&m->seed_of, f, "seeds");
    if (!st) st = read_partners(&m->answer, f, "answers");
    if (!st) st = read_shares(&m->confidence, f, "confidence", n1, 1, false);
    if (!st) st = read_shares(&m->calibration.belief, f, "calibration_belief", f->header.points, MOST_BELIEF, false);
    if (!st) st = read_shares(&m->calibration.confidence, f, "calibration", f->header.points, 1, true);
    if (!st) m->calibration.count = f->header.points;
    return st;
}

static gat_status read_all(gat_alignment *m, stored_file *f)
{
    gat_status st = read_header(f);
    if (!st) st = read_side(&m->a, f, 0);
    if (!st) st = read_side(&m->b, f, 1);
    if (!st) st = read_beliefs(&m->belief, f);
    if (!st) st = read_overlap(&m->overlap, f);
    if (!st) st = read_answers(m, f);
    if (st) return st;
    m->settings = settings_from_store(&f->header.settings);
    m->origin = f->header.origin;
    memcpy(&m->report, &f->header.report, sizeof m->report);
    return decode_values(&m->value, GAT_DECODE_SINKHORN, m->belief, m->belief, m->asked, m->may_answer, f->err);
}

gat_status alignment_load(gat_alignment **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_alignment *m = gat_calloc(1, sizeof *m);
    *out = NULL;
    gat_status st = m ? model_file_open(&file, path, err) : error_nomem(err);
    if (!st) {
        stored_file f = {.file = file, .err = &inner};
        st = read_all(m, &f);
        if (st) error_set(err, st, "%.400s: %s", path, inner.message);
    }
    model_file_close(file);
    if (st) alignment_free(m);
    else *out = m;
    return st;
}
