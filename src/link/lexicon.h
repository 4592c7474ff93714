/* The names of a graph's entities, and candidates for mentions by them. An entity is called by its id, by its label (of
 * "synonym, synonym: gloss" every synonym; of others also without bracket and without what follows a comma), and by the lines
 * "id TAB name" of DATA/aliases.tsv. Names are compared folded, see name_form.h. */
#ifndef GAT_LINK_LEXICON_H
#define GAT_LINK_LEXICON_H

#include "link/document_file.h"
#include "link/entity_words.h"
#include "link/name_index.h"
#include "text/kg_context.h"

enum { LEXICON_CANDIDATES = 30 };

/* Where it comes from; all but kg may be NULL. */
typedef struct lexicon_sources {
    const char *kg, *names, *descriptions, *vectors; /* DATA or a model; see above; see entity_words.h */
    uint64_t seed;
} lexicon_sources;

typedef struct lexicon {
    kg_context kg;      /* entities NULL: no lexicon */
    gat_intern *titles; /* how entities are called in answers */
    int32_t *title;     /* (entities) in titles */
    gat_intern *names;  /* folded */
    gat_intern *exact;  /* as they were written */
    name_index similar;
    int64_t *start;       /* (names + 1): entities of a name, the likeliest first */
    float *weight;        /* (start[names]) of the name for the entity; below 0: not told */
    int32_t *entity;      /* (start[names]) */
    int32_t *in, *out;    /* (entities) facts with the entity as tail, as head */
    int32_t longest_name; /* words */
    bool weighed;         /* some weight is told */
    bool proper;          /* four names in five or more begin with a capital: they are proper names */
    entity_words about;   /* words NULL: no descriptions */
} lexicon;

gat_status lexicon_load(lexicon *lexicon, const lexicon_sources *sources, gat_error *err);

/* Fills what follows from kg, titles, names and entities: in, out, longest_name. GAT_EMODEL: numbers out of range. */
gat_status lexicon_index(lexicon *lexicon, gat_error *err);
void lexicon_clear(lexicon *lexicon);

/* Adds mentions to a document without: the longest names on the boundaries of words, from left to right. */
gat_status lexicon_find(link_document *document, const char *text, const lexicon *lexicon, gat_arena *arena,
                        gat_error *err);

/* Gives the mentions of a document their candidates, the links among these, and those to neighbours they may share. GAT_EDATA
 * names the line: an annotated entity that the graph lacks. */
gat_status lexicon_fill(link_document *document, const lexicon *lexicon, const document_file *file, gat_arena *arena,
                        gat_error *err);

#endif
