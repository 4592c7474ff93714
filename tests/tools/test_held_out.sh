# tools/held_out: nothing of the held-out entities is trained on, every one is introduced, and the table is printed.
set -eu
: "${GATKIT_SOURCE:?}" "${GATKIT_BIN:?}"
export GATKIT=$GATKIT_BIN
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

mkdir g
awk 'BEGIN {
    for (i = 0; i < 60; i++) {
        print "e" i "\tnext\te" (i + 1) % 60 "\ne" i "\tskip\te" (i + 7) % 60 > "g/train.tsv"
        print "e" i "\tnear\te" (i + 2) % 60 > (i % 5 ? "g/train.tsv" : "g/test.tsv")
    }
}'
"$GATKIT_SOURCE/tools/held_out" g work --share .1 --rows random,facts,inductive \
    --options "--dim 16 --attn-heads 2 --epochs 2" --threads 1 >table 2>log || { cat log; fail "exit code"; }
[ "$(grep -c '^| \(random\|facts\|inductive\) | 0\.' table)" -eq 3 ] || { cat table; fail "three rows"; }

python3 - <<'PY' || fail "the split"
read = lambda path: [tuple(line.rstrip("\n").split("\t")) for line in open(path)]
ends = lambda facts: {e for h, _, t in facts for e in (h, t)}
every = set(read("g/train.tsv")) | set(read("g/test.tsv"))
train = read("work/train/train.tsv")
held = {}
for name in ("valid", "test"):
    graph, asked = read(f"work/{name}/train.tsv"), read(f"work/{name}/test.tsv")
    support = set(graph) - set(train)
    held[name] = ends(support) - ends(train) - (ends(support) & ends(read("work/train/valid.tsv")))
    assert len(held[name]) == 6 and asked and support and not support & set(asked)
    assert all({h, t} & held[name] for h, _, t in support | set(asked))
    assert ends(asked) & held[name] <= ends(support), "introduced before asked"
    assert set(graph) | set(asked) <= every
assert not held["valid"] & held["test"] and not ends(train) & (held["valid"] | held["test"])
PY

cp -r work first
"$GATKIT_SOURCE/tools/held_out" g work --share .1 2>/dev/null
for file in train/train.tsv valid/train.tsv test/test.tsv; do cmp "first/$file" "work/$file" || fail "$file changes"; done
"$GATKIT_SOURCE/tools/held_out" g work --rows nonsense 2>/dev/null && fail "an unknown row"
exit 0
