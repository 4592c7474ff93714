# Models of paths on the command line: every verb, other graphs, interruptions.
. "$(dirname "$0")/lib.sh"
make_graph g
paths="--model path --layers 3 --queries 400 --batch 16"
short="--model path --layers 3 --queries 48 --batch 16" # where what is learned does not matter

expect 0 "$gatkit" train g --output p.gatkit $paths --json
json 'keys(j, "model entities relations train_triples parameters epochs seconds peak_rss_mb digest valid queries best_queries")'
json 'j["model"] == "path" and j["queries"] == 400 and j["attention"] is None and j["decoder"] is None and j["valid"]["mrr"] > .3'
digest=$(field digest)
expect 0 "$gatkit" train g --output text.gatkit $short
says stdout "questions (the best state kept"
[ "$(wc -c <p.gatkit)" -lt 4000000 ] || fail "a large model file"

# The same bytes whatever the threads; what is in valid and test does not matter to the last state.
expect 0 "$gatkit" train g --output t.gatkit $paths --threads 3
cmp -s p.gatkit t.gatkit || fail "threads matter"
mkdir noise
cp g/train.tsv noise
sed 's/e\([0-9]*\)$/e3/' g/valid.tsv >noise/valid.tsv
sed 's/e\([0-9]*\)$/e5/' g/test.tsv >noise/test.tsv
last="$short --keep last --patience 0 --json"
expect 0 "$gatkit" train g --output l.gatkit $last
last_digest=$(field digest)
expect 0 "$gatkit" train noise --output n.gatkit $last
[ "$(field digest)" = "$last_digest" ] || fail "valid or test are seen in training"

# Stopped and resumed: the same model. A run that finished prints its result again.
expect 130 "$gatkit" train g --output r.gatkit $paths --stop-after 100 --log log.jsonl
[ -f r.gatkit.checkpoint ] || fail "no checkpoint"
expect 2 "$gatkit" train g --output r.gatkit $paths --lr 0.1 --resume
says stderr "other options"
expect 0 "$gatkit" train g --output r.gatkit $paths --resume --log log.jsonl --json
[ "$(field digest)" = "$digest" ] || fail "a resumed run ends elsewhere"
cmp -s p.gatkit r.gatkit || fail "a resumed run writes another file"
python3 -I -S -c '
import json
q = [json.loads(l) for l in open("log.jsonl")]
assert len(q) == 8 and [l["queries"] for l in q] == sorted({l["queries"] for l in q}) and all("valid" in l for l in q), q' || fail "log"
expect 0 "$gatkit" train g --output r.gatkit $paths --resume --json
says stderr "this run is finished"
[ "$(field digest)" = "$digest" ] || fail "finished run"

# A clock in place of a number: it ends, and tells the numbers that repeat it.
expect 0 "$gatkit" train g --output c.gatkit --model path --epochs 100000 --time-limit 1 --json
json 'j["queries"] < 1e6 and 0 < j["eval_queries"]'

# What is another model's is refused.
expect 2 "$gatkit" train g --output x.gatkit --model path --decoder transe
says stderr "decoder is no option of --model path"
expect 2 "$gatkit" train g --output x.gatkit --queries 5
says stderr "queries is no option of --model gat"
expect 2 "$gatkit" train g --output x.gatkit --model path --dim 33
says stderr "multiple of 32"
expect 2 "$gatkit" train g --output x.gatkit --model path --members 2 --patience 1
says stderr "patience judges"
expect 5 "$gatkit" train g --output x.gatkit $paths --max-memory 100K
says stderr "members"
expect 0 "$gatkit" train g --output x.gatkit $paths --queries 10 --max-memory 200M


# Other gates, messages and layers, in another graph and with reasons.
expect 0 "$gatkit" train g --output v.gatkit $short --attention cosine --attn-heads 2 --path-message rotation --path-share yes
expect 0 "$gatkit" info v.gatkit --json
json 'j["config"]["attention"] == "cosine" and j["config"]["attn-heads"] == "2" and j["config"]["path-message"] == "rotation" and j["config"]["path-share"] == "yes"'
expect 0 "$gatkit" evaluate v.gatkit --data g
expect 0 "$gatkit" explain v.gatkit e1 next e2 --json
json 'len(j["paths"]) > 0'
expect 2 "$gatkit" train g --output x.gatkit $paths --attn-heads 3
says stderr "1, 2, 4 or 8 attention heads"

# Asking.
expect 0 "$gatkit" evaluate p.gatkit --data g --split train --json
json 'j["asked_in_graph"] == j["tail"]["queries"] and j["calibration"] is None'
expect 0 "$gatkit" evaluate p.gatkit --data g --split train
says stdout "the figures flatter"
expect 0 "$gatkit" evaluate p.gatkit --data g --json --per-relation
json 'j["both"]["realistic"]["mrr"] > .3 and j["both"]["queries"] == 16'
json 'j["calibration"]["answers"] >= 100 and 0 <= j["calibration"]["ece"] < .3 and not j["calibration"]["fitted"]'
expect 0 "$gatkit" evaluate p.gatkit --data g --split valid
says stdout "they were fitted to this split"
expect 0 "$gatkit" predict p.gatkit e1 next '?' --known --top 5 --json
json 'len(j["answers"]) == 5 and j["answers"][0]["tail"] == "e2"'
expect 0 "$gatkit" predict p.gatkit '?' next e2 --known --top 1 --json
json 'j["answers"][0]["head"] == "e1"'
expect 0 "$gatkit" predict p.gatkit e1 '?' e2 --known --json
json 'len(j["answers"]) == 3'
printf 'e1\tnext\t?\n?\tnear\te9\ne1\tnext\t?\n' >q.tsv
expect 0 "$gatkit" score p.gatkit q.tsv --npy s.npy --entities s.txt
[ "$(wc -l <s.txt)" -eq 40 ] || fail "columns"
expect 0 "$gatkit" score p.gatkit q.tsv --npy s1.npy --entities s.txt --threads 3
cmp -s s.npy s1.npy || fail "threads matter to scores"
expect 2 "$gatkit" predict p.gatkit nobody next '?'
says stderr "unknown entity"

# Another graph with the same relations; new entities; unknown relations; nothing at all.
sed 's/\te\([0-9]*\)$/\tz\1/; s/^e/z/' g/train.tsv >other.tsv
expect 0 "$gatkit" predict p.gatkit z1 next '?' --graph other.tsv --known --top 3 --json
json 'j["answers"][0]["tail"] == "z2"'
printf 'nova\tnext\te5\ne3\tbefore\tnova\n' >new.tsv
expect 0 "$gatkit" predict p.gatkit nova near '?' --add new.tsv --top 50 --json
json 'len(j["answers"]) == 41'
printf 'e1\tnext\te2\ne1\tdislikes\te3\n' >odd.tsv
expect 3 "$gatkit" predict p.gatkit e1 next '?' --graph odd.tsv
says stderr 'relation "dislikes"'
says stderr 'odd.tsv:2'
expect 0 "$gatkit" predict p.gatkit e1 next '?' --graph odd.tsv --skip-unknown --known --json
json '{a["tail"] for a in j["answers"]} == {"e1", "e2", "e3"}'
says stderr "1 facts left out"
: >empty.tsv
expect 3 "$gatkit" predict p.gatkit e1 next '?' --graph empty.tsv
says stderr "no facts"

# Inductive files: other entities, messages over ind_train.
mkdir ind
cp g/train.tsv g/valid.tsv ind
sed 's/\te\([0-9]*\)$/\tf\1/; s/^e/f/' g/train.tsv >ind/ind_train.tsv
sed 's/\te\([0-9]*\)$/\tf\1/; s/^e/f/' g/test.tsv >ind/ind_test.tsv
expect 0 "$gatkit" evaluate p.gatkit --data ind --split ind_test --json
json 'j["both"]["realistic"]["mrr"] > .3 and j["unseen"] == 8'
printf 'f1\tdislikes\tf2\n' >>ind/ind_train.tsv
expect 3 "$gatkit" evaluate p.gatkit --data ind --split ind_test
says stderr 'relation "dislikes"'
expect 0 "$gatkit" evaluate p.gatkit --data ind --split ind_test --skip-unknown --json

# Reasons: every step is a fact, steps hang together from head to tail, weights are products, heaviest first.
expect 0 "$gatkit" explain p.gatkit e1 next e2 --json
python3 -I -S - <<'PY' || fail "explain"
import json, math
j = json.load(open("stdout"))
facts = {tuple(line.rstrip("\n").split("\t")) for line in open("g/train.tsv")}
assert set(j) == {"score", "probability", "paths"} and 0 < j["probability"] < 1 and len(j["paths"]) == 5, j
weights = [p["weight"] for p in j["paths"]]
assert weights == sorted(weights, reverse=True)
for p in j["paths"]:
    at = "e1"
    for s in p["steps"]:
        assert (s["head"], s["relation"], s["tail"]) in facts and 0 <= s["attention"] <= 1
        assert at in (s["head"], s["tail"])
        at = s["tail"] if s["head"] == at else s["head"]
    assert at == "e2" and abs(p["weight"] - math.prod(s["attention"] for s in p["steps"])) < 1e-5
PY
expect 0 "$gatkit" explain p.gatkit e1 next e20 --json
json 'j["paths"] == []'
expect 0 "$gatkit" explain p.gatkit nova near e5 --add new.tsv --top 1
says stdout "nova"
expect 2 "$gatkit" explain p.gatkit e1 next nobody
expect 2 "$gatkit" explain p.gatkit e1 odd e2

# The other verbs.
expect 0 "$gatkit" info p.gatkit --json
json 'j["model"] == "path" and j["config"]["path-gate"] == "yes" and "decoder" not in j["config"]'
expect 0 "$gatkit" info p.gatkit
says stdout "questions"
expect 0 "$gatkit" verify p.gatkit
expect 0 "$gatkit" neighbors p.gatkit e1 --json
json 'len(j["neighbors"]) >= 3'
expect 2 "$gatkit" neighbors p.gatkit e1 --by attention
says stderr "depends on the question"
expect 2 "$gatkit" neighbors p.gatkit e1 --by embedding
expect 2 "$gatkit" similarity p.gatkit e1 e2
says stderr "needs embeddings"
for format in npy word2vec projector; do
    expect 2 "$gatkit" export p.gatkit --format $format --output out
    says stderr "needs embeddings"
done
expect 0 "$gatkit" export p.gatkit --format safetensors --output out.safetensors
python3 -I -S -c '
import json, struct
b = open("out.safetensors", "rb").read()
h = json.loads(b[8:8 + struct.unpack("<Q", b[:8])[0]])
assert any(k.endswith("query") for k in h) and "entities_encoded" not in h and h["__metadata__"]["relations"].split("\n") == ["next", "before", "near"]' || fail "safetensors"

# A model of embeddings beside it, in one file.
expect 0 "$gatkit" train g --output e.gatkit --model none --dim 16 --epochs 5
cp p.gatkit j.gatkit
expect 0 "$gatkit" train g --output j.gatkit $paths --resume --side-model e.gatkit --json
says stderr "side model: MRR"
json 'j["side_model"] == "complex" and j["digest"] != "'"$digest"'"'
joined=$(field digest)
expect 0 "$gatkit" train g --output k.gatkit $paths --side-model e.gatkit --json
cmp -s j.gatkit k.gatkit || fail "a side model beside a finished run makes another file"
expect 0 "$gatkit" train g --output j.gatkit $paths --resume --side-model e.gatkit --json
[ "$(field digest)" = "$joined" ] || fail "a side model is put there twice"
says stderr "a side model already"
rm e.gatkit
expect 0 "$gatkit" evaluate j.gatkit --data g --json
expect 0 "$gatkit" predict j.gatkit nova near '?' --add new.tsv --top 3
expect 0 "$gatkit" explain j.gatkit e1 next e2
expect 0 "$gatkit" evaluate j.gatkit --data ind --split ind_test --skip-unknown
expect 0 "$gatkit" info j.gatkit
says stdout "side model"
expect 2 "$gatkit" train g --output x.gatkit $short --side-model p.gatkit
says stderr "a model of paths"
expect 0 "$gatkit" train noise --output o.gatkit --model none --dim 16 --epochs 1
expect 2 "$gatkit" train g --output x.gatkit $short --side-model o.gatkit
says stderr "other data"
expect 2 "$gatkit" train g --output x.gatkit --side-model o.gatkit
says stderr "goes with --model path"
expect 4 "$gatkit" train g --output x.gatkit $paths --side-model none.gatkit

# Without valid there is nothing to weigh a side model by, and the model of paths is kept.
mkdir t
cp g/train.tsv t
expect 0 "$gatkit" train t --output o.gatkit --model none --dim 16 --epochs 1
expect 3 "$gatkit" train t --output alone.gatkit $short --side-model o.gatkit
says stderr "weighed on valid"
expect 0 "$gatkit" info alone.gatkit

# Damaged files.
head -c 5000 p.gatkit >cut.gatkit
expect 4 "$gatkit" verify cut.gatkit
python3 -I -S - <<'PY'
b = bytearray(open("p.gatkit", "rb").read())
for at in range(0, len(b), max(1, len(b) // 12)):
    d = bytearray(b)
    d[at] ^= 64
    open(f"flip{at}.gatkit", "wb").write(d)
PY
for f in flip*.gatkit; do expect 4 "$gatkit" verify "$f"; done
exit 0
