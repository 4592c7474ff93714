# Every example of every --help runs as it stands, on a small graph under the names the examples use.
. "$(dirname "$0")/lib.sh"
mkdir -p bin build datasets/wordnet
ln -s "$gatkit" bin/gatkit
PATH=$PWD/bin:$PATH
awk 'BEGIN {
    folder = "datasets/wordnet/"
    split("dog.n.01 wolf.n.01 cat.n.01 fox.n.01 lion.n.01 tiger.n.01 puppy.n.01 kitten.n.01", animal, " ")
    for (i = 1; i <= 8; i++) {
        print animal[i] "\thypernym\t" (i % 2 ? "canine.n.02" : "feline.n.01") > (folder (i == 8 ? "test.tsv" : i == 7 ? "valid.tsv" : "train.tsv"))
        print animal[i] "\tsimilar_to\t" animal[i % 8 + 1] > (folder "train.tsv")
        print animal[i] "\ta word for " animal[i] > (folder "entity_name.tsv")
    }
    print "canine.n.02\thypernym\tcarnivore.n.01\nfeline.n.01\thypernym\tcarnivore.n.01\nguitar.n.01\tsimilar_to\tpuppy.n.01" > (folder "train.tsv")
    print "guitar.n.01\thypernym\tinstrument.n.01\ncoffee.n.01\thypernym\tinstrument.n.01\ninstrument.n.01\tsimilar_to\tcoffee.n.01" > (folder "train.tsv")
    print "coffee.n.01\tsubstance_meronym\tcaffeine.n.01" > (folder "train.tsv")
}'
gzip -k datasets/wordnet/train.tsv
# The two ontologies are those of the repository; with sanitizers, which take their time, a ring under their names.
if [ -z "${GATKIT_SANITIZE:-}" ]; then
    ln -s "$GATKIT_SOURCE/datasets/gene-ontology" datasets/gene-ontology
    ln -s "$GATKIT_SOURCE/datasets/wordnet-relations" datasets/wordnet-relations
else
    mkdir -p datasets/gene-ontology/2013 datasets/gene-ontology/2022
    awk 'BEGIN {
        folder = "datasets/gene-ontology/"
        print "a1968\tpart_of\ta3" > (folder "2013/train.tsv")
        for (i = 0; i < 120; i++) {
            print "a" i "\tpart_of\ta" (i * i + 1) % 120 "\na" i "\tis_a\ta" (i + 1) % 120 > (folder "2013/train.tsv")
            print "b" i "\tpart_of\tb" (i * i + 1) % 120 "\nb" i "\tisa\tb" (i + 1) % 120 > (folder "2022/train.tsv")
            print "a" i "\tterm " i > (folder "2013/entity_name.tsv")
            print "b" i "\tTerm " i > (folder "2022/entity_name.tsv")
            print "a" i "\tb" i > (folder (i % 6 ? "train" : "valid") "_links.tsv")
        }
    }'
    gzip datasets/gene-ontology/*/entity_name.tsv
    mkdir datasets/wordnet-relations
    gzip -dc "$GATKIT_SOURCE/datasets/wordnet-relations/train.jsonl.gz" | head -120 >datasets/wordnet-relations/train.jsonl
    gzip -dc "$GATKIT_SOURCE/datasets/wordnet-relations/test.jsonl.gz" | head -20 >datasets/wordnet-relations/test.jsonl
    gzip datasets/wordnet-relations/*.jsonl
fi
mkdir datasets/wordnet-senses
for part in train test; do
    printf '%s\n' '{"id": 1, "text": "a dog and a fox", "mentions": [{"start": 2, "end": 5, "entity": "dog.n.01"}, {"start": 12, "end": 15}]}' \
        '{"id": 2, "tokens": ["lion", "and", "kitten"], "mentions": [{"start": 0, "end": 1, "entity": "lion.n.01"}]}' |
        gzip >datasets/wordnet-senses/$part.jsonl.gz
done
printf 'dog.n.01\tdog\nfox.n.01\tfox\nlion.n.01\tlion\nfox.n.01\tlion\n' >datasets/wordnet/aliases.tsv
printf 'dog.n.01\tdog\t3\nfox.n.01\tfox\t0.5\n' | gzip >datasets/wordnet-senses/lexicon.tsv.gz
printf 'dog.n.01\ta tame animal\tnoun.animal\nfox.n.01\ta wild one\tnoun.animal\n' |
    gzip >datasets/wordnet-senses/descriptions.tsv.gz
mkdir build/packages
for user in inkscape gimp scribus krita; do
    for item in gimp inkscape fonts libc6 "$user-data"; do printf '%s\t%s\n' $user $item; done
done >build/packages/interactions.tsv
printf 'gimp\tin\tgraphics\ninkscape\tin\tgraphics\nfonts\tin\tx11\n' >build/packages/kg.tsv
mv datasets/wordnet/train.tsv.gz kept.gz
expect 0 gatkit train build/packages --task recommend --output build/packages.gatkit --epochs 2 --dim 8
expect 0 gatkit train datasets/wordnet --output build/wordnet.gatkit --dim 16 --attn-heads 2 --epochs 5

# The examples of the help on stdout, one a line, joined where they go on.
examples() { sed -e ':join' -e '/\\$/{N;s/ *\\\n */ /;b join' -e '}' stdout | sed -nE 's/^  ((gatkit|printf) .*)/\1/p'; }

count=0
for verb in "" train evaluate score predict explain neighbors similarity info verify export stats align extract link generate recommend; do
    # shellcheck disable=SC2086
    expect 0 gatkit $verb --help
    examples >list
    [ "$(wc -l <list)" -ge 2 ] || fail "two or three examples: $verb"
    # stats shows a packed file; the folder of this test has it only while it is asked for.
    if [ "$verb" = stats ]; then mv datasets/wordnet/train.tsv plain.tsv; mv kept.gz datasets/wordnet/train.tsv.gz; fi
    while IFS= read -r line; do
        expect 0 sh -c "$line"
        count=$((count + 1))
    done <list
done
[ $count -ge 31 ] || fail "only $count examples were found"

# The README asks about a word that the graph does not have.
sed -n '/^## New entities/,/^## A graph/s/^    \$ //p' "$GATKIT_SOURCE/README.md" >list
[ "$(wc -l <list)" -eq 3 ] || fail "three commands about new entities in the README"
while IFS= read -r line; do expect 0 sh -c "$line"; done <list
says stdout oat_latte

# And aligns two ontologies; the pairs it shows are printed as they stand there.
section() { sed -n '/^## Aligning two graphs/,/^## New entities/p' "$GATKIT_SOURCE/README.md"; }
section | sed -n -e '/^    \$ /{' -e ':join' -e '/\\$/{N;s/ *\\\n */ /;b join' -e '}' -e 's/^    \$ //p' -e '}' >list
[ "$(wc -l <list)" -ge 1 ] || fail "no example of an alignment in the README"
shown=0
while IFS= read -r line; do expect 0 sh -c "$line"; mv stdout "shown$((shown += 1))"; done <list
[ -z "${GATKIT_SANITIZE:-}" ] || exit 0
mv shown1 stdout
[ "$(grep -c '^a[0-9]* ' stdout)" -eq 10 ] || fail "ten pairs with their evidence"
section | grep '^    a[0-9]* (' | cut -c5- | while IFS= read -r line; do says stdout "${line% *}"; done || exit 1

# And reads facts from text; those it shows are what comes out.
ln -s "$GATKIT_SOURCE/datasets/chebi-relations" datasets/chebi-relations
section() { sed -n '/^## From text to the graph/,/^## Results/p' "$GATKIT_SOURCE/README.md"; }
section | sed -n 's/^    \({"id": "note".*\)/\1/p' >note.jsonl
section | sed -n -e '/^    \$ /{' -e ':join' -e '/\\$/{N;s/ *\\\n */ /;b join' -e '}' -e 's/^    \$ //p' -e '}' |
    sed -e 's/ | head -3//' -e '/^cat /d' -e '/grown/d' >list
[ "$(wc -l <list)" -eq 4 ] || fail "four commands about text in the README"
: >shown
while IFS= read -r line; do
    expect 0 sh -c "$line"
    cat stdout >>shown
done <list
mv shown stdout
section | grep '^    CHEBI' | cut -c5- | while IFS= read -r line; do says stdout "$line"; done || exit 1
exit 0
