# Helpers of the command-line transcripts. Sourced by each script, which runs in a fresh temporary folder.
# GATKIT_BIN: the program; GATKIT_SOURCE: the source tree.
set -u
: "${GATKIT_BIN:?the program to test}"
gatkit=$GATKIT_BIN
export NO_COLOR=1

fail() {
    echo "FAILED: $*" >&2
    echo "--- stdout" >&2; head -c 2000 stdout >&2 2>/dev/null
    echo "--- stderr" >&2; head -c 4000 stderr >&2 2>/dev/null
    exit 1
}

# A sanitizer's complaint is a failure whatever the exit code.
no_complaint() {
    if grep -qE 'Sanitizer|runtime error:' stderr; then fail "sanitizer: $*"; fi
}

# expect CODE COMMAND...: runs it into the files stdout and stderr.
expect() {
    wanted=$1
    shift
    "$@" >stdout 2>stderr
    code=$?
    no_complaint "$*"
    [ "$code" -eq "$wanted" ] || fail "exit code $code, expected $wanted: $*"
    # One sentence a person can act on, with the program's name in front.
    if [ "$wanted" -ne 0 ] && [ "$wanted" -ne 130 ]; then grep -q '^gatkit: ' stderr || fail "no message: $*"; fi
}

# says FILE TEXT: FILE contains TEXT literally.
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }

# json EXPRESSION: Python over j, the one object on stdout of the last command. NaN and Infinity are no JSON.
json() {
    python3 -I -S - "$1" <<'PY' || fail "json: $1"
import json, sys
def refuse(name): raise ValueError(name)
j = json.loads(open("stdout", encoding="utf-8").read(), parse_constant=refuse)
def keys(o, names): return set(names.split()) <= set(o)
METRICS = "mrr mr hits_at_1 hits_at_3 hits_at_10"
def ranking(o):
    return keys(o, "queries realistic optimistic pessimistic") and all(keys(o[p], METRICS) for p in ("realistic", "optimistic", "pessimistic"))
assert eval(sys.argv[1]), json.dumps(j)[:2000]
PY
}

# field NAME: that field of the object on stdout.
field() { python3 -I -S -c 'import json,sys; print(json.load(open("stdout"))[sys.argv[1]])' "$1"; }

# make_graph FOLDER: 40 entities on a ring, each with the next, the one before and a relation that is symmetric.
make_graph() {
    mkdir -p "$1"
    awk -v folder="$1" 'BEGIN {
        n = 40
        for (i = 0; i < n; i++) {
            file = i % 10 == 3 ? "valid" : i % 10 == 7 ? "test" : "train"
            print "e" i "\tnext\te" (i + 1) % n > (folder "/" file ".tsv")
            print "e" (i + 1) % n "\tbefore\te" i > (folder "/train.tsv")
            print "e" i "\tnear\te" (i + 2) % n > (folder "/" (i % 10 == 5 ? "test" : "train") ".tsv")
            print "e" (i + 2) % n "\tnear\te" i > (folder "/train.tsv")
            print "e" i "\tthe entity " i > (folder "/entity_name.tsv")
        }
    }'
}

# make_sentences: 120 sentences on stdout as JSON lines, whose verb is their relation.
make_sentences() {
    python3 - <<'PY'
import json, random
rng = random.Random(1)
verbs = [("causes", "Cause(e1,e2)"), ("follows from", "Cause(e2,e1)"), ("contains", "Whole(e1,e2)"), ("meets", "Other")]
for i in range(120):
    verb, label = verbs[rng.randrange(4)]
    words = ["the", f"thing{rng.randrange(20)}", *verb.split(), "the", f"matter{rng.randrange(20)}", "."]
    print(json.dumps({"id": f"s{i}", "tokens": words, "e1": [1, 2], "e2": [len(words) - 2, len(words) - 1], "label": label}))
PY
}

# make_linking: documents.jsonl with mentions, fields.tsv a graph of two fields, lexicon.tsv the names, most of which both have.
make_linking() {
    python3 - <<'PY'
import json, random
rng = random.Random(1)
with open("fields.tsv", "w") as facts, open("lexicon.tsv", "w") as names:
    for field in "ab":
        names.write(f"{field}_hub\tthe {field} hub\n")
        for i in range(6):
            facts.write(f"{field}_word{i}\tnear\t{field}_hub\n{field}_word{i}\tnear\t{field}_word{(i + 1) % 6}\n")
            names.write(f"{field}_word{i}\tword{i}\n")
with open("documents.jsonl", "w") as documents:
    for _ in range(40):
        field, picked = rng.choice("ab"), rng.sample(range(6), 3)
        tokens, mentions = ["The", field, "hub"], [{"start": 0, "end": 3, "entity": f"{field}_hub"}]
        for i in picked:
            tokens += ["and", f"word{i}"]
            mentions.append({"start": len(tokens) - 1, "end": len(tokens), "entity": f"{field}_word{i}"})
        documents.write(json.dumps({"tokens": tokens, "mentions": mentions}) + "\n")
PY
}

# Options that make a training small; the caller adds --epochs.
small="--dim 16 --attn-heads 2 --batch 64"

# train_small DATA MODEL [OPTION...]
train_small() {
    data=$1 model=$2
    shift 2
    expect 0 "$gatkit" train "$data" --output "$model" $small --epochs 4 --json "$@"
}

# wait_for SECONDS PID COMMAND...: until COMMAND succeeds while the process runs.
wait_for() {
    tries=$(($1 * 50)) process=$2
    shift 2
    while ! "$@" 2>/dev/null; do
        kill -0 "$process" 2>/dev/null || return 1
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep .02
    done
}
