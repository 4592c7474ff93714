#!/bin/sh
# man_pages.sh BINARY VERSION FOLDER VERB...: gatkit.1 and one gatkit-VERB.1 per verb, made by help2man from
# the --help texts. help2man names a page after the file it runs, so each verb gets a one-line program.
set -eu
binary=$1 version=$2 folder=$3
shift 3
mkdir -p "$folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

page() { # NAME DESCRIPTION
    help2man --no-info --version-string="$version" --name="$2" --opt-include="$scratch/$1.sections" \
        --output="$folder/$1.1" "$scratch/$1"
}

# help2man leaves example lines alone when they start with a prompt and stand on one line.
cat >"$scratch/examples" <<'SED'
:join
/\\$/ {
N
s/ *\\\n */ /
b join
}
s/^  \(gatkit\|printf\) /  $ \1 /
SED
printf '#!/bin/sh\n"%s" "$@" | sed -f "%s"\n' "$binary" "$scratch/examples" >"$scratch/gatkit"
chmod +x "$scratch/gatkit"
# The page 'gatkit help files' becomes two sections: FILES, and EXIT STATUS from its heading on. Its tables have a
# name, two blanks and a text; a text goes on further to the right.
"$binary" help files | sed -E -e '1s/.*/[FILES]/' -e 's/^Exit codes$/[EXIT STATUS]/' -e 's/^$/.PP/' \
    -e 's/^   +//' -e 's/^  (([^ ]| [^ ])+)  +(.*)/.TP\n\\\&\1\n\3/' >"$scratch/gatkit.sections"
page gatkit "graph attention toolkit for knowledge graphs"

"$binary" --help >"$scratch/help"
for verb in "$@"; do
    about=$(awk -v verb="$verb" '$1 == verb { $1 = ""; sub(/^ +/, ""); sub(/\.$/, ""); print; exit }' "$scratch/help")
    printf '#!/bin/sh\n"%s" %s "$@" | sed -f "%s"\n' "$binary" "$verb" "$scratch/examples" >"$scratch/gatkit-$verb"
    chmod +x "$scratch/gatkit-$verb"
    page "gatkit-$verb" "${about:-$verb}"
done
