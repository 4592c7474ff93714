# gatkit align: pairs, scores, JSON, protocols, and what is refused.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import random
rng = random.Random(1)
n = 200
facts = [(i if k == 0 else rng.randrange(n), rng.randrange(5), rng.randrange(n)) for k in range(6) for i in range(n)]
with open("kg1.tsv", "w") as one, open("kg2.tsv", "w") as two, open("renamed.tsv", "w") as renamed:
    for h, r, t in facts:
        one.write(f"a{h}\tp{r}\ta{t}\n")
        two.write(f"b{h}\tq{r}\tb{t}\n")
        renamed.write(f"{h}x\tr{r}\t{t}x\n")
order = rng.sample(range(n), n)
write = lambda name, rows: open(name, "w").write("".join(rows))
write("seeds.tsv", [f"a{i}\tb{i}\n" for i in order[:120]])
write("seeds_renamed.tsv", [f"a{i}\t{i}x\n" for i in order[:120]])
write("rest.tsv", [f"a{i}\tb{i}\n" for i in order[120:]])
write("sources.tsv", [f"a{i}\n" for i in order[120:]])
write("targets.tsv", [f"b{i}\n" for i in sorted(order[120:])])
write("names1.tsv", [f"a{i}\t{i * 7919 % 1000} and {i}\n" for i in range(n)])
write("names2.tsv", [f"b{i}\t{i * 7919 % 1000} And {i}\n" for i in range(n)])
PY
right() { awk -F'\t' '{ s = substr($1, 2); t = $2; gsub(/[bx]/, "", t); n += s == t } END { print n + 0 }' "$1"; }

expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output pairs.tsv --scores scores.tsv --top 3
says stdout "held back"
[ "$(right pairs.tsv)" -ge 60 ] || fail "few pairs are right: $(right pairs.tsv)"
[ "$(cut -f1 pairs.tsv | sort | uniq -d | wc -l)" = 0 ] || fail "a source twice"
[ "$(cut -f1 scores.tsv | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')" -le 3 ] || fail "more than --top 3"
cut -f1 pairs.tsv | sort >asked; cut -f1 seeds.tsv | sort >known
[ -z "$(comm -12 asked known)" ] || fail "a seed was asked about"

expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output again.tsv --threads 3 --json --explain
json 'keys(j, "entities1 entities2 seeds pairs seconds peak_rss_mb digest valid") and j["seeds"] == 120 and len(j["digest"]) == 32'
json 'keys(j["valid"], "links hits_at_1 hits_at_10 mrr") and len(j["explanations"]) == j["pairs"]'
json 'all(keys(r, "relation1 neighbor1 relation2 neighbor2 weight") for e in j["explanations"] for r in e["reasons"])'
cmp pairs.tsv again.tsv || fail "threads change the pairs"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output again.tsv --explain=2
[ "$(grep -c '^a[0-9]* = ' stdout)" = 2 ] || fail "reasons for two pairs"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output again.tsv --explain=2 --json
json 'len(j["explanations"]) == 2'

# Renaming everything in KG2 leaves the numbers as they are.
expect 0 "$gatkit" align kg1.tsv renamed.tsv --seeds seeds_renamed.tsv --output renamed_pairs.tsv
sed -E 's/\tb([0-9]+)\t/\t\1x\t/' pairs.tsv | cmp - renamed_pairs.tsv || fail "names matter"

expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --sources sources.tsv --targets targets.tsv --output closed.tsv \
    --valid rest.tsv --quiet
[ -s stderr ] && fail "--quiet"
[ "$(right closed.tsv)" -ge 60 ] || fail "closed: few pairs are right"
for decode in cosine csls one-to-one; do
    expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output "$decode.tsv" --decode $decode
    [ "$(right $decode.tsv)" -ge 50 ] || fail "$decode: few pairs are right"
done
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output shot.tsv --rounds 0
[ "$(right shot.tsv)" -ge 30 ] || fail "one shot: few pairs are right"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --names1 names1.tsv --names2 names2.tsv --output named.tsv
[ "$(right named.tsv)" -ge 190 ] || fail "names: few pairs are right"

# The texts of a folder are shown, and change nothing.
mkdir one; cp kg1.tsv one/train.tsv; printf 'a1\tthe first\na2\t\033[31mred\n' >one/entity_name.tsv
expect 0 "$gatkit" align one kg2.tsv --seeds seeds.tsv --output texts.tsv --explain
says stdout "a1 (the first)"
says stdout "a2 (?[31mred)"
cmp pairs.tsv texts.tsv || fail "texts change the pairs"
expect 0 "$gatkit" align one kg2.tsv --seeds seeds.tsv --output texts.tsv --explain --json
json 'any(e.get("source_text") == "the first" or any(r.get("text1") == "the first" for r in e["reasons"]) for e in j["explanations"])'
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output sure.tsv --rounds 0 --min-confidence .9
awk -F'\t' '$3 < .9 { exit 1 }' sure.tsv || fail "--min-confidence lets less through"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output limited.tsv --time-limit .01

# An OpenEA folder.
mkdir -p openea/721_5fold/1
cp kg1.tsv openea/rel_triples_1; cp kg2.tsv openea/rel_triples_2; cp rest.tsv openea/ent_links
cp seeds.tsv openea/721_5fold/1/train_links; head -20 rest.tsv >openea/721_5fold/1/valid_links
expect 0 "$gatkit" align openea openea --output openea.tsv --json
json 'j["seeds"] == 120 and j["valid"]["links"] == 20'

# The learned encoder, beside the loop and alone.
for encoder in both attention labels; do
    expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output "$encoder.tsv" --encoder $encoder --json
    json 'j["pairs"] > 0 and j["valid"]["hits_at_1"] > 0.3'
done

# Refused.
expect 2 "$gatkit" align kg1.tsv kg2.tsv --output pairs.tsv
says stderr "--seeds"
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output seeds.tsv
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --names1 names1.tsv --output p
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --decode best
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --encoder transformer
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --encoder both --rounds 0
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --encoder labels --rounds 2 --dim 64
says stdout "2 rounds,"
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --apply m
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --top 3
says stderr "--scores"
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds missing.tsv --output p
says stderr "missing.tsv: no such file"
expect 3 "$gatkit" align missing.tsv kg2.tsv --seeds seeds.tsv --output p
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --rounds 1
says stdout "1 round,"
printf 'a1\tb1\na1\tb2\n' >twice.tsv
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds twice.tsv --output p
says stderr "twice.tsv:2:"
says stderr "--skip-bad-links"
[ "$(grep -c twice.tsv stderr)" = 1 ] || fail "the fault is told twice"
(head -50 seeds.tsv; printf 'a1x\tb1\n') >unknown.tsv
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds unknown.tsv --output p
says stderr 'nearest: a1'
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds unknown.tsv --output p --skip-bad-links
says stderr 'unknown.tsv:51:'
printf 'a1\tb1\t1\n' >wide.tsv
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds wide.tsv --output p
: >empty.tsv
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds empty.tsv --output p
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --sources empty.tsv --output p
says stderr "empty.tsv: no entity of KG1"
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds one --output p
says stderr "one: a folder"
printf 'a1\t"b1"@en\n' >literal.tsv
expect 3 "$gatkit" align kg1.tsv kg2.tsv --seeds literal.tsv --output p
says stderr "literal.tsv:1:"
says stderr "is a literal"
# Graphs that share nothing but a link, and of very different size.
printf 'x\tr\ty\n' >tiny.tsv; printf 'a1\tx\n' >link.tsv
expect 0 "$gatkit" align kg1.tsv tiny.tsv --seeds link.tsv --output p
says stderr "very different size"
says stderr "no facts join the same pairs"
for rounds in 1 2 5; do
    expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output p --rounds $rounds --json
    json "j['rounds'] <= $rounds"
done
expect 1 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output none/p
exit 0
