# A training that is killed, interrupted or terminated goes on from its checkpoint and ends with the same model.
. "$(dirname "$0")/lib.sh"
make_graph g
epochs=2000
long="$small --epochs $epochs --patience 0 --json"

# train_long NAME KEEP [OPTION...]: a training of some seconds.
train_long() {
    name=$1 keep=$2
    shift 2
    "$gatkit" train g --output "$name" $long --keep "$keep" --log "$name.jsonl" "$@"
}

lines() { [ "$(wc -l <"$1.jsonl")" -ge "$2" ]; }

# stop SIGNAL NAME KEEP LINES [OPTION...]: starts a training and sends SIGNAL once its log has LINES lines.
stop() {
    signal=$1 stopped=$2 how=$3 enough=$4
    shift 4
    "$gatkit" train g --output "$stopped" $long --keep "$how" --log "$stopped.jsonl" "$@" >stdout 2>stderr &
    process=$!
    wait_for 60 $process lines "$stopped" "$enough" || fail "the training ended too early for $signal"
    kill -"$signal" $process
    wait $process
    code=$?
    no_complaint "$signal"
    [ -e "$stopped" ] && fail "a model of a run that did not end ($signal, $stopped)"
    [ -e "$stopped.checkpoint" ] || fail "no checkpoint ($signal)"
    return 0
}

# go_on NAME KEEP: resumes it, to the digest, the file and the log of the undisturbed run.
go_on() {
    expect 0 train_long "$1" "$2" --resume
    cp stdout result
    cmp -s "$1" "whole.$2" || fail "the model of $1 differs from the undisturbed one"
    [ "$(field digest)" = "$(cat "digest.$2")" ] || fail "digest after resuming $1"
    [ -e "$1.checkpoint" ] && fail "the checkpoint of $1 is still there"
    python3 - "$1.jsonl" "whole.$2.jsonl" <<'PY' || fail "log of $1"
import json, sys
def losses(name): return [(line["epoch"], line["loss"]) for line in map(json.loads, open(name))]
assert losses(sys.argv[1]) == losses(sys.argv[2])
PY
}

for keep in last best; do
    expect 0 train_long whole.$keep $keep
    json "j['epochs'] == $epochs"
    field digest >digest.$keep
    [ "$(wc -l <whole.$keep.jsonl)" -eq $epochs ] || fail "one line per epoch"
done

for signal in INT TERM; do
    for keep in last best; do
        stop $signal $signal.$keep $keep 100
        [ $code -eq 130 ] || fail "$signal ends in $code, not 130"
        says stderr --resume
        [ -s stdout ] && fail "an interrupted run has no result"
        go_on $signal.$keep $keep
    done
done

# Interrupted, then killed while it goes on: the checkpoint of the interruption is older than the log.
stop INT killed last 100
stop KILL killed last 700 --resume
[ $code -eq 137 ] || fail "kill -9: $code"
printf '{"epoch": 99' >>killed.jsonl
go_on killed last

# Interrupted twice.
stop INT twice last 100
stop INT twice last 1000 --resume
go_on twice last

# A finished run prints its result again and touches nothing.
cp whole.last copy
expect 0 train_long whole.last last --resume
[ "$(field digest)" = "$(cat digest.last)" ] || fail "digest of a finished run"
json 'keys(j, "model entities relations train_triples parameters epochs seconds peak_rss_mb digest valid")'
json "j['epochs'] == $epochs and j['seconds'] < 2"
cmp -s whole.last copy || fail "a finished run was written again"
lines whole.last $epochs || fail "a finished run lost its log"

# No checkpoint, and a model of another configuration or none: starts afresh and says so.
expect 0 "$gatkit" train g --output whole.last $small --epochs 2 --json --resume
says stderr "afresh"
json 'j["epochs"] == 2'
rm whole.last
expect 0 "$gatkit" train g --output whole.last $small --epochs 2 --json --resume
says stderr "afresh"

# Other options than the checkpoint's, and a damaged checkpoint, are told and not used.
stop INT hurt last 100
expect 2 "$gatkit" train g --output hurt $small --epochs 5 --resume
says stderr hurt.checkpoint
python3 -c 'f=open("hurt.checkpoint","r+b"); f.seek(200); c=f.read(1)[0]; f.seek(200); f.write(bytes([c^1]))'
expect 4 train_long hurt last --resume
says stderr hurt.checkpoint
[ -e hurt ] && fail "a model from a damaged checkpoint"
exit 0
