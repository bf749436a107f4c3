#!/usr/bin/env bash
# The real CDK, with cdk-nag 2 and 3, synthesizes an app that is full of suppressions. What comes out is what is committed
# in fixtures/suppressed (`--write` writes it there), and each suppression in it silences what it should.
set -euo pipefail
source "$(dirname "$0")/install.sh"
binary=${STACKPROOF:-$project/target/release/stackproof}
app=/home/dev/suppressed
export CI=1 CDK_VALIDATION=false AWS_EC2_METADATA_DISABLED=true
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" "$app"' EXIT

synth() { # version of cdk-nag, name, further environment
    local nag=$1 name=$2
    shift 2
    # One neutral folder, because traces in an assembly name absolute paths.
    mkdir -p "$app" && rm -rf "$app/cdk.out"
    cp "$project/tests/e2e/suppressions/app.js" "$project/tests/e2e/suppressions/nag-$nag/"package*.json "$app"
    packages "$app"
    (cd "$app" && env "$@" NAG="$nag" node app.js cdk.out >cdk.log 2>&1 || { cat cdk.log; exit 1; })
    mkdir -p "$scratch/$name"
    cp "$app"/cdk.out/{manifest.json,Shop.template.json,Shop.metadata.json} "$scratch/$name/"
}
synth 2 suppressed-nag-2
synth 3 suppressed-nag-3
synth 3 suppressed-nag-3-metadata NAG_METADATA=1

if [[ ${1:-} == --write ]]; then
    rm -rf "$project/fixtures/suppressed"
    cp -r "$scratch" "$project/fixtures/suppressed"
fi
diff -r "$project/fixtures/suppressed" "$scratch"

for name in suppressed-nag-2 suppressed-nag-3 suppressed-nag-3-metadata; do
    "$binary" suppressions "$scratch/$name" --no-config --today 2026-06-01 --format json > "$scratch/$name.json"
    node - "$scratch/$name.json" "$name" <<'JS'
const [file, name] = process.argv.slice(2);
const { suppressions } = JSON.parse(require('fs').readFileSync(file, 'utf8'));
// Each of them silences its finding; those of cdk-nag 3 that stand in both places do it twice over.
const idle = suppressions.filter((one) => one.standing !== 'active' && !one.rules[0].startsWith('AwsSolutions'));
const means = new Set(suppressions.filter((one) => one.findings > 0).flatMap((one) => one.means));
for (const rule of ['s3-versioning', 's3-encryption', 'kms-key-rotation', 'sqs-dlq']) {
  if (!means.has(rule)) throw new Error(`${name}: nothing silences ${rule}`);
}
if (idle.length) throw new Error(`${name}: ${JSON.stringify(idle)}`);
JS
done
echo "suppressions of the CDK, and of cdk-nag 2 and 3, count as they are written"
