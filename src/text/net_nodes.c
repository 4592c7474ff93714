#include "text/net_nodes.h"

#include <string.h>

enum { NEAR_BETWEEN = 10, BESIDE = 2 };

/* How early a word is taken: heads of the entities always. */
enum { CLASS_NONE, CLASS_HEAD, CLASS_WAY, CLASS_ENTITY, CLASS_NEAR, CLASS_HANGING, CLASS_REST, CLASSES };

static void mark(net_nodes *m, int32_t word, uint8_t class)
{
    if (word < 0 || word >= m->view->s->num_tokens) return;
    if (!m->class[word] || class < m->class[word]) m->class[word] = class;
}

static void set_roles(net_nodes *m)
{
    const sentence *s = m->view->s;
    for (int32_t i = s->e[m->view->first].to; i < s->e[!m->view->first].from; i++) m->role[i] = ROLE_BETWEEN;
    for (int32_t i = 0; i < m->path.count; i++)
        m->role[m->path.word[i]] = i < m->path.top ? ROLE_UP : i == m->path.top ? ROLE_TOP : ROLE_DOWN;
    for (int k = 0; k < 2; k++)
        for (int32_t i = s->e[k].from; i < s->e[k].to; i++) m->role[i] = (uint8_t)(k ? ROLE_E2 : ROLE_E1);
}

static bool way(const net_nodes *m, int32_t word) { return m->class[word] && m->class[word] <= CLASS_WAY; }

static void mark_words(net_nodes *m)
{
    const sentence *s = m->view->s;
    const int32_t *governor = m->view->list->governor + s->first;
    int32_t from = s->e[m->view->first].to, to = s->e[!m->view->first].from;
    for (int k = 0; k < 2; k++) {
        mark(m, m->view->head[k], CLASS_HEAD);
        for (int32_t i = s->e[k].from; i < s->e[k].to; i++) mark(m, i, CLASS_ENTITY);
        for (int32_t d = 1; d <= BESIDE; d++) {
            mark(m, s->e[k].from - d, CLASS_NEAR);
            mark(m, s->e[k].to + d - 1, CLASS_NEAR);
        }
    }
    for (int32_t i = from; i < to; i++)
        if (to - from <= NEAR_BETWEEN || !s->parsed) mark(m, i, CLASS_NEAR);
    for (int32_t p = 0; p < m->path.count; p++) {
        mark(m, m->path.word[p], CLASS_WAY);
        mark(m, governor[m->path.word[p]], CLASS_HANGING);
    }
    for (int32_t i = 0; s->parsed && i < s->num_tokens; i++)
        if (governor[i] >= 0 && way(m, governor[i])) mark(m, i, CLASS_HANGING);
}

/* The first NET_MOST_NODES by class and place, in the order of the words. */
static void choose_nodes(net_nodes *m)
{
    int32_t taken = 0;
    m->count = 0;
    for (int32_t i = 0; i < m->view->s->num_tokens; i++) m->node[i] = -1;
    for (uint8_t class = CLASS_HEAD; class < CLASSES; class ++)
        for (int32_t i = 0; i < m->view->s->num_tokens && taken < NET_MOST_NODES; i++)
            if (m->class[i] == class) {
                m->node[i] = 0;
                taken++;
            }
    for (int32_t i = 0; i < m->view->s->num_tokens; i++) {
        if (m->node[i] < 0) continue;
        m->node[i] = m->count;
        m->word[m->count++] = i;
    }
}

void net_nodes_of(net_nodes *m, const sentence_view *v, bool all)
{
    m->view = v;
    m->path.count = 0;
    memset(m->class, all ? CLASS_REST : CLASS_NONE, (size_t)v->s->num_tokens);
    memset(m->role, ROLE_AROUND, (size_t)v->s->num_tokens);
    if (v->s->parsed) parse_path_of(&m->path, v);
    set_roles(m);
    mark_words(m);
    choose_nodes(m);
}

static bool in_path(const net_nodes *m, int32_t word)
{
    for (int32_t i = 0; i < m->path.count; i++)
        if (m->path.word[i] == word) return true;
    return false;
}

bool net_on_way(const net_nodes *m, int32_t word)
{
    if (m->path.count) return in_path(m, word);
    return m->role[word] == ROLE_BETWEEN || word == m->view->head[0] || word == m->view->head[1];
}

int32_t net_depth(const net_nodes *m, int32_t word)
{
    const int32_t *governor = m->view->list->governor + m->view->s->first;
    int32_t depth = 0;
    for (; depth < NET_FARTHEST_DEPTH && word >= 0 && !in_path(m, word); depth++) word = governor[word];
    return depth;
}
