/* One net of a path model: the places of its parameters in a block.
 *
 * All that a question changes is one linear map of its relation's vector z: made = z M + m, cut into (made_at)
 *     the relation vectors w of every layer (L,R2,D), the gates' u (L,G), the scorer's hidden bias (K), the profile's
 *     query (D), weights of count and degree, the score of entities that no path reaches, and what new nodes are chosen by
 *     in every layer (L,S), where that is learned.
 *
 * Directed relations: r in [0,R) asks for tails, R + r for heads, as in graph/filter.h; R2 = 2R. */
#ifndef GAT_PATH_PATH_NET_H
#define GAT_PATH_PATH_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "autodiff/param.h"
#include "base/status.h"
#include "kernels/path_layer.h"

enum { PATH_MAX_LAYERS = 16 };

typedef enum path_choice { PATH_CHOOSE_BY_ATTENTION, PATH_CHOOSE_LEARNED, PATH_NUM_CHOICES } path_choice;

/* After which layers every state attends to all. */
typedef enum path_global { PATH_GLOBAL_NO, PATH_GLOBAL_LAST, PATH_GLOBAL_EACH, PATH_NUM_GLOBALS } path_global;

typedef struct path_shape {
    int64_t width;                /* D, a multiple of 32 up to PATH_MAX_WIDTH */
    int64_t layers;               /* L, facts of the longest path, at most PATH_MAX_LAYERS */
    bool gate;                    /* attention on the edges; otherwise all count the same */
    bool profile;                 /* candidates are also judged by the relations around them, reached or not */
    int64_t budget;               /* most nodes that a layer may reach for the first time; 0: all */
    path_choice choice;           /* which: those that most attention goes to, or of highest learned score */
    int64_t members;              /* nets whose scores are averaged; 0: one */
    gat_score form;               /* of the gates */
    int64_t heads;                /* gates of a message: 1, 2, 4 or 8; 0: one */
    path_message message;         /* what an edge makes of a state */
    path_aggregation aggregation; /* what a node makes of its messages */
    path_global global;
    bool shared; /* all layers have the parameters of the first */
} path_shape;

/* Parameters of a layer, by index in params: names as in path_layer.h. */
typedef struct path_layer_params {
    int by_relation, a, state, w_state, w_sum, bias, gain, shift;
    int global, global_scale; /* Q, K, V (3D,D) and (1,D); of layers that attend to all */
} path_layer_params;

typedef struct path_net {
    path_shape shape;
    int32_t num_relations; /* R */
    int64_t member;
    gat_params *params;       /* borrowed */
    int64_t from, end;        /* its floats in the block */
    int query, map, map_bias; /* z (R2,D), M (D,made), m (1,made) */
    int profile;              /* (R2,D), what a relation around a candidate means */
    path_layer_params layer[PATH_MAX_LAYERS];
    int hidden, score, score_bias; /* of the scorer: (D,K), (1,K), (1,1) */
} path_net;

static inline int32_t path_relations(const path_net *m) { return 2 * m->num_relations; }
static inline int64_t path_hidden(const path_net *m) { return 2 * m->shape.width; } /* K */
static inline int64_t path_net_sums(const path_net *m)
{
    return path_sums(m->shape.aggregation, m->shape.width);
} /* S */

/* New nodes are chosen by a learned score. */
static inline bool path_chooses(const path_shape *s) { return s->budget > 0 && s->choice == PATH_CHOOSE_LEARNED; }
static inline bool path_attends_globally(const path_shape *s, int64_t layer)
{
    return s->global == PATH_GLOBAL_EACH || (s->global == PATH_GLOBAL_LAST && layer == s->layers - 1);
}

/* Places in the `made` vector of a question; made_size: its length. */
int64_t made_relation(const path_net *m, int64_t layer);
int64_t made_gate(const path_net *m, int64_t layer);
int64_t made_hidden(const path_net *m);
int64_t made_profile(const path_net *m);
enum { MADE_COUNT, MADE_DEGREE, MADE_UNREACHED, MADE_NUMBERS };
int64_t made_number(const path_net *m, int which);
int64_t made_choice(const path_net *m, int64_t layer);
int64_t made_size(const path_net *m);

/* The pieces from the first layer's on have one gradient for each question; its start and length in the block. */
int64_t shared_from(const path_net *m);
int64_t shared_size(const path_net *m);

/* Declares the pieces of net `member`. */
gat_status path_net_declare(path_net *net, gat_params *params, const path_shape *shape, int32_t num_relations,
                            int64_t member, gat_error *err);

/* First values. */
void path_net_draw(const path_net *net, uint64_t seed);

#endif
