#!/usr/bin/env bash
# A legacy app adopts stackproof. The app has hundreds of findings in three assemblies of the real CDK: init, a baseline, and
# check is green. A commit then breaks a rule in TypeScript, and the real pre-commit stops it; SARIF has exactly the new
# finding, at its line. It is suppressed with a reason and an end, and the commit passes. After that day it counts again.
set -euo pipefail
source "$(dirname "$0")/install.sh"
bin="${STACKPROOF:-$project/target/release/stackproof}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$1"; [ -z "${2:-}" ] || cat "$2"; exit 1; }
ends() { # the exit code that is wanted, a file for what is said, the command
  local wanted=$1 said=$2 code=0
  shift 2
  "$@" >"$said" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "$* ends with $code, not with $wanted" "$said"
}

venv
export PATH="$VENV/bin:$PATH"
hooks "$scratch"

# The app, with what is synthesized beside each other, as a pipeline for several environments does it.
export CI=1 CDK_DISABLE_VERSION_CHECK=1 AWS_EC2_METADATA_DISABLED=true CDK_VALIDATION=false
app production "$scratch/app"
cd "$scratch/app"
git init --quiet
git config user.email dev@example.com
git config user.name dev
git config commit.gpgsign false
printf 'node_modules\ncdk.out\nstackproof.sarif\n' > .gitignore
synth() { npx cdk synth --quiet --no-notices --output "cdk.out/$1" "${@:2}" >"$scratch/synth" 2>&1 || fail "the app does not synthesize" "$scratch/synth"; }
synth production --context environment=production
synth nested --context environment=production --context variante=nested
synth stages --context variante=stage
git add . && git commit --quiet -m "the app, as it has been for years"

ends 0 init "$bin" init cdk.out --ci github --from "$CLONE" --rev "$REVISION"
for file in stackproof.yaml .pre-commit-config.yaml .github/workflows/stackproof.yml; do
  grep -q "^wrote $file\$" init && [ -f "$file" ] || fail "init did not write $file" init
done
grep -q 'stackproof baseline write cdk.out' init || fail "init does not propose a baseline" init
ends 1 before "$bin" check cdk.out --format json
ends 0 written "$bin" baseline write cdk.out
ends 0 after "$bin" check cdk.out --format json --fail-on note
mv before "$scratch/before.json" && mv after "$scratch/after.json" && rm init written
python3 - "$scratch/before.json" "$scratch/after.json" <<'PY'
import json, sys
before, after = (json.load(open(name)) for name in sys.argv[1:])
known = len(before["findings"])
assert known >= 200, known
assert (len(after["findings"]), len(after["accepted"])) == (0, known), (len(after["findings"]), len(after["accepted"]), known)
assert {one["by"] for one in after["accepted"]} == {"baseline"}
assert after["remarks"] == before["remarks"], after["remarks"]
print(f"{known} findings are in the baseline")
PY

# The hook writes SARIF beside what it tells.
sed -i 's/args: \[cdk.out\]/args: [cdk.out, --format, sarif=stackproof.sarif]/' .pre-commit-config.yaml
grep -q 'sarif=stackproof.sarif' .pre-commit-config.yaml || fail "the hook's arguments are not as init writes them" .pre-commit-config.yaml
pre-commit install >/dev/null
git add .
ends 0 "$scratch/said" git commit -m "adopt stackproof"

# A rule is broken, some lines further down than before.
source=lib/security/security-foundation.ts
sed -i 's/enableKeyRotation: props.activerRotationCle ?? true/enableKeyRotation: false/; 1i // What everything else is encrypted with.\n' "$source"
line=$(grep -n 'new kms.Key(' "$source" | cut -d: -f1)
synth production --context environment=production
git add .
ends 1 "$scratch/said" git commit -m "do not rotate"
[ "$(git log --format=%s -1)" = "adopt stackproof" ] || fail "the commit went through" "$scratch/said"
grep -q "^$source:$line:[0-9]*: error: .* \[kms-key-rotation\]\$" "$scratch/said" || fail "the hook did not tell the finding at line $line" "$scratch/said"
[ "$(grep -c '\[[a-z0-9-]*\]$' "$scratch/said")" = 1 ] || fail "the hook told more than the new finding" "$scratch/said"
sarif() { # how many results count, how many are accepted by a suppression
  python3 - "$scratch/before.json" "$source" "$line" "$@" <<'PY'
import json, sys
known = len(json.load(open(sys.argv[1]))["findings"])
source, line, counting, silenced = sys.argv[2], *map(int, sys.argv[3:])
results = json.load(open("stackproof.sarif"))["runs"][0]["results"]
counts = [one for one in results if not one.get("suppressions")]
accepted = [one for one in results if one.get("suppressions")]
assert (len(counts), len(accepted)) == (counting, known + silenced), (len(counts), len(accepted), known)
of_key = [one for one in (counts if counting else accepted) if one["ruleId"] == "kms-key-rotation"]
places = [one["locations"][0]["physicalLocation"] for one in of_key]
places = [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places]
assert (source, line) in places, places
if silenced:
    why = [one["suppressions"][0]["justification"] for one in of_key]
    assert any("the key signs for a partner until" in one for one in why), why
PY
}
sarif 1 0

# A comment on the pull request tells the same finding, held against an assembly of the branch that it goes to.
git worktree add --quiet "$scratch/base" HEAD
ln -s "$PWD/node_modules" "$scratch/base/node_modules"
(cd "$scratch/base" && synth production --context environment=production)
ends 1 "$scratch/said" "$bin" diff "$scratch/base/cdk.out/production" cdk.out/production --format markdown
[ "$(grep -c '^| .*kms-key-rotation' "$scratch/said")" = 1 ] || fail "the comment does not tell the new finding" "$scratch/said"
ends 1 "$scratch/said" "$bin" diff "$scratch/base/cdk.out/production" cdk.out/production --format json
python3 -c 'import json, sys; told = json.load(sys.stdin)["summary"]; assert (told["new"], told["fixed"]) == (1, 0), told' <"$scratch/said"
git worktree remove --force "$scratch/base"

# Two people talk about it: it may stay so until a day.
until=$(date -u -d '+60 days' +%F) after=$(date -u -d '+61 days' +%F)
ends 1 "$scratch/said" "$bin" check cdk.out --format json
read -r stack resource < <(python3 -c 'import json, sys; [one] = json.load(sys.stdin)["findings"]; print(one["stack"], one["resource"])' <"$scratch/said")
sed -i "s/^suppressions:\$/&\n  - {rule: kms-key-rotation, stack: $stack, resource: $resource, reason: the key signs for a partner until they rotate, by: Ada Lovelace, until: $until}/" stackproof.yaml
grep -q "resource: $resource" stackproof.yaml || fail "stackproof.yaml has no list of suppressions" stackproof.yaml
git add .
ends 0 "$scratch/said" git commit -m "do not rotate, for a while"
[ "$(git log --format=%s -1)" = "do not rotate, for a while" ] || fail "the commit did not go through" "$scratch/said"
sarif 0 1
ends 0 "$scratch/said" "$bin" suppressions cdk.out
grep -q "silences 1 finding" "$scratch/said" || fail "the audit does not list it" "$scratch/said"

# The last day counts; the day after it does not.
ends 0 "$scratch/said" "$bin" check cdk.out --today "$until"
ends 1 "$scratch/said" "$bin" check cdk.out --today "$after" --format concise
grep -q "^$source:$line:[0-9]*: error: .* \[kms-key-rotation\]\$" "$scratch/said" || fail "what is no longer suppressed is not told" "$scratch/said"
grep -q "stackproof.yaml:[0-9]*:[0-9]*: warning: .*ended on $until" "$scratch/said" || fail "nobody said that the suppression ended" "$scratch/said"

# Mended, and the old policy says what is left over.
git revert --no-edit HEAD --no-commit && git restore --staged --worktree --source=HEAD stackproof.yaml
synth production --context environment=production
ends 0 "$scratch/said" "$bin" check cdk.out --format concise
grep -q "stackproof.yaml:[0-9]*:[0-9]*: warning: .*silences nothing" "$scratch/said" || fail "nobody said that the suppression is left over" "$scratch/said"
echo "a legacy app adopts stackproof: old findings wait, a new one stops, is accepted until a day, and stops again"
