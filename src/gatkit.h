/* gatkit: graph attention for knowledge graphs. The one public header.
 *
 * Objects are opaque and belong to whoever made them: every _new, _load or _train pairs with a _free, and
 * freeing NULL is fine. Functions that can fail return a gat_status and fill the caller's gat_error (may be
 * NULL); a failed constructor leaves *out NULL. The library never prints, never exits and installs no
 * handlers. Data sets and models are read-only once made: any number of threads may use one at a time
 * through const pointers. */
#ifndef GATKIT_H
#define GATKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "base/status.h"
#include "base/allocator.h"
#include "base/log.h"
#include "graph/split.h"
#include "eval/ranking.h"
#include "eval/evaluation.h"
#include "model/option.h"
#include "model/model_info.h"
#include "train/plan_types.h"
#include "train/progress.h"
#include "tasks/answer.h"
#include "tasks/map_types.h"
#include "tasks/stats_types.h"
#include "grow/growth_types.h"
#include "align/alignment_types.h"
#include "link/link_types.h"
#include "generate/generator_types.h"
#include "recommend/recommend_types.h"
#include "text/words_types.h"
#include "text/relation_types.h"

/* "0.1.0". */
GAT_PUBLIC const char *gat_version(void);

/* The fixed text of a code. */
GAT_PUBLIC const char *gat_status_text(gat_status code);

/* Threads of later calls from this thread; below 1: all cores. Results do not depend on it. */
GAT_PUBLIC void gat_set_threads(int threads);

/* "auto", "portable", "avx2" or "avx512": the instruction set of later calls, process-wide; set it before any
 * other call. GAT_EUSAGE: unknown, or not on this machine. Bits are promised equal on one instruction set. */
GAT_PUBLIC gat_status gat_set_isa(const char *name, gat_error *err);
GAT_PUBLIC const char *gat_isa(void);

/* Where the library's memory comes from and goes to, copied, process-wide; set it before any other call and from one thread.
 * GAT_EUSAGE: a function is missing, or there is memory already that another one gave. What the libraries beneath take for themselves
 * (jansson, zstd, serd, igraph, BLAS, OpenMP) does not come from there. */
GAT_PUBLIC gat_status gat_set_allocator(const gat_allocator *allocator, gat_error *err);

/* Largest resident size of this process so far, in bytes. */
GAT_PUBLIC int64_t gat_peak_rss(void);

/* ---- data ------------------------------------------------------------------------------------------------ */

GAT_PUBLIC gat_status gat_dataset_load(gat_dataset **out, const char *path, const gat_dataset_options *options,
                                       gat_error *err);
GAT_PUBLIC void gat_dataset_free(gat_dataset *dataset);

/* Puts the model's training facts and entities before those of train in `graph`, so that what takes a graph in place of the
 * training facts takes it beside them. */
GAT_PUBLIC gat_status gat_dataset_add_training(gat_dataset *graph, const gat_model *model, gat_error *err);

/* Takes facts out of all splits whose relation the model has not seen in training; what asks the model refuses them otherwise.
 * *skipped: how many; *relation: the first of them, borrowed from the data, NULL where there was none. */
GAT_PUBLIC gat_status gat_dataset_skip_unknown(gat_dataset *data, const gat_model *model, int64_t *skipped,
                                               const char **relation, gat_error *err);

/* Digest of all splits and names, 32 hexadecimal digits: the data_digest of a model made from this data. */
GAT_PUBLIC void gat_dataset_digest(char out[33], const gat_dataset *dataset);

GAT_PUBLIC gat_status gat_stats_make(gat_stats **out, const gat_dataset *dataset, gat_error *err);
GAT_PUBLIC void gat_stats_free(gat_stats *stats);

/* ---- configuration --------------------------------------------------------------------------------------- */

GAT_PUBLIC gat_status gat_config_new(gat_config **out, gat_error *err);
GAT_PUBLIC void gat_config_free(gat_config *config);

/* GAT_EUSAGE: unknown name (the nearest is named) or value out of range. */
GAT_PUBLIC gat_status gat_config_set(gat_config *config, const char *name, const char *value, gat_error *err);

/* Lines "name = value", "#" comments. GAT_EUSAGE names file and line. */
GAT_PUBLIC gat_status gat_config_read(gat_config *config, const char *path, gat_error *err);

/* NULL past the end. */
GAT_PUBLIC const gat_option *gat_config_option(int index);

/* Heading of the group of options that begins at index; NULL inside a group. */
GAT_PUBLIC const char *gat_config_heading(int index);

/* Value of an option as text; borrowed until the next call on config. NULL: unknown. */
GAT_PUBLIC const char *gat_config_get(gat_config *config, const char *name);

/* Name of a preset by index, NULL past the end; set with gat_config_set(config, "preset", name). */
GAT_PUBLIC const char *gat_config_preset(int index);

/* ---- training and models --------------------------------------------------------------------------------- */

/* Learns a model. The encoder and the decoder see train only; valid chooses the epoch; test is never read. */
GAT_PUBLIC gat_status gat_train(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                                const gat_train_options *options, gat_error *err);

/* What gat_train would take with the same arguments: formulas over the sizes of the data, then its first steps, about two
 * seconds of them, whose memory is counted and whose time is measured, and whose effect is forgotten. Writes nothing. *out is
 * filled in also where the estimate is above options->max_memory or the memory of the machine; then no step is tried and
 * out->tried is false. Bytes hold all of the process, out->bytes also the most that it has held before the call. Counts are of the
 * process: nothing else of the library should run beside it. options: as of gat_train; checkpoint and on_progress are not used,
 * and should_stop ends the call in GAT_EINTERRUPTED. */
GAT_PUBLIC gat_status gat_plan_training(gat_plan *out, const gat_dataset *dataset, const gat_config *config,
                                        const gat_train_options *options, gat_error *err);

/* Puts an embedding model beside a trained path model: two weights a relation and direction, fitted to valid, join their
 * scores from now on, in its file too. *side is taken. */
GAT_PUBLIC gat_status gat_model_add_side(gat_model *model, gat_model **side, const gat_dataset *dataset,
                                         gat_side_report *report, gat_error *err);

/* The whole file is checked before use. GAT_EMODEL: damaged, hostile, or of another version; GAT_EUSAGE: an alignment of two
 * graphs, which gat_alignment_load takes. */
GAT_PUBLIC gat_status gat_model_load(gat_model **out, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_model_save(const gat_model *model, const char *path, gat_error *err);
GAT_PUBLIC void gat_model_free(gat_model *model);

/* What a model file holds; nothing but its table is read. GAT_EMODEL: no such file, or none of ours. */
typedef enum gat_file_kind {
    GAT_FILE_MODEL,
    GAT_FILE_ALIGNMENT,
    GAT_FILE_RELATIONS,
    GAT_FILE_LINKER,
    GAT_FILE_GENERATOR,
    GAT_FILE_RECOMMENDER
} gat_file_kind;
GAT_PUBLIC gat_status gat_file_kind_of(gat_file_kind *out, const char *path, gat_error *err);

GAT_PUBLIC gat_status gat_model_describe(gat_model_info *out, const gat_model *model, gat_error *err);

/* Ids count from 0 in the order of `score`'s columns; NULL past the end. */
GAT_PUBLIC const char *gat_model_entity(const gat_model *model, int64_t id);
GAT_PUBLIC const char *gat_model_relation(const gat_model *model, int64_t id);

/* A readable text for an entity, NULL when the data had none. */
GAT_PUBLIC const char *gat_model_entity_text(const gat_model *model, const char *entity);

/* GAT_EMODEL with the first fault found. */
GAT_PUBLIC gat_status gat_model_verify(const char *path, gat_error *err);

/* ---- measuring ------------------------------------------------------------------------------------------- */

/* Filtered ranks over all entities of the data, both directions; known answers of train, valid and test are
 * left out of the ranking. options NULL: the split test, all in f32. Memory: the encoded entities and one block of
 * scores, 32 MB or eight rows. */
GAT_PUBLIC gat_status gat_evaluate(gat_evaluation **out, const gat_model *model, const gat_dataset *dataset,
                                   const gat_evaluate_options *options, gat_error *err);
GAT_PUBLIC void gat_evaluation_free(gat_evaluation *evaluation);

/* Reads questions from `queries` ("h<TAB>r<TAB>?" or "?<TAB>r<TAB>t"), writes one float32 row per line to the
 * npy file and the column names to `entities`. graph NULL: the model's own entities. *rows may be NULL. */
GAT_PUBLIC gat_status gat_score_file(const gat_model *model, const char *queries, const char *npy, const char *entities,
                                     const gat_dataset *graph, int64_t *rows, gat_error *err);

/* ---- answering ------------------------------------------------------------------------------------------- */

/* One of the three is "?". *out holds *count answers, best first; free with gat_free_list. known: facts of
 * the training graph (and of `graph`, may be NULL) stay in. */
GAT_PUBLIC gat_status gat_predict(gat_answer **out, int64_t *count, const gat_model *model, const char *head,
                                  const char *relation, const char *tail, int64_t top, bool known,
                                  const gat_dataset *graph, gat_error *err);

/* out (count) <- what gat_predict says to each question, bit for bit; the entities are read once for up to 64 of them. A
 * question at fault has a status of its own and the others are answered. Free each list with gat_free_list. Another status
 * than GAT_OK: nothing was asked, and there is nothing to free. Memory: 32 MB of scores, or one row. */
GAT_PUBLIC gat_status gat_predict_many(gat_prediction *out, const gat_question *questions, int64_t count,
                                       const gat_model *model, const gat_dataset *graph, gat_error *err);

/* The score of a fact and at most `top` paths that led a model of paths to it; strings are borrowed as in lists of answers.
 * GAT_EUSAGE: another kind of model. */
GAT_PUBLIC gat_status gat_explain(gat_explanation **out, const gat_model *model, const char *head, const char *relation,
                                  const char *tail, int64_t top, const gat_dataset *graph, gat_error *err);
GAT_PUBLIC void gat_explanation_free(gat_explanation *explanation);

/* Entities beside `entity` within `hops`, heaviest first, at most top. One hop: every fact of the entity; more: every
 * entity once, by its best way. Lists of answers and neighbours borrow their strings from the model and from `graph`. */
GAT_PUBLIC gat_status gat_neighbors(gat_neighbor **out, int64_t *count, const gat_model *model, const char *entity,
                                    gat_neighbor_order order, int hops, int64_t top, const gat_dataset *graph,
                                    gat_error *err);

/* As gat_neighbors by attention with one hop, each head apart. Strings are borrowed as there. */
GAT_PUBLIC gat_status gat_attention_of(gat_head_attention **out, const gat_model *model, const char *entity,
                                       int64_t top, const gat_dataset *graph, gat_error *err);
GAT_PUBLIC void gat_head_attention_free(gat_head_attention *attention);

/* *out <- (rows, dim), row-major: the encoded embedding of every entity, in the order of gat_model_entity; borrowed from the
 * model, read-only. GAT_EUSAGE: a model of paths, which has none. */
GAT_PUBLIC gat_status gat_model_embeddings(const float **out, int64_t *rows, int64_t *dim, const gat_model *model,
                                           gat_error *err);

/* The entities with most facts as points of a plane, by the directions of their encoded embeddings, most facts first, and the
 * communities of the training graph (Leiden, as coarse as the seven largest need to hold half of the entities); options NULL: PCA of at most 5,000. Free with gat_free_list. Same bits for any number
 * of threads. Memory: dim^2 floats, and with UMAP 256 floats a point. GAT_EUSAGE: a model of paths. */
GAT_PUBLIC gat_status gat_map(gat_map_point **out, int64_t *count, const gat_model *model,
                              const gat_map_options *options, gat_error *err);

/* Cosine of the two entities' encoded embeddings. */
GAT_PUBLIC gat_status gat_similarity(double *out, const gat_model *model, const char *a, const char *b,
                                     const gat_dataset *graph, gat_error *err);

GAT_PUBLIC void gat_free_list(void *list);

/* format: "npy" (PATH and PATH.entities.txt), "word2vec" (text), "word2vec-binary", "projector" (PATH.tsv vectors and
 * PATH.metadata.tsv), "safetensors" (all parameters and the encoded entities). GAT_EUSAGE: unknown format. */
GAT_PUBLIC gat_status gat_export(const gat_model *model, const char *format, const char *path, gat_error *err);

/* ---- growing a graph -------------------------------------------------------------------------------------- */

/* Proposes facts that fit the graph together: what the model answers and what rules of the graph say, within types and the usual
 * counts of facts, judged by a logistic function of both and added best first; the graph is read again after every batch. Strings
 * are borrowed from the model and from options->graph. GAT_EUSAGE: unknown names, numbers out of range, a model without
 * calibration and no data to fit to, constraints that no fact meets. That no fact is likely enough is no error. */
GAT_PUBLIC gat_status gat_grow(gat_growth **out, const gat_model *model, const gat_growth_options *options,
                               gat_error *err);
GAT_PUBLIC void gat_growth_free(gat_growth *growth);

/* Rules of one or two steps that the graph obeys (graph NULL: the training facts), the `top` most confident ones of at least
 * min_confidence, and how many facts of a relation go together. relation NULL: of all. */
GAT_PUBLIC gat_status gat_rules(gat_rule_list **out, const gat_model *model, const gat_dataset *graph,
                                const char *relation, int64_t top, double min_confidence, gat_error *err);
GAT_PUBLIC void gat_rules_free(gat_rule_list *rules);

/* ---- alignment ------------------------------------------------------------------------------------------- */

/* Which entities of two graphs are the same. options->kg1 and kg2 are needed. GAT_EUSAGE: neither seeds nor names; GAT_EDATA:
 * bad files, file and line named. Without names no string of one graph is compared with one of the other. */
GAT_PUBLIC gat_status gat_align(gat_alignment **out, const gat_align_options *options, gat_error *err);
GAT_PUBLIC void gat_alignment_free(gat_alignment *alignment);
GAT_PUBLIC void gat_alignment_report(gat_align_report *out, const gat_alignment *alignment);

/* Pairs in the order of KG1's file: start with *next 0 and go on until false. */
GAT_PUBLIC bool gat_alignment_next_pair(gat_aligned_pair *out, int32_t *next, const gat_alignment *alignment);

/* Lines KG1 entity, KG2 entity, confidence; and source, candidate, score for the `top` candidates of all who are asked. */
GAT_PUBLIC gat_status gat_alignment_write_pairs(const gat_alignment *alignment, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_alignment_write_scores(const gat_alignment *alignment, const char *path, int64_t top,
                                                 gat_error *err);

/* The `top` heaviest reasons for the answer to `source`; free with gat_free_list. Names are borrowed. */
GAT_PUBLIC gat_status gat_alignment_reasons(gat_align_reason **out, int64_t *count, const gat_alignment *alignment,
                                            const char *source, int64_t top, gat_error *err);

/* At most `top` facts of an entity of graph 1 or 2, by relation; free with gat_free_list. Names are borrowed. */
GAT_PUBLIC gat_status gat_alignment_facts(gat_aligned_fact **out, int64_t *count, const gat_alignment *alignment,
                                          int graph, const char *entity, int64_t top, gat_error *err);

/* An alignment as a model file, and back: for the questions below, for reasons, and for gat_align_options.apply. */
GAT_PUBLIC gat_status gat_alignment_save(const gat_alignment *alignment, const char *path, gat_error *err);

/* GAT_EMODEL: damaged, hostile, or no alignment. */
GAT_PUBLIC gat_status gat_alignment_load(gat_alignment **out, const char *path, gat_error *err);
GAT_PUBLIC void gat_alignment_describe(gat_alignment_info *out, const gat_alignment *alignment);

/* Entities of both graphs like `entity`, most similar first, by vectors made from the pairs, as far as they are believed, and
 * the facts: likely counterparts are near, and so are entities of the same graph with like neighbours. A name that both
 * graphs have means that of KG1; "1:NAME" and "2:NAME" tell. *graph (may be NULL) <- 1 or 2. Free with gat_free_list. */
GAT_PUBLIC gat_status gat_alignment_neighbors(gat_neighbor **out, int64_t *count, int *graph,
                                              const gat_alignment *alignment, const char *entity, int64_t top,
                                              gat_error *err);

/* Cosine of two such vectors; `a` is looked for in KG1 first, `b` in KG2. graphs (may be NULL) <- where they were found. */
GAT_PUBLIC gat_status gat_alignment_similarity(double *out, int graphs[2], const gat_alignment *alignment,
                                               const char *a, const char *b, gat_error *err);

/* As gat_export; rows are named "1:NAME" and "2:NAME". *dim (may be NULL) <- width of the vectors. */
GAT_PUBLIC gat_status gat_alignment_export(const gat_alignment *alignment, const char *format, const char *path,
                                           int64_t *dim, gat_error *err);

/* ---- relations in text ------------------------------------------------------------------------------------ */

GAT_PUBLIC gat_status gat_relation_config_new(gat_relation_config **out, gat_error *err);
GAT_PUBLIC void gat_relation_config_free(gat_relation_config *config);

/* As gat_config_set; the option table by index, NULL past the end. */
GAT_PUBLIC gat_status gat_relation_config_set(gat_relation_config *config, const char *name, const char *value,
                                              gat_error *err);
GAT_PUBLIC const gat_option *gat_relation_option(int index);
GAT_PUBLIC const char *gat_relation_preset(int index);

/* Learns which relation a sentence states between its two marked entities. Files of sentences: JSON lines of gatkit or of
 * OpenNRE, SemEval-2010 task 8, NYT10; told by their first line. GAT_EDATA names file and line. */
GAT_PUBLIC gat_status gat_relations_train(gat_relations **out, const gat_relation_inputs *inputs,
                                          const gat_relation_config *config, gat_error *err);
GAT_PUBLIC gat_status gat_relations_load(gat_relations **out, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_relations_save(const gat_relations *model, const char *path, gat_error *err);
GAT_PUBLIC void gat_relations_free(gat_relations *model);
GAT_PUBLIC gat_status gat_relations_describe(gat_relation_info *out, const gat_relations *model, gat_error *err);

/* Tells every sentence in the order of the file, in batches; a fault in the file is reported after what stands before it. */
GAT_PUBLIC gat_status gat_relations_extract(const gat_relations *model, const char *sentences,
                                            const gat_extract_options *options, gat_error *err);

/* From texts to facts. Documents as of gat_linker_answer, with mentions or without (then the longest names are found), are linked by
 * the linker or, where it is NULL, by the names of kg (DATA or a model of a graph; an ambiguous one means the entity with most
 * facts), and every two linked mentions of one sentence are told as a sentence. */
GAT_PUBLIC gat_status gat_relations_extract_text(const gat_relations *model, const gat_linker *linker, const char *kg,
                                                 const char *documents, const gat_extract_options *options,
                                                 gat_error *err);

/* All sentences of a pair together, for a model trained with bags (else GAT_EUSAGE): options->on_pair is told. */
GAT_PUBLIC gat_status gat_relations_extract_bags(const gat_relations *model, const char *sentences,
                                                 const gat_extract_options *options, gat_error *err);

/* The same from the bytes of such a file; `name` stands for its path in messages. */
GAT_PUBLIC gat_status gat_relations_extract_memory(const gat_relations *model, const void *bytes, size_t count,
                                                   const char *name, const gat_extract_options *options,
                                                   gat_error *err);

/* GAT_EDATA also for a label that the model does not know. */
GAT_PUBLIC gat_status gat_relations_evaluate(gat_relation_evaluation **out, const gat_relations *model,
                                             const char *sentences, gat_error *err);
GAT_PUBLIC void gat_relation_evaluation_free(gat_relation_evaluation *evaluation);

/* ---- word vectors ----------------------------------------------------------------------------------------- */

/* Learns vectors of words from a text and writes them as lines of word and numbers, which trainings read. */
GAT_PUBLIC gat_status gat_words_train(gat_words_info *info, const gat_words_options *options, const char *output,
                                      gat_error *err);

/* ---- entity linking --------------------------------------------------------------------------------------- */

GAT_PUBLIC gat_status gat_link_config_new(gat_link_config **out, gat_error *err);
GAT_PUBLIC void gat_link_config_free(gat_link_config *config);

/* As gat_config_set; the option table by index, NULL past the end. */
GAT_PUBLIC gat_status gat_link_config_set(gat_link_config *config, const char *name, const char *value, gat_error *err);
GAT_PUBLIC const gat_option *gat_link_option(int index);

/* Learns which entity a mention means, from documents with annotated mentions. Files of documents: JSON lines with text and
 * spans, whose candidates come from the names of a graph, or with candidates of their own. GAT_EDATA names file and line. */
GAT_PUBLIC gat_status gat_linker_train(gat_linker **out, const gat_link_inputs *inputs, const gat_link_config *config,
                                       gat_error *err);
GAT_PUBLIC gat_status gat_linker_load(gat_linker **out, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_linker_save(const gat_linker *linker, const char *path, gat_error *err);
GAT_PUBLIC void gat_linker_free(gat_linker *linker);
GAT_PUBLIC gat_status gat_linker_describe(gat_link_info *out, const gat_linker *linker, gat_error *err);

/* Tells every mention in the order of the file; a fault in the file is reported after what stands before it. */
GAT_PUBLIC gat_status gat_linker_answer(const gat_linker *linker, const char *documents,
                                        const gat_link_options *options, gat_error *err);

/* The same from the bytes of such a file, which are borrowed for the call; `name` stands for its path in messages. Any number of
 * threads may ask one linker at a time. */
GAT_PUBLIC gat_status gat_linker_answer_memory(const gat_linker *linker, const void *bytes, size_t count,
                                               const char *name, const gat_link_options *options, gat_error *err);

/* options may be NULL. seconds is left to the caller. GAT_EDATA also where no mention is annotated. */
GAT_PUBLIC gat_status gat_linker_evaluate(gat_link_evaluation *out, const gat_linker *linker, const char *documents,
                                          const gat_link_evaluate_options *options, gat_error *err);

/* ---- generating whole graphs ------------------------------------------------------------------------------ */

GAT_PUBLIC gat_status gat_generator_config_new(gat_generator_config **out, gat_error *err);
GAT_PUBLIC void gat_generator_config_free(gat_generator_config *config);

/* As gat_config_set; the option table by index, NULL past the end. */
GAT_PUBLIC gat_status gat_generator_config_set(gat_generator_config *config, const char *name, const char *value,
                                               gat_error *err);
GAT_PUBLIC const gat_option *gat_generator_option(int index);

/* Learns to write small graphs, from many of them: JSON lines, each a list of [head, relation, tail]. Triples have no order:
 * they come in a new one every epoch. valid chooses the epoch; test is never read. GAT_EDATA names file and line. */
GAT_PUBLIC gat_status gat_generator_train(gat_generator **out, const gat_generator_inputs *inputs,
                                          const gat_generator_config *config, gat_error *err);
GAT_PUBLIC gat_status gat_generator_load(gat_generator **out, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_generator_save(const gat_generator *model, const char *path, gat_error *err);
GAT_PUBLIC void gat_generator_free(gat_generator *model);
GAT_PUBLIC gat_status gat_generator_describe(gat_generator_info *out, const gat_generator *model, gat_error *err);

/* Draws options->count graphs and tells them one by one, in order. *refused (may be NULL) <- those that constraints or `novel`
 * refused on the way. GAT_EUSAGE: an unknown name, or constraints that no fact of train meets; GAT_EFAILED: too few graphs
 * met them in fifty times as many draws. */
GAT_PUBLIC gat_status gat_generator_draw(const gat_generator *model, const gat_generate_options *options,
                                         int64_t *refused, gat_error *err);

/* Draws graphs, judges them by rules and compares them with the graphs of test; bits of test by the model. data: folder as for
 * training, with train and test. options NULL: the defaults. */
GAT_PUBLIC gat_status gat_generator_evaluate(gat_generator_evaluation *out, const gat_generator *model,
                                             const char *data, const gat_generator_evaluate_options *options,
                                             gat_error *err);

/* What gat_generator_evaluation.broken counts; NULL past the end. */
GAT_PUBLIC const char *gat_graph_rule_name(int index);

/* ---- recommendation -------------------------------------------------------------------------------------- */

GAT_PUBLIC gat_status gat_recommend_config_new(gat_recommend_config **out, gat_error *err);
GAT_PUBLIC void gat_recommend_config_free(gat_recommend_config *config);

/* As gat_config_set; the option table by index, NULL past the end. */
GAT_PUBLIC gat_status gat_recommend_config_set(gat_recommend_config *config, const char *name, const char *value,
                                               gat_error *err);
GAT_PUBLIC const gat_option *gat_recommend_option(int index);

/* Learns what people may choose next from what they chose and, where there are any, facts about it. GAT_EDATA names file and
 * line. */
GAT_PUBLIC gat_status gat_recommender_train(gat_recommender **out, const gat_recommend_inputs *inputs,
                                            const gat_recommend_config *config, gat_error *err);

/* GAT_EMODEL: damaged, or no recommender. */
GAT_PUBLIC gat_status gat_recommender_load(gat_recommender **out, const char *path, gat_error *err);
GAT_PUBLIC gat_status gat_recommender_save(const gat_recommender *recommender, const char *path, gat_error *err);
GAT_PUBLIC void gat_recommender_free(gat_recommender *recommender);
GAT_PUBLIC gat_status gat_recommender_describe(gat_recommend_info *out, const gat_recommender *recommender,
                                               gat_error *err);

/* Full ranking of GAT_SPLIT_TEST or GAT_SPLIT_VALID of the data, which is split as for training. */
GAT_PUBLIC gat_status gat_recommender_evaluate(gat_recommend_evaluation *out, const gat_recommender *recommender,
                                               const char *data, gat_split split, gat_error *err);

/* The best items for a user of the model, or for a history. Somebody of whom nothing is known gets the most popular ones. */
GAT_PUBLIC gat_status gat_recommend(gat_recommendation **out, const gat_recommender *recommender,
                                    const gat_recommend_question *question, gat_error *err);
GAT_PUBLIC void gat_recommendation_free(gat_recommendation *recommendation);

#ifdef __cplusplus
}
#endif

#endif
