# The search over options finds the better of two, and one that was killed and begun again keeps the same log.
. "$(dirname "$0")/../cli/lib.sh"
make_graph g
search=$GATKIT_SOURCE/tools/search
export GATKIT=$gatkit
cat >space <<'END'
model = none            # the decoder alone
dim = 8 | 16
lr = log 0.001 0.5
n3 = uniform 0 0.1
END

find="$search space --data g --budget 6 --rungs 2,4,100 --threads 1 --log"

# same LOG LOG: equal apart from times.
same() {
    python3 - "$@" <<'END' || fail "the logs differ: $*"
import json, sys
def lines(name): return [{**json.loads(line), "seconds": 0} for line in open(name)]
assert lines(sys.argv[1]) == lines(sys.argv[2]), (lines(sys.argv[1]), lines(sys.argv[2]))
END
}

$find whole >best 2>progress || fail "a search: $(cat progress)"
[ "$(wc -l <whole)" -eq 10 ] || fail "a header, 6 trials, 2 of them, 1 of these" # 6 // 3 = 2, 2 // 3 -> 1
[ -e whole.work ] && fail "checkpoints left behind"
python3 - <<'END' || fail "ranges, rungs or the best"
import json
header, *lines = map(json.loads, open("whole"))
first, second, last = lines[:6], lines[6:8], lines[8]
for line in first:
    o = line["options"]
    assert o["model"] == "none" and o["dim"] in ("8", "16") and .001 <= float(o["lr"]) <= .5 and 0 <= float(o["n3"]) <= .1
assert len({line["options"]["lr"] for line in first}) == 6
ranked = sorted(first, key=lambda line: -line["mrr"])
assert sorted(line["trial"] for line in second) == sorted(line["trial"] for line in ranked[:2])
assert last["trial"] == max(second, key=lambda line: line["mrr"])["trial"] and last["epochs"] == 100
END
expect 0 "$gatkit" train g --output m --config best --threads 1 --json
json "abs(j['valid']['mrr'] - $(tail -1 whole | python3 -c 'import json; print(json.loads(input())["mrr"])')) < 1e-5"

# A second call has nothing to do.
cp whole copy
$find whole >again 2>progress || fail "the same search again"
cmp -s whole copy || fail "a finished log was written again"
cmp -s best again || fail "another best"

# Killed, at some moments that fall between lines and inside the long training, with a line cut in half.
for enough in 3 7 9; do
    $find "killed$enough" >stdout 2>stderr &
    process=$!
    lines() { [ "$(wc -l <"killed$enough")" -ge "$enough" ]; }
    wait_for 60 $process lines || fail "the search ended too early"
    kill -KILL $process
    wait $process
    printf '{"trial": 9, "epo' >>"killed$enough"
    $find "killed$enough" >again 2>stderr || fail "going on"
    same whole "killed$enough"
    cmp -s best again || fail "another best after a kill"
done

# Checkpoints may be lost.
head -7 whole >lost
$find lost >again 2>stderr || fail "going on without checkpoints"
same whole lost

# refuses WORDS COMMAND...
refuses() {
    words=$1
    shift
    "$@" >stdout 2>stderr && fail "accepted: $*"
    grep -qF -- "$words" stderr || fail "no word of '$words'"
}

refuses "another search" $find whole --seed 2
for line in "lr" "lr = log 0 1" "lr = uniform 2 1" "epochs = 3" "dim = 3"; do
    cp space wrong
    echo "$line" >>wrong
    refuses "search: wrong" "$search" wrong --data g --log none --budget 1
done
echo "no-such = 1" >>space
refuses "no-such" $find none

# Options that do not go together are a bad trial, not the end.
sed -i "s/no-such = 1/loss = ce | filtered-ce\nlabel-smoothing = 0.1/" space
$find mixed >stdout 2>stderr || fail "a refused trial ended the search"
grep -q '"failed": "gatkit: label-smoothing' mixed || fail "no trial was refused"
exit 0
