# Options of train: configuration files and presets, the log, the time limit, a single file split by seed.
. "$(dirname "$0")/lib.sh"
make_graph g

# The command line wins over the file; the file wins over the preset.
printf '# small\ndim = 16\nattn-heads = 2\nbatch = 64\nepochs = 3\nattention = dot\n' >small.conf
expect 0 "$gatkit" train g --output m --config small.conf --epochs 2 --json
json 'j["epochs"] == 2'
expect 0 "$gatkit" info m --json
json 'j["config"]["attention"] == "dot" and j["config"]["dim"] == "16" and j["config"]["epochs"] == "2"'
preset=$("$gatkit" train --help | tr -s ' \n' ' ' | sed -n 's/.* kind of data: \([a-z0-9-]*\).*/\1/p')
[ -n "$preset" ] || fail "--help names the presets"
expect 0 "$gatkit" train g --output m --preset "$preset" --config small.conf --json
expect 0 "$gatkit" info m --json
json 'j["config"]["dim"] == "16" and j["config"]["epochs"] == "3"'

# Every score function and decoder has a way through the command line.
for attention in additive dynamic dot scaled-dot bilinear cosine mlp; do
    train_small g m --attention $attention --epochs 1
    json "j['attention'] == '$attention'"
done
for decoder in transe distmult complex rotate rescal tucker conve; do
    train_small g m --decoder $decoder --epochs 1
    json "j['decoder'] == '$decoder'"
done

# The log: one object per epoch, begun anew by a new run.
train_small g m --log log.jsonl
train_small g m --log log.jsonl
python3 - <<'PY' || fail "log"
import json
lines = [json.loads(line) for line in open("log.jsonl")]
assert [line["epoch"] for line in lines] == [1, 2, 3, 4], lines
assert all({"epoch", "loss", "seconds", "learning_rate"} <= set(line) for line in lines)
assert lines[-1]["loss"] < lines[0]["loss"]
assert any("valid" in line for line in lines)
PY

# The time limit covers the command, ends with a model, and its epochs repeat the run.
before=$(date +%s)
expect 0 "$gatkit" train g --output timed $small --epochs 1000000 --patience 0 --time-limit 4 --json
[ $(($(date +%s) - before)) -le 8 ] || fail "--time-limit 4 took $(($(date +%s) - before)) s"
epochs=$(field epochs) digest=$(field digest)
[ "$epochs" -gt 0 ] || fail "no epoch within the time limit"
expect 0 "$gatkit" train g --output again $small --epochs "$epochs" --patience 0 --json
[ "$(field digest)" = "$digest" ] || fail "the epochs of a timed run do not repeat it"

# A single file is split by share and seed, which the model remembers.
cat g/train.tsv g/valid.tsv g/test.tsv >all.tsv
total=$(wc -l <all.tsv)
train_small all.tsv single --holdout 0.1
json "j['train_triples'] < $total and j['valid']"
expect 0 "$gatkit" info single --json
json 'j["holdout"] == .1 and j["holdout_seed"] == 1'
expect 0 "$gatkit" evaluate single --data all.tsv --json
json "j['both']['queries'] == 2 * round($total * .1)"
expect 0 "$gatkit" evaluate single --data all.tsv --json --split train
json "j['both']['queries'] == 2 * ($total - 2 * round($total * .1))"
one=$("$gatkit" info single --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["data_digest"])')
train_small all.tsv single2 --holdout 0.1 --seed 2
two=$("$gatkit" info single2 --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["data_digest"])')
[ "$one" != "$two" ] || fail "another seed splits another way"
train_small all.tsv none --holdout 0
json "j['train_triples'] == $total and j['valid'] is None"
# A split that would be empty stays empty, with a warning.
head -n 6 all.tsv >tiny.tsv
train_small tiny.tsv tiny
says stderr warning

# Facts beside the model's own: every fact of a file.
expect 0 "$gatkit" neighbors single e7 --by graph --graph all.tsv --json --top 40
json '{n["entity"] for n in j["neighbors"]} == {"e5", "e6", "e8", "e9"}'
expect 0 "$gatkit" predict single e7 next '?' --graph all.tsv --json --top 40
json 'all(a["tail"] != "e8" for a in j["answers"])'
exit 0
