#!/usr/bin/env bash
# Programs that were built with an older library go on working: nothing of it was removed or changed. And that the comparison
# sees what it should.
set -eu
cd "$GATKIT_SOURCE"
scratch=$OLDPWD
code=0
tools/abi --check || code=$?
[ $code -eq 0 ] || exit $code

# A library without one of the functions, and one with a longer structure.
cat >"$scratch/a.c" <<'C'
typedef struct gat_error { int code; } gat_error;
int gat_one(gat_error *e);
int gat_two(gat_error *e);
int gat_one(gat_error *e) { return e->code; }
#ifndef SHORT
int gat_two(gat_error *e) { return e->code; }
#endif
C
sed 's/int code;/int code, place;/' "$scratch/a.c" >"$scratch/b.c"
cc -g -shared -fPIC "$scratch/a.c" -o "$scratch/a.so"
cc -g -shared -fPIC -DSHORT "$scratch/a.c" -o "$scratch/short.so"
cc -g -shared -fPIC "$scratch/b.c" -o "$scratch/b.so"
! abidiff --no-added-syms "$scratch/a.so" "$scratch/short.so" >/dev/null || { echo "FAILED: a missing function is not seen"; exit 1; }
! abidiff --no-added-syms "$scratch/a.so" "$scratch/b.so" >/dev/null || { echo "FAILED: a longer structure is not seen"; exit 1; }
abidiff --no-added-syms "$scratch/short.so" "$scratch/a.so" >/dev/null || { echo "FAILED: a new function is a fault"; exit 1; }
