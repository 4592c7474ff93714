# gatkit align --model-output and --apply: a kept alignment answers questions, is refused where it cannot, and grows.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import random
rng = random.Random(1)
n, new = 160, 12
facts = [(i if k == 0 else rng.randrange(n), rng.randrange(5), rng.randrange(n)) for k in range(6) for i in range(n)]
put = lambda name, rows: open(name, "w").write("".join(rows))
for side, (entity, relation) in enumerate((("a", "p"), ("b", "q")), 1):
    lines = [(f"{entity}{h}\t{relation}{r}\t{entity}{t}\n", max(h, t) < n - new) for h, r, t in facts]
    put(f"kg{side}.tsv", [line for line, _ in lines])
    put(f"old{side}.tsv", [line for line, old in lines if old])
put("seeds.tsv", [f"a{i}\tb{i}\n" for i in range(100)])
PY
expect 0 "$gatkit" align old1.tsv old2.tsv --seeds seeds.tsv --output old.tsv --model-output m.gatkit --threads 1
expect 0 "$gatkit" align old1.tsv old2.tsv --seeds seeds.tsv --output old.tsv --model-output m2.gatkit --threads 3
cmp m.gatkit m2.gatkit || fail "threads change the model"

expect 0 "$gatkit" info m.gatkit
says stdout "alignment of two graphs"
expect 0 "$gatkit" info m.gatkit --json
json 'j["model"] == "alignment" and j["seeds"] == 100 and j["pairs"] > 40 and len(j["data_digest1"]) == 32 and j["valid"]["links"] == 10'
expect 0 "$gatkit" verify m.gatkit
expect 0 "$gatkit" neighbors m.gatkit a3 --top 3
says stdout "KG2"
expect 0 "$gatkit" neighbors m.gatkit a3 --by embedding --json
json 'j["graph"] == 1 and len(j["neighbors"]) == 10 and j["neighbors"][0]["entity"] == "b3" and j["neighbors"][0]["graph"] == 2 and j["neighbors"][0]["belief"] > .9'
json 'keys(j["neighbors"][0], "entity relation direction weight")'
expect 0 "$gatkit" similarity m.gatkit a3 b3 --json
json 'j["similarity"] > .9 and j["graph_a"] == 1 and j["graph_b"] == 2'
expect 0 "$gatkit" similarity m.gatkit b3 2:b4
says stdout "in KG2"
expect 0 "$gatkit" export m.gatkit --format npy --output v.npy
says v.npy.entities.txt "2:b3"

# Refused.
for order in graph attention; do
    expect 2 "$gatkit" neighbors m.gatkit a3 --by $order
    says stderr "--by embedding"
done
expect 2 "$gatkit" neighbors m.gatkit a3 --add old1.tsv
says stderr "align --apply"
expect 2 "$gatkit" similarity m.gatkit a3 nobody
says stderr "neither graph"
expect 2 "$gatkit" predict m.gatkit a3 p1 '?'
says stderr "an alignment of two graphs"
expect 2 "$gatkit" evaluate m.gatkit --data old1.tsv
expect 2 "$gatkit" explain m.gatkit a3 p1 a4
expect 2 "$gatkit" align kg1.tsv kg2.tsv --apply m.gatkit --seeds seeds.tsv --output p
expect 2 "$gatkit" align kg1.tsv kg2.tsv --apply m.gatkit --encoder both --output p
expect 2 "$gatkit" align kg1.tsv kg2.tsv --apply m.gatkit --output m.gatkit
expect 2 "$gatkit" align old1.tsv old2.tsv --seeds seeds.tsv --output p --model-output p
expect 3 "$gatkit" align kg2.tsv kg1.tsv --apply m.gatkit --output p
says stderr "no pair"
expect 4 "$gatkit" align kg1.tsv kg2.tsv --apply old1.tsv --output p
expect 4 "$gatkit" align kg1.tsv kg2.tsv --apply absent --output p
head -c 5000 m.gatkit >cut.gatkit
expect 4 "$gatkit" align kg1.tsv kg2.tsv --apply cut.gatkit --output p
expect 4 "$gatkit" verify cut.gatkit

# Growing: old pairs stay as they are, new entities find each other, and the result can be kept and grow again.
expect 0 "$gatkit" align kg1.tsv kg2.tsv --apply m.gatkit --output new.tsv --model-output grown.gatkit --json
json 'j["kept_pairs"] > 40 and j["pairs"] >= j["kept_pairs"] + 8 and j["seeds"] == 100'
sort old.tsv >sorted_old; sort new.tsv >sorted_new
[ -z "$(comm -23 sorted_old sorted_new)" ] || fail "old pairs changed"
comm -13 sorted_old sorted_new >added
awk -F'\t' '{ n += substr($1, 2) == substr($2, 2) } END { exit !(n >= 8 && n >= NR * .8) }' added || fail "few new pairs are right"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --apply grown.gatkit --output same.tsv
cmp new.tsv same.tsv || fail "nothing is new, and the pairs differ"
exit 0
