#!/usr/bin/env bash
# The real pre-commit installs both hooks from a clean clone and runs them on a scratch repository with a CDK app's cdk.out:
# a commit with findings is stopped, one without goes through, and files that are no templates are passed over.
set -euo pipefail
source "$(dirname "$0")/install.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
venv
hooks "$scratch"

mkdir "$scratch/app" && cd "$scratch/app"
git init --quiet
git config user.email dev@example.com
git config user.name dev
git config commit.gpgsign false
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: $CLONE
    rev: $REVISION
    hooks:
      - id: stackproof
      - id: stackproof-templates
YAML
printf 'cdk.out\n' > .gitignore
printf '{"app": "npx ts-node bin/app.ts"}\n' > cdk.json
"$VENV/bin/pre-commit" install >/dev/null
git add .

if git commit --quiet -m "without a synth" >"$scratch/stopped" 2>&1; then
  echo "the commit without an assembly went through"; cat "$scratch/stopped"; exit 1
fi
grep -q 'run `cdk synth` first' "$scratch/stopped" || { echo "nobody said to synthesize"; cat "$scratch/stopped"; exit 1; }

cp -r "$project/fixtures/assemblies/production" cdk.out
if git commit --quiet -m "with findings" >"$scratch/stopped" 2>&1; then
  echo "the commit with findings went through"; cat "$scratch/stopped"; exit 1
fi
grep -q 'backup-cold-storage' "$scratch/stopped" || { echo "the hook did not tell the finding"; cat "$scratch/stopped"; exit 1; }

rm -rf cdk.out && cp -r "$project/fixtures/assemblies/hardened" cdk.out
git commit --quiet -m "without findings" >"$scratch/passed" 2>&1 || { echo "the clean commit was stopped"; cat "$scratch/passed"; exit 1; }
git log --oneline | grep -q 'without findings'

# Files come by name: a template with a finding stops the commit, other JSON and YAML does not.
printf '{"name": "web", "version": "1.0.0"}\n' > package.json
printf 'on: push\njobs: {}\n' > ci.yaml
git add . && git commit --quiet -m "no templates" >"$scratch/passed" 2>&1 || { echo "other files stopped it"; cat "$scratch/passed"; exit 1; }
printf "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead}}}\n" > bucket.yaml
git add .
if git commit --quiet -m "an open bucket" >"$scratch/stopped" 2>&1; then
  echo "the open bucket went through"; cat "$scratch/stopped"; exit 1
fi
grep -q '^bucket.yaml:1:.*\[s3-acl\]' "$scratch/stopped" || { echo "the hook did not tell"; cat "$scratch/stopped"; exit 1; }
echo "pre-commit stops commits with findings, without a synth too, and lets others through"
