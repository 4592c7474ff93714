# gatkit generate with models of a graph: facts with reasons, rules, measures, and what is refused.
. "$(dirname "$0")/lib.sh"
make_graph g
train_small g none.gatkit --model none --epochs 15
expect 0 "$gatkit" train g --output path.gatkit --model path --layers 2 --queries 200 --json

# Proposals are new, in order of addition, each with reasons; the same for any number of threads.
for kind in none path; do
    expect 0 "$gatkit" generate "$kind.gatkit" --count 5 --threads 1 --json
    json 'len(j["facts"]) == 5 and keys(j, "rounds candidates asked fitted log_probability supported coherence seconds")'
    json 'all(keys(f, "head relation tail probability tail_probability head_probability rule_confidence reasons") for f in j["facts"])'
    json 'all(0 <= f["probability"] <= 1 for f in j["facts"]) and any(f["reasons"] for f in j["facts"])'
    json 'all(r["kind"] in ("rule", "path") and 0 < r["weight"] <= 1 and r["steps"] for f in j["facts"] for r in f["reasons"])'
    cp stdout one.json
    expect 0 "$gatkit" generate "$kind.gatkit" --count 5 --threads 2 --json
    cp stdout two.json
    python3 -I -S - <<'PY' || fail "other facts with two threads"
import json
a, b = (json.load(open(f)) for f in ("one.json", "two.json"))
for o in (a, b): o.pop("seconds", None), o.pop("peak_rss_mb", None)
assert a == b
PY
done

# With the data of the training, whose facts are all known then.
mkdir h
cp g/train.tsv g/valid.tsv h
expect 0 "$gatkit" generate none.gatkit --count 4 --data h --output grown.tsv
says stdout probability
says stdout "facts added in"
[ "$(wc -l <grown.tsv)" -eq 4 ] || fail "four lines"
awk -F'\t' 'NF != 3 { exit 1 }' grown.tsv || fail "three columns"
cat h/train.tsv h/valid.tsv | grep -qxFf grown.tsv && fail "a known fact is proposed"
expect 0 "$gatkit" predict none.gatkit e7 next '?' --add grown.tsv

expect 0 "$gatkit" generate none.gatkit --around e7 --relation near --count 3 --json
json 'all("e7" in (f["head"], f["tail"]) and f["relation"] == "near" for f in j["facts"])'
expect 0 "$gatkit" generate none.gatkit --min-probability 1
says stdout "no fact has a probability of 1 or more"
expect 0 "$gatkit" generate none.gatkit --min-probability 1 --json
json 'j["facts"] == [] and j["coherence"] is None and 0 < j["best_probability"] < 1'
expect 0 "$gatkit" generate none.gatkit --graph g/train.tsv --count 2 --json
printf 'nova\tnear\te3\n' >new.tsv
expect 0 "$gatkit" generate path.gatkit --add new.tsv --around nova --count 2 --json
json 'all("nova" in (f["head"], f["tail"]) for f in j["facts"])'

# Rules: near is symmetric, next is before the other way round.
expect 0 "$gatkit" generate none.gatkit --rules
says stdout "next(y,x) => before(x,y)"
says stdout "tails of a head"
expect 0 "$gatkit" generate none.gatkit --rules --relation next --count 3 --min-probability .3 --json
json 'len(j["rules"]) <= 3 and all(r["relation"] == "next" and r["confidence"] >= .3 for r in j["rules"])'
json 'any(r["body"] == [{"relation": "before", "reversed": True}] for r in j["rules"])'
json '[r["functional"] for r in j["relations"]] == [True]'

# Measured against the hidden facts of test, with types and checked negatives beside the data.
cp -r g typed
awk 'BEGIN { for (i = 0; i < 40; i++) print "e" i "\tthing" }' >typed/entity_type.tsv
printf 'e1\tnear\te9\n' >typed/test_negatives.tsv
expect 0 "$gatkit" generate none.gatkit --data typed --measure
says stdout "8 facts were hidden"
says stdout "scores alone"
expect 0 "$gatkit" generate none.gatkit --data typed --measure --json
json 'j["measures"]["hidden"] == 8 and j["measures"]["typed"] and j["measures"]["negatives"] == 1'
json '[r["by"] for r in j["measures"]["rows"]][:2] == ["grown", "scores alone"]'
json 'j["measures"]["rows"][0]["precision"] >= j["measures"]["rows"][-1]["precision"]'
expect 0 "$gatkit" generate none.gatkit --data h --types none --count 2

# Refused.
for wrong in "--count 0" "--count -1" "--min-probability 1.1" "--min-probability -.1" "--min-probability x" "--batch 0" \
    "--measure" "--rules --measure --data g" "--rules --around e1" "--rules --data g" "--rules --questions 5" "--graph g --add g" "--output g/train.tsv --data g" \
    "--measure --data g --around e1"; do
    expect 2 "$gatkit" generate none.gatkit $wrong
done
expect 2 "$gatkit" generate none.gatkit --around e99
says stderr "unknown entity"
expect 2 "$gatkit" generate none.gatkit --relation nexd
says stderr "nearest: next"
expect 2 "$gatkit" generate none.gatkit --rules --relation nexd
printf 'x\tnext\ty\n' >lone.tsv
expect 2 "$gatkit" generate none.gatkit --data g
says stderr "no fact is possible"
expect 2 "$gatkit" generate none.gatkit --graph lone.tsv --around x --relation near
says stderr "is possible"
expect 3 "$gatkit" generate none.gatkit --data g/train.tsv --measure
says stderr "no test facts"
expect 3 "$gatkit" generate none.gatkit --types lone.tsv
says stderr "no entity of the graph has a type"
printf 'e1\n' >bad.tsv
expect 3 "$gatkit" generate none.gatkit --types bad.tsv
says stderr "bad.tsv:1: "
expect 3 "$gatkit" generate none.gatkit --data nowhere
expect 4 "$gatkit" generate nowhere.gatkit
head -c 300 none.gatkit >cut.gatkit
expect 4 "$gatkit" generate cut.gatkit
mkdir t
cp g/train.tsv t
expect 0 "$gatkit" train t --output bare.gatkit --model none --dim 16 --epochs 1
expect 2 "$gatkit" generate bare.gatkit
says stderr "no calibrated probabilities"
exit 0
