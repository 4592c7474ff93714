# gatkit train --task recommend, recommend, evaluate, info and verify of such a model, and what is refused.
. "$(dirname "$0")/lib.sh"
python3 - <<'PY'
import os, random
rng = random.Random(1)
os.mkdir("shop")
# Three tastes of twelve items each; the graph knows the tastes.
with open("shop/interactions.tsv", "w") as f:
    f.write("user_id\titem_id\trating\ttimestamp\n")
    for u in range(60):
        taste = u % 3
        for k in rng.sample(range(12), 7):
            f.write(f"u{u}\ti{taste * 12 + k}\t{rng.randint(1, 5)}\t{rng.randint(1, 1000)}\n")
    f.write("u0\tu_alone\t3\t5\nu0\tu_alone\t3\t6\n")
with open("shop/kg.tsv", "w") as f:
    for i in range(36): f.write(f"e{i}\tis\ttaste{i // 12}\n")
    f.write("e1\tmade by\tsomebody\n")
with open("shop/link.tsv", "w") as f:
    for i in range(36): f.write(f"i{i}\te{i}\n")
open("shop/item_name.tsv", "w").write("".join(f"i{i}\tThing number {i}\n" for i in range(36)))
os.mkdir("lists")
for part, ks in (("train", range(0, 5)), ("test", range(5, 7))):
    with open(f"lists/{part}.txt", "w") as f:
        for u in range(30): f.write(f"{u} " + " ".join(str((u % 2) * 10 + (u + k) % 10) for k in ks) + "\n")
        if part == "test": f.write("77 3 4\n")
        else: f.write("88\n")
PY
learn="--task recommend --dim 16 --attn-heads 2 --spectral 8 --epochs 12 --batch 16 --valid-share 0.15 --test-share 0.15"

# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output m --json
json 'j["task"] == "recommend" and j["model"] == "attention" and j["users"] == 60 and j["items"] == 37 and j["duplicates"] == 1'
json 'j["facts"] == 36 and j["linked_items"] == 36 and j["valid"]["users"] > 40 and len(j["digest"]) == 32'
says stderr "1 interactions were there before"
digest=$(field digest)
for threads in 1 2; do
    # shellcheck disable=SC2086
    expect 0 "$gatkit" train shop $learn --output same --threads $threads
    says stdout "digest $digest"
    cmp -s m same || fail "another file with $threads threads"
done

# Stopped after every third epoch, it ends as the undisturbed run.
rm same
for stop in 3 6 9; do
    # shellcheck disable=SC2086
    expect 130 "$gatkit" train shop $learn --output same --resume --stop-after $stop
    [ -e same.checkpoint ] || fail "no checkpoint"
done
# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output same --resume
cmp -s m same || fail "another file after resuming"
[ -e same.checkpoint ] && fail "the checkpoint is still there"

# shellcheck disable=SC2086
expect 130 "$gatkit" train shop $learn --output other --stop-after 2
# shellcheck disable=SC2086
expect 2 "$gatkit" train shop $learn --output other --resume --lr 0.5
says stderr "other options or data"

for split in test valid; do
    expect 0 "$gatkit" evaluate m --data shop --split $split --json
    json 'j["recall_at_20"] > 0.9 and j["ndcg_at_20"] > 0.4 and j["auc_uniform"] > 0.8 and j["candidates"] == 37'
done
expect 0 "$gatkit" evaluate m --data shop
says stdout "NDCG@20"
expect 2 "$gatkit" evaluate m --data shop --split train
expect 0 "$gatkit" info m
says stdout "recommender"
expect 0 "$gatkit" verify m

for kind in pop itemknn mf lightgcn; do
    # shellcheck disable=SC2086
    expect 0 "$gatkit" train shop $learn --output $kind --recommender $kind
    expect 0 "$gatkit" evaluate $kind --data shop --json
    json '0 <= j["recall_at_20"] <= 1'
    expect 0 "$gatkit" recommend $kind u3 --explain --json
    json 'len(j["items"]) == 10'
done

# Without all pairs and factors: neighbours alone stand beside the attention.
# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output sparse --dense-items 0 --factors no
expect 0 "$gatkit" evaluate sparse --data shop --json
json 'j["recall_at_20"] > 0.9'
expect 0 "$gatkit" verify sparse

# A LightGCN beside it: the same file for any number of threads, and after a stop in the attention.
# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output light --light yes --json
json 'j["parameters"] > 0'
numbers=$(field parameters)
# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output light2 --light yes --threads 2
cmp -s light light2 || fail "another file with 2 threads"
rm light2
# shellcheck disable=SC2086
expect 130 "$gatkit" train shop $learn --output light2 --light yes --stop-after 5
# shellcheck disable=SC2086
expect 0 "$gatkit" train shop $learn --output light2 --light yes --resume
cmp -s light light2 || fail "another file after resuming"
expect 0 "$gatkit" info m --json
[ "$numbers" -gt "$(field parameters)" ] || fail "the part by LightGCN is not in the file"
expect 0 "$gatkit" verify light
expect 0 "$gatkit" evaluate light --data shop --json
json 'j["recall_at_20"] > 0.9'
expect 0 "$gatkit" recommend light u3 --explain --top 4 --json
json 'all(x["because"] and x["paths"] for x in j["items"])'
expect 0 "$gatkit" recommend light --history i12,i13,i14 --top 3 --json
json 'all(int(x["item"][1:]) // 12 == 1 for x in j["items"])'

expect 0 "$gatkit" recommend m u3 --explain --top 4 --json
json 'len(j["items"]) == 4 and not j["popular"] and all(int(x["item"][1:]) // 12 == 0 for x in j["items"])'
json 'all(x["because"] and x["paths"] for x in j["items"]) and j["items"][0]["title"].startswith("Thing")'
json 'j["items"][0]["paths"][0]["node"] == "taste0" and not j["items"][0]["paths"][0]["first_backward"]'
expect 0 "$gatkit" recommend m u3 --explain --top 2
says stdout "chosen: i"
says stdout " -is-> taste0 <-is- "
expect 0 "$gatkit" recommend m nobody
says stdout "nothing is known of this user"
expect 0 "$gatkit" recommend m --history i12,i13,i14,no_such_item --top 3 --json
json 'j["unknown_items"] == 1 and j["history"] == 3 and all(int(x["item"][1:]) // 12 == 1 for x in j["items"])'
printf 'brand_new\tis\ttaste1\n' >new.tsv
expect 0 "$gatkit" recommend m --history i12,i13,i14 --top 50 --add new.tsv --json
json '"brand_new" in [x["item"] for x in j["items"]][:14]'
expect 2 "$gatkit" recommend m
says stderr "USER"
expect 2 "$gatkit" recommend m u3 --top 0
all=$(printf 'i%s,' 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35)
expect 0 "$gatkit" recommend m --history "${all}u_alone"
says stdout "no item is left"

# Lists, ready parts, a user without a history in train and a test user nobody knows.
expect 0 "$gatkit" train lists --task recommend --recommender itemknn --output l --json
json 'j["users"] == 31'
says stderr "1 users have no history"
expect 0 "$gatkit" evaluate l --data lists --json
json 'j["users"] == 30 and j["unknown_users"] == 1 and j["wanted"] == 60'

# Refused.
expect 2 "$gatkit" train shop --task recommend --output x --time-limit 5
expect 2 "$gatkit" train shop --task recommend --output x --decoder complex
expect 2 "$gatkit" train shop --output x --recommender pop
says stderr "--task recommend"
expect 2 "$gatkit" train lists --task recommend --output x --items linked
printf 'a\tb\t1\nc\td\tx\n' >bad.tsv
expect 3 "$gatkit" train bad.tsv --task recommend --output x
says stderr "bad.tsv:2: the rating"
mkdir strange
cp bad.tsv strange/interactions.tsv
printf 'a\tb\t1\n' >strange/interactions.tsv
printf 'x\ty\tz\n' >strange/kg.tsv
expect 3 "$gatkit" train strange --task recommend --output x
says stderr "no item is an entity"
mkdir nothing
expect 3 "$gatkit" train nothing --task recommend --output x
[ -e x ] && fail "a model of a refused run"
head -c 2000 m >cut
expect 4 "$gatkit" verify cut
expect 4 "$gatkit" recommend cut u3
expect 4 "$gatkit" recommend bad.tsv u3
for verb in "generate m" "neighbors m i1" "similarity m i1 i2"; do
    # shellcheck disable=SC2086
    expect 2 "$gatkit" $verb
    says stderr "m: a recommender; it answers recommend"
done
expect 2 "$gatkit" evaluate m --data shop --rules none.json
says stderr "no model of --task graphs"
expect 3 "$gatkit" train shop --task recommend --recommender pop --output x --min-rating 6
says stderr "are rated below --min-rating"

# A stranger of test counts once, also when train knows more of the same user.
mkdir more
printf 'u3\ti1\nnew_one\ti0\nnew_one\ti2\nnew_two\ti5\n' >more/train.tsv
printf 'u3\ti9\nnew_one\ti1\nnew_one\ti3\nnew_two\ti4\n' >more/test.tsv
expect 0 "$gatkit" evaluate m --data more --json
json 'j["users"] == 1 and j["unknown_users"] == 2'
exit 0
