# Bad input of every kind: exit code 3 with file and line, and an existing output stays as it was.
. "$(dirname "$0")/lib.sh"
make_graph g
train_small g out.gatkit
cp out.gatkit before

# refuse CODE SAYS: trains on the folder bad, then makes it good again.
refuse() {
    expect "$1" "$gatkit" train bad --output out.gatkit $small --epochs 1
    says stderr "$2"
    cmp -s out.gatkit before || fail "the old model was touched ($2)"
    [ -e out.gatkit.checkpoint ] && fail "a checkpoint of nothing ($2)"
    for left in out.gatkit.* .out.gatkit*; do [ -e "$left" ] && fail "left behind: $left"; done
    rm -rf bad
    cp -r g bad
}
cp -r g bad

sed -i '17s/.*/e1\tnext/' bad/train.tsv;                  refuse 3 train.tsv:17
sed -i '5s/$/\tmore/' bad/train.tsv;                      refuse 3 train.tsv:5
sed -i '3s/.*/\tnext\te2/' bad/valid.tsv;                 refuse 3 valid.tsv:3
printf 'e1\tn\377xt\te2\n' >>bad/test.tsv;                refuse 3 test.tsv:9
printf 'e1\tn\0xt\te2\n' >>bad/test.tsv;                  refuse 3 test.tsv:9
: >bad/train.tsv;                                         refuse 3 train
rm bad/train.tsv;                                         refuse 3 train
head -c 1200000 /dev/zero | tr '\0' a >>bad/train.tsv;    refuse 3 train.tsv:
gzip bad/train.tsv; head -c 100 bad/train.tsv.gz >cut; mv cut bad/train.tsv.gz; refuse 3 train.tsv.gz
if command -v zstd >/dev/null; then
    zstd -q --rm bad/train.tsv; head -c 100 bad/train.tsv.zst >cut; mv cut bad/train.tsv.zst; refuse 3 train.tsv.zst
fi
cp bad/train.tsv bad/train.txt;                           refuse 3 train
rm bad/train.tsv; printf '<a> <b> .\n' >bad/train.nt;     refuse 3 train.nt:1
rm bad/train.tsv; printf '@prefix : <x> \n:a :b "c\n' >bad/train.ttl; refuse 3 train.ttl

# A relation that the model does not know, in valid, in test and in a graph.
printf 'e1\tforeign\te2\n' >>bad/valid.tsv;              refuse 3 valid.tsv:5
printf 'e1\tforeign\te2\n' >>bad/test.tsv
expect 3 "$gatkit" evaluate out.gatkit --data bad
says stderr bad/test.tsv:9
expect 3 "$gatkit" predict out.gatkit e1 next '?' --graph bad/test.tsv
says stderr bad/test.tsv:9
rm -rf bad; cp -r g bad

# Repeated facts and unseen entities are told and counted, not refused.
head -n 3 bad/train.tsv >>bad/train.tsv
printf 'e1\tnext\tstranger\n' >>bad/test.tsv
expect 0 "$gatkit" stats bad --json
json 'j["splits"]["train"]["duplicates"] == 3 and j["splits"]["test"]["unseen"] == 1 and j["entities"] == 41'
train_small bad new.gatkit
expect 0 "$gatkit" evaluate new.gatkit --data bad --json
json 'j["unseen"] == 1 and j["both"]["queries"] == 18'

# Questions with faults.
printf 'e1\tnext\t?\ne1\tnext\te2\n' >queries.tsv
"$gatkit" score out.gatkit queries.tsv --npy s.npy --entities e.txt >stdout 2>stderr
[ $? -eq 3 ] || fail "a question without ?"
says stderr queries.tsv:2
printf 'e1\tnext\t?\nnobody\tnext\t?\n' >queries.tsv
"$gatkit" score out.gatkit queries.tsv --npy s.npy --entities e.txt >stdout 2>stderr
[ $? -eq 3 ] || fail "a question about nobody"
says stderr queries.tsv:2
{ [ -e s.npy ] || [ -e e.txt ]; } && fail "a failed score leaves no files"

# A split that is not there.
rm bad/test.tsv
expect 3 "$gatkit" evaluate out.gatkit --data bad
says stderr test
exit 0
