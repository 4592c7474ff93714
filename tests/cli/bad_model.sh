# Damaged and foreign model files end in exit code 4, whatever the verb.
. "$(dirname "$0")/lib.sh"
make_graph g
train_small g good
printf 'e1\tnext\t?\n' >queries.tsv

each_verb() {
    expect 4 "$gatkit" verify bad
    expect 4 "$gatkit" info bad --json
    [ -s stdout ] && fail "no object for a model that cannot be read"
    expect 4 "$gatkit" evaluate bad --data g
    expect 4 "$gatkit" predict bad e1 next '?'
    expect 4 "$gatkit" neighbors bad e1
    expect 4 "$gatkit" similarity bad e1 e2
    expect 4 "$gatkit" score bad queries.tsv --npy x.npy --entities x.txt
    expect 4 "$gatkit" export bad --format npy --output x.npy
    [ -e x.npy ] && fail "an output of a bad model"
    return 0
}

: >bad; each_verb
rm bad; mkdir bad; each_verb; says stderr "a folder"; rmdir bad
cp g/train.tsv bad; each_verb
head -c 1000 good >bad; each_verb
(cat good; printf x) >bad; expect 4 "$gatkit" verify bad

# Every byte counts: flip one at places spread over the file.
python3 - <<'PY'
size = len(open("good", "rb").read())
open("places", "w").write("\n".join(str(p) for p in sorted({0, 8, 16, 63, 64, 100, size // 3, size // 2, size - 70, size - 1})) + "\n")
PY
while read -r place; do
    cp good bad
    python3 -c 'import sys; f=open("bad","r+b"); p=int(sys.argv[1]); f.seek(p); c=f.read(1)[0]; f.seek(p); f.write(bytes([c^16]))' "$place"
    expect 4 "$gatkit" verify bad
done <places
expect 4 "$gatkit" verify bad --json
json 'j["whole"] is False and j["fault"]'

expect 4 "$gatkit" info no-such-file
says stderr no-such-file
expect 0 "$gatkit" verify good
