#!/usr/bin/env bash
# What docs/editors.md says, done by the editors themselves: Vim's `:make`, Emacs' `compile`, and the expressions of VS Code's and GitHub's
# matchers in their own engine. Every finding of the bundled assembly must arrive with file, line, column and level, and the file be there.
set -euo pipefail
source "$(dirname "$0")/install.sh"
cd "$project"
stackproof=${STACKPROOF:-$PWD/target/release/stackproof}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program vim vim emacs emacs-nox

mkdir -p "$scratch/bin" "$scratch/home/.vim/compiler"
app="fixtures/assemblies/production --project-root fixtures/apps/production --no-config"
# shellcheck disable=SC2086 # words, not one word
"$stackproof" check $app --format concise="$scratch/concise" --format json="$scratch/json" 2>/dev/null || true
# The editors call `stackproof check --format concise`; which app it is, is not theirs to say.
printf '#!/bin/sh\nexec "%s" "$@" %s\n' "$stackproof" "$app" >"$scratch/bin/stackproof"
chmod +x "$scratch/bin/stackproof"
export PATH="$scratch/bin:$PATH" HOME="$scratch/home"
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" docs/editors.md | sed '1d;$d'; }

node tests/e2e/editors/matchers.mjs "$scratch/concise" "$scratch/json"

block vim >"$HOME/.vim/compiler/stackproof.vim"
cat >"$scratch/make.vim" <<'VIM'
compiler stackproof
silent make!
let found = filter(getqflist(), 'v:val.valid')
call writefile([json_encode(map(found, '[bufname(v:val.bufnr), v:val.lnum, v:val.col, v:val.type]'))], $FOUND)
qall!
VIM
FOUND=$scratch/vim vim -es -N -u NONE --cmd 'set runtimepath^=~/.vim' -S "$scratch/make.vim" </dev/null >/dev/null || true

block elisp >"$scratch/snippet.el"
COMMAND="stackproof check --format concise" SNIPPET="$scratch/snippet.el" emacs --batch -Q -l tests/e2e/editors/emacs.el >"$scratch/emacs" 2>"$scratch/told" ||
  { cat "$scratch/told"; exit 1; }

python3 - "$scratch" <<'PYTHON'
import json, os, re, sys
folder = sys.argv[1]
line = re.compile(r"^(.+):(\d+):(\d+): (error|warning|note): ")
wanted = [line.match(text).groups() for text in open(f"{folder}/concise", encoding="utf-8")]
wanted = [(file, int(row), int(column), level) for file, row, column, level in wanted]
levels = {"vim": {"e": "error", "w": "warning", "n": "note"}, "emacs": {2: "error", 1: "warning", 0: "note"}}
assert len(wanted) > 50
for editor in levels:
    found = [(file, row, column, levels[editor][level]) for file, row, column, level in json.load(open(f"{folder}/{editor}"))]
    assert found == wanted, f"{editor}: {len(found)} of {len(wanted)}: {[pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3]}"
    assert all(os.path.exists(file) for file, *_ in found)
    print(f"{editor} opens {len(found)} findings")
PYTHON
