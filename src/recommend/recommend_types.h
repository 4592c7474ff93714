/* What callers of recommendation see. */
#ifndef GAT_RECOMMEND_TYPES_H
#define GAT_RECOMMEND_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "graph/split.h"
#include "model/option.h"
#include "train/progress.h"

/* A model that tells which items a person may want next. Read-only once made. */
typedef struct gat_recommender gat_recommender;

/* How it is trained, set by name. */
typedef struct gat_recommend_config gat_recommend_config;

/* Zero-initialise, then set what differs. Strings are borrowed for the call. */
typedef struct gat_recommend_inputs {
    const char *data;       /* folder or file of interactions */
    const char *checkpoint; /* where a training that is stopped is kept; NULL: nowhere */
    bool resume;            /* go on from it when it is there */
    gat_log log;
    void (*on_progress)(void *context, const gat_progress *progress); /* after every epoch; NULL is fine */
    int (*should_stop)(void *context); /* asked between steps; non-zero ends the call in GAT_EINTERRUPTED */
    void *context;
} gat_recommend_inputs;

/* Means over users who have items in train and in the part that is measured. */
typedef struct gat_recommend_evaluation {
    gat_split split;
    int64_t users, without_history, unknown_users, candidates, wanted; /* wanted: interactions to be found */
    double recall, ndcg; /* at 20, all items ranked that are not in the user's train; min(20, wanted) ideal hits */
    /* Against one negative for each: drawn uniformly; by popularity in train. Items that the model does not know are
     * left out here, and count as missed above. */
    double auc_uniform, auc_popular;
    double seconds;
} gat_recommend_evaluation;

typedef struct gat_recommend_info {
    const char *recommender, *config; /* borrowed; config: "name = value" lines */
    int64_t users, items, interactions, duplicates, nodes, relations, facts, linked_items, parameters, epochs,
        best_epoch;
    gat_recommend_evaluation valid; /* users 0: there was none */
    char digest[33];
} gat_recommend_info;

/* Zero-initialise, then set what differs. */
typedef struct gat_recommend_question {
    const char *user;           /* may be NULL with a history */
    const char *const *history; /* items in place of what the model knows of the user; NULL: those */
    int64_t num_history;
    int64_t top;  /* at most so many items; 0: 10 */
    bool explain; /* with reasons */
    const char
        *facts; /* a file of triples about items that the model does not know yet, which become candidates; or NULL */
} gat_recommend_question;

enum { GAT_REASON_ITEMS = 3, GAT_REASON_PATHS = 3 };

/* item -first- node -second- history item; node and second NULL: one fact joins the two. All borrowed. */
typedef struct gat_reason_path {
    const char *item, *first, *node, *second;
    bool first_backward, second_backward; /* the fact runs towards the item; from the history item */
    double weight;                        /* share of the attention at the item that goes along it */
} gat_reason_path;

typedef struct gat_recommended {
    const char *item, *title; /* title NULL: none. Borrowed from the model and the question */
    double score;
    int num_items, num_paths;
    struct gat_reason_item {
        const char *item, *title;
        double share; /* what the score loses without this item of the history */
    } because[GAT_REASON_ITEMS];
    gat_reason_path path[GAT_REASON_PATHS];
} gat_recommended;

typedef struct gat_recommendation {
    bool popular;    /* nothing is known of the user: the most popular items */
    int64_t history; /* items that were looked at */
    int64_t unknown; /* items of the question's history that the model does not know */
    int64_t count;
    gat_recommended *list; /* best first */
} gat_recommendation;

#endif
