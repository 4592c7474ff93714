# Wrong usage ends in exit code 2, names what was meant, and touches nothing; help and version go to stdout.
. "$(dirname "$0")/lib.sh"
make_graph g

"$gatkit" >stdout 2>stderr
[ $? -eq 2 ] || fail "no verb is wrong usage"
says stderr Usage:
expect 0 "$gatkit" --version
head -n 1 stdout | grep -qE '^gatkit [0-9]+\.[0-9]+\.[0-9]+$' || fail "first line of --version"
expect 0 "$gatkit" -V
expect 0 "$gatkit" --help
for verb in train plan evaluate score predict neighbors similarity generate serve info verify export stats recommend; do
    says stdout "  $verb "
done
for verb in train plan evaluate score predict neighbors similarity generate serve info verify export stats recommend; do
    expect 0 "$gatkit" "$verb" --help
    says stdout "Usage: gatkit $verb"
    examples=$(grep -n '^  gatkit' stdout | tail -n 1 | cut -d: -f1)
    options=$(grep -n -- '--threads' stdout | cut -d: -f1)
    [ "${examples:-999}" -lt "${options:-0}" ] || fail "examples stand before the options: $verb"
    [ "$(awk 'length > 79' stdout)" = "" ] || fail "help fits 79 columns: $verb"
    cp stdout by_option
    expect 0 "$gatkit" help "$verb"
    cmp -s stdout by_option || fail "help $verb is $verb --help"
    expect 0 "$gatkit" "$verb" --version
    expect 2 "$gatkit" "$verb" --no-such-thing
done
expect 0 "$gatkit" help files
says stdout "Exit codes"
expect 0 "$gatkit" help

# The nearest name.
expect 2 "$gatkit" trian g
says stderr "'train'"
expect 2 "$gatkit" nieghbors
says stderr "'neighbors'"
expect 2 "$gatkit" help evalaute
says stderr "'evaluate'"
expect 2 "$gatkit" --versoin
says stderr "'--version'"
expect 2 "$gatkit" train g --outptu m
says stderr "'--output'"
expect 2 "$gatkit" train g -o m --atention dot
says stderr "'--attention'"
expect 2 "$gatkit" evaluate m --dta g
says stderr "'--data'"
expect 2 "$gatkit" train g -o m --a dot
says stderr "--attention"
expect 2 "$gatkit" train g -o m -Z
says stderr "'-Z'"

# What would do nothing.
expect 2 "$gatkit" train g -o m --model none --fan-out 4
says stderr "fan-out would do nothing here: it needs --model gat"
expect 2 "$gatkit" train g -o m --conv-channels 8
says stderr "decoder conve"

# Arguments.
expect 2 "$gatkit" train
says stderr DATA
expect 2 "$gatkit" train g
says stderr --output
expect 2 "$gatkit" train g extra -o m
says stderr extra
expect 2 "$gatkit" train g -o
says stderr --output
expect 2 "$gatkit" train g -o m --json=yes
expect 2 "$gatkit" train g -o m --task guesses
says stderr links
expect 3 "$gatkit" train g -o m --task relations
says stderr "a folder, not a file of sentences"
expect 2 "$gatkit" train g -o g
says stderr folder
# An output is never one of the inputs.
cp -r g kept
expect 2 "$gatkit" train g -o ""
for output in g/train.tsv ./g/../g/train.tsv; do
    expect 2 "$gatkit" train g -o $output
    says stderr "would replace"
done
expect 2 "$gatkit" train g/train.tsv -o g/train.tsv
expect 2 "$gatkit" train g -o m --log g/train.tsv
expect 2 "$gatkit" train g -o m --log m
mkdir folder
expect 2 "$gatkit" train g -o folder
says stderr "folder is a folder; name a file in it"
expect 2 "$gatkit" align g g --seeds g/train.tsv -o folder
says stderr "folder is a folder; name a file in it"
cmp g/train.tsv kept/train.tsv || fail "the data was replaced"
rm -r kept
for bad in "--dim 0" "--dim x" "--dim 1e9" "--epochs -1" "--model no-such" "--attention no-such" "--decoder no-such" "--lr nan" \
    "--dropout 2" "--threads x" "--threads -1" "--seed -1" "--seed 1x" "--isa no-such" "--time-limit -5" "--time-limit soon" \
    "--max-memory 3X" "--max-memory 0" "--holdout 2" "--preset no-such" "--config no-such-file/"; do
    # shellcheck disable=SC2086
    "$gatkit" train g -o m $bad >stdout 2>stderr
    code=$?
    no_complaint "$bad"
    case $bad in --config*) [ $code -eq 3 ] ;; *) [ $code -eq 2 ] ;; esac || fail "exit code $code: $bad"
    grep -q '^gatkit: ' stderr || fail "no message: $bad"
    [ -e m ] && fail "wrong usage made a file: $bad"
done
printf 'dim = 16\nepohcs = 2\n' >bad.conf
expect 2 "$gatkit" train g -o m --config bad.conf
says stderr bad.conf:2
says stderr epochs

train_small g m
expect 2 "$gatkit" evaluate m
says stderr --data
expect 2 "$gatkit" evaluate m --data g --precision f16
says stderr "expected f32 or bf16"
expect 2 "$gatkit" evaluate m --data g --split tset
says stderr test
expect 2 "$gatkit" score m q --npy x --entities x
expect 2 "$gatkit" score m q --npy m --entities x
says stderr "would replace"
expect 2 "$gatkit" export m --format npy --output m
says stderr "would replace"
expect 2 "$gatkit" score m q --npy x
expect 2 "$gatkit" predict m e1 next
says stderr TAIL
expect 2 "$gatkit" predict m e1 next e2
says stderr "'?'"
expect 2 "$gatkit" predict m '?' next '?'
expect 2 "$gatkit" predict m e1 next '?' --top 0
expect 2 "$gatkit" neighbors m e1 --by attraction
says stderr attention
expect 2 "$gatkit" neighbors m e1 --hops 0
expect 2 "$gatkit" export m --format no-such --output x
says stderr word2vec
expect 2 "$gatkit" export m --format npy

# Names the model does not know.
expect 2 "$gatkit" predict m ee7 next '?'
says stderr e7
expect 2 "$gatkit" predict m e7 nex '?'
says stderr next
expect 2 "$gatkit" neighbors m e77
expect 2 "$gatkit" similarity m e7 nobody

# Output that does not arrive is a failure.
if [ -e /dev/full ]; then
    for command in "--help" "--version" "help files" "info m" "info m --json" "evaluate m --data g" "stats g --json" "predict --help" \
        "similarity m e1 e2"; do
        # shellcheck disable=SC2086
        "$gatkit" $command >/dev/full 2>stderr
        [ $? -eq 1 ] || fail "a full output device: $command"
        no_complaint "$command"
        says stderr "standard output"
    done
fi
"$gatkit" info m >&- 2>stderr
[ $? -eq 1 ] || fail "closed standard output"
"$gatkit" stats g --json --quiet 2>stderr | true
[ -s stderr ] && fail "--quiet with a closed pipe says nothing"
expect 0 "$gatkit" evaluate m --data g --json --quiet
[ -s stderr ] && fail "--quiet says nothing on stderr"
json 'j["split"] == "test"'
exit 0
