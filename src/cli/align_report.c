#include "cli/align_report.h"

#include <stdio.h>

enum { SHOWN_REASONS = 5, MANY_LINKS = 100 };

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *levels_json(const gat_align_report *r)
{
    json_t *levels = json_array();
    for (int k = 0; k < GAT_ALIGN_LEVELS; k++) {
        const gat_align_level *l = &r->levels[k];
        double precision = l->answers ? (double)l->right / (double)l->answers : 1;
        levels = report_append(levels, json_pack("{s:o,s:I,s:I,s:o,s:o}", "confidence", report_number(l->confidence),
                                                 "answers", (json_int_t)l->answers, "right", (json_int_t)l->right,
                                                 "precision", report_number(precision), "recall",
                                                 report_number((double)l->right / (double)r->held_links)));
    }
    return levels;
}

json_t *align_valid_json(const gat_align_report *r)
{
    json_t *valid =
        json_pack("{s:I,s:o,s:o,s:o}", "links", (json_int_t)r->held_links, "hits_at_1", report_number(r->hits_at_1),
                  "hits_at_10", report_number(r->hits_at_10), "mrr", report_number(r->mrr));
    valid = report_set(valid, "calibration_error", report_number(r->calibration_error));
    return report_set(valid, "levels", levels_json(r));
}

static json_t *set_text(json_t *object, const char *key, const char *text)
{
    return text ? report_set(object, key, json_string(text)) : object;
}

static json_t *reason_json(const gat_align_reason *r)
{
    json_t *object =
        json_pack("{s:s,s:b,s:s,s:s,s:b,s:s,s:o,s:o}", "relation1", r->relation1, "inverse1", r->inverse1, "neighbor1",
                  r->neighbor1, "relation2", r->relation2, "inverse2", r->inverse2, "neighbor2", r->neighbor2, "belief",
                  report_number(r->belief), "weight", report_number(r->weight));
    return set_text(set_text(object, "text1", r->text1), "text2", r->text2);
}

static gat_status explained_json(json_t **out, const gat_alignment *alignment, const gat_aligned_pair *pair,
                                 gat_error *err)
{
    gat_align_reason *reasons;
    int64_t count;
    gat_status st = gat_alignment_reasons(&reasons, &count, alignment, pair->source, SHOWN_REASONS, err);
    if (st) return st;
    json_t *list = json_array();
    for (int64_t i = 0; i < count; i++) list = report_append(list, reason_json(&reasons[i]));
    gat_free_list(reasons);
    *out = json_pack("{s:s,s:s,s:o,s:o}", "source", pair->source, "target", pair->target, "confidence",
                     report_number(pair->confidence), "reasons", list);
    *out = set_text(set_text(*out, "source_text", pair->source_text), "target_text", pair->target_text);
    return GAT_OK;
}

static gat_status explanations_json(json_t **out, const gat_alignment *alignment, int64_t pairs, gat_error *err)
{
    gat_aligned_pair pair;
    gat_status st = GAT_OK;
    int32_t next = 0;
    *out = json_array();
    while (!st && pairs-- > 0 && gat_alignment_next_pair(&pair, &next, alignment)) {
        json_t *explained = NULL;
        st = explained_json(&explained, alignment, &pair, err);
        if (!st) *out = report_append(*out, explained);
    }
    return st;
}

gat_status align_report_json(const gat_common *common, const gat_alignment *alignment, int64_t explain, gat_error *err)
{
    gat_align_report r;
    json_t *explanations = NULL;
    gat_alignment_report(&r, alignment);
    gat_status st = explain ? explanations_json(&explanations, alignment, explain, err) : GAT_OK;
    if (st) {
        json_decref(explanations);
        return st;
    }
    json_t *object = json_pack("{s:I,s:I,s:I,s:I,s:i,s:o,s:s}", "entities1", (json_int_t)r.entities1, "entities2",
                               (json_int_t)r.entities2, "seeds", (json_int_t)r.seeds, "pairs", (json_int_t)r.pairs,
                               "rounds", r.rounds, "tau", report_number(r.tau), "digest", r.digest);
    if (r.held_links) object = report_set(object, "valid", align_valid_json(&r));
    if (r.kept_pairs) object = report_set(object, "kept_pairs", json_integer((json_int_t)r.kept_pairs));
    if (explain) object = report_set(object, "explanations", explanations);
    object = report_set(object, "seconds", report_number(report_seconds(common)));
    return report_json(report_set(object, "peak_rss_mb", report_number(report_peak_mb())), err);
}

/* ---- text ------------------------------------------------------------------------------------------------ */

static void print_named(const char *name, const char *text)
{
    print_short(name);
    if (!text) return;
    fputs(" (", stdout);
    print_short(text);
    putchar(')');
}

/* "^" marks a fact that leads from the neighbour to the entity. */
static void print_end(bool inverse, const char *relation, const char *neighbor, const char *text)
{
    if (inverse) putchar('^');
    print_short(relation);
    putchar(' ');
    print_named(neighbor, text);
}

static void print_reason(const gat_align_reason *r)
{
    printf("    %.4f  ", r->weight);
    print_end(r->inverse1, r->relation1, r->neighbor1, r->text1);
    fputs(" = ", stdout);
    print_end(r->inverse2, r->relation2, r->neighbor2, r->text2);
    printf("  (belief %.3f)\n", r->belief);
}

static gat_status print_reasons(const gat_alignment *alignment, const gat_aligned_pair *pair, gat_error *err)
{
    gat_align_reason *reasons;
    int64_t count;
    gat_status st = gat_alignment_reasons(&reasons, &count, alignment, pair->source, SHOWN_REASONS, err);
    if (st) return st;
    print_named(pair->source, pair->source_text);
    fputs(" = ", stdout);
    print_named(pair->target, pair->target_text);
    printf("  %.3f\n", pair->confidence);
    for (int64_t i = 0; i < count; i++) print_reason(&reasons[i]);
    gat_free_list(reasons);
    return GAT_OK;
}

static gat_status print_first_reasons(const gat_alignment *alignment, int64_t pairs, gat_error *err)
{
    gat_aligned_pair pair;
    gat_status st = GAT_OK;
    int32_t next = 0;
    while (!st && pairs-- > 0 && gat_alignment_next_pair(&pair, &next, alignment))
        st = print_reasons(alignment, &pair, err);
    return st;
}

static const char *plural(int64_t count) { return count == 1 ? "" : "s"; }

void align_print_held(const gat_align_report *r)
{
    if (!r->held_links) {
        printf("no links to calibrate by: confidences are beliefs as they stand\n");
        return;
    }
    printf("%lld link%s held back: Hits@1 %.3f, Hits@10 %.3f, MRR %.3f\n", (long long)r->held_links,
           plural(r->held_links), r->hits_at_1, r->hits_at_10, r->mrr);
    if (r->held_links < MANY_LINKS) {
        printf("too few for a table of precision over confidence (100 make one); calibration error %.3f\n",
               r->calibration_error);
        return;
    }
    printf("  confidence    answers  precision     recall\n");
    for (int k = 0; k < GAT_ALIGN_LEVELS; k++) {
        const gat_align_level *l = &r->levels[k];
        printf("  %10.1f %10lld %10.3f %10.3f\n", l->confidence, (long long)l->answers,
               l->answers ? (double)l->right / (double)l->answers : 1, (double)l->right / (double)r->held_links);
    }
    printf("calibration error %.3f\n", r->calibration_error);
}

gat_status align_report_text(const gat_common *common, const gat_alignment *alignment, const char *output,
                             int64_t explain, gat_error *err)
{
    gat_align_report r;
    char first[32], second[32], pairs[32];
    gat_alignment_report(&r, alignment);
    gat_status st = print_first_reasons(alignment, explain, err);
    if (st) return st;
    printf("%s: %s pair%s of %s and %s entities, %lld seed%s\n", output, format_count(pairs, r.pairs), plural(r.pairs),
           format_count(first, r.entities1), format_count(second, r.entities2), (long long)r.seeds, plural(r.seeds));
    if (r.kept_pairs)
        printf("%s of them kept from the model, whose calibration this is:\n", format_count(pairs, r.kept_pairs));
    align_print_held(&r);
    if (r.rounds) printf("%d round%s, ", r.rounds, plural(r.rounds));
    else printf("one shot, ");
    printf("%.1f s, %.0f MB of memory at most\ndigest %s\n", report_seconds(common), report_peak_mb(), r.digest);
    return GAT_OK;
}
