/* What must hold for Turtle before it reaches serd, which trusts its input in two ways: it recurses into every
 * bracket, and it stops at a NUL byte. The guard follows the text just closely enough to tell brackets from
 * brackets inside strings, IRIs and comments. */
#ifndef GAT_IO_RDF_GUARD_H
#define GAT_IO_RDF_GUARD_H

#include <stddef.h>
#include <stdint.h>

enum { RDF_NESTING_LIMIT = 64 };

/* Zero-initialised stands at the start of a document. */
typedef struct rdf_guard {
    int state, depth, quotes;
    char quote;
    int64_t line_bytes, line; /* `line` counts line ends passed */
} rdf_guard;

/* Follows the next bytes of the document. NULL: fine; else what is wrong, in line `line` + 1. */
const char *rdf_guard_pass(rdf_guard *guard, const char *bytes, size_t count);

#endif
