#!/usr/bin/env bash
# Real assemblies and templates beside the project, where they are: no panic, no undue input error, exit 0 or 1.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
corpora="$project/../shared/corpora"
if [ ! -d "$corpora" ]; then echo "no corpora here: nothing to run on"; exit 0; fi
bin="${STACKPROOF:-$project/target/release/stackproof}"
lint() {
  local code=0
  "$bin" check --format json "$1" >"$out" 2>"$err" || code=$?
  if [ "$code" != 0 ] && [ "$code" != 1 ] || [ -s "$err" ]; then echo "$1: exit $code"; cat "$err"; exit 1; fi
}
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT
count=0
for assembly in "$corpora"/cdk/*/; do lint "$assembly"; count=$((count + 1)); done
while read -r template; do lint "$template"; count=$((count + 1)); done < <(find "$corpora/yaml" -name '*.y*ml' | sort)
lint "$corpora/cdk"
lint "$corpora/yaml"
echo "$count assemblies and templates linted"
