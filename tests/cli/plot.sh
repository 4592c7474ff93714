# Pictures: well-formed SVG that says what it should, and refusals that keep the old file.
. "$(dirname "$0")/lib.sh"
make_graph g
train_small g ring.gatkit --log ring.log

# svg FILE TEXT...: well-formed, with these texts.
svg() {
    python3 - "$@" <<'PY' || fail "picture $1"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "{http://www.w3.org/2000/svg}svg" and root[0].tag.endswith("title") and root[0].text
texts = " | ".join(e.text or "" for e in root.iter() if e.tag.endswith("text"))
for wanted in sys.argv[2:]:
    assert wanted in texts, (wanted, texts)
PY
}

expect 0 "$gatkit" plot training ring.log --output a.svg
svg a.svg Training loss "valid MRR" epochs
expect 0 "$gatkit" plot neighborhood ring.gatkit e7 --output a.svg --json
json 'j == {"kind": "neighborhood", "output": "a.svg"}'
svg a.svg "the entity 7" "the entity 8" "← next"
expect 0 "$gatkit" plot attention ring.gatkit e7 --output a.svg --top 3
svg a.svg "Attention of e7" 1 2 "the entity"
expect 0 "$gatkit" plot relations ring.gatkit --data g --output a.svg
svg a.svg next near
awk 'BEGIN { for (i = 0; i < 60; i++) print "a" i "\tto\ta" (i * i + 1) % 60 "\na" i "\tby\ta" (i + 1) % 60 }' >kg1.tsv
sed 's/a/b/g' kg1.tsv >kg2.tsv
awk 'BEGIN { for (i = 0; i < 40; i++) print "a" i "\tb" i > (i % 2 ? "seeds.tsv" : "valid.tsv") }'
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --valid valid.tsv --output pairs.tsv --model-output pairs.gatkit
expect 0 "$gatkit" plot alignment pairs.gatkit --output a.svg
svg a.svg "right among answers" "links found"
make_sentences >sentences.jsonl
expect 0 "$gatkit" train sentences.jsonl --task relations --output text.gatkit --members 1 --dim 16 --attn-heads 2 --epochs 2 --folds 2
expect 0 "$gatkit" plot attention text.gatkit --text 'the [mÃ¤tter <1>] contains the [thing2] .' --output a.svg
expect 0 "$gatkit" plot attention text.gatkit --text "$(printf 'the [m\303\244tter<1>] contains the [thing2] .')" --output a.svg --json
json 'j["kind"] == "attention"'
svg a.svg "Attention over the words" "Whole(e1,e2)" contains thing2
expect 0 "$gatkit" plot attention text.gatkit sentences.jsonl --top 3 --output c.svg
python3 -c '
import re
drawn = open("c.svg").read()
assert len(re.findall(r"class=.c1.", drawn)) == 3, drawn[:2000]' || fail "three sentences"

# Maps: all entities, or those with most facts; the same bytes for any number of threads; another seed, another picture.
for method in pca umap; do
    expect 0 "$gatkit" plot map ring.gatkit --method $method --output a.svg --threads 1
    svg a.svg "40 entities by their embeddings" "the entity"
    [ "$(grep -c '<circle.*<title>' a.svg)" -eq 40 ] || fail "a dot for every entity"
    expect 0 "$gatkit" plot map ring.gatkit --method $method --output b.svg --threads 2
    cmp a.svg b.svg || fail "threads change the map"
done
expect 0 "$gatkit" plot map ring.gatkit --method umap --seed 2 --output b.svg
cmp -s a.svg b.svg && fail "the seed does nothing"
expect 0 "$gatkit" plot map ring.gatkit --top 7 --output b.svg --json
json 'j == {"kind": "map", "output": "b.svg"}'
svg b.svg "7 entities by their embeddings (PCA)"
expect 2 "$gatkit" plot map ring.gatkit --method tsne --output b.svg
expect 2 "$gatkit" plot map ring.gatkit e7 --output b.svg
expect 2 "$gatkit" plot neighborhood ring.gatkit e7 --method pca --output b.svg
says stderr "--method is an option of plot map"
expect 2 "$gatkit" plot neighborhood ring.gatkit e7 --top 2000 --output b.svg

# Names that would break XML, the terminal or the page.
printf 'a<b>&"\\\tr\tb\xc3\xa4d\na<b>&"\\\tr\tc\n' >odd.tsv
expect 0 "$gatkit" train odd.tsv --holdout 0 --output odd.gatkit $small --epochs 1
expect 0 "$gatkit" plot neighborhood odd.gatkit 'a<b>&"\' --output odd.svg
svg odd.svg 'a<b>&"\'

cp a.svg kept.svg
expect 2 "$gatkit" plot
expect 2 "$gatkit" plot colours ring.gatkit --output a.svg
expect 2 "$gatkit" plot neighborhood ring.gatkit --output a.svg
expect 2 "$gatkit" plot neighborhood ring.gatkit nobody --output a.svg
expect 2 "$gatkit" plot training ring.log
expect 2 "$gatkit" plot relations ring.gatkit --output a.svg
expect 2 "$gatkit" plot relations ring.gatkit e7 --data g --output a.svg
expect 2 "$gatkit" plot training ring.log --output ring.log
expect 2 "$gatkit" plot attention ring.gatkit --text 'the [dog] sees a [cat]' --output a.svg
expect 2 "$gatkit" plot attention text.gatkit --output a.svg
expect 2 "$gatkit" plot attention text.gatkit sentences.jsonl --text 'the [dog] sees a [cat]' --output a.svg
expect 2 "$gatkit" plot neighborhood ring.gatkit --text 'the [dog] sees a [cat]' --output a.svg
for text in '' 'a [b] c' 'a [b] [c' 'a [b]] [c]' 'a [[b] c]' '[a] [b] [c]' '[] [b]' "$(printf '[a\377] [b]')"; do
    expect 2 "$gatkit" plot attention text.gatkit --text "$text" --output a.svg
done
echo '{"text": 1}' >bad.jsonl
expect 3 "$gatkit" plot attention text.gatkit bad.jsonl --output a.svg
: >empty.jsonl
expect 3 "$gatkit" plot attention text.gatkit empty.jsonl --output a.svg
expect 0 "$gatkit" train sentences.jsonl --task relations --output linear.gatkit --members 0 --folds 2
expect 2 "$gatkit" plot attention linear.gatkit sentences.jsonl --output a.svg
says stderr "no net"
expect 4 "$gatkit" plot attention none.gatkit e7 --output a.svg
expect 3 "$gatkit" plot training none.log --output a.svg
echo '{"epoch": 1' >>ring.log
expect 3 "$gatkit" plot training ring.log --output a.svg
says stderr "ring.log:5"
: >empty.log
expect 3 "$gatkit" plot training empty.log --output a.svg
expect 0 "$gatkit" train g --output path.gatkit --model path --queries 100 --layers 2
expect 2 "$gatkit" plot attention path.gatkit e7 --output a.svg
expect 0 "$gatkit" plot neighborhood path.gatkit e7 --output b.svg
expect 2 "$gatkit" plot map path.gatkit --output a.svg
says stderr "a model of paths has none"
cmp a.svg kept.svg || fail "a failed run leaves the old file"
exit 0
