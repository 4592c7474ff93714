#include "cli/alignment_verbs.h"

#include "base/error.h"
#include "cli/align_report.h"
#include "cli/report.h"

bool is_alignment(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_ALIGNMENT;
}

static gat_status refuse_graph(const char *path, bool graph, gat_error *err)
{
    if (!graph) return GAT_OK;
    return error_set(err, GAT_EUSAGE,
                     "%s is an alignment of two graphs and takes no further facts here; 'gatkit align --apply' aligns "
                     "what is new in them",
                     path);
}

/* ---- info ------------------------------------------------------------------------------------------------ */

static json_t *features_json(const gat_alignment_info *i)
{
    return json_pack("{s:b,s:b,s:b}", "names", i->names, "word_vectors", i->word_vectors, "attributes", i->attributes);
}

static json_t *info_json(const gat_alignment_info *i)
{
    const gat_align_report *r = &i->report;
    json_t *object =
        json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "model", "alignment", "entities1", (json_int_t)i->entities1,
                  "entities2", (json_int_t)i->entities2, "relations1", (json_int_t)i->relations1, "relations2",
                  (json_int_t)i->relations2, "facts1", (json_int_t)i->facts1, "facts2", (json_int_t)i->facts2);
    object = report_set(object, "seeds", json_integer((json_int_t)r->seeds));
    object = report_set(object, "pairs", json_integer((json_int_t)r->pairs));
    object = report_set(object, "beliefs", json_integer((json_int_t)i->beliefs));
    object = report_set(object, "encoder", json_string(i->encoder));
    object = report_set(object, "decode", json_string(i->decode));
    object = report_set(object, "features", features_json(i));
    object = report_set(object, "seed", json_integer((json_int_t)i->seed));
    object = report_set(object, "rounds", json_integer(r->rounds));
    object = report_set(object, "tau", report_number(r->tau));
    object = report_set(object, "valid", r->held_links ? align_valid_json(r) : json_null());
    object = report_set(object, "digest", json_string(r->digest));
    object = report_set(object, "data_digest1", json_string(i->data_digest1));
    return report_set(object, "data_digest2", json_string(i->data_digest2));
}

static gat_status print_info(const gat_alignment_info *i, gat_error *err)
{
    const gat_align_report *r = &i->report;
    gat_grid *grid = grid_new("ll");
    grid_pair(grid, "model", "alignment of two graphs");
    grid_pair_count(grid, "entities of KG1", i->entities1);
    grid_pair_count(grid, "entities of KG2", i->entities2);
    grid_pair_count(grid, "facts of KG1", i->facts1);
    grid_pair_count(grid, "facts of KG2", i->facts2);
    grid_pair_count(grid, "seeds", r->seeds);
    grid_pair_count(grid, "pairs", r->pairs);
    grid_pair_count(grid, "beliefs kept", i->beliefs);
    grid_pair(grid, "encoder", "%s", i->encoder);
    grid_pair(grid, "decoded by", "%s", i->decode);
    grid_pair(grid, "besides facts", "%s%s%s", i->names ? "names " : "", i->word_vectors ? "word vectors " : "",
              i->attributes ? "attributes"
              : i->names    ? ""
                            : "nothing");
    grid_pair_count(grid, "rounds", r->rounds);
    grid_pair(grid, "scale of softmax", "%g", r->tau);
    grid_pair(grid, "seed", "%llu", (unsigned long long)i->seed);
    grid_pair(grid, "digest", "%s", r->digest);
    grid_pair(grid, "data digest of KG1", "%s", i->data_digest1);
    grid_pair(grid, "data digest of KG2", "%s", i->data_digest2);
    gat_status st = report_grid(grid, err);
    if (!st) putchar('\n');
    if (!st) align_print_held(r);
    return st;
}

gat_status alignment_info(const gat_common *common, const char *path, gat_error *err)
{
    gat_alignment *alignment;
    gat_alignment_info info;
    gat_status st = gat_alignment_load(&alignment, path, err);
    if (st) return st;
    gat_alignment_describe(&info, alignment);
    st = common->json ? report_json(info_json(&info), err) : print_info(&info, err);
    gat_alignment_free(alignment);
    return st;
}

/* ---- neighbours ------------------------------------------------------------------------------------------ */

static json_t *neighbors_json(const char *entity, int graph, const gat_neighbor *list, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        const gat_neighbor *n = &list[i];
        array = report_append(array, json_pack("{s:s,s:i,s:s,s:s,s:i,s:o,s:o}", "entity", n->entity, "graph", n->graph,
                                               "relation", "", "direction", "none", "hops", 0, "weight",
                                               report_number(n->weight), "belief", report_number(n->belief)));
    }
    return json_pack("{s:s,s:i,s:o}", "entity", entity, "graph", graph, "neighbors", array);
}

static gat_status print_neighbors(const char *entity, int graph, const gat_neighbor *list, int64_t count,
                                  gat_error *err)
{
    print_short(entity);
    printf("  in KG%d\n\n", graph);
    gat_grid *grid = grid_new("rrlll");
    grid_cell(grid, "weight");
    grid_cell(grid, "belief");
    grid_cell(grid, "graph");
    grid_cell(grid, "entity");
    grid_cell(grid, "%s", "");
    for (int64_t i = 0; i < count; i++) {
        const gat_neighbor *n = &list[i];
        grid_real(grid, n->weight, 4);
        if (n->graph == graph) grid_cell(grid, "%s", "");
        else grid_real(grid, n->belief, 4);
        grid_cell(grid, "KG%d", n->graph);
        grid_text(grid, n->entity);
        grid_text(grid, n->text);
    }
    return report_grid(grid, err);
}

gat_status alignment_neighbors_verb(const gat_common *common, const char *path, const char *entity, int order,
                                    int64_t hops, bool graph, int64_t top, gat_error *err)
{
    gat_alignment *alignment;
    gat_neighbor *list = NULL;
    int64_t count = 0;
    int side = 0;
    gat_status st = refuse_graph(path, graph, err);
    if (!st && ((order >= 0 && order != GAT_BY_EMBEDDING) || hops > 1))
        st = error_set(err, GAT_EUSAGE, "%s is an alignment of two graphs: ask --by embedding, without --hops", path);
    if (!st) st = gat_alignment_load(&alignment, path, err);
    if (st) return st;
    st = gat_alignment_neighbors(&list, &count, &side, alignment, entity, top, err);
    if (!st && common->json) st = report_json(neighbors_json(entity, side, list, count), err);
    else if (!st) st = print_neighbors(entity, side, list, count, err);
    gat_free_list(list);
    gat_alignment_free(alignment);
    return st;
}

/* ---- similarity, export ---------------------------------------------------------------------------------- */

static void print_place(const char *entity, int graph)
{
    print_short(entity);
    printf("  in KG%d\n", graph);
}

gat_status alignment_similarity_verb(const gat_common *common, const char *path, const char *a, const char *b,
                                     bool graph, gat_error *err)
{
    gat_alignment *alignment;
    double cosine;
    int graphs[2];
    gat_status st = refuse_graph(path, graph, err);
    if (!st) st = gat_alignment_load(&alignment, path, err);
    if (st) return st;
    st = gat_alignment_similarity(&cosine, graphs, alignment, a, b, err);
    if (!st && common->json) {
        st = report_json(json_pack("{s:s,s:i,s:s,s:i,s:o}", "a", a, "graph_a", graphs[0], "b", b, "graph_b", graphs[1],
                                   "similarity", report_number(cosine)),
                         err);
    } else if (!st) {
        print_place(a, graphs[0]);
        print_place(b, graphs[1]);
        printf("similarity %.4f\n", cosine);
    }
    gat_alignment_free(alignment);
    return st;
}

gat_status alignment_export_verb(const gat_common *common, const char *path, const char *format, const char *output,
                                 gat_error *err)
{
    gat_alignment *alignment;
    gat_alignment_info info;
    int64_t dim;
    char text[32];
    gat_status st = gat_alignment_load(&alignment, path, err);
    if (st) return st;
    st = gat_alignment_export(alignment, format, output, &dim, err);
    gat_alignment_describe(&info, alignment);
    gat_alignment_free(alignment);
    int64_t entities = info.entities1 + info.entities2;
    if (!st && common->json)
        st = report_json(json_pack("{s:s,s:o,s:I,s:I}", "format", format, "output", report_string(output), "entities",
                                   (json_int_t)entities, "dim", (json_int_t)dim),
                         err);
    else if (!st) printf("%s entities written to %s as %s\n", format_count(text, entities), output, format);
    return st;
}
