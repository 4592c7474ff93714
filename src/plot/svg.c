#include "plot/svg.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

struct svg {
    char *text;
    int64_t size, capacity;
    bool failed;
};

/* Eight hues that stay apart for the colour-blind (Okabe and Ito 2008); text and lines follow the reader's choice of light or
 * dark. */
static const char style[] =
    "<style>text{font:12px "
    "system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.small,.label{font-size:10px}.label{paint-"
    "order:stroke;stroke:#fff;stroke-width:3px}"
    ".axis{stroke:#888}.grid{stroke:#8883}.edge{stroke:#0072b2}.paper{fill:#fff}.node{fill:#0072b2}.self{fill:#d55e00}"
    ".bar,.cell{fill:#0072b2}polyline{fill:none;stroke-width:2}"
    ".c0{stroke:#0072b2}.c1{stroke:#d55e00}.c2{stroke:#009e73}.c3{stroke:#cc79a7}"
    ".f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#cc79a7}.f4{fill:#e69f00}.f5{fill:#56b4e9}.f6{fill:#"
    "b8a800}.f7{fill:#777}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.paper{fill:#1b1b1b}.label{stroke:#1b1b1b}}</style>\n";

static void add(svg *s, const char *text, size_t length)
{
    if (!s || s->failed) return;
    if (s->size + (int64_t)length > s->capacity) {
        int64_t capacity = 2 * s->capacity + (int64_t)length + 1024;
        char *grown = gat_regrow(s->text, s->capacity, capacity, 1);
        if (!grown) {
            s->failed = true;
            return;
        }
        s->text = grown;
        s->capacity = capacity;
    }
    memcpy(s->text + s->size, text, length);
    s->size += (int64_t)length;
}

__attribute__((format(printf, 2, 3))) static void addf(svg *s, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0) add(s, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

/* XML has no place for control bytes; bytes that are not UTF-8 would make the file unreadable. */
static bool utf8_here(const char *c, int *length)
{
    unsigned char lead = (unsigned char)*c;
    *length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0x80) return lead >= ' ' && lead != 127;
    if (lead < 0xc2 || lead > 0xf4) return false;
    for (int i = 1; i < *length; i++)
        if (((unsigned char)c[i] & 0xc0) != 0x80) return false;
    return true;
}

int svg_letters(const char *text)
{
    int count = 0;
    for (int length; *text; text += length, count++)
        if (!utf8_here(text, &length)) length = 1;
    return count;
}

static void add_escaped(svg *s, const char *text, int most)
{
    int length, count = 0;
    for (const char *c = text; *c; c += length, count++) {
        if (most && count == most) {
            addf(s, "\xe2\x80\xa6");
            return;
        }
        if (!utf8_here(c, &length)) length = 1, add(s, "?", 1);
        else if (*c == '<') add(s, "&lt;", 4);
        else if (*c == '>') add(s, "&gt;", 4);
        else if (*c == '&') add(s, "&amp;", 5);
        else if (*c == '"') add(s, "&quot;", 6);
        else add(s, c, (size_t)length);
    }
}

svg *svg_new(double width, double height, const char *title)
{
    svg *s = gat_calloc(1, sizeof *s);
    addf(s,
         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
         "role=\"img\">\n<title>",
         width, height, width, height);
    add_escaped(s, title, 0);
    addf(s, "</title>\n");
    add(s, style, sizeof style - 1);
    svg_rect(s, "paper", 0, 0, width, height, 1);
    svg_text(s, "title", 16, 24, "start", 70, title);
    return s;
}

void svg_free(svg *s)
{
    if (!s) return;
    gat_free(s->text);
    gat_free(s);
}

gat_status svg_save(const svg *s, const char *path, gat_error *err)
{
    static const char end[] = "</svg>\n";
    gat_writer *writer;
    if (!s || s->failed) return error_nomem(err);
    gat_status st = writer_open(&writer, path, err);
    if (st) return st;
    st = writer_write(writer, s->text, (size_t)s->size, err);
    if (!st) st = writer_write(writer, end, sizeof end - 1, err);
    if (!st) return writer_commit(writer, err);
    writer_abandon(writer);
    return st;
}

void svg_line(svg *s, const char *class, double x1, double y1, double x2, double y2, double width)
{
    addf(s, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke-width=\"%.2f\"/>\n", class, x1,
         y1, x2, y2, width);
}

void svg_rect(svg *s, const char *class, double x, double y, double width, double height, double opacity)
{
    addf(s, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", class, x, y, width, height);
    if (opacity < 1) addf(s, " fill-opacity=\"%.3f\"", opacity);
    addf(s, "/>\n");
}

void svg_circle(svg *s, const char *class, double x, double y, double radius)
{
    addf(s, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", class, x, y, radius);
}

void svg_dot(svg *s, const char *class, double x, double y, double radius, const char *tooltip)
{
    addf(s, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>", class, x, y, radius);
    add_escaped(s, tooltip, 0);
    addf(s, "</title></circle>\n");
}

void svg_text(svg *s, const char *class, double x, double y, const char *anchor, int most, const char *text)
{
    addf(s, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x, y, anchor);
    if (most && strlen(text) > (size_t)most) {
        addf(s, "<title>");
        add_escaped(s, text, 0);
        addf(s, "</title>");
    }
    add_escaped(s, text, most);
    addf(s, "</text>\n");
}

void svg_polyline(svg *s, const char *class, const double *points, long count)
{
    addf(s, "<polyline class=\"%s\" points=\"", class);
    for (long i = 0; i < count; i++) addf(s, "%s%.1f,%.1f", i ? " " : "", points[2 * i], points[2 * i + 1]);
    addf(s, "\"/>\n");
}
