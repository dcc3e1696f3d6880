"""The completion script of PowerShell, 5.1 and newer. What it leaves unanswered, PowerShell completes as a file."""

from __future__ import annotations

from uni_cli.commands.kinds import Kind
from uni_cli.commands.shells.table import Table, banner
from uni_cli.commands.words import Command

SCRIPT = r"""@BANNER@
Register-ArgumentCompleter -Native -CommandName uni -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = @{
@COMMANDS@
    }
    $flags = @{
@FLAGS@
    }
    # What the value of a flag is, and what stands at a place; a place that repeats ends in *.
    $kinds = @{
@KINDS@
    }
    $words = @{
@WORDS@
    }
    $asks = @{
@ASKS@
    }
    $files = @(@FILES@)
    $listed = @(@LISTED@)
    $valued = @(@VALUED@)

    function Offer([string] $lead, [string] $value, [string] $text) {
        if (-not $text) { $text = $value }
        [System.Management.Automation.CompletionResult]::new("$lead$value", $value, 'ParameterValue', $text)
    }

    # Where the cursor is: in which command, behind which flag, at which argument.
    $path = 'uni'
    $number = 1
    $first = ''
    $flag = ''
    $ended = $false
    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
    foreach ($word in $typed) {
        if ($flag) { $flag = '' }
        elseif (-not $ended -and $word -eq '--') { $ended = $true }
        elseif (-not $ended -and $word -match '^-.') { if ($valued -ccontains $word) { $flag = $word } }
        elseif ($commands.ContainsKey($path)) { $path = "$path $word" }
        else { $number++; if (-not $first) { $first = $word.Trim("'", '"') } }
    }

    $part = "$wordToComplete".Trim("'", '"')
    $lead = ''
    if ($flag) { $kind = $kinds[$flag] }
    elseif (-not $ended -and $part -match '^(--[a-z-]+)=(.*)$') {
        $kind = $kinds[$Matches[1]]
        $lead = "$($Matches[1])="
        $part = $Matches[2]
    }
    elseif (-not $ended -and $part.StartsWith('-')) {
        foreach ($name in $flags[$path].Keys) {
            if ($name.StartsWith($part)) { Offer '' $name $flags[$path][$name] }
        }
        return
    }
    elseif ($commands.ContainsKey($path)) {
        foreach ($name in $commands[$path].Keys) {
            if ($name.StartsWith($part)) { Offer '' $name $commands[$path][$name] }
        }
        return
    }
    else {
        $kind = $kinds["$path $number"]
        if (-not $kind) { $kind = $kinds["$path *"] }
    }
    if (-not $kind) { return }

    if ($listed -contains $kind -and $part.Contains(',')) {
        $cut = $part.LastIndexOf(',') + 1
        $lead += $part.Substring(0, $cut)
        $part = $part.Substring($cut)
    }
    $behindRole = $false
    foreach ($word in $words[$kind]) {
        if ($word.EndsWith('=') -and $part.StartsWith($word)) {
            $lead += $word
            $part = $part.Substring($word.Length)
            $behindRole = $true
            break
        }
    }
    if (-not $behindRole) {
        foreach ($word in $words[$kind]) {
            if ($word.StartsWith($part)) { Offer $lead $word '' }
        }
    }
    # Only what may be the beginning of a job's id is worth a process.
    if ($asks[$kind] -and ($asks[$kind] -ne 'pictures' -or $part -cmatch '^[0-9a-f]{1,8}$')) {
        $self = $commandAst.CommandElements[0].Extent.Text.Trim("'", '"')
        if (-not (Get-Command $self -CommandType Application -ErrorAction SilentlyContinue)) { $self = 'uni' }
        # Windows PowerShell drops an empty argument; a pair of quotes arrives as one.
        $given = @('__complete', $asks[$kind], $part, $first)
        if ($PSVersionTable.PSVersion.Major -lt 7) { $given = $given | ForEach-Object { if ($_) { $_ } else { '""' } } }
        foreach ($line in @(& $self @given 2>$null)) {
            $value, $text = "$line" -split "`t", 2
            if ($value) { Offer $lead $value $text }
        }
    }
    if ($files -contains $kind) {
        foreach ($file in [System.Management.Automation.CompletionCompleters]::CompleteFilename($part)) {
            $name = $file.CompletionText
            # A name in quotes keeps them around the whole word.
            if ($lead -and $name -match '^[''"]') { $name = $name.Substring(0, 1) + $lead + $name.Substring(1) }
            else { $name = "$lead$name" }
            [System.Management.Automation.CompletionResult]::new(
                $name, $file.ListItemText, $file.ResultType, $file.ToolTip)
        }
    }
}
"""


def render(table: Table) -> str:
    kinds = table.kinds
    flag_kinds = [(name, key) for key, names in table.spellings.items() if key in kinds for name in names]
    slots = [
        (f"{slot.command.name} {slot.number or '*'}", slot.argument.name)
        for slot in table.slots
        if slot.argument.name in kinds
    ]
    parts = {
        "@BANNER@": banner("#").rstrip("\n"),
        "@COMMANDS@": "\n".join(_below(command) for command in table.groups),
        "@FLAGS@": "\n".join(_flags(command) for command in table.commands),
        "@KINDS@": "\n".join(f"        {_quoted(name)} = {_quoted(key)}" for name, key in [*flag_kinds, *slots]),
        "@WORDS@": "\n".join(f"        {_quoted(n)} = {_list(k.words)}" for n, k in kinds.items() if k.words),
        "@ASKS@": "\n".join(f"        {_quoted(n)} = {_quoted(k.asks)}" for n, k in kinds.items() if k.asks),
        "@FILES@": _names(kinds, "files"),
        "@LISTED@": _names(kinds, "listed"),
        "@VALUED@": ", ".join(_quoted(name) for names in table.spellings.values() for name in names),
    }
    script = SCRIPT
    for mark, text in parts.items():
        script = script.replace(mark, text)
    return script


def _below(command: Command) -> str:
    rows = [(one.path[-1], one.short) for one in command.commands]
    return _ordered(command.name, rows)


def _flags(command: Command) -> str:
    return _ordered(command.name, [(name, flag.help) for flag in command.flags for name in flag.spellings])


def _ordered(name: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(f"            {_quoted(key)} = {_quoted(text)}\n" for key, text in rows)
    return f"        {_quoted(name)} = [ordered]@{{\n{lines}        }}"


def _names(kinds: dict[str, Kind], field: str) -> str:
    return ", ".join(_quoted(name) for name, kind in kinds.items() if getattr(kind, field))


def _list(words: tuple[str, ...]) -> str:
    return f"@({', '.join(map(_quoted, words))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
