/* The public functions about alignment. */
#include "align/alignment.h"
#include "align/alignment_files.h"
#include "align/alignment_io.h"
#include "align/entity_feature.h"
#include "align/entity_facts.h"
#include "align/reasons.h"
#include "api/digest_text.h"
#include "base/error.h"
#include "base/file.h"
#include "gatkit.h"
#include "tasks/alignment_questions.h"

gat_status gat_align(gat_alignment **out, const gat_align_options *options, gat_error *err)
{
    return alignment_make(out, options, err);
}

void gat_alignment_free(gat_alignment *alignment) { alignment_free(alignment); }

void gat_alignment_report(gat_align_report *out, const gat_alignment *alignment) { *out = alignment->report; }

bool gat_alignment_next_pair(gat_aligned_pair *out, int32_t *next, const gat_alignment *alignment)
{
    return alignment_next_pair(out, next, alignment);
}

gat_status gat_alignment_write_pairs(const gat_alignment *alignment, const char *path, gat_error *err)
{
    return alignment_write_pairs(alignment, path, err);
}

gat_status gat_alignment_write_scores(const gat_alignment *alignment, const char *path, int64_t top, gat_error *err)
{
    return alignment_write_scores(alignment, path, top, err);
}

gat_status gat_alignment_reasons(gat_align_reason **out, int64_t *count, const gat_alignment *alignment,
                                 const char *source, int64_t top, gat_error *err)
{
    return reasons_find(out, count, alignment, source, top, err);
}

gat_status gat_alignment_facts(gat_aligned_fact **out, int64_t *count, const gat_alignment *alignment, int graph,
                               const char *entity, int64_t top, gat_error *err)
{
    return entity_facts(out, count, alignment, graph, entity, top, err);
}

gat_status gat_alignment_save(const gat_alignment *alignment, const char *path, gat_error *err)
{
    return alignment_save(alignment, path, err);
}

gat_status gat_alignment_load(gat_alignment **out, const char *path, gat_error *err)
{
    *out = NULL;
    if (file_is_folder(path)) return error_set(err, GAT_EMODEL, "%s: a folder, not a model file", path);
    if (!file_exists(path)) return error_set(err, GAT_EMODEL, "%s: no such model file", path);
    return alignment_load(out, path, err);
}

void gat_alignment_describe(gat_alignment_info *out, const gat_alignment *m)
{
    *out = (gat_alignment_info){.entities1 = m->a->num_entities,
                                .entities2 = m->b->num_entities,
                                .relations1 = m->a->num_relations,
                                .relations2 = m->b->num_relations,
                                .facts1 = m->a->num_edges / 2,
                                .facts2 = m->b->num_edges / 2,
                                .beliefs = pair_matrix_count(m->belief),
                                .encoder = gat_align_encoder_name((gat_align_encoder)m->origin.encoder),
                                .decode = gat_decode_name((gat_align_decode)m->origin.decode),
                                .names = m->origin.features >> FEATURE_NAMES & 1,
                                .word_vectors = m->origin.features >> FEATURE_WORDS & 1,
                                .attributes = m->origin.features >> FEATURE_ATTRIBUTES & 1,
                                .seed = m->origin.seed,
                                .report = m->report};
    digest_text(out->data_digest1, m->a->digest);
    digest_text(out->data_digest2, m->b->digest);
}

gat_status gat_alignment_neighbors(gat_neighbor **out, int64_t *count, int *graph, const gat_alignment *alignment,
                                   const char *entity, int64_t top, gat_error *err)
{
    return alignment_neighbors(out, count, graph, alignment, entity, top, err);
}

gat_status gat_alignment_similarity(double *out, int graphs[2], const gat_alignment *alignment, const char *a,
                                    const char *b, gat_error *err)
{
    return alignment_similarity(out, graphs, alignment, a, b, err);
}

gat_status gat_alignment_export(const gat_alignment *alignment, const char *format, const char *path, int64_t *dim,
                                gat_error *err)
{
    return alignment_export(alignment, format, path, dim, err);
}
