#!/usr/bin/env bash
# The sources keep the order of folders, and the checker sees each kind of fault.
set -u
check=$GATKIT_SOURCE/tools/check_layers
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

"$check" "$GATKIT_SOURCE" || fail "the sources"

# refuses FILE INCLUDE-LINE WORDS: a tree with this one line is refused with these words.
refuses() {
    rm -rf tree
    mkdir -p "tree/src/$(dirname "$1")"
    printf '%s\n' "$2" >"tree/src/$1"
    "$check" tree >out && fail "accepted: $1: $2"
    grep -qF -- "$3" out || { fail "$1: $2: no word of '$3'"; cat out; }
}

accepts() { # FILE INCLUDE-LINE
    rm -rf tree
    mkdir -p "tree/src/$(dirname "$1")"
    printf '%s\n' "$2" >"tree/src/$1"
    "$check" tree >out || { fail "refused: $1: $2"; cat out; }
}

refuses base/a.c '#include "graph/csr.h"' "base must not include graph"
refuses io/a.c '#include "kernels/b.h"' "io must not include kernels"
refuses eval/a.h '#include "autodiff/tape.h"' "eval must not include autodiff"
refuses cli/a.c '#include "graph/csr.h"' "cli sees only"
refuses tasks/a.c '#include "gatkit.h"' "tasks must not include gatkit.h"
refuses model/a.c ' # include "nowhere/b.h"' "no known folder"
refuses nowhere/a.c '' "no known folder"
refuses graph/a.c '#include <igraph/igraph.h>' "graph/igraph_bridge.c alone"
refuses io/a.c '#include <serd/serd.h>' "io/rdf.c alone"
refuses kernels/a.c '#include <cblas.h>' "kernels/linear.c alone"
refuses base/a.c "$(seq 501)" "more than 500"

accepts cli/a.c '#include "gatkit.h"'
accepts cli/a.c '#include "base/file.h"'
accepts api/a.c '#include "gatkit.h"'
accepts gatkit.h '#include "eval/ranking.h"'
accepts train/a.c '#include "base/status.h"'
accepts graph/igraph_bridge.c '#include <igraph.h>'
accepts base/a.c "$(seq 500)"

mkdir -p tree/src/base tree/src/graph
touch tree/src/base/twice.c tree/src/graph/twice.h
"$check" tree >out && fail "accepted one name in two folders"
grep -q "the name is also in" out || fail "one name in two folders"

rm -rf tree && mkdir -p tree/src
"$check" tree 2>out && fail "accepted a tree without sources"

exit $((failures > 0))
