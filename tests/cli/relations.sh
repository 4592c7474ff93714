# gatkit train --task relations, extract, evaluate: text to facts, and what is refused.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import json, random
rng = random.Random(1)
verbs = [("causes", "Cause(e1,e2)"), ("follows from", "Cause(e2,e1)"), ("contains", "Whole(e1,e2)"), ("meets", "Other")]
def rows(n, start):
    for i in range(start, start + n):
        verb, label = verbs[rng.randrange(4)]
        a, b = rng.randrange(20), rng.randrange(20)
        words = ["the", f"thing{a}", *verb.split(), "the", f"matter{b}", "."]
        yield {"id": f"s{i}", "tokens": words, "e1": [1, 2], "e2": [len(words) - 2, len(words) - 1], "e1_id": f"x{a}",
               "e2_id": f"y{b}", "label": label}
def write(name, items):
    with open(name, "w") as f:
        for item in items: f.write(json.dumps(item) + "\n")
write("train.jsonl", rows(120, 0))
test = list(rows(40, 1000))
write("test.jsonl", test)
write("several.jsonl", [dict(r, label=[] if r["label"] == "Other" else [r["label"], "Any"]) for r in rows(120, 0)])
with open("kg.tsv", "w") as f:
    for i in range(20): f.write(f"x{i}\tkind\tthing\ny{i}\tkind\tmatter\n")
with open("vectors.txt", "w") as f:
    for i in range(20): f.write(f"thing{i} 1 {i} 0.5\nmatter{i} -1 {i} 0.25\n")
good = test[0]
write("overlap.jsonl", [good, dict(good, e2=[1, 2])])
write("outside.jsonl", [good, dict(good, e2=[6, 99])])
write("unknown_label.jsonl", [good, dict(good, label="New")])
write("unknown_entity.jsonl", [good, dict(good, e1_id="nobody")])
write("no_label.jsonl", [{k: v for k, v in good.items() if k != "label"}])
PY
net="--members 2 --dim 16 --attn-heads 2 --epochs 2 --folds 2"

expect 0 "$gatkit" train train.jsonl --task relations --output m $net --word-vectors vectors.txt --json
json 'j["task"] == "relations" and j["members"] == 2 and j["labels"] == 4 and j["vectors"] == 40 and len(j["digest"]) == 32'
expect 0 "$gatkit" train train.jsonl --task relations --output m2 $net --word-vectors vectors.txt --threads 3
cmp m m2 || fail "threads change the model"
expect 0 "$gatkit" evaluate m --data test.jsonl --json
json 'j["macro_f1"] > .9 and j["sentences"] == 40 and 0 <= j["calibration_error"] < .5 and keys(j, "micro accuracy relations views sentences_per_second")'
expect 0 "$gatkit" evaluate m --data test.jsonl
says stdout "macro-F1"
says stdout "calibration error"
expect 0 "$gatkit" info m
says stdout "relations"
expect 0 "$gatkit" verify m
expect 2 "$gatkit" predict m a b '?'
says stderr "relations in text"
expect 4 "$gatkit" extract kg.tsv test.jsonl

expect 0 "$gatkit" extract m test.jsonl
[ "$(awk -F'\t' 'NF == 3 && $3 >= 0 && $3 <= 1' stdout | wc -l)" = 40 ] || fail "lines of id, label, probability"
cp stdout lines
expect 0 "$gatkit" extract m test.jsonl --threads 3
cmp stdout lines || fail "threads change the answers"
expect 0 "$gatkit" extract m test.jsonl --json
json 'len(j["sentences"]) == 40 and all(abs(sum(w["attention"] for w in s["words"]) - 1) < .01 for s in j["sentences"])'
json 'all(keys(s, "id label probability answers e1 e2 entity1 entity2 words") for s in j["sentences"])'
expect 0 "$gatkit" extract m test.jsonl --relations Cause
[ "$(cut -f2 stdout | grep -cv -e '^Cause' -e '^Other$')" = 0 ] || fail "--relations lets others through"
expect 2 "$gatkit" extract m test.jsonl --relations Nothing
expect 2 "$gatkit" extract m test.jsonl --triples --json
expect 0 "$gatkit" extract m test.jsonl --triples
[ "$(awk -F'\t' '$2 == "Cause" && $1 ~ /^[xy]/' stdout | wc -l)" -gt 5 ] || fail "facts"
[ "$(grep -c Other stdout)" = 0 ] || fail "no relation is no fact"
cp stdout facts.tsv
expect 0 "$gatkit" stats facts.tsv

# Stopped between nets and gone on: the same model; a log; limits.
expect 130 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --threads 1 --stop-after 3 --log r.jsonl
says stderr "r.checkpoint"
[ -e r ] && fail "an interrupted run has a model"
expect 2 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --resume --seed 2
says stderr "other options or data"
cp r.checkpoint whole.checkpoint
head -c 5000 whole.checkpoint >r.checkpoint
expect 4 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --resume
cp whole.checkpoint r.checkpoint
expect 0 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --resume --log r.jsonl
cmp m r || fail "a resumed training gives another model"
[ -e r.checkpoint ] && fail "the checkpoint stays"
[ "$(grep -c '"stage":"held-out net"' r.jsonl)" = 2 ] && [ "$(grep -c '"stage":"net"' r.jsonl)" = 2 ] || fail "log"
expect 0 "$gatkit" train train.jsonl --task relations --output short $net --time-limit .001 --json
json 'j["members"] == 0'
says stderr "time limit"
expect 5 "$gatkit" train train.jsonl --task relations --output no $net --max-memory 1M
says stderr "above the limit"
for encoder in self cross; do
    expect 0 "$gatkit" train train.jsonl --task relations --output e $net --encoder $encoder --causal yes --attention dynamic
    expect 0 "$gatkit" evaluate e --data test.jsonl --json
    json 'j["sentences"] == 40'
done

# With a graph: parts apart and together, its control, and entities that it lacks.
expect 0 "$gatkit" train train.jsonl --task relations --output g --members 0 --folds 2 --kg kg.tsv --json
json 'j["kg_entities"] == 42 and j["kg_facts"] == 40'
expect 0 "$gatkit" evaluate g --data test.jsonl --json
json 'set(j["views"]) == {"both", "text", "graph"} and keys(j["views"]["both"], "all seen unseen unseen_linked unseen_other")'
expect 0 "$gatkit" train train.jsonl --task relations --output g2 --members 0 --folds 2 --kg kg.tsv --shuffle-kg
cmp -s g g2 && fail "--shuffle-kg changes nothing"
expect 3 "$gatkit" train unknown_entity.jsonl --task relations --output no --members 0 --kg kg.tsv
expect 3 "$gatkit" extract g unknown_entity.jsonl
says stderr 'unknown_entity.jsonl:2: the graph has no entity "nobody"'
[ "$(wc -l <stdout)" = 1 ] || fail "what stands before a fault is answered"

expect 0 "$gatkit" train kg.tsv --output graph_model --holdout 0 $small --epochs 1
expect 0 "$gatkit" train train.jsonl --task relations --output g3 --members 0 --folds 2 --kg graph_model --json
json 'j["kg_entities"] == 42 and j["kg_facts"] == 40'

# Several relations at once.
expect 0 "$gatkit" train several.jsonl --task relations --output several --members 1 --dim 16 --attn-heads 2 --epochs 1 --folds 2 --json
json 'j["several"] is True'
expect 0 "$gatkit" evaluate several --data several.jsonl --json
json 'j["micro"]["f1"] > .8'

# Refused, with the line; what stands before it is answered.
for bad in overlap outside; do
    expect 3 "$gatkit" extract m $bad.jsonl
    says stderr "$bad.jsonl:2:"
    [ "$(wc -l <stdout)" = 1 ] || fail "$bad: the line before is lost"
    expect 3 "$gatkit" train $bad.jsonl --task relations --output no
done
expect 3 "$gatkit" extract m overlap.jsonl --json
json 'len(j["sentences"]) == 1'
expect 3 "$gatkit" evaluate m --data unknown_label.jsonl
says stderr 'unknown_label.jsonl:2: the model does not know the label "New"'
expect 3 "$gatkit" evaluate m --data no_label.jsonl
expect 3 "$gatkit" train no_label.jsonl --task relations --output no
expect 3 "$gatkit" train missing.jsonl --task relations --output no
expect 2 "$gatkit" train train.jsonl --task relations --output no --decoder complex
says stderr "no option of --task relations"
expect 2 "$gatkit" train train.jsonl --output no --folds 3
says stderr "--task relations"
expect 2 "$gatkit" train train.jsonl --task relations --output no --holdout 0.1
expect 2 "$gatkit" train train.jsonl --task relations --output no --preset wn18rr
says stderr "semeval"
expect 2 "$gatkit" train train.jsonl --task relations --output no --word-positions relative
expect 2 "$gatkit" train train.jsonl --task relations --output no --dim 30
expect 2 "$gatkit" train train.jsonl --task guesses --output no
expect 0 "$gatkit" extract m test.jsonl --quiet
[ -e no ] && fail "a refused run left a model"
exit 0
