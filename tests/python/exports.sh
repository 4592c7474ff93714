# What `export` writes, read by those it is for: numpy, gensim where it is installed, and readers of twenty lines for the formats whose
# programs Debian does not have (TensorBoard's projector, safetensors).
set -eu
: "${GATKIT_BIN:?}" "${GATKIT_SOURCE:?}"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || { echo "python3-numpy is missing"; exit 77; }
awk 'BEGIN { for (i = 0; i < 40; i++) { print "n\303\266de " i "\tnext\tn\303\266de " (i + 1) % 40; print "n\303\266de " i "\tplain\tb" i % 7 } }' >graph.tsv
mkdir named
awk 'BEGIN { for (i = 0; i < 20; i++) print "e" i "\tnext\te" (i + 1) % 20 }' >named/train.tsv
awk 'BEGIN { for (i = 0; i < 15; i++) print "e" i "\tthe entity \"" i "\"" }' >named/entity_name.tsv
"$GATKIT_BIN" train graph.tsv --holdout 0 --dim 16 --attn-heads 2 --epochs 2 --output plain.gatkit --quiet >out
"$GATKIT_BIN" train named --dim 16 --attn-heads 2 --epochs 2 --output named.gatkit --quiet >out
for model in plain named; do
    for format in npy word2vec word2vec-binary projector safetensors; do
        "$GATKIT_BIN" export $model.gatkit --format $format --output $model.$format --quiet >out
    done
done
PYTHONDONTWRITEBYTECODE=1 "$python" "$GATKIT_SOURCE/tests/python/exports_test.py" plain named
