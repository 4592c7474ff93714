#!/usr/bin/env python3
"""Makes the shells' completions from what `gatkit --help` and `gatkit VERB --help` say, so that they cannot differ from it.

    completions.py GATKIT FOLDER

Writes gatkit.bash, _gatkit (zsh) and gatkit.fish.
"""
import pathlib
import re
import subprocess
import sys
from typing import List, NamedTuple

OPTION = re.compile(r"^ {2}(?:-(\w), | {4})--([\w-]+)(?:\[?=([^\s\]]+)\]?)?(?:\s{2,}(.*))?$")


class Option(NamedTuple):
    """short: "" where there is none; argument: its name, "" for a switch."""

    short: str
    long: str
    argument: str
    help: str


class Verb(NamedTuple):
    """A verb with the options of its own and those that all have."""

    name: str
    help: str
    options: List[Option]


def said(*command):
    """Standard output of a command."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def options_of(text):
    """Options in the order of the help; what follows on further lines belongs to the line before."""
    found, width = [], 29
    for line in text.splitlines():
        match = OPTION.match(line)
        if match:
            found.append([match[1] or "", match[2], match[3] or "", match[4] or ""])
        elif found and line.startswith(" " * width) and line[width] != " ":
            found[-1][3] = f"{found[-1][3]} {line.strip()}".strip()
    return [Option(*o) for o in found]


def verbs_of(gatkit):
    """Every verb of the program."""
    lines = said(gatkit, "--help").split("Verbs:\n")[1].split("\n\n")[0].splitlines()
    pairs = [line.split(None, 1) for line in lines]
    return [Verb(name, text, options_of(said(gatkit, name, "--help"))) for name, text in pairs]


def is_file(option):
    """Whether the shell should offer files."""
    return any(word in option.argument for word in ("FILE", "DATA", "MODEL", "OUT", "PAIRS", "PATH", "SENTENCES"))


def brief(text, most=60):
    """The first words of a help text, without what a shell would read as syntax."""
    text = re.sub(r"[\[\]'\"`\\$:;()]", "", text)
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."


def bash(verbs):
    """One function: verbs first, then options of the verb, then files."""
    cases = "\n".join(f"    {v.name}) options='{' '.join('--' + o.long for o in v.options)}'; files='"
                      f"{' '.join('--' + o.long for o in v.options if is_file(o))}' ;;" for v in verbs if v.name != "help")
    return f"""# Completion of gatkit for bash, made from its --help.
_gatkit() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} options files
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W '{' '.join(v.name for v in verbs)} --help --version' -- "$word")
        return
    fi
    case ${{COMP_WORDS[1]}} in
{cases}
    help) mapfile -t COMPREPLY < <(compgen -W '{' '.join(v.name for v in verbs)} files' -- "$word"); return ;;
    *) return ;;
    esac
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *)
        case " $options " in
        *" $before "*) case " $files " in *" $before "*) ;; *) return ;; esac ;;
        esac
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    esac
}}
complete -o filenames -F _gatkit gatkit
"""


def zsh(verbs):
    """_arguments for every verb."""

    def row(o):
        value = "" if not o.argument else f"={':' + o.argument + (':_files' if is_file(o) else ': ')}"
        return f"            '--{o.long}{value[:1]}[{brief(o.help)}]{value[1:]}'"

    names = "\n".join(f"        '{v.name}:{brief(v.help)}'" for v in verbs)
    cases = "\n".join(f"    {v.name})\n        _arguments -s \\\n" + " \\\n".join(row(o) for o in v.options) +
                      " \\\n            '*:file:_files' ;;" for v in verbs)
    return f"""#compdef gatkit
# Completion of gatkit for zsh, made from its --help.
_gatkit() {{
    local -a verbs
    verbs=(
{names}
    )
    if (( CURRENT == 2 )); then
        _describe verb verbs
        return
    fi
    local verb=$words[2]
    shift words
    (( CURRENT-- ))
    case $verb in
{cases}
    esac
}}
_gatkit "$@"
"""


def fish(verbs):
    """A line for every verb and option."""
    lines = ["# Completion of gatkit for fish, made from its --help."]
    for v in verbs:
        lines.append(f"complete -c gatkit -n __fish_use_subcommand -f -a {v.name} -d '{brief(v.help)}'")
        for o in v.options:
            short = f" -s {o.short}" if o.short else ""
            value = " -r" + ("F" if is_file(o) else "f") if o.argument else ""
            lines.append(f"complete -c gatkit -n '__fish_seen_subcommand_from {v.name}' -l {o.long}{short}{value} -d '{brief(o.help)}'")
    return "\n".join(lines) + "\n"


def main():
    """Writes the three files."""
    gatkit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    verbs = verbs_of(gatkit)
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in (("gatkit.bash", bash), ("_gatkit", zsh), ("gatkit.fish", fish)):
        (folder / name).write_text(made(verbs), encoding="utf-8")


main()
