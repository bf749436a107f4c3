#!/usr/bin/env bash
# Reports are read by those that they are made for: SARIF by Microsoft's validator (the official schema, and GitHub's rules) and by a
# second one, JUnit XML by a parser of test results, annotations by GitHub's toolkit, Markdown by a parser of GitHub's dialect, the CDK's report by
# the CDK: its loader, `cdk validate` and `cdk synth`. For every assembly of the fixtures and for hostile names.
set -euo pipefail
source "$(dirname "$0")/install.sh"
cd "$project"
stackproof=${STACKPROOF:-$PWD/target/release/stackproof}
tools=$PWD/tests/e2e/formats
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
packages "$tools" --ignore-scripts
venv
multitool=$tools/node_modules/@microsoft/sarif-multitool-linux
chmod +x "$multitool/Sarif.Multitool"
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

cat >"$scratch/hostile.json" <<'JSON'
{"Resources": {
  "</details><script>alert(1)</script>": {"Type": "AWS::S3::Bucket"},
  "a\n::error::b%0A,title=x::": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
  "![i](http://evil.test) @all | #1": {"Type": "AWS::SNS::Topic"}, "]]>&lt;&#0;\u0000\uffff\u202e": {"Type": "AWS::SQS::Queue"}
}}
JSON
printf '{"Resources": ' >"$scratch/broken.json"

for input in fixtures/assemblies/* "$scratch/hostile.json" "$scratch/broken.json"; do
  name=$(basename "$input" .json)
  out=$scratch/$name && mkdir "$out"
  formats=()
  for format in json ndjson sarif junit github gitlab markdown cdk; do formats+=(--format "$format=$out/$format"); done
  code=0
  "$stackproof" check "$input" --no-config "${formats[@]}" 2>"$out/told" || code=$?
  case "$name $code" in "broken 3" | *" 0" | *" 1") ;; *) cat "$out/told"; exit 1 ;; esac
  cp "$out/sarif" "$out/$name.sarif"
  "$multitool/Sarif.Multitool" validate "$out/$name.sarif" --rule-kind "Sarif;Ghas" --output "$out/verdict.sarif" --log ForceOverwrite >"$out/validated" ||
    { cat "$out/validated"; exit 1; }
  # The project has no home on the web yet that could be named in it (SARIF2005).
  if grep -E ': (error|warning) ' "$out/validated" | grep -v SARIF2005; then exit 1; fi
  # That this one is told shows that the rules were asked at all.
  grep -q SARIF2005 "$out/validated"
  grep -q 'Analysis completed successfully' "$out/validated"
  node "$tools/read.mjs" "$out"
  "$VENV/bin/python" - "$out" <<'PYTHON'
import json, sys
from junitparser import JUnitXml, Failure, Error
folder = sys.argv[1]
report = json.load(open(f"{folder}/json"))
suites = JUnitXml.fromfile(f"{folder}/junit")
results = [result for suite in suites for case in suite for result in case.result]
assert sum(isinstance(result, Failure) for result in results) == len(report["findings"]), folder
assert sum(isinstance(result, Error) for result in results) == len(report["errors"]), folder
told = (suites.tests, suites.failures, suites.errors, suites.skipped)
suites.update_statistics()
assert told == (suites.tests, suites.failures, suites.errors, suites.skipped), folder
log = json.load(open(f"{folder}/sarif"))
results = log["runs"][0]["results"]
assert sum(result["kind"] == "fail" and "suppressions" not in result for result in results) == len(report["findings"])
PYTHON
done
"$VENV/bin/check-jsonschema" --quiet --schemafile "$multitool/sarif-2.1.0.json" "$scratch"/*/sarif

# The CDK itself shows what we found, at the user's line, and stops; what its own plugins found stays.
cp -r fixtures/assemblies/production "$scratch/cdk.out"
printf '{"version":"54.0.0","pluginReports":[{"pluginName":"of the app","conclusion":"failure","violations":[{"ruleName":"own","description":"what the app itself found","severity":"error","violatingConstructs":[{"constructPath":"DonneesStack"}]}]}]}' >"$scratch/cdk.out/validation-report.json"
"$stackproof" check "$scratch/cdk.out" --project-root fixtures/apps/production --format cdk="$scratch/cdk.out/validation-report.json" 2>/dev/null || true
for command in "validate --unstable=validate --no-online" "synth --quiet"; do
  code=0
  # shellcheck disable=SC2086 # words, not one word
  (cd "$scratch" && "$tools/node_modules/.bin/cdk" $command --app cdk.out) >"$scratch/told" 2>&1 || code=$?
  test "$code" = 1 || { cat "$scratch/told"; exit 1; }
  for words in "what the app itself found" "stackproof::backup-vault-kms" "lib/backup/backup-construct.ts:21:29"; do
    grep -q "$words" "$scratch/told" || { echo "cdk $command does not tell: $words"; cat "$scratch/told"; exit 1; }
  done
done
echo "reports of all assemblies are read by those that they are made for"
