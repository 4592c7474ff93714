/* Sentences as words on a heat map. Everything is laid out twice: once to learn how tall the picture is, then to draw it. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "plot/plot.h"
#include "plot/svg.h"

enum { WIDTH = 900, EDGE = 20, LETTER = 7, PAD = 7, WORD = 22, LINE = 46, TITLE = 34, FIRST = 58 };

typedef struct page {
    svg *picture; /* NULL: places alone */
    double y;     /* where the next sentence begins */
    int64_t drawn, top;
    bool blind; /* a sentence came without attention */
} page;

static double width_of(const char *word) { return LETTER * svg_letters(word) + 2 * PAD; }

static void draw_heading(const page *p, const gat_extraction *x)
{
    char text[600];
    snprintf(text, sizeof text, "%.100s  %.3f   (%.150s, %.150s)", x->answer[0].label, x->answer[0].probability,
             x->entity[0], x->entity[1]);
    svg_text(p->picture, "", EDGE, p->y, "start", 110, text);
}

static void draw_word(const page *p, const gat_extraction *x, int32_t i, double left, double y, double most)
{
    char value[16];
    double wide = width_of(x->word[i]), weight = (double)x->attention[i];
    svg_rect(p->picture, "cell", left, y, wide, WORD, most > 0 ? .8 * weight / most : 0);
    svg_text(p->picture, "", left + wide / 2, y + 15, "middle", 0, x->word[i]);
    snprintf(value, sizeof value, "%.2f", weight);
    svg_text(p->picture, "small", left + wide / 2, y + WORD + 14, "middle", 0, value);
    for (int k = 0; k < 2; k++)
        if (i >= x->span[k][0] && i < x->span[k][1])
            svg_line(p->picture, k ? "c2" : "c1", left, y + WORD + 2, left + wide, y + WORD + 2, 3);
}

static void draw_sentence(page *p, const gat_extraction *x)
{
    double most = 0, left = EDGE, y = p->y + 12;
    for (int32_t i = 0; i < x->num_words; i++) most = (double)x->attention[i] > most ? (double)x->attention[i] : most;
    draw_heading(p, x);
    for (int32_t i = 0; i < x->num_words; i++) {
        double wide = width_of(x->word[i]);
        if (left > EDGE && left + wide > WIDTH - EDGE) left = EDGE, y += LINE;
        draw_word(p, x, i, left, y, most);
        left += wide + 3;
    }
    p->y = y + LINE + TITLE;
}

static int on_sentence(void *context, const gat_extraction *x)
{
    page *p = context;
    p->blind = !x->attention;
    if (p->blind || p->drawn == p->top) return 1;
    draw_sentence(p, x);
    p->drawn++;
    return 0;
}

/* Only the end that the page itself wanted is no failure. */
static gat_status lay_out(page *p, const gat_relations *model, const plot_sentences *from, gat_error *err)
{
    gat_extract_options options = {.attention = true, .on_sentence = on_sentence, .context = p};
    p->y = FIRST;
    p->drawn = 0;
    p->top = from->top;
    gat_status st =
        from->path ? gat_relations_extract(model, from->path, &options, err)
                   : gat_relations_extract_memory(model, from->bytes, strlen(from->bytes), from->name, &options, err);
    if (p->blind) return error_set(err, GAT_EUSAGE, "the model has no net, and so no attention over words");
    if (st == GAT_EFAILED && p->drawn == p->top) return GAT_OK;
    if (!st && !p->drawn) return error_set(err, GAT_EDATA, "%.300s: no sentence", from->path ? from->path : from->name);
    return st;
}

gat_status plot_words(const gat_relations *model, const plot_sentences *from, const char *path, gat_error *err)
{
    page p = {.picture = NULL};
    gat_status st = lay_out(&p, model, from, err);
    if (st) return st;
    p.picture = svg_new(WIDTH, p.y - TITLE, "Attention over the words of a sentence");
    st = lay_out(&p, model, from, err);
    if (!st) st = svg_save(p.picture, path, err);
    svg_free(p.picture);
    return st;
}
