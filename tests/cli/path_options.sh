# What a path model can have beside the usual, on the command line: learned budget, statistics, attention to all.
. "$(dirname "$0")/lib.sh"
make_graph g
small="--model path --layers 2 --queries 80 --batch 16"
all="$small --path-budget 6 --path-choice learned --path-aggregation mean-max-min-std --path-global each --members 2"

# The same bytes whatever the threads; stopped and resumed; every verb takes such a model.
expect 0 "$gatkit" train g --output a.gatkit $all --threads 1 --json
digest=$(field digest)
expect 0 "$gatkit" train g --output t.gatkit $all --threads 2
cmp -s a.gatkit t.gatkit || fail "threads matter"
expect 130 "$gatkit" train g --output r.gatkit $all --stop-after 40
expect 0 "$gatkit" train g --output r.gatkit $all --resume --json
[ "$(field digest)" = "$digest" ] || fail "a resumed run ends elsewhere"
expect 0 "$gatkit" verify a.gatkit
expect 0 "$gatkit" info a.gatkit --json
json 'j["config"]["path-choice"] == "learned" and j["config"]["path-aggregation"] == "mean-max-min-std" and j["config"]["path-global"] == "each"'
expect 0 "$gatkit" evaluate a.gatkit --data g --json
json 'j["both"]["queries"] == 16'
printf 'nova\tnext\te5\ne3\tbefore\tnova\n' >new.tsv
expect 0 "$gatkit" predict a.gatkit nova near '?' --add new.tsv --top 50 --json
json 'len(j["answers"]) == 41'

# Reasons are facts still, within the budget.
expect 0 "$gatkit" explain a.gatkit e1 next e2 --json
python3 -I -S - <<'PY' || fail "explain"
import json
j = json.load(open("stdout"))
facts = {tuple(line.rstrip("\n").split("\t")) for line in open("g/train.tsv")}
assert j["paths"] and all((s["head"], s["relation"], s["tail"]) in facts for p in j["paths"] for s in p["steps"]), j
PY

# One at a time, each another model.
for option in "--path-budget 6 --path-choice learned" "--path-aggregation mean-max-min-std" "--path-global last"; do
    expect 0 "$gatkit" train g --output o.gatkit $small $option --json
    field digest >>digests
done
[ "$(sort -u digests | wc -l)" -eq 3 ] || fail "an option does nothing"

# Beside a model of embeddings.
expect 0 "$gatkit" train g --output e.gatkit --model none --dim 16 --epochs 2
expect 0 "$gatkit" train g --output j.gatkit $all --side-model e.gatkit --json
json 'j["side_model"] == "complex"'

# Refused: no budget to choose for, what there is not, another kind of model, more memory than allowed.
expect 2 "$gatkit" train g --output x.gatkit $small --path-choice learned
says stderr "it needs path-budget above 0"
expect 2 "$gatkit" train g --output x.gatkit $small --path-aggregation max
says stderr "sum|mean-max-min-std"
expect 2 "$gatkit" train g --output x.gatkit --path-global each
says stderr "path-global is no option of --model gat"
expect 5 "$gatkit" train g --output x.gatkit $all --max-memory 100K
exit 0
