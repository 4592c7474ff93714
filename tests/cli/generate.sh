# gatkit train --task graphs, generate, evaluate, info: whole graphs, and what is refused.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import json, os
def graph(i):
    other = (i + 1 + i // 5 % 3) % 5
    return [[f"p{i % 5}", "knows", f"p{other}"], [f"p{other}", "likes", f"t{i % 4}"]]
os.mkdir("g")
for name, lines in ("train", range(40)), ("valid", range(40, 50)), ("test", range(50, 60)):
    with open(f"g/{name}.jsonl", "w") as f:
        for i in lines:
            f.write(json.dumps(graph(i) if i % 2 else {"triples": graph(i), "text": "x"}) + "\n")
PY
net="--dim 16 --attn-heads 2 --layers 2 --batch 8 --lr 0.02"

expect 0 "$gatkit" train g --task graphs --output m $net --epochs 12 --log m.jsonl --json
json 'j["task"] == "graphs" and j["train_graphs"] == 40 and j["entities"] == 9 and j["epochs"] == 12 and len(j["digest"]) == 32 and j["valid_bits"] > 0'
[ "$(wc -l <m.jsonl)" = 12 ] || fail "one line an epoch"
expect 0 "$gatkit" train g --task graphs --output m2 $net --epochs 12 --threads 3
cmp m m2 || fail "threads change the model"
says stdout "40 graphs of at most 2 triples"
expect 0 "$gatkit" info m
says stdout "graphs of train"
expect 0 "$gatkit" info m --json
json 'j["relations"] == 2 and "attn-heads = 2" in j["config"]'
expect 0 "$gatkit" verify m
expect 2 "$gatkit" predict m p1 knows '?'
says stderr "graphs"

# Stopped, killed and gone on: the same model.
expect 130 "$gatkit" train g --task graphs --output r $net --epochs 12 --stop-after 7
says stderr "r.checkpoint"
[ -e r ] && fail "an interrupted run has a model"
expect 2 "$gatkit" train g --task graphs --output r $net --epochs 31 --resume
expect 0 "$gatkit" train g --task graphs --output r $net --epochs 12 --resume
cmp m r || fail "a resumed run differs"
[ -e r.checkpoint ] && fail "the checkpoint stays"
expect 0 "$gatkit" train g --task graphs --output r $net --epochs 12 --resume --json
json 'j["epochs"] == 12'
"$gatkit" train g --task graphs --output k $net --epochs 40 >stdout 2>stderr &
process=$!
wait_for 20 $process test -e k.checkpoint || fail "no checkpoint"
kill -9 $process
wait $process 2>/dev/null
expect 0 "$gatkit" train g --task graphs --output k $net --epochs 40 --resume --json
json 'j["epochs"] == 40'
digest=$(field digest)
expect 0 "$gatkit" train g --task graphs --output k $net --epochs 40 --json --threads 1
[ "$(field digest)" = "$digest" ] || fail "a killed and resumed run differs"
expect 0 "$gatkit" train g --task graphs --output l $net --epochs 100000 --time-limit 1 --json
json 'j["seconds"] < 20 and 0 < j["epochs"] < 100000'

expect 0 "$gatkit" generate m --count 5
[ "$(wc -l <stdout)" = 5 ] || fail "a line a graph"
cp stdout five
expect 0 "$gatkit" generate m --count 200 --threads 3
head -5 stdout | cmp - five || fail "the count changes the first graphs"
expect 0 "$gatkit" generate m --count 5 --seed 2
cmp -s stdout five && fail "the seed changes nothing"
expect 0 "$gatkit" generate m --count 40 --output drawn.jsonl
[ -s stdout ] && fail "--output leaves standard output alone"
expect 0 "$gatkit" train drawn.jsonl --task graphs --output again $net --epochs 1
expect 0 "$gatkit" generate m --count 4 --contains p2 --json
json 'len(j["graphs"]) == 4 and all(any("p2" in (t[0], t[2]) for t in g["triples"]) and g["log2_likelihood"] < 0 for g in j["graphs"])'
expect 0 "$gatkit" generate m --count 4 --relations knows --json
json 'all(t[1] == "knows" for g in j["graphs"] for t in g["triples"])'
expect 0 "$gatkit" generate m --count 4 --novel --temperature 0.9 --top-k 5 --top-p 0.95 --json
json 'not any(g["known"] for g in j["graphs"]) and j["refused"] >= 0'
expect 2 "$gatkit" generate m --contains nobody
says stderr "nobody"
expect 2 "$gatkit" generate m --relations hates
expect 2 "$gatkit" generate m --contains t1 --relations knows
says stderr "nobody can meet"
expect 2 "$gatkit" generate m --relations knows,
expect 2 "$gatkit" generate m --temperature 0
expect 2 "$gatkit" generate m --top-p 0
says stderr "above 0"
expect 2 "$gatkit" recommend m p1
says stderr "no model of --task recommend"
expect 2 "$gatkit" generate m --count 0
expect 2 "$gatkit" generate m --output m
expect 4 "$gatkit" generate g/train.jsonl
expect 4 "$gatkit" generate nowhere
head -c 2000 m >cut
expect 4 "$gatkit" generate cut

expect 0 "$gatkit" evaluate m --data g --count 100 --json
json 'j["graphs"] == 100 and 0 <= j["valid_novel"] <= j["valid"] <= 1 and keys(j, "novel distinct empty broken test out_degree in_degree relation two_paths")'
json 'abs(j["test"]["bits"] - j["test"]["bits_as_a_set"] - 1) < 1e-9 and j["test"]["scored"] == 10 and j["test"]["valid"] == 1'
expect 0 "$gatkit" generate m --count 100 --output hundred.jsonl
expect 0 "$gatkit" evaluate m --data g --count 100 --json
"$GATKIT_SOURCE/tools/graph_judge" connected g hundred.jsonl >judged || fail "tools/graph_judge"
json '"valid %.2f%%, novel %.2f%%, valid and novel %.2f%%, distinct %.2f%%" % tuple(100 * j[k] for k in "valid novel valid_novel distinct".split()) in open("judged").read()'
printf '{"triples": [2, 2], "path": true, "relations": {"knows": {"count": [1, 1], "loop": false}, "likes": {}}}' >rules.json
expect 0 "$gatkit" evaluate m --data g --count 100 --rules rules.json
says stdout "valid and novel"
printf '{"triples": [2]}' >bad.json
expect 3 "$gatkit" evaluate m --data g --rules bad.json
says stderr "bad.json"
expect 3 "$gatkit" evaluate m --data g/train.jsonl
expect 2 "$gatkit" evaluate m --data g --split valid
expect 2 "$gatkit" evaluate m --data g --top-p 0

# Refused data: file and line are named.
printf '[["a","r","b"]]\n' >one.jsonl
expect 3 "$gatkit" train one.jsonl --task graphs --output x
says stderr "one.jsonl: one graph"
: >none.jsonl
expect 3 "$gatkit" train none.jsonl --task graphs --output x
says stderr "no graphs"
printf '[["a","r","b"]]\n[["a","r"]]\n' >short.jsonl
expect 3 "$gatkit" train short.jsonl --task graphs --output x
says stderr "short.jsonl:2: "
mkdir empty
expect 3 "$gatkit" train empty --task graphs --output x
expect 2 "$gatkit" train g --task graphs --output x --decoder complex
expect 2 "$gatkit" train g --task graphs --output x --dim 10 --attn-heads 4
expect 2 "$gatkit" train g --task graphs --output x --holdout 0.1
expect 2 "$gatkit" train g --task graphs --output x --preset small
gzip -k g/train.jsonl && mkdir z && mv g/train.jsonl.gz z/
expect 0 "$gatkit" train z --task graphs --output x $net --epochs 1
[ -e x ] || fail "gzip"
