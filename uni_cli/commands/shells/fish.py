"""The completion script of fish: a line for each word, with the condition under which it is offered."""

from __future__ import annotations

from uni_cli.commands.kinds import Kind
from uni_cli.commands.shells.table import Slot, Table, banner, name_of
from uni_cli.commands.words import Command, Flag

SCRIPT = r"""@BANNER@
function __uni_at -d 'Whether this command is being typed, and this argument of it: COMMAND [NUMBER [more]]'
    set -l path uni
    set -l number 1
    set -l ended
    set -l flag
    set -l typed (commandline -opc)
    set -e typed[1]
    for word in $typed
        if test -n "$flag"
            set flag
        else if test -z "$ended" -a "x$word" = x--
            set ended 1
        else if test -z "$ended"; and string match -qr -- '^-.' $word
            contains -- $word @VALUED@
            and set flag 1
        else if contains -- "$path" @GROUPS@
            set path "$path $word"
        else
            set number (math $number + 1)
        end
    end
    test "$path" = "$argv[1]"; or return
    set -q argv[2]; or return 0
    if set -q argv[3]
        test $number -ge $argv[2]
    else
        test $number -eq $argv[2]
    end
end

function __uni_first -d 'The first argument: the recipe whose items are asked for'
    set -l flag
    set -l typed (commandline -opc)
    for word in $typed[4..]
        if test -n "$flag"
            set flag
        else if string match -qr -- '^-.' $word
            contains -- $word @VALUED@
            and set flag 1
        else
            echo $word
            return
        end
    end
end

function __uni_typed -d 'The value that is typed, without the flag that it may be joined to'
    string replace -r -- '^--[a-z-]+=' '' (commandline -ct)
end

function __uni_words -d 'Words that need no description'
    printf '%s\t\n' $argv
end

function __uni_listed -d 'One more of A,B,C'
    set -l lead (string match -r -- '^.*,' (__uni_typed))
    __uni_words "$lead"$argv
end

function __uni_ask -d 'What only the ledger, the folder and the environment know'
    set -l lead (string match -r -- '^([a-z]+=|.*,)' (__uni_typed))[1]
    set -l part (string replace -r -- '^([a-z]+=|.*,)' '' (__uni_typed))
    if test $argv[1] = pictures
        # Only what may be the beginning of a job's id is worth a process.
        string match -qr -- '^[0-9a-f]{1,8}$' $part; or return
    end
    set -l self (string replace -r -- '^~' $HOME (commandline -opc)[1])
    type -q -- $self; or set self uni
    for line in (command $self __complete $argv[1] "$part" (__uni_first) 2>/dev/null </dev/null)
        echo -- "$lead$line"
    end
end

complete -c uni -f
@LINES@
"""


def render(table: Table) -> str:
    lines = [line for command in table.commands for line in _lines(command, table)]
    lines += [_slot(slot) for slot in table.slots if slot.argument.name in table.kinds]
    valued = " ".join(name for names in table.spellings.values() for name in names)
    groups = " ".join(_quoted(command.name) for command in table.groups)
    script = SCRIPT.replace("@BANNER@", banner("#").rstrip("\n")).replace("@VALUED@", valued)
    return script.replace("@GROUPS@", groups).replace("@LINES@", "\n".join(lines))


def _lines(command: Command, table: Table) -> list[str]:
    here = f"complete -c uni -n {_quoted(f'__uni_at {_inner(command.name)}')}"
    below = [f"{here} -k -a {one.path[-1]} -d {_quoted(one.short)}" for one in reversed(command.commands)]
    return [*below, *(f"{here} {_flag(flag, names, table)}" for flag in command.flags for names in _spelt(flag))]


def _spelt(flag: Flag) -> list[tuple[str, ...]]:
    """What turns a flag off is a flag of its own."""
    return [flag.names, flag.off] if flag.off else [flag.names]


def _flag(flag: Flag, names: tuple[str, ...], table: Table) -> str:
    parts = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in names]
    if flag.metavar:
        parts.append(_value(table.kinds.get(name_of(flag))))
    return " ".join([*parts, "-d", _quoted(flag.help)])


def _slot(slot: Slot) -> str:
    path, argument = slot.command, slot.argument
    number = path.arguments.index(argument) + 1
    condition = f"__uni_at {_inner(path.name)} {number}" + ("" if slot.number else " more")
    return f"complete -c uni -n {_quoted(condition)} {_value(slot.kind)}".replace(" -r -F", " -F").replace(" -x", " -f")


def _value(kind: Kind | None) -> str:
    if kind is None:
        return "-x"
    offer = "__uni_listed" if kind.listed else "__uni_words"
    offers = [f"({offer} {' '.join(kind.words)})"] if kind.words else []
    offers += [f"(__uni_ask {kind.asks})"] if kind.asks else []
    shown = f" -k -a {_quoted(' '.join(offers))}" if offers else ""
    return ("-r -F" if kind.files else "-x") + shown


def _inner(text: str) -> str:
    return f'"{text}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
