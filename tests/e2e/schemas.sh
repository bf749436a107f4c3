#!/usr/bin/env bash
# The real YAML language server (VS Code's, Neovim's) completes and checks stackproof.yaml and rule files by our schemas.
set -euo pipefail
source "$(dirname "$0")/install.sh"
adopt="$project/tests/e2e/adopt"
bin="${STACKPROOF:-$project/target/release/stackproof}"
packages "$adopt" --ignore-scripts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$bin" schema config > "$scratch/config.schema.json"
"$bin" schema rule > "$scratch/rule.schema.json"
node "$adopt/complete.mjs" "$scratch" "$project/rules/lambda/lambda-env-kms.yaml"
echo "the YAML language server completes and checks by the schemas"
