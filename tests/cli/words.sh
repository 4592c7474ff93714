# gatkit train --task words, and a training that reads what it has written.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import random
rng = random.Random(1)
fields = [["sea", "ship", "wave", "sailor", "harbour", "wind"], ["bread", "oven", "flour", "baker", "dough", "yeast"]]
with open("text.txt", "w") as f:
    for _ in range(300):
        f.write(" ".join(rng.sample(rng.choice(fields), 5)) + ".\n")
PY
expect 0 "$gatkit" train text.txt --task words --dim 6 --output w.txt --json
json 'j["task"] == "words" and j["words"] == 12 and j["dim"] == 6 and j["lines"] == 300 and len(j["digest"]) == 32'
digest=$(python3 -c 'import json; print(json.load(open("stdout"))["digest"])')
for threads in 1 3; do
    expect 0 "$gatkit" train text.txt --task words --dim 6 --output same.txt --threads $threads
    says stdout "digest $digest"
    cmp -s w.txt same.txt || fail "another file with $threads threads"
done
expect 0 "$gatkit" train text.txt --task words --dim 6 --output w.txt.gz
gunzip -c w.txt.gz | cmp -s - w.txt || fail "gzipped, the same text"
[ "$(head -1 w.txt)" = "12 6" ] || fail "the form of word2vec"
python3 - <<'PY' || fail "near words are of the same field"
import math
rows = [line.split() for line in open("w.txt")][1:]
v = {r[0]: [float(x) for x in r[1:]] for r in rows}
def cosine(a, b): return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
near = sorted((w for w in v if w != "ship"), key=lambda w: -cosine(v["ship"], v[w]))[:5]
raise SystemExit(set(near) != {"sea", "wave", "sailor", "harbour", "wind"})
PY
expect 2 "$gatkit" train text.txt --task words --output n --kg text.txt
expect 2 "$gatkit" train text.txt --task words --output n --resume
says stderr "one computation"
expect 2 "$gatkit" train text.txt --task words --output n --layers 2
expect 2 "$gatkit" train text.txt --task words --output n --dim 0
expect 2 "$gatkit" train text.txt --output n --window 3
expect 5 "$gatkit" train text.txt --task words --output n --max-memory 1K
printf 'a a a\n{"id": 1}\n' >bad.txt
expect 3 "$gatkit" train bad.txt --task words --output n
says stderr 'bad.txt:2: neither "tokens" nor "text"'
for _ in 1 2 3 4 5; do printf 'sea \342\200\224 ship \342\200\234\303\251t\303\251\342\200\235 \342\200\246 _\n'; done >marks.txt
expect 0 "$gatkit" train marks.txt --task words --dim 2 --output marks.vec
[ "$(cut -d' ' -f1 marks.vec | tr '\n' ' ')" = "3 sea ship été " ] || fail "marks of punctuation are no words"
for _ in 1 2 3 4 5; do echo '{"tokens": null, "text": "sea ship"}'; done >objects.txt
expect 0 "$gatkit" train objects.txt --task words --dim 2 --output objects.vec
[ "$(head -1 objects.vec)" = "2 2" ] || fail "a text beside tokens that are none"
expect 3 "$gatkit" train nowhere.txt --task words --output n
[ ! -e n ] || fail "a refused run writes nothing"
