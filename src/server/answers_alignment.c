/* Routes that ask an alignment of two graphs. */
#define _GNU_SOURCE
#include <string.h>

#include "base/error.h"
#include "server/answers.h"

static json_t *pair_object(const gat_aligned_pair *p)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "source", report_string(p->source), "target", report_string(p->target),
                     "source_text", report_text(p->source_text), "target_text", report_text(p->target_text),
                     "confidence", report_number(p->confidence));
}

static bool contains(const char *text, const char *part) { return text && strcasestr(text, part); }

/* Whether what was typed is a part of a name or text of the pair; part NULL: every pair. */
static bool is_wanted(const gat_aligned_pair *p, const char *part)
{
    return !part || contains(p->source, part) || contains(p->target, part) || contains(p->source_text, part) ||
           contains(p->target_text, part);
}

gat_status answer_pairs(json_t **out, const route_call *call, gat_error *err)
{
    enum { FROM, LIMIT, PART };
    int32_t next = (int32_t)call->count[FROM];
    json_t *array = json_array();
    gat_aligned_pair pair;
    int64_t count = 0;
    (void)err;
    while (count < call->count[LIMIT] && gat_alignment_next_pair(&pair, &next, call->model->alignment)) {
        if (!is_wanted(&pair, call->text[PART])) continue;
        array = report_append(array, pair_object(&pair));
        count++;
    }
    json_t *rest = count == call->count[LIMIT] ? json_integer(next) : json_null();
    *out = json_pack("{s:o,s:o}", "pairs", array, "next", rest);
    return GAT_OK;
}

static json_t *side_object(const char *relation, const char *neighbor, const char *text, bool inverse)
{
    return json_pack("{s:o,s:o,s:o,s:s}", "relation", report_string(relation), "neighbor", report_string(neighbor),
                     "text", report_text(text), "direction", inverse ? "in" : "out");
}

gat_status answer_evidence(json_t **out, const route_call *call, gat_error *err)
{
    enum { SOURCE, TOP };
    gat_align_reason *list = NULL;
    int64_t count = 0;
    gat_status st =
        gat_alignment_reasons(&list, &count, call->model->alignment, call->text[SOURCE], call->count[TOP], err);
    if (st) return st;
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        const gat_align_reason *r = &list[i];
        json_t *one = side_object(r->relation1, r->neighbor1, r->text1, r->inverse1);
        json_t *two = side_object(r->relation2, r->neighbor2, r->text2, r->inverse2);
        array = report_append(
            array, json_pack("{s:o,s:o,s:o}", "first", one, "second", two, "belief", report_number(r->belief)));
    }
    gat_free_list(list);
    *out = json_pack("{s:o,s:o}", "source", report_string(call->text[SOURCE]), "reasons", array);
    return GAT_OK;
}

gat_status answer_facts(json_t **out, const route_call *call, gat_error *err)
{
    enum { ENTITY, GRAPH, TOP };
    int graph = call->text[GRAPH] && !strcmp(call->text[GRAPH], "2") ? 2 : 1;
    gat_aligned_fact *list = NULL;
    int64_t count = 0;
    gat_status st =
        gat_alignment_facts(&list, &count, call->model->alignment, graph, call->text[ENTITY], call->count[TOP], err);
    if (st) return st;
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++)
        array = report_append(array, side_object(list[i].relation, list[i].neighbor, list[i].text, list[i].inverse));
    gat_free_list(list);
    *out = json_pack("{s:o,s:i,s:o}", "entity", report_string(call->text[ENTITY]), "graph", graph, "facts", array);
    return GAT_OK;
}
