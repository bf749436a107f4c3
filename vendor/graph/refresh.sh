#!/usr/bin/env bash
# Takes the vendored files anew from the packages that package-lock.json pins: refresh.sh [FOLDER], by default this one.
# To move to newer versions: npm install --package-lock-only cytoscape@latest @dagrejs/dagre@latest, then refresh.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$here}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$scratch"
npm ci --prefix "$scratch" --silent --no-audit --no-fund --ignore-scripts
modules="$scratch/node_modules"
cp "$modules/cytoscape/dist/cytoscape.min.js" "$modules/@dagrejs/dagre/dist/dagre.min.js" "$target"
# The source map is not vendored; browsers would look for it.
sed -i '/^\/\/# sourceMappingURL=/d' "$target/cytoscape.min.js" "$target/dagre.min.js"
cp "$modules/cytoscape/LICENSE" "$target/cytoscape.LICENSE"
cp "$modules/@dagrejs/dagre/LICENSE" "$target/dagre.LICENSE"
sed '/^\/\*$/d; /^\*\/$/d' "$modules/@dagrejs/dagre/dist/dagre.min.js.LEGAL.txt" >> "$target/dagre.LICENSE"
