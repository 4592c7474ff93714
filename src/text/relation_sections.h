/* Sections of models from text, written and read. */
#ifndef GAT_TEXT_RELATION_SECTIONS_H
#define GAT_TEXT_RELATION_SECTIONS_H

#include "io/model_file.h"
#include "text/relation_model.h"

typedef struct relation_sections {
    gat_section list[MODEL_FILE_MAX_SECTIONS];
    void *owned[MODEL_FILE_MAX_SECTIONS];
    char name[MODEL_FILE_MAX_SECTIONS][MODEL_FILE_NAME];
    int count;
} relation_sections;

/* Takes the bytes (gat_free); NULL is a failed allocation. */
gat_status sections_own(relation_sections *sections, const char *name, void *bytes, int64_t length, gat_error *err);
gat_status sections_copy(relation_sections *sections, const char *name, const void *bytes, int64_t length,
                         gat_error *err);
gat_status sections_names(relation_sections *sections, const char *name, const gat_intern *names, gat_error *err);
void relation_sections_clear(relation_sections *sections);

/* 128 bits over the bytes of all sections, in their order. */
gat_status sections_digest(uint64_t digest[2], const relation_sections *sections, gat_error *err);

/* A section of exactly `length` bytes, borrowed from the file. GAT_EMODEL. */
gat_status section_exact(const void **bytes, int64_t length, const gat_model_file *file, const char *name,
                         gat_error *err);
gat_status section_names(gat_intern **out, const gat_model_file *file, const char *name, int64_t count, gat_error *err);

/* *out <- an owned text (gat_free): a section of one string. */
gat_status section_text(char **out, const gat_model_file *file, const char *name, gat_error *err);

/* *(T **)out <- an owned copy (gat_free) of a section of exactly `count` elements of T; the file is asked before memory is. */
gat_status section_array(void *out, int64_t count, size_t size, const gat_model_file *file, const char *name,
                         gat_error *err);

/* (count) ascending keys of features, to be freed with gat_free. */
gat_status section_keys(uint32_t **out, int64_t count, const gat_model_file *file, const char *name, gat_error *err);

/* 128 bits over all that the file would hold. */
gat_status relations_digest(uint64_t digest[2], const gat_relations *model, gat_error *err);

#endif
