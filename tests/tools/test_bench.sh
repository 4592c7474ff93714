#!/usr/bin/env bash
# The benchmark program compares every kernel with its reference, finds its names and prints what it promises. Nothing here
# depends on how long anything takes.
set -u
bench=$GATKIT_BUILD/tools/gatkit_bench
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

"$bench" --check >checked || { cat checked; fail "a kernel differs from its reference"; }
"$bench" --list >names
[ -s names ] || fail "no names"
diff names <(sed 's/: as the reference$//' checked) || fail "not every name was checked"

"$bench" 'linear-*' --list >/dev/null || fail "a pattern is not accepted"
"$bench" one-vs-al-ce 2>err
[ $? -eq 2 ] || fail "an unknown name must end in exit status 2"
grep -q '"one-vs-all-ce"' err || fail "the nearest name is not told"
"$bench" --rounds 0 2>err
[ $? -eq 2 ] || fail "a wrong option must end in exit status 2"
"$bench" --help | grep -q 'tools/bench' || fail "no example in the help"

# One round of the quickest row: the keys are there, and both files hold the same rows.
OMP_NUM_THREADS=1 "$bench" linear-forward-128 --no-peer --threads 1 --rounds 1 --json --csv rows.csv >rows.json 2>log ||
    { cat log; fail "no rows"; }
python3 - <<'END' || fail "the rows are not as promised"
import csv, json
rows = json.load(open("rows.json"))["rows"]
assert len(rows) == 1, rows
row = rows[0]
assert {"name", "threads", "ms", "limit_share", "bytes_per_edge", "peer", "peer_ms"} <= row.keys(), row
assert row["name"] == "linear-forward-128" and row["threads"] == 1 and row["ms"] > 0 and row["limit_share"] > 0
assert row["peer"] is None and row["peer_ms"] is None and row["bytes_per_edge"] is None
kept = list(csv.DictReader(open("rows.csv")))
assert len(kept) == 1 and kept[0].keys() == row.keys() and float(kept[0]["ms"]) == row["ms"], kept
END

# A peer that is not there, and one that fails, leave the row as it is.
printf '#!/bin/sh\necho ok; read -r line; echo no, not today\n' >failing
chmod +x failing
for python in ./absent ./failing; do
    GATKIT_DATA=/nowhere "$bench" one-vs-all-ce --python "$python" --threads 1 --rounds 1 --json >rows.json 2>log ||
        { cat log; fail "$python: no row"; }
    grep -q '"peer": null' rows.json || fail "$python: a peer"
    grep -q 'size of FB15k-237' rows.json || fail "$python: the data is not told"
    grep -q '^bench: ' log || fail "$python: nothing is said of it"
done
exit $((failures > 0))
