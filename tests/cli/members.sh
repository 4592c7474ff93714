# Several members in one model, from the command line: trained in turn, stopped, resumed, asked and refused.
. "$(dirname "$0")/lib.sh"
make_graph g
members="$small --model none --members 3 --epochs 4 --patience 0"

expect 0 "$gatkit" train g --output m $members --json --log log.jsonl
json 'j["members"] == 3 and j["epochs"] == 4 and j["valid"]'
digest=$(field digest) parameters=$(field parameters)
python3 -c '
import json
assert [json.loads(l)["epoch"] for l in open("log.jsonl")] == list(range(1, 13))' || fail "a line for every epoch of every member"
expect 0 "$gatkit" train g --output one $members --members 1 --json
json "j['members'] == 1 and 3 * j['parameters'] == $parameters"
expect 0 "$gatkit" train g --output text $members
says stdout "complex, 3 members,"
says stdout "4 epochs each (the best ones kept, up to"

# The same bytes for any number of threads, and after a stop in any member.
expect 0 "$gatkit" train g --output t $members --threads 3
cmp -s m t || fail "threads matter"
for at in 2 4 6 11; do
    expect 130 "$gatkit" train g --output r $members --stop-after $at --log r.jsonl
    expect 2 "$gatkit" train g --output r $members --members 4 --resume
    says stderr "other options"
    expect 0 "$gatkit" train g --output r $members --resume --log r.jsonl --json
    [ "$(field digest)" = "$digest" ] || fail "a resumed run ends elsewhere ($at)"
    cmp -s m r || fail "a resumed run writes another file ($at)"
    [ "$(wc -l <r.jsonl)" -eq 12 ] || fail "log after $at"
    rm r r.jsonl
done
expect 0 "$gatkit" train g --output m $members --resume --json
says stderr "this run is finished"
[ "$(field digest)" = "$digest" ] || fail "finished run"

# A clock: what it says repeats it.
expect 0 "$gatkit" train g --output c $members --epochs 1000000 --time-limit 3 --json
json 'j["seconds"] < 4 and j["epochs"] > 0'
digest=$(field digest) epochs=$(field epochs) done=$(field members)
expect 0 "$gatkit" train g --output c $members --epochs "$epochs" --members "$done" --json
[ "$(field digest)" = "$digest" ] || fail "the epochs of a timed run do not repeat it"

# It answers as any model does.
expect 0 "$gatkit" info m --json
json 'j["config"]["members"] == "3" and j["dim"] == 16'
expect 0 "$gatkit" info m
says stdout "members"
expect 0 "$gatkit" verify m
expect 0 "$gatkit" evaluate m --data g --json
json 'j["both"]["queries"] == 16'
mrr=$(python3 -c 'import json; print(json.load(open("stdout"))["both"]["realistic"]["mrr"])')
expect 0 "$gatkit" evaluate m --data g --precision bf16 --json
json "j['both']['realistic']['mrr'] == $mrr"
expect 0 "$gatkit" predict m e1 next '?' --known --top 3 --json
json 'len(j["answers"]) == 3 and 0 < j["answers"][0]["probability"] < 1'
expect 0 "$gatkit" similarity m e1 e2
printf 'nova\tnext\te5\n' >new.tsv
expect 0 "$gatkit" predict m nova near '?' --add new.tsv --json
expect 0 "$gatkit" neighbors m e1 --by embedding --json
expect 0 "$gatkit" export m --format npy --output m.npy
python3 -c 'assert b"(40, 48)" in open("m.npy", "rb").read(200)' || fail "width of the exported table"

# What cannot be joined.
expect 2 "$gatkit" train g --output x $small --members 2
says stderr "attention layers are not joined"
expect 2 "$gatkit" train g --output x $members --decoder rotate
says stderr "not with rotate"
expect 2 "$gatkit" train g --output x $members --members 0
expect 2 "$gatkit" train g --output x $members --members 33
expect 5 "$gatkit" train g --output x $members --members 32 --max-memory 100K
says stderr "members"
# A name of before.
expect 0 "$gatkit" train g --output x --model path --queries 60 --path-members 2 --json
json 'j["members"] == 2'
exit 0
