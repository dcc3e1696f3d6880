"""The completion script of bash. It asks for nothing that bash 3.2 lacks and needs no bash-completion."""

from __future__ import annotations

from uni_cli.commands.kinds import Kind
from uni_cli.commands.shells.table import Slot, Table, banner

SCRIPT = r"""# shellcheck shell=bash
@BANNER@
_uni_of() { # COMMAND: its subcommands and its flags
  commands= flags=
  case $1 in
@COMMANDS@
  esac
}

_uni_takes() { # FLAG: whether a value follows it
  case $1 in
    @VALUED@) ;;
    *) return 1 ;;
  esac
}

_uni_flag() { # FLAG: what its value is
  case $1 in
@FLAGS@
  esac
}

_uni_place() { # COMMAND NUMBER: what stands there
  case $1 in
@PLACES@
  esac
}

_uni_kind() { # KIND: its words, what `uni __complete` is asked for, whether it is a file, whether A,B,C
  case $1 in
@KINDS@
  esac
}

_uni_split() { # the words as they were typed: readline cuts them at = and : too
  local rest=${COMP_LINE:0:COMP_POINT} part i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    part=${COMP_WORDS[i]}
    if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
      rest=${rest#"${rest%%[![:space:]]*}"}
      typed[${#typed[@]}]=
    fi
    ((i == COMP_CWORD)) && part=$rest
    typed[${#typed[@]} - 1]+=$part
    rest=${rest#"$part"}
  done
  cur=${typed[${#typed[@]} - 1]}
  # What readline will replace: nothing, where the last thing typed is where it cuts.
  [[ $part == *[!=:]* ]] || part=
  quote=
  if [[ $cur == [\"\']* ]]; then
    quote=${cur:0:1} cur=${cur:1}
    part=$cur
  fi
  kept=$((${#cur} - ${#part}))
}

_uni_walk() { # where the cursor is: in which command, behind which flag, at which argument
  local word i
  _uni_of "$path"
  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    word=${typed[i]}
    if [[ $flag ]]; then
      flag=
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -?* ]]; then
      _uni_takes "$word" && flag=$word
    elif [[ $commands ]]; then
      path="$path $word"
      _uni_of "$path"
    else
      number=$((number + 1))
      first=${first:-$word}
    fi
  done
}

_uni_add() { # WORD...: those that begin with what is typed
  local word
  for word; do
    [[ $word == "$cur"* ]] && COMPREPLY[${#COMPREPLY[@]}]=$lead$word
  done
}

_uni_ask() { # KIND: what only the ledger, the folder and the environment know
  local value text self=${COMP_WORDS[0]/#\~/$HOME}
  type -P "$self" >/dev/null || self=uni
  while IFS=$'\t' read -r value text; do
    texts[${#COMPREPLY[@]}]=$text
    COMPREPLY[${#COMPREPLY[@]}]=$lead$value
  done < <("$self" __complete "$1" "$cur" "$first" 2>/dev/null </dev/null)
}

_uni_files() { # beside other words, or where readline would look for the wrong name
  local file
  while IFS= read -r file; do
    [[ -e $file ]] || continue
    [[ -d $file ]] && file+=/
    [[ $quote ]] || printf -v file %q "$file"
    COMPREPLY[${#COMPREPLY[@]}]=$lead$file
  done < <(compgen -f -- "${cur//\\/}")
}

_uni_value() { # KIND
  local words= asks= files= listed= word
  _uni_kind "$1"
  if [[ $listed && $cur == *,* ]]; then
    lead+=${cur%,*}, cur=${cur##*,}
  fi
  for word in $words; do
    if [[ $word == *= && $cur == "$word"* ]]; then
      lead+=$word cur=${cur#"$word"} words=
    fi
  done
  _uni_add $words
  # Only what may be the beginning of a job's id is worth a process.
  if [[ $asks && ($asks != pictures || $cur =~ ^[0-9a-f]{1,8}$) ]]; then
    _uni_ask "$asks"
  fi
  [[ $files ]] || return
  if ((${#COMPREPLY[@]})) || [[ ${lead:kept} ]] || ((kept > ${#lead})); then
    _uni_files
  else
    compopt -o default 2>/dev/null
  fi
}

_uni_show() { # what is left is cut to what readline replaces; in a list, ids have their prompts beside them
  local i
  ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace 2>/dev/null
  for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
    COMPREPLY[i]=${COMPREPLY[i]:kept}
    if ((${#COMPREPLY[@]} > 1)) && [[ ${texts[i]} && $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
      COMPREPLY[i]+="  ${texts[i]}"
    fi
  done
}

_uni() {
  COMPREPLY=()
  local typed=() texts=() commands flags cur quote kept path=uni number=1 first= flag= ended= lead= kind=
  _uni_split
  _uni_walk
  if [[ ${typed[${#typed[@]} - 2]} =~ ^[0-9\&]*[\<\>]+[\|\&]?$ ]]; then
    compopt -o default 2>/dev/null
    return
  elif [[ $flag ]]; then
    _uni_flag "$flag"
    _uni_value "$kind"
  elif [[ -z $ended && $cur == --*=* ]]; then
    _uni_flag "${cur%%=*}"
    lead=${cur%%=*}= cur=${cur#*=}
    _uni_value "$kind"
  elif [[ -z $ended && $cur == -* ]]; then
    _uni_add $flags
  elif [[ $commands ]]; then
    _uni_add $commands
  else
    _uni_place "$path $number"
    _uni_value "$kind"
  fi
  _uni_show
}

complete -o nosort -F _uni uni 2>/dev/null || complete -F _uni uni
"""


def render(table: Table) -> str:
    parts = {
        "@BANNER@": banner("#").rstrip("\n"),
        "@COMMANDS@": "\n".join(_command(table)),
        "@VALUED@": " | ".join(name for names in table.spellings.values() for name in names),
        "@FLAGS@": "\n".join(
            f"    {' | '.join(names)}) kind={name} ;;" for name, names in table.spellings.items() if name in table.kinds
        ),
        "@PLACES@": "\n".join(_slot(slot) for slot in table.slots if slot.argument.name in table.kinds),
        "@KINDS@": "\n".join(_kind(name, kind) for name, kind in table.kinds.items()),
    }
    script = SCRIPT
    for mark, text in parts.items():
        script = script.replace(mark, text)
    return script


def _command(table: Table) -> list[str]:
    lines = []
    for command in table.commands:
        names = " ".join(inner.path[-1] for inner in command.commands)
        flags = " ".join(name for flag in command.flags for name in flag.spellings)
        lines.append(f"    '{command.name}')")
        lines += [f"      commands='{names}'"] if names else []
        lines += [f"      flags='{flags}'", "      ;;"]
    return lines


def _slot(slot: Slot) -> str:
    number = slot.number or "'*"
    pattern = f"'{slot.command.name} '*" if slot.number is None else f"'{slot.command.name} {number}'"
    return f"    {pattern}) kind={slot.argument.name} ;;"


def _kind(name: str, kind: Kind) -> str:
    said = [f"words='{' '.join(kind.words)}'"] if kind.words else []
    said += [f"asks={kind.asks}"] if kind.asks else []
    said += [f"{field}=1" for field in ("files", "listed") if getattr(kind, field)]
    return f"    {name}) {' '.join(said)} ;;"
