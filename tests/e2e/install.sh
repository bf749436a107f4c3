# What stages need beside the program, installed where the next run and the next stage find it again: sourced, never run.
# shellcheck shell=bash
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)

# Once for each state of a lock file: packages FOLDER [OPTION OF NPM]..., into FOLDER/node_modules.
packages() {
  local folder=$1
  shift
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return
  npm ci --prefix "$folder" --silent --no-audit --no-fund "$@"
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}

# Once for each state of requirements.txt: venv sets VENV, the folder whose bin has what is named there.
venv() {
  VENV="$project/target/e2e/venv"
  cmp -s "$here/requirements.txt" "$VENV/.installed" && return
  python3 -m venv --clear "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$VENV/.installed"
}

# Programs of the system: program COMMAND PACKAGE [COMMAND PACKAGE]...
program() {
  local missing=()
  while [ $# -gt 0 ]; do
    command -v "$1" >/dev/null || missing+=("$2")
    shift 2
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A copy of an app of the fixtures, without what was synthesized; its packages are those of all copies: app NAME FOLDER.
app() {
  local shared="$project/target/e2e/apps/$1"
  mkdir -p "$shared" "$2"
  cp "$project/fixtures/apps/$1"/package*.json "$shared"
  packages "$shared"
  (cd "$project/fixtures/apps/$1" && tar -c --exclude=node_modules --exclude=cdk.out .) | tar -x -C "$2"
  ln -s "$shared/node_modules" "$2/node_modules"
  # Its types are checked where fixtures.sh synthesizes it; here that would be two thirds of each synth.
  export TS_NODE_TRANSPILE_ONLY=1
}

# A clean clone of the project, for pre-commit to install hooks from: hooks FOLDER sets CLONE and REVISION. HOOK_HOME names a
# folder in which several stages share the clone, what Cargo builds of it, and what pre-commit installed.
hooks() {
  local home=${HOOK_HOME:-$1}
  CLONE="$home/stackproof"
  rm -rf "$CLONE"
  git clone --quiet "$project" "$CLONE"
  REVISION=$(git -C "$CLONE" rev-parse HEAD)
  export PRE_COMMIT_HOME="$home/cache" CARGO_TARGET_DIR="$home/target"
  # What is asked of the hook is what it does; the stage of the release build has optimized the whole program.
  export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
}
