# datasets/packages/build on a small list of packages: parts, ratings, graph; an empty list is refused.
set -eu
build=$GATKIT_SOURCE/datasets/packages/build
command -v python3 >/dev/null || exit 77
for i in $(seq 1 40); do
    printf 'Package: app%d\nVersion: 1\nSection: games\nTag: role::program,\n use::playing\nDepends: libbase (>= 1), helper | other\nRecommends: extra%d\nSuggests: docs\nDescription: the app %d\n\n' "$i" $((i % 2)) "$i"
done >list
for name in libbase helper extra0 extra1 docs; do
    printf 'Package: %s\nSection: libs\nDepends: libbase\nDescription: what is %s\n\n' $name $name
done >>list
"$build" out --lists list >told
grep -q '40 packages, 5 items, ' told
[ "$(cat out/train.tsv out/valid.tsv out/test.tsv | wc -l)" -eq 160 ]
grep -q "$(printf '^app1\tlibbase\t3$')" out/train.tsv
! grep -q "$(printf '\t3$')" out/valid.tsv out/test.tsv
grep -q "$(printf '^helper\tdepends on\tlibbase$')" out/kg.tsv
grep -q "$(printf '^docs\twhat is docs$')" out/item_name.tsv
[ -s out/test.tsv ]
: >empty
! "$build" none --lists empty 2>said
grep -q 'no packages' said
