# Same inputs, options and seed give the same bytes: for any number of threads, and however the input is packed.
. "$(dirname "$0")/lib.sh"
make_graph g

# The figures of an evaluation that do not depend on time.
figures() { python3 -c 'import json; j=json.load(open("stdout")); [j.pop(k, None) for k in ("seconds","queries_per_second","peak_rss_mb")]; print(json.dumps(j, sort_keys=True))'; }

for kind in "--model gat --layers 2" "--model none --decoder rotate" "--model none --precision bf16"; do
    rm -f first* m*
    for threads in 1 2 3 8; do
        # shellcheck disable=SC2086
        train_small g "m$threads" --threads $threads $kind
        [ -e first ] || cp "m$threads" first
        cmp -s first "m$threads" || fail "$threads threads give another model ($kind)"
        expect 0 "$gatkit" evaluate first --data g --json --per-relation --threads $threads
        figures >figures
        [ -e first.figures ] || cp figures first.figures
        cmp -s first.figures figures || fail "$threads threads give other figures ($kind)"
        expect 0 "$gatkit" evaluate first --data g --json --per-relation --threads $threads --precision bf16
        figures >figures
        cmp -s first.figures figures || fail "ranks sought in bf16 differ ($kind)"
    done
    digest=$(expect 0 "$gatkit" info first --json; field digest)
    # shellcheck disable=SC2086
    train_small g other --seed 2 $kind
    [ "$(field digest)" != "$digest" ] || fail "another seed gives the same model"
    # shellcheck disable=SC2086
    train_small g again --isa portable $kind
    # shellcheck disable=SC2086
    train_small g again2 --isa portable --threads 3 $kind
    cmp -s again again2 || fail "the portable kernels differ between runs"
done

# Packed inputs are the same data.
train_small g plain
cp -r g packed
gzip packed/train.tsv packed/entity_name.tsv
if command -v zstd >/dev/null; then zstd -q --rm packed/valid.tsv; fi
train_small packed gz
cmp -s plain gz || fail "compressed inputs give another model"
expect 0 "$gatkit" evaluate plain --data packed --json

# The same facts as CSV and N-Triples answer alike in number.
mkdir csv
for split in train valid test; do tr '\t' ',' <"g/$split.tsv" >"csv/$split.csv"; done
cp g/entity_name.tsv csv
train_small csv csv.gatkit
[ "$(field digest)" = "$(expect 0 "$gatkit" info plain --json; field digest)" ] || fail "CSV gives another model"
