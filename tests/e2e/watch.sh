#!/usr/bin/env bash
# `check --watch` beside the real CDK CLI: it waits for each synth to end, says nothing when a synth writes the same again,
# shows what changed, and keeps its last result while the assembly is broken or gone.
set -euo pipefail
source "$(dirname "$0")/install.sh"
bin="${STACKPROOF:-$project/target/release/stackproof}"
scratch=$(mktemp -d)
watch=
trap '[ -z "$watch" ] || kill "$watch" 2>/dev/null || true; rm -rf "$scratch"' EXIT
app production "$scratch/app"
cd "$scratch/app"
export CI=1 CDK_DISABLE_VERSION_CHECK=1 AWS_EC2_METADATA_DISABLED=true CDK_VALIDATION=false
synth() { npx cdk synth --quiet --no-notices "$@" >/dev/null 2>"$scratch/synth" || { cat "$scratch/synth"; exit 1; }; }
told() { grep -c "$1" "$scratch/err" || true; }
expect() { # how often, what; within 20 seconds
  for _ in $(seq 100); do [ "$(told "$2")" = "$1" ] && return; sleep 0.2; done
  echo "expected $1 times: $2"; cat "$scratch/err"; exit 1
}

"$bin" check --watch --format concise >"$scratch/out" 2>"$scratch/err" & watch=$!
expect 1 '^stackproof: cdk.out is not there yet; waiting for changes$'
synth --context environment=dev
expect 1 '^stackproof: linting cdk.out$'
expect 1 '^stackproof: .* errors, .* warnings; waiting for changes$'
test ! -e cdk.out/synth.lock
grep -q '^lib/.*\.ts:[0-9]*:[0-9]*: error: ' "$scratch/out"

# The same again: CDK writes every file anew.
before=$(stat -c %Y%i cdk.out/manifest.json)
sleep 1.1
synth --context environment=dev
test "$before" != "$(stat -c %Y%i cdk.out/manifest.json)"
sleep 2
expect 1 '^stackproof: linting'

# Something else: one more run, not several while files are written.
synth --context environment=production
expect 2 '^stackproof: linting'
sleep 2
expect 2 '^stackproof: linting'

# An app that does not compile leaves the assembly as it was.
cp bin/production.ts "$scratch/bin"
echo 'this is no TypeScript;' >> bin/production.ts
if npx cdk synth --quiet >/dev/null 2>&1; then echo "a broken app was synthesized"; exit 1; fi
sleep 2
expect 2 '^stackproof: linting'
cp "$scratch/bin" bin/production.ts

template=$(ls cdk.out/*.template.json | head -n 1)
head -c 300 "$template" > "$scratch/part"
cp "$scratch/part" "$template"
expect 1 'the last result stands; waiting for changes$'
rm -rf cdk.out
expect 1 'is not there any more; the last result stands; waiting for changes$'
synth --context environment=dev
expect 3 '^stackproof: linting'

# Less than a second of work for all of this: nothing is polled.
read -r -a stat < "/proc/$watch/stat"
test "$((stat[13] + stat[14]))" -lt "$((20 * $(getconf CLK_TCK)))"
kill -INT "$watch"
code=0; wait "$watch" || code=$?
watch=
test "$code" = 0
echo "the watch follows the real CDK"
