# A training that is killed, interrupted or terminated goes on from its checkpoint and ends with the same model.
. "$(dirname "$0")/lib.sh"
make_graph g
long="$small --epochs 400 --patience 0"

expect 0 "$gatkit" train g --output whole $long --json --log whole.jsonl
digest=$(field digest)
json 'j["epochs"] == 400'
[ "$(wc -l <whole.jsonl)" -eq 400 ] || fail "one line per epoch"

# stop SIGNAL NAME: starts a training, and sends SIGNAL when it is under way with a checkpoint.
stop() {
    "$gatkit" train g --output "$2" $long --json --log "$2.jsonl" >stdout 2>stderr &
    process=$!
    under_way() { [ -e "$2.checkpoint" ] && [ "$(wc -l <"$2.jsonl")" -ge 3 ]; }
    wait_for 60 $process under_way "$1" "$2" || fail "no checkpoint before the end ($1)"
    kill -"$1" $process
    wait $process
    code=$?
    no_complaint "$1"
    [ -e "$2" ] && fail "a model of a run that did not end ($1)"
    [ -e "$2.checkpoint" ] || fail "no checkpoint ($1)"
    return 0
}

# go_on NAME: resumes it, to the same digest, the same file and a whole log.
go_on() {
    expect 0 "$gatkit" train g --output "$1" $long --json --log "$1.jsonl" --resume
    [ "$(field digest)" = "$digest" ] || fail "digest after resuming $1: $(field digest), undisturbed $digest"
    cmp -s "$1" whole || fail "the model file of $1 differs"
    [ -e "$1.checkpoint" ] && fail "the checkpoint of $1 is still there"
    python3 - "$1.jsonl" <<'PY' || fail "log of $1"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [line["epoch"] for line in lines] == list(range(1, 401))
whole = [json.loads(line) for line in open("whole.jsonl")]
assert all(a["loss"] == b["loss"] for a, b in zip(lines, whole))
PY
}

stop KILL killed
[ $code -eq 137 ] || fail "kill -9: $code"
go_on killed
for signal in INT TERM; do
    stop $signal "by$signal"
    [ $code -eq 130 ] || fail "$signal ends in $code, not 130"
    says stderr --resume
    [ -s stdout ] && fail "an interrupted run has no result"
    go_on "by$signal"
done

# Twice interrupted.
stop INT twice
"$gatkit" train g --output twice $long --json --log twice.jsonl --resume >stdout 2>stderr &
process=$!
sleep .5
kill -INT $process 2>/dev/null
wait $process
[ -e twice ] || go_on twice
cmp -s twice whole || fail "interrupted twice"

# A finished run prints its result again and touches nothing.
cp whole copy
expect 0 "$gatkit" train g --output whole $long --json --resume
[ "$(field digest)" = "$digest" ] || fail "digest of a finished run"
json 'keys(j, "model entities relations train_triples parameters epochs seconds peak_rss_mb digest valid") and j["epochs"] == 400'
cmp -s whole copy || fail "a finished run was written again"

# No checkpoint, and a model of another configuration: starts afresh and says so.
expect 0 "$gatkit" train g --output whole $small --epochs 2 --json --resume
says stderr "afresh"
json 'j["epochs"] == 2'
rm whole
expect 0 "$gatkit" train g --output whole $small --epochs 2 --json --resume
says stderr "afresh"

# A damaged checkpoint is told, not used.
stop INT hurt
python3 -c 'f=open("hurt.checkpoint","r+b"); f.seek(200); c=f.read(1)[0]; f.seek(200); f.write(bytes([c^1]))'
expect 4 "$gatkit" train g --output hurt $long --resume
says stderr hurt.checkpoint
exit 0
