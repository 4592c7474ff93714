# Exit code 5 for memory and disk, 1 for what cannot be read or written.
. "$(dirname "$0")/lib.sh"
make_graph g

expect 5 "$gatkit" train g --output m $small --epochs 1 --max-memory 100K
says stderr limit
[ -e m ] && fail "refused, yet a model"
expect 0 "$gatkit" train g --output m $small --epochs 1 --max-memory 4G

expect 1 "$gatkit" train g --output no-such-folder/m $small --epochs 1
says stderr no-such-folder
"$gatkit" train no-such-data --output n $small >stdout 2>stderr
code=$?
{ [ $code -eq 1 ] || [ $code -eq 3 ]; } || fail "data that is not there: $code"
says stderr no-such-data
expect 1 "$gatkit" export m --format npy --output no-such-folder/x.npy
printf 'e1\tnext\t?\n' >queries.tsv
expect 1 "$gatkit" score m queries.tsv --npy no-such-folder/x.npy --entities x.txt
expect 1 "$gatkit" train g --output n $small --epochs 1 --log no-such-folder/log.jsonl

# A folder nobody may write in; the superuser may, always.
mkdir closed
cp m closed/m
chmod a-w closed
if [ "$(id -u)" -ne 0 ]; then
    expect 1 "$gatkit" train g --output closed/m $small --epochs 1
    says stderr closed
    cmp -s m closed/m || fail "the model in a closed folder changed"
fi
chmod u+w closed

# A full disk: the old model stays. Needs the right to mount, so mostly skipped outside a virtual machine.
mkdir disk
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=16k none disk 2>/dev/null; then
    printf old >disk/m
    "$gatkit" train g --output disk/m $small --dim 256 --epochs 1 >stdout 2>stderr
    code=$?
    [ "$(cat disk/m)" = old ] && kept=yes || kept=no
    umount disk
    [ $code -eq 5 ] || fail "a full disk ends in $code"
    [ $kept = yes ] || fail "a full disk cost the old model"
    no_complaint "full disk"
fi
exit 0
