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
write("empty.jsonl", [good, dict(good, tokens=[])])
write("long.jsonl", [good, dict(good, tokens=["word"] * 130000)])
open("bytes.jsonl", "wb").write(json.dumps(good).encode() + b"\n" + json.dumps(good).encode().replace(b"the", b"th\xff") + b"\n")
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
printf '%s\n' '{"tokens": ["thing1", "meets", "matter2"], "e1": [0, 1], "e2": [2, 3], "label": []}' >unlabelled.jsonl
expect 0 "$gatkit" evaluate m --data unlabelled.jsonl --json
json 'j["accuracy"] == 1'
for i in $(seq 250); do cat test.jsonl; done >many.jsonl
"$gatkit" extract m many.jsonl 2>stderr | true
[ -s stderr ] && fail "a reader that has had enough is told nothing"
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
expect 0 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --resume --log again.jsonl --json
says stderr "this run is finished"
json 'j["members"] == 2'
cmp m r || fail "a finished run changes"
grep -q '"stage":"net"' again.jsonl && fail "a finished run trains nets"
expect 0 "$gatkit" train train.jsonl --task relations --output r $net --word-vectors vectors.txt --resume --seed 2
grep -q finished stderr && fail "a run of another seed is finished"
expect 0 "$gatkit" train train.jsonl --task relations --output short $net --time-limit .001 --json
json 'j["members"] == 0'
says stderr "time limit"
expect 130 "$gatkit" train train.jsonl --task relations --output judged $net --threads 1 --stop-after 2
expect 0 "$gatkit" train train.jsonl --task relations --output judged $net --resume --time-limit .001
cmp short judged || fail "nets that judged, but are not there, change the linear part"
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

# A graph of some of the entities.
expect 0 "$gatkit" train train.jsonl --task relations --output p --members 0 --folds 2 --kg kg.tsv --kg-partial
expect 0 "$gatkit" extract p unknown_entity.jsonl
[ "$(wc -l <stdout)" = 2 ] || fail "a stranger to the graph is answered"
grep -v '^y' kg.tsv >half.tsv
expect 3 "$gatkit" train train.jsonl --task relations --output no --members 0 --kg half.tsv
expect 0 "$gatkit" train train.jsonl --task relations --output p --members 0 --folds 2 --kg half.tsv --kg-partial
expect 0 "$gatkit" evaluate p --data test.jsonl --json
json 'j["sentences"] == 40 and set(j["views"]) == {"both", "text", "graph"}'
expect 2 "$gatkit" train train.jsonl --task relations --output no --kg-partial

# What a model of the graph says of both, if it has learned no fact between the two of a sentence.
expect 0 "$gatkit" train train.jsonl --task relations --output s --members 0 --folds 2 --kg graph_model --kg-states --json
json 'j["kg_states"] is True'
expect 0 "$gatkit" evaluate s --data test.jsonl
expect 0 "$gatkit" verify s
expect 2 "$gatkit" train train.jsonl --task relations --output no --members 0 --kg kg.tsv --kg-states
expect 2 "$gatkit" train train.jsonl --task relations --output no --kg-states
python3 -c 'import json
for l in open("train.jsonl"):
    j = json.loads(l)
    print(j["e1_id"], "is", j["e2_id"], sep="\t")' | cat - kg.tsv >joined.tsv
expect 0 "$gatkit" train joined.tsv --output joined --holdout 0 $small --epochs 1
expect 3 "$gatkit" train train.jsonl --task relations --output no --members 0 --kg joined --kg-states
says stderr "train.jsonl:1: the model of the graph has learned a fact"
expect 0 "$GATKIT_SOURCE/tools/cut_graph" joined.tsv train.jsonl test.jsonl --out cut
[ "$(wc -l <cut/train.tsv)" = 40 ] || fail "facts left by tools/cut_graph"
expect 0 "$gatkit" train cut --output cut_model $small --epochs 1
expect 0 "$gatkit" train train.jsonl --task relations --output s2 --members 0 --folds 2 --kg cut_model --kg-states --shuffle-kg

# Texts without marks: names are found and linked, by the graph or by a linker, and every two of a sentence are asked about.
mkdir -p named
cp kg.tsv named/train.tsv
for i in $(seq 0 19); do printf 'x%s\tthing%s\ny%s\tmatter%s\n' "$i" "$i" "$i" "$i"; done >named/entity_name.tsv
cat >texts.jsonl <<'TEXTS'
{"id": "t1", "text": "The thing3 causes the matter4. And the thing1 contains the matter2, he said."}
{"id": "t2", "tokens": ["the", "thing5", "follows", "from", "the", "matter6"], "mentions": [{"start": 1, "end": 2}, {"start": 5, "end": 6}]}
{"id": "t3", "text": "Nobody causes anything."}
TEXTS
expect 0 "$gatkit" extract g texts.jsonl --kg named
[ "$(cut -f1,2,4,5 stdout | tr '\t\n' ' ;')" = "t1 Cause(e1,e2) x3 y4;t1 Whole(e1,e2) x1 y2;t2 Cause(e2,e1) x5 y6;" ] || fail "pairs of texts"
cp stdout lines
expect 0 "$gatkit" extract g texts.jsonl --kg named --threads 3
cmp stdout lines || fail "threads change the answers about texts"
expect 0 "$gatkit" extract g texts.jsonl --kg named --json
json '[(s["entity1"], s["e1"], len(s["words"])) for s in j["sentences"]] == [("x3", [1, 2], 6), ("x1", [2, 3], 10), ("x5", [1, 2], 6)]'
printf '%s\n' '{"id": 1, "text": "a thing1 and a matter2", "mentions": [{"start": 2, "end": 8, "entity": "x1"}, {"start": 15, "end": 22, "entity": "y2"}]}' \
    '{"id": 2, "tokens": ["thing3"], "mentions": [{"start": 0, "end": 1, "entity": "x3"}]}' >linked.jsonl
expect 0 "$gatkit" train linked.jsonl --task linking --kg named --output linker --dim 16 --attn-heads 2 --epochs 2
expect 0 "$gatkit" extract g texts.jsonl --linker linker
[ "$(cut -f1 stdout | sort | uniq -c | wc -l)" -le 2 ] || fail "pairs of texts with a linker"
# A model of all there is: nobody has more sections.
cp kg.tsv named/valid.tsv
expect 0 "$gatkit" train named --output placed $small --epochs 1 --positions random-walk
expect 0 "$gatkit" train train.jsonl --task relations --output all --members 24 --dim 8 --attn-heads 2 --epochs 1 --batch 200 --folds 2 \
    --kg placed --kg-states --kg-partial --shuffle-kg --bags --word-vectors vectors.txt
expect 0 "$gatkit" evaluate all --data test.jsonl --json
json 'j["sentences"] == 40'
# The whole way: text, facts, a model of the graph that they make.
expect 0 "$gatkit" extract g texts.jsonl --kg named --triples
[ "$(sort stdout | tr '\t\n' ' ;')" = "x1 Whole y2;x3 Cause y4;y6 Cause x5;" ] || fail "facts of texts"
cp stdout found.tsv
cat found.tsv kg.tsv >grown.tsv
expect 0 "$gatkit" train grown.tsv --output grown --holdout 0 $small --epochs 1 --json
json 'j["train_triples"] == 43'
head -1 texts.jsonl >bad_texts.jsonl
echo '{"id": "t9", "text": "x1 causes y2", "mentions": [{"start": 0, "end": 99}]}' >>bad_texts.jsonl
expect 3 "$gatkit" extract g bad_texts.jsonl --kg named
says stderr "bad_texts.jsonl:2:"
[ "$(wc -l <stdout)" = 2 ] || fail "what stands before a bad text is answered"
expect 3 "$gatkit" extract g texts.jsonl --kg missing
expect 4 "$gatkit" extract g texts.jsonl --linker g
expect 2 "$gatkit" extract g texts.jsonl --kg named --linker linker

# All sentences of a pair together.
expect 0 "$gatkit" train train.jsonl --task relations --output b --members 0 --folds 2 --kg kg.tsv --bags --json
json 'j["bags"] is True'
expect 0 "$gatkit" train train.jsonl --task relations --output b2 --members 0 --folds 2 --kg kg.tsv --bags --threads 3
cmp b b2 || fail "threads change the bags"
expect 0 "$gatkit" verify b
expect 0 "$gatkit" evaluate b --data test.jsonl --json
json 'keys(j["bags"], "pairs seen several facts micro unseen unseen_facts") and all(0 <= j["bags"][w]["average_precision"] <= 1 for w in ("attention", "best", "mean"))'
json '0 <= j["calibration_error"] <= 1'
expect 0 "$gatkit" evaluate b --data test.jsonl
says stdout "best sentence"
says stdout "calibration error"
expect 0 "$gatkit" extract b test.jsonl --bags
[ "$(awk -F'\t' 'NF == 4 && $1 ~ /^x/ && $2 ~ /^y/' stdout | wc -l)" = "$(wc -l <stdout)" ] || fail "lines of both entities, relation, probability"
cut -f1,2 stdout | sort >pairs
[ "$(sort -u pairs | wc -l)" -lt 40 ] || fail "pairs, not sentences"
expect 0 "$gatkit" extract b test.jsonl --bags --json
json 'all(abs(sum(s["attention"] for s in p["sentences"]) - 1) < .01 for p in j["pairs"])'
expect 0 "$gatkit" extract b test.jsonl --bags --triples
[ "$(awk -F'\t' '$2 == "Cause" || $2 == "Whole"' stdout | wc -l)" = "$(wc -l <stdout)" ] || fail "facts of pairs"
expect 2 "$gatkit" extract g test.jsonl --bags
says stderr "train with --bags"
expect 2 "$gatkit" extract b texts.jsonl --bags --kg named
expect 2 "$gatkit" train train.jsonl --output no --bags
expect 3 "$gatkit" extract b overlap.jsonl --bags
[ "$(wc -l <stdout)" -ge 1 ] || fail "pairs before a fault are answered"

# NYT10's columns and OpenNRE's lines, where a pair has several sentences.
awk 'BEGIN { srand(3); split("lives in:/place,left:NA,works for:/firm", kind, ","); for (i = 0; i < 90; i++) {
    split(kind[i % 3 + 1], k, ":"); a = i % 10; b = 0
    printf "/m/a%d\t/m/b%d\tann_%d\toslo_%d\t%s\tann_%d %s oslo_%d . ###END###\n", a, 3 * b + i % 3, a, 3 * b + i % 3, k[2], a, k[1], 3 * b + i % 3 } }' >nyt10.txt
expect 0 "$gatkit" train nyt10.txt --task relations --output nyt --members 0 --folds 2 --bags --json
json 'j["labels"] == 2 and j["several"] is True'
expect 0 "$gatkit" evaluate nyt --data nyt10.txt --json
json 'j["bags"]["attention"]["average_precision"] > .9 and j["bags"]["several"] > 0'
printf '%s\n' '{"token": ["ann", "lives", "in", "oslo"], "h": {"name": "ann", "id": "a", "pos": [0, 1]}, "t": {"name": "oslo", "id": "b", "pos": [3, 4]}, "relation": "/place"}' \
    '{"token": ["ann", "left", "oslo"], "h": {"name": "ann", "id": "a", "pos": [0, 1]}, "t": {"name": "oslo", "id": "b", "pos": [2, 3]}, "relation": "NA"}' >opennre.jsonl
expect 0 "$gatkit" evaluate nyt --data opennre.jsonl
expect 0 "$gatkit" extract nyt opennre.jsonl --bags --triples
[ "$(tr '\t\n' ' ;' <stdout)" = "a /place b;" ] || fail "one fact of two sentences"

# Several relations at once.
expect 0 "$gatkit" train several.jsonl --task relations --output several --members 1 --dim 16 --attn-heads 2 --epochs 1 --folds 2 --json
json 'j["several"] is True'
expect 0 "$gatkit" evaluate several --data several.jsonl --json
json 'j["micro"]["f1"] > .8'

# Refused, with the line; what stands before it is answered.
for bad in overlap outside empty long bytes; do
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
