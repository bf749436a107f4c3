#!/usr/bin/env bash
# The real YAML language server (VS Code's, Neovim's) completes and checks stackproof.yaml and rule files by our schemas.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
here="$project/tests/e2e/adopt"
bin="${STACKPROOF:-$project/target/release/stackproof}"
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
  npm ci --prefix "$here" --silent --no-audit --no-fund --ignore-scripts
  cp "$here/package-lock.json" "$here/node_modules/.installed"
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$bin" schema config > "$scratch/config.schema.json"
"$bin" schema rule > "$scratch/rule.schema.json"
node "$here/complete.mjs" "$scratch" "$project/rules/lambda/lambda-env-kms.yaml"
echo "the YAML language server completes and checks by the schemas"
