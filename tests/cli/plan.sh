# plan: what a training would take, told part by part; numbers are masked, what is written is nothing.
. "$(dirname "$0")/lib.sh"
make_graph g
mkdir before
cp -r g before

expect 0 "$gatkit" plan g $small --epochs 3 --patience 0
sed -E -e 's/[0-9][0-9,]*\.?[0-9]*/N/g' -e 's/ +/ /g' stdout >masked
cat >expected <<'END'
memory, MB estimated counted
program and libraries N N
names and facts of the data N N
names and facts of the model N N
parameters, gradients, optimiser N N
graph, known answers, batches N N
encoded entities N N
a step N N
a validation N N
at the peak N N

time, s times by the clock of processors
preparing N N N
a step N N N
a validation N N N
the end N N N
in all, with reading N N N

N steps were tried
N MB of memory, N s
END
diff masked expected >difference || fail "the plan of gat: $(cat difference)"

expect 0 "$gatkit" plan g --model none --dim 16 --epochs 4 --eval-every 2 --patience 0 --json
json 'keys(j, "peak_rss_mb estimated_mb seconds processor_seconds tried memory time") and j["tried"] is True'
json 'all(keys(p, "part estimated_bytes counted_bytes") for p in j["memory"]) and len(j["memory"]) == 8'
json 'j["time"]["epochs"] == 4 and j["time"]["validations"] == 2 and j["time"]["tried_steps"] > 0'
json 'j["time"]["step_seconds"] > 0 and j["seconds"] > 0 and j["peak_rss_mb"] > 0'
expect 0 "$gatkit" plan g --preset small-members --json
json 'j["memory"][-1]["part"] == "joining the members" and j["memory"][-1]["counted_bytes"] is None'
expect 0 "$gatkit" plan g --model path --layers 2 --queries 60 --eval-queries 20 --json
json 'j["time"]["queries"] == 60 and j["time"]["validations"] == 3 and j["time"]["epochs"] == 0'
expect 0 "$gatkit" plan g/train.tsv $small --output never-written --log never-written.jsonl --time-limit 0.5 --json
json 'j["seconds"] <= 0.5'

# Above the limit nothing is tried: the number that train refuses by, and its exit code.
expect 5 "$gatkit" plan g $small --max-memory 100K
says stderr "above the limit"
says stdout "no step was tried"
expect 5 "$gatkit" plan g $small --max-memory 100K --json
json 'j["tried"] is False and j["seconds"] is None and j["time"] is None and j["estimated_mb"] > 0.1'
expect 0 "$gatkit" plan g $small --max-memory 4G

# Refused.
for task in relations linking words; do
    expect 2 "$gatkit" plan g --task $task
    says stderr "plan does not cover --task $task"
done
expect 2 "$gatkit" plan
says stderr DATA
expect 2 "$gatkit" plan g --dim 7 --attn-heads 2
says stderr dim
expect 2 "$gatkit" plan g --conv-channels 8
expect 2 "$gatkit" plan g --epohcs 8
says stderr "'--epochs'"
printf 'a\tb\n' >bad.tsv
expect 3 "$gatkit" plan bad.tsv
says stderr "bad.tsv:1"
expect 3 "$gatkit" plan nowhere

[ "$(ls)" = "$(printf '%s\n' bad.tsv before difference expected g masked stderr stdout)" ] || fail "plan wrote: $(ls)"
diff -r g before/g >difference || fail "plan changed its data"
exit 0
