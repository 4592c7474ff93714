# The page in a real browser. Skipped where a browser, node, npm or its registry is absent; no browser is ever fetched.
. "$(dirname "$0")/../cli/lib.sh"
here=$(dirname "$0")
skip() { echo "skipped: $*"; exit 77; }
browser=${GATKIT_BROWSER:-$(command -v chromium)} || skip "no chromium"
command -v node >/dev/null && command -v npm >/dev/null || skip "no node or no npm"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || skip "node is older than 18"
cp "$here/package.json" "$here/package-lock.json" "$here"/*.mjs .
npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1 || skip "npm ci: $(tail -1 npm.log)"

make_graph g
# A name that would be markup if anything let it.
printf 'e11\t<img src=x onerror="document.title=1"><b>eleven</b>\n' >names
grep -v '^e11	' g/entity_name.tsv >>names && mv names g/entity_name.tsv
train_small g ring.gatkit
expect 0 "$gatkit" train g --output paths.gatkit --model path --queries 300 --layers 2
awk 'BEGIN { for (i = 0; i < 12; i++) print "a" i "\tto\ta" (i * i + 1) % 12 "\na" i "\tby\ta" (i + 1) % 12 }' >kg1.tsv
sed 's/a/b/g' kg1.tsv >kg2.tsv
awk 'BEGIN { for (i = 0; i < 8; i++) print "a" i "\tb" i }' >seeds.tsv
expect 0 "$gatkit" align kg1.tsv kg2.tsv --seeds seeds.tsv --output pairs.tsv --model-output pair.gatkit
make_sentences >train.jsonl
expect 0 "$gatkit" train train.jsonl --task relations --output text.gatkit --members 2 --dim 16 --attn-heads 2 --epochs 2 --folds 2
make_linking
expect 0 "$gatkit" train documents.jsonl --task linking --kg fields.tsv --lexicon lexicon.tsv --output names.gatkit --dim 8 --attn-heads 1 --layers 1 --epochs 3
echo 0123456789abcdef >token

# start NAME [OPTION...]: a server; its address in $url.
servers=
start() {
    "$gatkit" serve ring.gatkit paths.gatkit pair.gatkit text.gatkit names.gatkit --port 0 --json "${@:2}" >"$1.answer" 2>"$1.log" &
    servers="$servers $!"
    wait_for 60 $! grep -q url "$1.answer" || fail "the server did not come up: $(cat "$1.log")"
    url=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["url"])' "$1.answer")
}
trap 'kill $servers 2>/dev/null' EXIT
start open
open=$url
start closed --token-file token
mkdir shots
timeout 280 node page_checks.mjs "$browser" "$open" "$url" || fail "the page"
if [ -n "${GATKIT_SHOTS-}" ]; then cp shots/*.png "$GATKIT_SHOTS"; fi
for process in $servers; do
    kill -TERM "$process"
    wait "$process" || fail "the server ended with $?"
done
cat open.log closed.log >stderr
no_complaint serve
exit 0
