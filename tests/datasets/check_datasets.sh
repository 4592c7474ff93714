#!/bin/sh
# The shipped WordNet graph is what Debian's package gives, and WN18RR comes out
# of the same package as published. Exit 77 (skipped) when the package cannot be
# had or $GATKIT_DATA has no WN18RR; the build script then says which. The taxonomy
# is looked at only where emboss-data is installed: the package is large.

here=$(dirname "$0")/../../datasets
result=0

command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }

for set in wordnet wn18rr; do
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
exit $result
