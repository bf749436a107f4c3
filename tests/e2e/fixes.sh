#!/usr/bin/env bash
# Every fix.cdk of the rules compiles against the real aws-cdk-lib: fixes.sh [RULE-FILE-OR-FOLDER]..., by default rules/.
# The packages are installed on the first run, and again whenever their lock file has changed.
set -euo pipefail
source "$(dirname "$0")/install.sh"
fixes="$project/tests/e2e/fixes"
packages "$fixes"
if [ $# -eq 0 ]; then
  set -- "$project/rules"
  # The check must be able to fail: each of these snippets is wrong in one way.
  told=$(node "$fixes/check.js" "$fixes/wrong.yaml" || true)
  if [ "$(tail -n 1 <<<"$told")" != "7 snippets of fix.cdk, 7 errors" ]; then
    printf 'wrong snippets go through:\n%s\n' "$told"
    exit 1
  fi
fi
node "$fixes/check.js" "$@"
