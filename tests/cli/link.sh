# gatkit train --task linking, link, evaluate, info and verify of such a model, and what is refused.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import json, random
rng = random.Random(1)
# Two fields with names in common, and one name of its own each: which one is meant is told by the company.
names = [f"word{i}" for i in range(12)]
with open("kg.tsv", "w") as kg, open("aliases.txt", "w") as aliases:
    for field in "ab":
        for i, name in enumerate(names):
            for k in (1, 2, 5):
                kg.write(f"{field}_{name}\tnear\t{field}_{names[(i + k) % 12]}\n")
            kg.write(f"{field}_hub\tnear\t{field}_{name}\n")
            aliases.write(f"{field}_{name}\t{name}\n")
        aliases.write(f"{field}_hub\tthe {field} hub\n")
def document(number, annotate=True):
    field, picked = rng.choice("ab"), rng.sample(names, 4)
    tokens, mentions = ["The", field, "hub"], [{"start": 0, "end": 3, "entity": f"{field}_hub"}]
    for name in picked:
        tokens += ["the", name.capitalize()]
        mentions.append({"start": len(tokens) - 1, "end": len(tokens)})
        if annotate: mentions[-1]["entity"] = f"{field}_{name}"
    return {"id": f"d{number}", "tokens": tokens, "mentions": mentions}
write = lambda name, rows: open(name, "w").write("".join(json.dumps(r) + "\n" for r in rows))
write("train.jsonl", [document(i) for i in range(60)])
write("test.jsonl", [document(i) for i in range(10)])
open("text.jsonl", "w").write(json.dumps({"id": "t", "text": "Über word1, Word2s and\u00a0word3."}) + "\n")
# The same with candidates given.
given = {"doc": 7, "entities": [[1, "A_x", 5, 3, "PER", 2.5], [2, "B", 1, 0, "UNK", -1], [3, "C_(c)", 9, 2, "GPE", 1]],
         "edges": [[0, 2], [2, 0], [1, 2]],
         "mentions": [{"text": "a", "ctx": "A x", "gold": "A_x", "cand": [0, 1], "gold_ix": 0},
                      {"text": "C", "ctx": "C", "gold": "C_(c)", "cand": [2], "gold_ix": 2},
                      {"text": "z", "ctx": "z", "gold": "NIL", "cand": [1], "gold_ix": -1},
                      {"text": "nobody", "ctx": "nobody", "gold": "NIL", "cand": [], "gold_ix": -1}]}
write("given.jsonl", [dict(given, doc=i) for i in range(20)])
PY
mkdir kg
mv kg.tsv kg/train.tsv
mv aliases.txt kg/aliases.tsv
learn="--task linking --dim 16 --attn-heads 2 --layers 2 --epochs 15"

# shellcheck disable=SC2086
expect 0 "$gatkit" train train.jsonl $learn --kg kg --output m --json
json 'j["task"] == "linking" and j["documents"] == 60 and j["kg_entities"] == 26 and len(j["digest"]) == 32 and j["held_back"] == 4'
digest=$(python3 -c 'import json; print(json.load(open("stdout"))["digest"])')
for threads in 1 3; do
    # shellcheck disable=SC2086
    expect 0 "$gatkit" train train.jsonl $learn --kg kg --output same --threads $threads
    says stdout "digest $digest"
    cmp -s m same || fail "another file with $threads threads"
done

expect 0 "$gatkit" evaluate m --data test.jsonl --json
json 'j["task"] == "linking" and j["in_kg"] == 50 and j["candidate_recall"] == 1 and j["micro"] > 0.9'
expect 0 "$gatkit" evaluate m --data test.jsonl
says stdout "accuracy with NIL"
expect 0 "$gatkit" info m
says stdout "linking"
expect 0 "$gatkit" verify m

expect 0 "$gatkit" link m test.jsonl
[ "$(wc -l <stdout)" -eq 50 ] || fail "a line a mention"
awk -F'\t' 'NF != 4 || $4 < 0 || $4 > 1 { exit 1 }' stdout || fail "four columns"
expect 0 "$gatkit" link m test.jsonl --json
json 'len(j["mentions"]) == 50 and all(0 < len(m["best"]) <= 2 for m in j["mentions"])'
json 'any(m["supported_by"] for m in j["mentions"]) and all(s["mention"] != m["mention"] and s["weight"] <= 1 for m in j["mentions"] for s in m["supported_by"])'

# Mentions found in a text: places count characters, or tokens.
expect 3 "$gatkit" link m text.jsonl
says stderr "text.jsonl:1: no list of mentions"
expect 0 "$gatkit" link m text.jsonl --find-mentions --json
json '[(m["text"], m["start"], m["end"]) for m in j["mentions"]] == [("word1", 5, 10), ("Word2s", 12, 18), ("word3", 23, 28)]'

printf '{"id": "t", "tokens": ["\303\234ber", "word1,", "the", "a", "Hub", "and", "Word2s"]}\n' >tokens.jsonl
expect 0 "$gatkit" link m tokens.jsonl --find-mentions --json
json '[(m["text"], m["start"], m["end"]) for m in j["mentions"]] == [("word1", 1, 2), ("the a Hub", 2, 5), ("Word2s", 6, 7)]'
# A name in small letters is found at the beginning of a sentence too.
printf '{"id": "t", "text": "word3 is here. It and word4.\\nword5"}\n' >begin.jsonl
expect 0 "$gatkit" link m begin.jsonl --find-mentions
[ "$(cut -f2 stdout | tr '\n' ' ')" = "word3 word4 word5 " ] || fail "names at the beginning of sentences"
# Places are counted from the one before, whichever way they go.
printf '{"id": "p", "text": "\303\234ber word1 \303\274 word2", "mentions": [{"start": 5, "end": 10}, {"start": 13, "end": 18}, {"start": 0, "end": 4}, {"start": 5, "end": 18}, {"start": 17, "end": 18}]}\n' >places.jsonl
expect 0 "$gatkit" link m places.jsonl
[ "$(cut -f2 stdout | tr '\n' '|')" = "word1|word2|Über|word1 ü word2|2|" ] || fail "places in any order"

# Documents with candidates of their own need no graph.
# shellcheck disable=SC2086
expect 0 "$gatkit" train given.jsonl $learn --output given
expect 0 "$gatkit" evaluate given --data given.jsonl --json
json 'j["mentions"] == 80 and j["nil"] == 40 and j["micro"] == 1 and j["candidate_recall"] == 1'
expect 0 "$gatkit" link given given.jsonl
[ "$(awk -F'\t' '$2 == "nobody" && $3 == "NIL"' stdout | wc -l)" -eq 20 ] || fail "no candidates, no entity"
expect 2 "$gatkit" link given text.jsonl --find-mentions
expect 3 "$gatkit" link given test.jsonl
says stderr "train with --kg"

# A bad line: what stands before it is answered, the line is named.
refused() {
    head -1 test.jsonl >bad.jsonl
    printf '%b\n' "$1" >>bad.jsonl
    expect 3 "$gatkit" link m bad.jsonl
    says stderr "bad.jsonl:2: $2"
    [ "$(wc -l <stdout)" -eq 5 ] || fail "what stands before is answered: $2"
}
refused '{"id": 1, "text": "a b", "mentions": [{"start": 2, "end": 9}]}' "a mention is empty or outside the text"
refused '{"id": 1, "tokens": ["a"], "mentions": [{"start": 0, "end": 2}]}' "a mention is empty or outside the text"
refused '{"id": 1, "tokens": ["a"], "mentions": [{"start": 1, "end": 1}]}' "a mention is empty or outside the text"
refused '{"id": 1, "tokens": ["word1"], "mentions": [{"start": 0, "end": 1, "entity": "who"}]}' 'the graph has no entity "who"'
refused '{"id": 1, "text": " ", "mentions": []}' "the document is empty"
refused '{"id": 1, "tokens": [], "mentions": []}' "the document is empty"
refused '{"id": 1, "tokens": [7], "mentions": []}' "a token is no string or empty"
refused '{"id": 1, "mentions": []}' 'neither "tokens" nor "text"'
refused '[1]' "no JSON object"
refused '{"id": ' "no JSON"
refused '{"id": 1, "text": "\\xff", "mentions": []}' ""
refused '{"doc": 1, "entities": [[1, "A", 1, 1, "PER", 1]], "edges": [[0, 1]], "mentions": []}' "an edge joins no two entities"
refused '{"doc": 1, "entities": [[1, "A", 1, 1, "PER", 1]], "mentions": [{"text": "a", "cand": [1]}]}' "a candidate is no entity"
refused '{"doc": 1, "entities": [[1, "A", "5", 1, "PER", 1]], "mentions": []}' "an entity is no [id, title, in-links"
refused '{"doc": 1, "entities": [[1, "A", 5]], "mentions": []}' "an entity is no [id, title, in-links"
refused '{"doc": 1, "entities": [[1, "A", -1, 1, "PER", 1]], "mentions": []}' "numbers of links are finite and not below 0"

# The names and the graph alone teach how entities hang together.
# shellcheck disable=SC2086
expect 0 "$gatkit" train --task linking --kg kg --output alone --dim 16 --attn-heads 2 --layers 2 --epochs 8 --documents 150
expect 0 "$gatkit" evaluate alone --data test.jsonl --json
json 'j["micro"] > 0.85 and j["recall_by_way"]["folded"] + j["recall_by_way"]["exact"] == 1'
expect 2 "$gatkit" train --task linking --output n
expect 2 "$gatkit" train train.jsonl --task linking --kg kg --documents 5 --output n
expect 2 "$gatkit" train --task linking --kg kg --descriptions about.tsv --output n
expect 2 "$gatkit" train --task relations --kg kg --output n

# Too many links for one document: file and line are named, and what stands before is answered.
python3 - <<'PY'
import json
rows = [{"id": "few", "entities": [[1, "A", 1, 1, "PER", 1]], "mentions": [{"text": "a", "cand": [0], "gold": "A", "gold_ix": 0}]},
        {"id": "many", "entities": [[1, "A", 1, 1, "PER", 1]], "mentions": [{"text": f"a{i}", "cand": [0]} for i in range(4600)]}]
open("dense.jsonl", "w").write("\n" + "".join(json.dumps(r) + "\n" for r in rows))
PY
expect 3 "$gatkit" link given dense.jsonl
says stderr "dense.jsonl:3: the document has too many candidates that are linked"
[ "$(cut -f1 stdout)" = "few" ] || fail "what stands before is answered"
expect 3 "$gatkit" train dense.jsonl --task linking --output n
says stderr "dense.jsonl:3: the document has too many candidates that are linked"

# Entities taken out of the graph: their mentions are NIL.
expect 0 "$gatkit" evaluate m --data test.jsonl --remove-entities 0.3 --json
json '0 < j["nil"] < 50 and j["nil"] + j["in_kg"] == 50 and j["nil_recall"] > 0.3'

# Names with weights, descriptions with types.
awk -F'\t' '{print $1 "\tthe " ($1 ~ /^a/ ? "left" : "right") " one\tfield." substr($1, 1, 1)}' kg/aliases.tsv >about.tsv
printf 'a_word1\tnickname\t3\nb_word1\tnickname\t1.5\n' >names.tsv
# shellcheck disable=SC2086
expect 0 "$gatkit" train train.jsonl $learn --kg kg --lexicon names.tsv --descriptions about.tsv --output rich
expect 0 "$gatkit" verify rich
expect 0 "$gatkit" evaluate rich --data test.jsonl --json
json 'j["micro"] > 0.9'
# Vectors of the user's own words, whatever the number of threads.
cut -f2 about.tsv >about.txt
expect 0 "$gatkit" train about.txt --task words --dim 3 --min-count 1 --output about.vec
for threads in 1 3; do
    # shellcheck disable=SC2086
    expect 0 "$gatkit" train train.jsonl $learn --kg kg --lexicon names.tsv --descriptions about.tsv --word-vectors about.vec \
        --epochs 3 --threads $threads --output near$threads
done
cmp -s near1 near3 || fail "another model with three threads"
expect 0 "$gatkit" evaluate near3 --data test.jsonl --json
json 'j["micro"] > 0.5 and j["candidate_recall"] == 1'
expect 3 "$gatkit" train train.jsonl --task linking --kg kg --descriptions about.tsv --word-vectors about.txt --output n
says stderr "about.txt:"
printf '{"id": 1, "text": "my nickname and wordd2", "mentions": [{"start": 3, "end": 11}, {"start": 16, "end": 22}]}\n' >near.jsonl
expect 0 "$gatkit" link rich near.jsonl --json
json '[m["candidates"] for m in j["mentions"]] == [2, 2]'
printf 'a_word1\tnickname\t3\nb_word1\tnickname\t-1\n' >names.tsv
expect 3 "$gatkit" train train.jsonl --task linking --kg kg --lexicon names.tsv --output n
says stderr "names.tsv:2: the weight of a name"
printf 'nobody\tnickname\t3\na_word1\t  \t1\n' >names.tsv
expect 3 "$gatkit" train train.jsonl --task linking --kg kg --lexicon names.tsv --output n
says stderr "names.tsv: no name of an entity of the graph"
printf 'nobody\tsomebody\n' >about.tsv
expect 3 "$gatkit" train train.jsonl --task linking --kg kg --descriptions about.tsv --output n
says stderr "about.tsv: no description of an entity of the graph"
printf 'a_word1\n' >about.tsv
expect 3 "$gatkit" train train.jsonl --task linking --kg kg --descriptions about.tsv --output n
says stderr "about.tsv:1: expected an id, a tab and a description"
expect 2 "$gatkit" train train.jsonl --task linking --descriptions about.tsv --output n
expect 2 "$gatkit" train train.jsonl --task linking --kg kg --word-vectors w.txt --output n

# shellcheck disable=SC2086
expect 3 "$gatkit" train text.jsonl $learn --kg kg --output n
expect 3 "$gatkit" train train.jsonl --task linking --kg nowhere --output n
expect 2 "$gatkit" train train.jsonl --task linking --kg kg --output n --dim 15
expect 2 "$gatkit" train train.jsonl --task linking --kg kg --output n --members 2
expect 2 "$gatkit" train train.jsonl --task linking --shuffle-kg --output n
expect 2 "$gatkit" train train.jsonl --task linking --kg kg --output n --resume
expect 0 "$gatkit" train train.jsonl --task linking --kg kg --output logged --epochs 2 --dim 8 --log log.jsonl
[ "$(wc -l <log.jsonl)" -eq 2 ] || fail "a line an epoch"
grep -q '"epoch": 2, "loss": ' log.jsonl || fail "epoch and loss in the log"
[ ! -e n ] || fail "a refused run writes nothing"
expect 2 "$gatkit" predict m a near '?'
says stderr "a model of entity linking; it answers link"
printf 'x' | dd of=m bs=1 seek=300 conv=notrunc 2>/dev/null
expect 4 "$gatkit" link m test.jsonl
