#include "text/unicode_text.h"

#include <string.h>
#include <utf8proc.h>

typedef enum char_kind { KIND_SPACE, KIND_LETTER, KIND_DIGIT, KIND_MARK, KIND_OTHER } char_kind;

/* The code point at s, which is valid UTF-8, and its bytes. */
static size_t next_code(int32_t *code, const char *s, size_t length)
{
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)length, code);
    if (n > 0) return (size_t)n;
    *code = 0xfffd;
    return 1;
}

static char_kind kind_of(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return KIND_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return KIND_DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return KIND_MARK;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: return KIND_SPACE;
    default: return code == '_' ? KIND_LETTER : KIND_OTHER;
    }
}

static bool in_word(char_kind kind) { return kind == KIND_LETTER || kind == KIND_DIGIT || kind == KIND_MARK; }

bool text_is_run(const char *s, size_t length)
{
    int32_t code;
    if (!length) return false;
    next_code(&code, s, length);
    return in_word(kind_of(code));
}

/* What may stand between two parts of one word. */
static bool joins(int32_t code, char_kind before, char_kind after)
{
    if (code == '\'' || code == 0x2019 || code == '-' || code == 0x2010) return in_word(before) && in_word(after);
    return (code == '.' || code == ',') && before == KIND_DIGIT && after == KIND_DIGIT;
}

static size_t next_cut(size_t at, size_t length, const size_t *cut, int count)
{
    for (int i = 0; i < count; i++)
        if (cut[i] > at && cut[i] < length) return cut[i];
    return length;
}

/* End of the word that begins at `at` with a character of `bytes` bytes. */
static size_t word_end(const char *s, size_t at, size_t bytes, size_t stop, char_kind kind)
{
    size_t to = at + bytes;
    while (to < stop) {
        int32_t code, after_code;
        size_t n = next_code(&code, s + to, stop - to);
        char_kind found = kind_of(code);
        if (!in_word(found)) {
            if (to + n >= stop) break;
            next_code(&after_code, s + to + n, stop - to - n);
            if (!joins(code, kind, kind_of(after_code))) break;
        }
        if (in_word(found) && found != KIND_MARK) kind = found;
        to += n;
    }
    return to;
}

bool text_next_word(size_t *from, size_t *to, size_t *at, const char *s, size_t length, const size_t *cut, int count)
{
    while (*at < length) {
        int32_t code;
        size_t n = next_code(&code, s + *at, length - *at);
        char_kind kind = kind_of(code);
        *from = *at;
        *to = *at + n;
        if (in_word(kind)) *to = word_end(s, *at, n, next_cut(*at, length, cut, count), kind);
        *at = *to;
        if (kind != KIND_SPACE) return true;
    }
    return false;
}

static bool is_initial(const char *s, size_t at)
{
    bool alone = at == 1 || (at > 1 && (s[at - 2] == ' ' || s[at - 2] == '.' || s[at - 2] == '('));
    return at > 0 && alone && s[at - 1] >= 'A' && s[at - 1] <= 'Z';
}

/* Behind the blanks at `at`; whether there are some and a sentence may begin there. */
static bool begins_sentence(const char *s, size_t length, size_t at)
{
    size_t blank = at;
    int32_t code;
    while (blank < length && s[blank] == ' ') blank++;
    if (blank == length || s[blank] == '\n' || s[blank] == '\r') return true;
    next_code(&code, s + blank, length - blank);
    return blank > at && utf8proc_category(code) != UTF8PROC_CATEGORY_LL;
}

size_t text_sentence_end(const char *s, size_t length, size_t from)
{
    for (size_t at = from; at < length; at++) {
        if (s[at] == '\n') return at + 1;
        if (s[at] != '.' && s[at] != '?' && s[at] != '!') continue;
        if (s[at] == '.' && is_initial(s, at)) continue;
        size_t end = at + 1;
        while (end < length && (s[end] == '"' || s[end] == '\'' || s[end] == ')' || s[end] == ']')) end++;
        if (begins_sentence(s, length, end)) return end;
    }
    return length;
}

size_t text_normal_form(char *out, size_t capacity, const char *s)
{
    size_t length = strlen(s), used = 0;
    for (size_t at = 0; at < length;) {
        unsigned char c = (unsigned char)s[at];
        if (c < 0x80) {
            if (used + 2 > capacity) break;
            out[used++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c >= '0' && c <= '9' ? '0' : c);
            at++;
            continue;
        }
        int32_t code;
        at += next_code(&code, s + at, length - at);
        if (used + 5 > capacity) break;
        code = utf8proc_category(code) == UTF8PROC_CATEGORY_ND ? '0' : utf8proc_tolower(code);
        used += (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)out + used);
    }
    out[used] = 0;
    return used;
}

int64_t text_offset(const char *s, size_t length, int64_t index)
{
    size_t at = 0;
    for (; index > 0 && at < length; index--) {
        int32_t code;
        at += next_code(&code, s + at, length - at);
    }
    return index ? -1 : (int64_t)at;
}
