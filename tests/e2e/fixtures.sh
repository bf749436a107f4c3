#!/usr/bin/env bash
# The committed assemblies are what the real CDK makes of the committed apps: synthesize again and compare.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r "$project/fixtures" "$scratch/fixtures"
"$scratch/fixtures/synth.sh" production hardened
diff -r "$project/fixtures/assemblies" "$scratch/fixtures/assemblies"
echo "the committed assemblies are what cdk synth writes"
