# Entities that training has not seen: known by the facts of --graph or --add, and by nothing else.
. "$(dirname "$0")/lib.sh"
make_graph g
expect 0 "$gatkit" train g --output m.gatkit $small --epochs 4 --unknown-entities 0.3 --edge-drop 0.1 --json
printf 'nova\tnext\te5\ne3\tbefore\tnova\n' >new.tsv

# Beside the training facts, every entity can answer; in their place, only those of the graph.
expect 2 "$gatkit" predict m.gatkit nova near '?' --json
expect 0 "$gatkit" predict m.gatkit nova near '?' --add new.tsv --json --top 100
json 'len(j["answers"]) == 41'
cp stdout beside
expect 0 "$gatkit" predict m.gatkit nova near '?' --graph new.tsv --json --top 100
json '{a["tail"] for a in j["answers"]} == {"nova", "e5", "e3"}'
expect 2 "$gatkit" predict m.gatkit nova near '?' --graph new.tsv --add new.tsv
says stderr "one of them"

# A graph of training and new facts says what --add says.
cat g/train.tsv new.tsv >both.tsv
expect 0 "$gatkit" predict m.gatkit nova near '?' --graph both.tsv --json --top 100
python3 - <<'PY' || fail "--add and a joined file differ"
import json
a, b = ({x["tail"]: x["score"] for x in json.load(open(f))["answers"]} for f in ("beside", "stdout"))
assert set(b) <= set(a) and all(abs(a[e] - b[e]) < 1e-4 for e in b)
PY

# Another name and another order of lines: the same answers.
printf 'e3\tbefore\tstella\nstella\tnext\te5\n' >renamed.tsv
expect 0 "$gatkit" predict m.gatkit stella near '?' --add renamed.tsv --json --top 100
python3 - <<'PY' || fail "a name matters"
import json
a, b = ({x["tail"].replace("stella", "nova"): x["score"] for x in json.load(open(f))["answers"]} for f in ("beside", "stdout"))
assert set(a) == set(b) and all(abs(a[e] - b[e]) < 1e-4 for e in a)
PY

# The other verbs.
expect 0 "$gatkit" neighbors m.gatkit nova --add new.tsv --json
json '{(n["entity"], n["relation"], n["direction"]) for n in j["neighbors"]} == {("e5", "next", "out"), ("e3", "before", "in")}'
expect 0 "$gatkit" neighbors m.gatkit nova --by embedding --add new.tsv --json --top 5
json 'len(j["neighbors"]) == 5'
expect 0 "$gatkit" similarity m.gatkit nova e4 --add new.tsv --json
json '-1.001 <= j["similarity"] <= 1.001'
printf 'nova\tnear\t?\n' >q.tsv
expect 0 "$gatkit" score m.gatkit q.tsv --npy s.npy --entities s.txt --add new.tsv
[ "$(wc -l <s.txt)" -eq 41 ] && [ "$(tail -n 1 s.txt)" = nova ] || fail "columns of score --add"

# What is asked about a new entity is no message: another question about it changes nothing.
near() { python3 -c 'import json; print([r["both"]["realistic"] for r in json.load(open("stdout"))["relations"] if r["relation"] == "near"])'; }
mkdir asked
cp g/train.tsv g/valid.tsv asked
for e in 6 11 16 21 26 36; do printf 'nova\tnear\te%s\n' $e; done >asked/test.tsv
expect 0 "$gatkit" evaluate m.gatkit --data asked --add new.tsv --json --per-relation
json 'j["unseen"] == 6 and j["both"]["queries"] == 12'
near >alone
printf 'nova\tbefore\te30\ne31\tnext\tnova\n' >>asked/test.tsv
expect 0 "$gatkit" evaluate m.gatkit --data asked --add new.tsv --json --per-relation
near | cmp -s - alone || fail "a question is used as a message"
cat new.tsv >more.tsv
printf 'nova\tbefore\te30\ne31\tnext\tnova\n' >>more.tsv
expect 0 "$gatkit" evaluate m.gatkit --data asked --add more.tsv --json --per-relation
near | cmp -s - alone && fail "the facts given are not used"

# A model of no encoder answers too.
expect 0 "$gatkit" train g --output n.gatkit $small --epochs 4 --model none
printf 'nova\tnexd\te5\n' >slip.tsv
expect 3 "$gatkit" predict n.gatkit nova next '?' --add slip.tsv
says stderr 'slip.tsv:1'
says stderr 'nearest: next'
expect 0 "$gatkit" predict n.gatkit nova near '?' --add new.tsv --json
expect 0 "$gatkit" evaluate n.gatkit --data asked --add new.tsv --json

# Training with what it takes away repeats to the byte.
for threads in 1 3; do
    expect 0 "$gatkit" train g --output "t$threads.gatkit" $small --epochs 2 --unknown-entities 0.3 --edge-drop 0.1 --layers 2 --threads $threads
done
cmp -s t1.gatkit t3.gatkit || fail "threads matter"
exit 0
