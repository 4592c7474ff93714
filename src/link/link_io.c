/* Models of entity linking as files: sections of io/model_file.h. Everything is checked before use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/linker.h"
#include "model/model_io.h"
#include "text/relation_sections.h"

/* Fixed numbers, as they lie in the file. */
typedef struct header {
    int64_t documents, mentions, held_back, types, params;
    int64_t entities, relations, facts, titles, names, namings, exact; /* entities -1: no graph */
    int64_t words, word_dim, word_places, entity_types;                /* words -1: no descriptions */
    double calibration[LINK_TERMS], nil[LINK_TERMS], threshold, held_back_correct;
} header;

static gat_status bad(gat_error *err, const char *what)
{
    return error_set(err, GAT_EMODEL, "bad model file: %s", what);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static int64_t namings_of(const lexicon *x) { return x->start[intern_count(x->names)]; }

static header header_of(const gat_linker *l)
{
    const lexicon *x = &l->names;
    header h = {.documents = l->documents,
                .mentions = l->mentions,
                .held_back = l->held_back,
                .types = intern_count(l->types),
                .params = l->net.params.size,
                .entities = -1,
                .words = -1,
                .threshold = l->threshold,
                .held_back_correct = l->held_back_correct};
    memcpy(h.calibration, l->calibration, sizeof h.calibration);
    memcpy(h.nil, l->nil, sizeof h.nil);
    if (!x->kg.entities) return h;
    h.entities = intern_count(x->kg.entities);
    h.relations = intern_count(x->kg.relations);
    h.facts = x->kg.facts.count;
    h.titles = intern_count(x->titles);
    h.names = intern_count(x->names);
    h.namings = namings_of(x);
    h.exact = intern_count(x->exact);
    if (!x->about.words) return h;
    h.words = intern_count(x->about.words);
    h.word_dim = x->about.dim;
    h.word_places = x->about.start[h.entities];
    h.entity_types = intern_count(x->about.types);
    return h;
}

static gat_status write_words(relation_sections *s, const entity_words *x, int64_t entities, gat_error *err)
{
    int64_t words = intern_count(x->words), places = x->start[entities];
    gat_status st = sections_names(s, "words", x->words, err);
    if (!st) st = sections_names(s, "entity_types", x->types, err);
    if (!st) st = sections_copy(s, "entity_type", x->type, entities * (int64_t)sizeof *x->type, err);
    if (!st) st = sections_copy(s, "word_start", x->start, (entities + 1) * (int64_t)sizeof *x->start, err);
    if (!st) st = sections_copy(s, "word_place", x->word, places * (int64_t)sizeof *x->word, err);
    if (!st) st = sections_copy(s, "word_named", x->named, places, err);
    return st ? st : sections_copy(s, "word_vector", x->vector, words * x->dim * (int64_t)sizeof *x->vector, err);
}

static gat_status write_lexicon(relation_sections *s, const lexicon *x, gat_error *err)
{
    int64_t entities = intern_count(x->kg.entities), names = intern_count(x->names);
    gat_status st = sections_names(s, "kg_entities", x->kg.entities, err);
    if (!st) st = sections_names(s, "kg_relations", x->kg.relations, err);
    if (!st) st = sections_copy(s, "kg_facts", x->kg.facts.data, x->kg.facts.count * (int64_t)sizeof(gat_triple), err);
    if (!st) st = sections_names(s, "titles", x->titles, err);
    if (!st) st = sections_copy(s, "title", x->title, entities * (int64_t)sizeof *x->title, err);
    if (!st) st = sections_names(s, "names", x->names, err);
    if (!st) st = sections_copy(s, "name_start", x->start, (names + 1) * (int64_t)sizeof *x->start, err);
    if (!st) st = sections_copy(s, "name_entity", x->entity, namings_of(x) * (int64_t)sizeof *x->entity, err);
    if (!st) st = sections_copy(s, "name_weight", x->weight, namings_of(x) * (int64_t)sizeof *x->weight, err);
    if (!st) st = sections_names(s, "exact_names", x->exact, err);
    if (!st && x->about.words) st = write_words(s, &x->about, entities, err);
    return st;
}

static gat_status sections_of(relation_sections *s, const gat_linker *l, gat_error *err)
{
    const header h = header_of(l);
    s->count = 0;
    gat_status st = sections_copy(s, LINKER_SECTION, &h, sizeof h, err);
    if (!st) st = sections_copy(s, "config", l->config_lines, (int64_t)strlen(l->config_lines) + 1, err);
    if (!st) st = sections_names(s, "types", l->types, err);
    if (!st) st = sections_copy(s, "net", l->net.params.value, h.params * (int64_t)sizeof(float), err);
    if (!st && l->names.kg.entities) st = write_lexicon(s, &l->names, err);
    return st;
}

gat_status linker_save(const gat_linker *l, const char *path, gat_error *err)
{
    relation_sections s;
    gat_status st = sections_of(&s, l, err);
    if (!st) st = model_file_write(path, s.list, s.count, err);
    relation_sections_clear(&s);
    return st;
}

static gat_status digest_of(char text[33], const gat_linker *l, gat_error *err)
{
    relation_sections s;
    uint64_t digest[2];
    gat_status st = sections_of(&s, l, err);
    if (!st) st = sections_digest(digest, &s, err);
    if (!st) snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest[0], (unsigned long long)digest[1]);
    relation_sections_clear(&s);
    return st;
}

gat_status linker_describe(gat_link_info *out, const gat_linker *l, gat_error *err)
{
    const header h = header_of(l);
    *out = (gat_link_info){.documents = l->documents,
                           .mentions = l->mentions,
                           .held_back = l->held_back,
                           .parameters = params_count(&l->net.params),
                           .kg_entities = h.entities < 0 ? 0 : h.entities,
                           .kg_facts = h.facts,
                           .names = h.names,
                           .threshold = l->threshold,
                           .held_back_correct = l->held_back_correct,
                           .config = l->config_lines};
    return digest_of(out->digest, l, err);
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static bool count_is_good(int64_t n) { return n >= 0 && n < INT32_MAX - 2; }

static gat_status read_header(header *h, const gat_model_file *file, gat_error *err)
{
    const void *bytes;
    gat_status st = section_exact(&bytes, sizeof *h, file, LINKER_SECTION, err);
    if (st) return st;
    memcpy(h, bytes, sizeof *h);
    if (h->types < 0 || h->types > NODE_TYPES || h->documents < 0 || h->mentions < 0 || h->held_back < 0 ||
        h->params < 0 || h->entities < -1 || h->entities >= INT32_MAX - 2 || !count_is_good(h->relations) ||
        !count_is_good(h->facts) || !count_is_good(h->titles) || !count_is_good(h->names) ||
        !count_is_good(h->namings) || !count_is_good(h->exact) || h->words < -1 || h->words >= INT32_MAX - 2 ||
        !count_is_good(h->word_dim) || h->word_places < 0 || !count_is_good(h->entity_types))
        return bad(err, "sizes out of range");
    for (int i = 0; i < LINK_TERMS; i++)
        if (!isfinite(h->calibration[i] + h->nil[i])) return bad(err, "the calibration is no number");
    if (!isfinite(h->threshold) || !isfinite(h->held_back_correct)) return bad(err, "the threshold is no number");
    return GAT_OK;
}

static gat_status read_config(gat_linker *l, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_text(&l->config_lines, file, "config", err);
    return st ? st : link_config_parse(&l->config, l->config_lines, err);
}

static gat_status read_words(entity_words *x, const header *h, const gat_model_file *file, gat_error *err)
{
    x->dim = h->word_dim;
    gat_status st = section_names(&x->words, file, "words", h->words, err);
    if (!st) st = section_names(&x->types, file, "entity_types", h->entity_types, err);
    if (!st) st = section_array(&x->type, h->entities, sizeof *x->type, file, "entity_type", err);
    if (!st) st = section_array(&x->start, h->entities + 1, sizeof *x->start, file, "word_start", err);
    if (!st && (x->start[0] || x->start[h->entities] != h->word_places)) st = bad(err, "words and entities do not fit");
    if (!st) st = section_array(&x->word, h->word_places, sizeof *x->word, file, "word_place", err);
    if (!st) st = section_array(&x->named, h->word_places, sizeof *x->named, file, "word_named", err);
    return st ? st : section_array(&x->vector, h->words * h->word_dim, sizeof *x->vector, file, "word_vector", err);
}

static gat_status read_lexicon(lexicon *x, const header *h, const gat_model_file *file, gat_error *err)
{
    gat_status st = section_names(&x->kg.entities, file, "kg_entities", h->entities, err);
    if (!st) st = section_names(&x->kg.relations, file, "kg_relations", h->relations, err);
    if (!st) st = section_array(&x->kg.facts.data, h->facts, sizeof *x->kg.facts.data, file, "kg_facts", err);
    if (!st) {
        x->kg.facts.count = x->kg.facts.capacity = h->facts;
        st = kg_index(&x->kg, err);
    }
    if (!st) st = section_names(&x->titles, file, "titles", h->titles, err);
    if (!st) st = section_array(&x->title, h->entities, sizeof *x->title, file, "title", err);
    if (!st) st = section_names(&x->names, file, "names", h->names, err);
    if (!st) st = section_array(&x->start, h->names + 1, sizeof *x->start, file, "name_start", err);
    if (!st && (x->start[0] || x->start[h->names] != h->namings)) st = bad(err, "names and entities do not fit");
    if (!st) st = section_array(&x->entity, h->namings, sizeof *x->entity, file, "name_entity", err);
    if (!st) st = section_array(&x->weight, h->namings, sizeof *x->weight, file, "name_weight", err);
    if (!st) st = section_names(&x->exact, file, "exact_names", h->exact, err);
    if (!st) st = lexicon_index(x, err);
    if (!st && h->words >= 0) st = read_words(&x->about, h, file, err);
    return st || h->words < 0 ? st : entity_words_index(&x->about, &x->kg, err);
}

static gat_status read_linker(gat_linker *l, const gat_model_file *file, gat_error *err)
{
    header h;
    gat_status st = read_header(&h, file, err);
    if (!st) st = read_config(l, file, err);
    if (!st) st = section_names(&l->types, file, "types", h.types, err);
    if (st) return st;
    if (h.entities >= 0) st = read_lexicon(&l->names, &h, file, err);
    if (st) return st;
    const link_shape shape = linker_shape(l);
    st = link_net_init(&l->net, &shape, false, err);
    if (!st && l->net.params.size != h.params) st = bad(err, "parameters do not match the configuration");
    if (!st) st = model_file_floats(l->net.params.value, h.params, file, "net", err);
    l->documents = h.documents;
    l->mentions = h.mentions;
    l->held_back = h.held_back;
    l->threshold = h.threshold;
    l->held_back_correct = h.held_back_correct;
    memcpy(l->calibration, h.calibration, sizeof l->calibration);
    memcpy(l->nil, h.nil, sizeof l->nil);
    return st;
}

gat_status linker_load(gat_linker **out, const char *path, gat_error *err)
{
    gat_model_file *file = NULL;
    gat_error inner = {0};
    gat_linker *l = gat_calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return error_nomem(err);
    gat_status st = model_file_open(&file, path, err);
    if (!st) {
        st = read_linker(l, file, &inner);
        if (st) error_set(err, st, "%.300s: %.250s", path, inner.message);
    }
    model_file_close(file);
    if (st) linker_free(l);
    else *out = l;
    return st;
}
