/* Status codes and errors, shared by the whole library and by its callers.
 *
 * Every fallible function returns a gat_status: 0 is success, negative is failure. The last parameter
 * is the caller's gat_error (or NULL), which receives the code and one sentence a person can act on.
 * There is no global error state. Codes and texts stand once, in GAT_STATUS_LIST. */
#ifndef GAT_STATUS_H
#define GAT_STATUS_H

/* Part of the public interface: everything else is hidden in the shared library. */
#define GAT_PUBLIC __attribute__((visibility("default")))

#define GAT_STATUS_LIST(X)                                        \
    X(GAT_OK, 0, "success")                                       \
    X(GAT_ENOMEM, -1, "out of memory")                            \
    X(GAT_EUSAGE, -2, "wrong argument")                           \
    X(GAT_EDATA, -3, "bad input data")                            \
    X(GAT_EMODEL, -4, "bad model file")                           \
    X(GAT_EIO, -5, "input or output failed")                      \
    X(GAT_ENOSPC, -6, "out of disk space or over a stated limit") \
    X(GAT_EINTERRUPTED, -7, "interrupted")                        \
    X(GAT_EFAILED, -8, "failed while running")

typedef enum gat_status {
#define GAT_STATUS_ENUM(name, value, text) name = value,
    GAT_STATUS_LIST(GAT_STATUS_ENUM)
#undef GAT_STATUS_ENUM
} gat_status;

/* Owned by the caller; `message` is always terminated. */
typedef struct gat_error {
    gat_status code;
    char message[600];
} gat_error;

#endif
