# Every verb once, for a person and as JSON with the keys of the contract.
. "$(dirname "$0")/lib.sh"
make_graph g

expect 0 "$gatkit" stats g
says stdout next
expect 0 "$gatkit" stats g --json
json 'j["entities"] == 40 and j["relations"] == 3 and j["splits"]["train"]["facts"] > 100'
json 'keys(j, "entities relations splits degrees components relation_kinds") and len(j["relation_kinds"]) == 3'
expect 0 "$gatkit" stats g/train.tsv --json
json 'list(j["splits"]) == ["train"]'

for kind in gat none; do
    train_small g "$kind.gatkit" --model "$kind"
    json 'keys(j, "model entities relations train_triples parameters epochs seconds peak_rss_mb digest valid")'
    json "j['model'] == '$kind' and j['entities'] == 40 and j['relations'] == 3 and len(j['digest']) == 32"
    json 'keys(j["valid"], "mrr hits_at_1 hits_at_3 hits_at_10") and 0 < j["valid"]["mrr"] <= 1'
    digest=$(field digest)
    [ -e "$kind.gatkit.checkpoint" ] && fail "a finished run leaves no checkpoint"

    expect 0 "$gatkit" verify "$kind.gatkit"
    expect 0 "$gatkit" verify "$kind.gatkit" --json
    json 'j["whole"] is True'
    expect 0 "$gatkit" info "$kind.gatkit"
    says stdout "$digest"
    expect 0 "$gatkit" info "$kind.gatkit" --json
    json "j['digest'] == '$digest' and j['config']['dim'] == '16' and j['entities'] == 40"

    expect 0 "$gatkit" evaluate "$kind.gatkit" --data g
    says stdout "reverse of a training fact"
    expect 0 "$gatkit" evaluate "$kind.gatkit" --data g --split valid --per-relation
    says stdout next
    expect 0 "$gatkit" evaluate "$kind.gatkit" --data g --json
    json 'j["split"] == "test" and all(ranking(j[k]) for k in ("both", "tail", "head", "baseline")) and keys(j, "seconds queries_per_second")'
    json 'j["both"]["queries"] == j["tail"]["queries"] + j["head"]["queries"] == 2 * 8 and "relations" not in j'
    json 'j["baseline"]["realistic"]["mrr"] > .3 and set(j["kinds"]) == {"1-1", "1-N", "N-1", "N-N"}'
    expect 0 "$gatkit" evaluate "$kind.gatkit" --data g --json --per-relation
    json 'sum(r["both"]["queries"] for r in j["relations"]) == 16 and all(ranking(r["tail"]) for r in j["relations"])'

    expect 0 "$gatkit" predict "$kind.gatkit" e7 next '?'
    says stdout "the entity"
    expect 0 "$gatkit" predict "$kind.gatkit" e7 next '?' --top 5 --json
    json 'len(j["answers"]) == 5 and all(a["head"] == "e7" and a["relation"] == "next" and 0 <= a["probability"] <= 1 for a in j["answers"])'
    json '[a["score"] for a in j["answers"]] == sorted((a["score"] for a in j["answers"]), reverse=True)'
    expect 0 "$gatkit" predict "$kind.gatkit" e8 next '?' --top 40 --json
    json 'all(a["tail"] != "e9" for a in j["answers"])'
    expect 0 "$gatkit" predict "$kind.gatkit" e8 next '?' --top 40 --json --known
    json 'any(a["tail"] == "e9" for a in j["answers"]) and all(0 <= a["probability"] <= 1 for a in j["answers"])'
    expect 0 "$gatkit" predict "$kind.gatkit" '?' next e7 --json
    json 'all(a["tail"] == "e7" for a in j["answers"]) and j["answers"]'
    expect 0 "$gatkit" predict "$kind.gatkit" e7 '?' e9 --json --known
    json '{a["relation"] for a in j["answers"]} == {"next", "before", "near"}'

    expect 0 "$gatkit" neighbors "$kind.gatkit" e7
    says stdout "the entity 7"
    expect 0 "$gatkit" neighbors "$kind.gatkit" e7 --by graph --json
    json 'j["entity"] == "e7" and all(keys(n, "entity relation direction weight") for n in j["neighbors"])'
    json '{n["entity"] for n in j["neighbors"]} == {"e5", "e6", "e8", "e9"}'
    expect 0 "$gatkit" neighbors "$kind.gatkit" e7 --by embedding --top 3 --json
    json 'len(j["neighbors"]) == 3 and all(n["entity"] != "e7" for n in j["neighbors"])'

    expect 0 "$gatkit" similarity "$kind.gatkit" e7 e8
    expect 0 "$gatkit" similarity "$kind.gatkit" e7 e7 --json
    json 'j["a"] == "e7" and abs(j["similarity"] - 1) < 1e-5'
done

expect 0 "$gatkit" neighbors gat.gatkit e7 --json --top 40
json 'all(0 <= n["weight"] <= 1 for n in j["neighbors"]) and {n["direction"] for n in j["neighbors"]} <= {"in", "out"}'
expect 0 "$gatkit" neighbors gat.gatkit e7 --hops 2 --json --top 40
json 'max(n["hops"] for n in j["neighbors"]) == 2 and "e7" not in {n["entity"] for n in j["neighbors"]}'

printf 'e1\tnext\t?\n?\tnear\te2\ne3\tbefore\t?\n' >queries.tsv
expect 0 "$gatkit" score gat.gatkit queries.tsv --npy scores.npy --entities entities.txt
expect 0 "$gatkit" score gat.gatkit queries.tsv --npy scores.npy --entities entities.txt --json
json 'j["queries"] == 3'
[ "$(wc -l <entities.txt)" -eq 40 ] || fail "entities.txt has one line per column"
python3 - <<'PY' || fail "scores.npy"
import ast, struct
b = open("scores.npy", "rb").read()
assert b[:6] == b"\x93NUMPY"
n = struct.unpack("<H", b[8:10])[0]
header = ast.literal_eval(b[10:10 + n].decode())
assert header == {"descr": "<f4", "fortran_order": False, "shape": (3, 40)}, header
assert len(b) == 10 + n + 3 * 40 * 4
PY
# Packed questions, and a graph beside the model's own.
gzip -k queries.tsv
expect 0 "$gatkit" score gat.gatkit queries.tsv.gz --npy packed.npy --entities entities2.txt
cmp -s scores.npy packed.npy || fail "packed questions give other scores"
expect 0 "$gatkit" score gat.gatkit queries.tsv --npy other.npy --entities other.txt --graph g
[ -s other.npy ] || fail "no scores with --graph"
expect 0 "$gatkit" evaluate gat.gatkit --data g --graph g --json
json 'j["both"]["queries"] == 16'

# A score row and an answer of predict are the same number.
expect 0 "$gatkit" predict gat.gatkit e1 next '?' --top 1 --known --json
python3 - <<'PY' || fail "score and predict differ"
import json, struct
b = open("scores.npy", "rb").read()
row = struct.unpack("<40f", b[10 + struct.unpack("<H", b[8:10])[0]:][:160])
names = open("entities.txt").read().split("\n")
a = json.load(open("stdout"))["answers"][0]
assert abs(row[names.index(a["tail"])] - a["score"]) <= 1e-5 * abs(a["score"]), a
assert max(row) == row[names.index(a["tail"])]
PY

for format in npy word2vec projector safetensors; do
    expect 0 "$gatkit" export gat.gatkit --format "$format" --output "out.$format" --json
    json "j['format'] == '$format' and j['entities'] == 40"
done
for file in out.npy out.npy.entities.txt out.word2vec out.projector.tsv out.projector.metadata.tsv out.safetensors; do
    [ -s "$file" ] || fail "export wrote no $file"
done
[ "$(head -n 1 out.word2vec)" = "40 16" ] || fail "word2vec heading"
