/* The library never prints: what it has to say goes to the caller's function. */
#ifndef GAT_BASE_LOG_H
#define GAT_BASE_LOG_H

typedef enum gat_log_level { GAT_LOG_DEBUG, GAT_LOG_INFO, GAT_LOG_WARNING } gat_log_level;

/* `message` has no newline and is borrowed for the call. */
typedef void gat_log_function(void *context, gat_log_level level, const char *message);

/* Where a library call logs to; a NULL function is silence. */
typedef struct gat_log {
    gat_log_function *function;
    void *context;
} gat_log;

#endif
