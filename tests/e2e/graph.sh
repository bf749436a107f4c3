#!/usr/bin/env bash
# Drawings of the resource graph are read by what they are made for: DOT by Graphviz, flowcharts by Mermaid, pages by Chromium.
# And the libraries in the page are those of the packages that they are said to be from.
set -euo pipefail
source "$(dirname "$0")/install.sh"
stackproof=${STACKPROOF:-$project/target/release/stackproof}
tools="$project/tests/e2e/graph"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program dot graphviz chromium chromium
CHROMIUM=$(command -v chromium)
export CHROMIUM
packages "$tools" --ignore-scripts

mkdir "$scratch/vendor"
"$project/vendor/graph/refresh.sh" "$scratch/vendor"
for file in "$scratch/vendor"/*; do cmp "$file" "$project/vendor/graph/$(basename "$file")"; done

# Every resource of the template or assembly, hostile names among them, and a template of the size that tools choke on.
python3 - > "$scratch/large.json" <<'PY'
import json
kinds = ["AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::SNS::Topic"]
resources = {}
for number in range(2000):
    kind = kinds[number % 4]
    properties = {}
    if number > 40 and kind == "AWS::Lambda::Function":
        properties = {"Role": {"Fn::GetAtt": [f"R{number - number % 37 - 3}", "Arn"]}, "Description": {"Ref": f"R{number // 2}"}}
    resources[f"R{number}"] = {"Type": kind, "Properties": properties}
print(json.dumps({"Resources": resources}))
PY
cd "$project"
for input in fixtures/assemblies/{production,production-nested,hardened} tests/e2e/graph/hostile.json "$scratch/large.json"; do
  name=$(basename "$input" .json)
  for format in dot mermaid html; do
    "$stackproof" graph "$input" --format $format > "$scratch/$name.$format" 2>"$scratch/told" || { cat "$scratch/told"; exit 1; }
  done
  node "$tools/page.mjs" "$scratch/$name.html"
  node "$tools/mermaid.mjs" "$scratch/$name.mermaid" > "$scratch/$name.understood"
  dot -Tdot_json "$scratch/$name.dot" > "$scratch/$name.graphviz"
  node "$tools/compare.mjs" "$scratch/$name"
done
