# The completions of the shells: verbs, options of a verb, files where files are meant.
. "$GATKIT_SOURCE/tests/cli/lib.sh"
python3 "$GATKIT_SOURCE/cmake/completions.py" "$gatkit" made || fail "no completions"
touch a.gatkit
cat >ask.bash <<'B'
. made/gatkit.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_gatkit
printf '%s\n' "${COMPREPLY[@]}"
B
bash ask.bash gatkit pre >stdout 2>stderr || fail "bash"
[ "$(cat stdout)" = predict ] || fail "a verb"
bash ask.bash gatkit predict --kn >stdout || fail "bash"
[ "$(cat stdout)" = --known ] || fail "an option"
bash ask.bash gatkit train d --output a.g >stdout || fail "bash"
[ "$(cat stdout)" = a.gatkit ] || fail "a file"
bash ask.bash gatkit train d --dim a.g >stdout || fail "bash"
[ -z "$(cat stdout)" ] || fail "a number is no file"
bash ask.bash gatkit help al >stdout || fail "bash"
[ "$(cat stdout)" = align ] || fail "help"
for verb in train evaluate serve plot; do
    says made/_gatkit "    $verb)"
    says made/gatkit.fish "__fish_seen_subcommand_from $verb' -l threads"
done
if command -v zsh >/dev/null; then zsh -n made/_gatkit || fail "zsh"; fi
if command -v fish >/dev/null; then fish --no-execute made/gatkit.fish || fail "fish"; fi
exit 0
