# gatkit align with what users tell of entities besides facts: attributes, word vectors, names.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import random
rng = random.Random(1)
n = 150
facts = [(i, rng.randrange(4), rng.randrange(n)) for i in range(n)] + [(rng.randrange(n), rng.randrange(4), rng.randrange(n)) for _ in range(200)]
put = lambda name, rows: open(name, "w").write("".join(rows))
kept = lambda i: i < n or rng.random() < .5
put("kg1.tsv", [f"a{h}\tp{r}\ta{t}\n" for i, (h, r, t) in enumerate(facts) if kept(i)])
put("kg2.tsv", [f"b{h}\tq{r}\tb{t if i % 3 else (t + 5) % n}\n" for i, (h, r, t) in enumerate(facts) if kept(i)])
put("seeds.tsv", [f"a{i}\tb{i}\n" for i in range(20)])
put("values1.tsv", [f"a{i}\tborn\t{1900 + i * 7919 % 100}-{i % 12 + 1:02}-{i % 28 + 1:02}\n" for i in range(0, n, 2)])
put("values2.tsv", [f'b{i}\tbirth\t"{1900 + i * 7919 % 100}-{i % 12 + 1:02}-{i % 28 + 1:02}"^^<urn:date>\n' for i in range(0, n, 2)])
put("names1.tsv", [f"a{i}\tw{i % 40} v{i % 37}\n" for i in range(n)])
put("names2.tsv", [f"b{i}\tx{i % 40} y{i % 37}\n" for i in range(n)])
word = lambda k: " ".join(f"{rng.random() - .5:.3f}" for _ in range(8))
same = {(c, k): word(k) for c in "wv" for k in range(40)}
put("words.txt", [f"{a}{k} {same[c, k]}\n" for c, d in ("wx", "vy") for k in range(40) for a in (c, d)])
PY
right() { awk -F'\t' '{ n += substr($1, 2) == substr($2, 2) } END { print n + 0 }' "$1"; }

expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output plain.tsv
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --attributes1 values1.tsv --attributes2 values2.tsv --output values.tsv \
    --model-output values.gatkit
[ "$(right values.tsv)" -gt "$(right plain.tsv)" ] || fail "attributes find no more: $(right values.tsv), $(right plain.tsv)"
expect 0 "$gatkit" info values.gatkit
says stdout "attributes"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --attributes1 values1.tsv --attributes2 values2.tsv --output alone.tsv
[ "$(right alone.tsv)" -ge 60 ] || fail "attributes alone: $(right alone.tsv)"

# Names that share no letters, and word vectors that know them.
gzip -k words.txt
expect 0 "$gatkit" align kg1.tsv kg2.tsv --names1 names1.tsv --names2 names2.tsv --output names.tsv
expect 0 "$gatkit" align kg1.tsv kg2.tsv --names1 names1.tsv --names2 names2.tsv --name-column 5 --rounds 1 --output fifth.tsv
says stderr "names1.tsv: no line has a column 5; column 2 is taken"
expect 0 "$gatkit" align kg1.tsv kg2.tsv --names1 names1.tsv --names2 names2.tsv --word-vectors words.txt.gz --output words.tsv --verbose
says stderr "vectors of 154 words out of 154"
[ "$(right words.tsv)" -ge 50 ] || fail "word vectors: $(right words.tsv)"
[ "$(right words.tsv)" -gt "$(right names.tsv)" ] || fail "word vectors find no more"

# Refused.
expect 2 "$gatkit" align kg1.tsv kg2.tsv --attributes1 values1.tsv --output p
expect 2 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --word-vectors words.txt --output p
says stderr "--names1"
expect 3 "$gatkit" align kg1.tsv kg2.tsv --attributes1 values2.tsv --attributes2 values1.tsv --output p
says stderr "values2.tsv: no values"
expect 3 "$gatkit" align kg1.tsv kg2.tsv --attributes1 missing --attributes2 values2.tsv --output p
says stderr "missing: no such file"
printf 'w1 1 2\nv1 3\n' >ragged.txt
expect 3 "$gatkit" align kg1.tsv kg2.tsv --names1 names1.tsv --names2 names2.tsv --word-vectors ragged.txt --output p
says stderr "ragged.txt:2:"
exit 0
