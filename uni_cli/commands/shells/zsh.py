"""The completion script of zsh, in the manner of its own: what is typed is judged by `_arguments`."""

from __future__ import annotations

from uni_cli.commands.kinds import Kind
from uni_cli.commands.shells.table import Table, banner, name_of
from uni_cli.commands.words import Argument, Command, Flag

SCRIPT = r"""#compdef uni
@BANNER@
@FUNCTIONS@
_uni_value() { # KIND
  local offered=1
  case $1 in
@KINDS@
  esac
  return $offered
}

_uni_words() { # WORD...: in this order
  local -a all=("$@")
  local expl
  _wanted -V values expl value compadd -a - all && offered=0
}

_uni_roles() { # ROLE=...: what follows belongs to the same word
  local -a all=("$@")
  local expl
  _wanted -V roles expl role compadd -S '' -a - all && offered=0
}

_uni_listed() { # WORD...: one more of A,B,C
  local -a all=("$@")
  local expl
  _wanted -V values expl value compadd -qS , -a - all && offered=0
}

_uni_ask() { # KIND: what only the ledger, the folder and the environment know
  local -a values texts shown
  local value text expl
  [[ $PREFIX == -* ]] && return
  # Only what may be the beginning of a job's id is worth a process.
  [[ $1 == pictures && ! $PREFIX =~ '^[0-9a-f]{1,8}$' ]] && return
  while IFS=$'\t' read -r value text; do
    values+=("$value")
    texts+=("$value  $text")
    [[ -z $text ]] || shown=(-l -d texts)
  done < <("$_uni_self" __complete $1 "$PREFIX" "$line[1]" 2>/dev/null </dev/null)
  (($#values)) && _wanted -V $1 expl $1 compadd $shown -a - values && offered=0
}

_uni_text() { # NAME: nothing to offer, but its name
  [[ $PREFIX == -* ]] || _message -e words "$1"
  return 1
}

_uni_paths() {
  _files && offered=0
}

_uni() {
  local _uni_self=${(Q)words[1]/#\~/$HOME}
  (($+commands[$_uni_self])) || [[ -x $_uni_self ]] || _uni_self=uni
  _uni_at
}

# Sourced, it announces itself; from a folder of fpath, it is called by that name.
if [[ $funcstack[1] == _uni ]]; then
  _uni "$@"
else
  compdef _uni uni
fi
"""

GROUP = """_uni_at@NAME@() {
  local curcontext=$curcontext state line ret=1
  local -A opt_args
  local -a commands=(
@LIST@
  )
  _arguments -C -S : \\
@FLAGS@
    '1:command:->command' '*::argument:->argument' && ret=0
  case $state in
    command) _describe -V -t commands command commands && ret=0 ;;
    argument)
      curcontext=${curcontext%:*}-$words[1]:
      (($+functions[_uni_at@NAME@_$words[1]])) && _uni_at@NAME@_$words[1] && ret=0
      ;;
  esac
  return ret
}
"""


def render(table: Table) -> str:
    script = SCRIPT.replace("@BANNER@", banner("#").rstrip("\n"))
    script = script.replace("@FUNCTIONS@", "\n".join(_function(command, table) for command in table.commands))
    return script.replace("@KINDS@", "\n".join(_kind(name, kind) for name, kind in table.kinds.items()))


def _function(command: Command, table: Table) -> str:
    flags = [f"    {_flag(flag, table)}" for flag in command.flags]
    name = "".join(f"_{part}" for part in command.path[1:])
    if command.commands:
        rows = [f"    {_quoted(f'{one.path[-1]}:{_escaped(one.short)}')}" for one in command.commands]
        made = GROUP.replace("@NAME@", name).replace("@LIST@", "\n".join(rows))
        return made.replace("@FLAGS@", "\n".join(f"{line} \\" for line in flags))
    places = [
        f"{'*' if argument.many else number}:{_escaped(argument.label)}:{_place(argument, table)}"
        for number, argument in enumerate(command.arguments, 1)
    ]
    lines = [*flags, *(f"    {_quoted(place)}" for place in places)]
    return f"_uni_at{name}() {{\n  local -a line\n  _arguments -s -S : \\\n" + " \\\n".join(lines) + "\n}\n"


def _flag(flag: Flag, table: Table) -> str:
    """Names that exclude each other, what they are for, and what follows."""
    together = " ".join(flag.spellings)
    before = "'*'" if flag.many else _quoted(f"({together})") if len(flag.spellings) > 1 else ""
    value = f":{_escaped(flag.metavar)}:{_action(name_of(flag), table)}" if flag.metavar else ""
    names = [_spelling(name, valued=bool(flag.metavar)) for name in flag.spellings]
    shown = f"{{{','.join(names)}}}" if len(names) > 1 else names[0]
    return f"{before}{shown}{_quoted(f'[{_escaped(flag.help)}]{value}')}"


def _spelling(name: str, *, valued: bool) -> str:
    return name + ("=" if name.startswith("--") else "+") if valued else name


def _action(name: str, table: Table) -> str:
    """The space keeps `_arguments` from adding words of its own to the call."""
    return f" _uni_value {name}" if name in table.kinds else " "


def _place(argument: Argument, table: Table) -> str:
    """Where a flag may stand too, zsh's own message for free text would keep it from being completed."""
    return _action(argument.name, table) if argument.name in table.kinds else f" _uni_text {argument.label}"


def _kind(name: str, kind: Kind) -> str:
    roles = tuple(word for word in kind.words if word.endswith("="))
    calls = [f"_uni_words {' '.join(kind.words)}"] if kind.words else []
    if kind.listed:
        calls = ["compset -P '*,'", "compset -S ',*'", f"_uni_listed {' '.join(kind.words)}"]
    if roles:
        # Inside this function, because zsh takes back what a function did to the word when it returns.
        calls = [f"compset -P '({'|'.join(roles)})' || _uni_roles {' '.join(roles)}"]
    calls += [f"_uni_ask {kind.asks}"] if kind.asks else []
    calls += ["_uni_paths"] if kind.files else []
    return f"    {name}) {'; '.join(calls)} ;;"


def _escaped(text: str) -> str:
    for char in "\\:[]":
        text = text.replace(char, f"\\{char}")
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
