#!/bin/sh
# The shipped WordNet graph and its senses are what Debian's package gives, and WN18RR comes out
# of the same package as published. Exit 77 (skipped) when the package cannot be
# had or $GATKIT_DATA has no WN18RR; the build script then says which. The taxonomy
# is looked at only where emboss-data is installed: the package is large. So are the
# packages of the Gene Ontology; what is shipped of it is compared with its README.

here=$(dirname "$0")/../../datasets
result=0

command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }

for set in wordnet wn18rr wordnet-senses; do
    "$here/$set/build" --check
    status=$?
    case $status in
        0) ;;
        77) echo "skipped: $set"; [ $result -ne 0 ] || result=77 ;;
        *) echo "failed: $set (exit status $status)"; result=1 ;;
    esac
done

if [ -e /usr/share/EMBOSS/data/TAXONOMY/nodes.dmp ]; then
    "$here/taxonomy/build" --check || { echo "failed: taxonomy"; result=1; }
else
    echo "left out: taxonomy (emboss-data is not installed, see tools/packages-optional.txt)"
fi

if [ -e /usr/share/EMBOSS/data/OBO/go.obo ] && [ -e /usr/lib/R/site-library/GO.db/extdata/GO.sqlite ]; then
    "$here/gene-ontology/build" --check || { echo "failed: gene-ontology"; result=1; }
else
    echo "left out: gene-ontology/build (emboss-data and r-bioc-go.db are not installed)"
fi
if [ -e /usr/share/unicode/cldr/common/supplemental/supplementalData.xml ] && [ -d /usr/share/iso-codes/json ]; then
    "$here/places/build" --check || { echo "failed: places"; result=1; }
else
    echo "left out: places (unicode-cldr-core and iso-codes are not installed)"
fi

sed -nE 's/^([0-9a-f]{64})  /\1 /p' "$here/gene-ontology/README.md" >sums
[ "$(wc -l <sums)" -eq 9 ] || { echo "failed: nine checksums in gene-ontology/README.md"; result=1; }
while read -r sum name; do
    file=$here/gene-ontology/$name
    if [ -e "$file" ]; then found=$(sha256sum <"$file"); else found=$(gzip -dc "$file.gz" | sha256sum); fi
    [ "${found%% *}" = "$sum" ] || { echo "failed: gene-ontology/$name is not what its README says"; result=1; }
done <sums
exit $result
