#include "cli/marked_text.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "report/json_value.h"

/* Takes the brackets out; at: the places where they stood, in code points of what is left. False: not two entities. */
static bool take_brackets(char *out, int at[4], const char *text)
{
    int letters = 0, found = 0;
    for (; *text; text++) {
        if (*text == '[' || *text == ']') {
            if (found == 4 || (*text == '[') != (found % 2 == 0)) return false;
            at[found++] = letters;
            continue;
        }
        letters += ((unsigned char)*text & 0xc0) != 0x80;
        *out++ = *text;
    }
    *out = 0;
    return found == 4 && at[0] < at[1] && at[2] < at[3];
}

static gat_status write_line(char **line, const json_t *object, gat_error *err)
{
    size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);
    *line = gat_alloc((int64_t)size + 1, 1);
    if (!*line) return error_nomem(err);
    json_dumpb(object, *line, size, JSON_COMPACT);
    (*line)[size] = 0;
    return GAT_OK;
}

gat_status marked_sentence(char **line, const char *text, gat_error *err)
{
    int at[4];
    *line = NULL;
    char *plain = gat_alloc((int64_t)strlen(text) + 1, 1);
    if (!plain) return error_nomem(err);
    bool two = take_brackets(plain, at, text);
    json_t *object =
        two ? json_pack("{s:s,s:[i,i],s:[i,i]}", "text", plain, "e1", at[0], at[1], "e2", at[2], at[3]) : NULL;
    gat_free(plain);
    if (!two)
        return error_set(err, GAT_EUSAGE, "--text: mark both entities of the sentence: \"the [dog] chases the [cat]\"");
    if (!object) return error_set(err, GAT_EUSAGE, "--text is no UTF-8");
    gat_status st = write_line(line, object, err);
    json_decref(object);
    return st;
}
