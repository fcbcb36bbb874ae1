# shellcheck shell=bash
# Headings, seconds and the closing count.

STEPS_WANTED=0
STEPS_DONE=()
STEP_NOW=
STEP_BEGAN=0
RUN_BEGAN=$SECONDS

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "error: $*"
  exit 1
}

step_begins() {
  STEP_NOW=$1
  STEP_BEGAN=$SECONDS
  printf '\n=== %s: %s\n' "$1" "$2"
}

step_ends() {
  local took=$((SECONDS - STEP_BEGAN))
  say "--- $STEP_NOW: passed in $took s"
  STEPS_DONE+=("$(printf '%-9s passed  %5d s' "$STEP_NOW" "$took")")
  STEP_NOW=
}

# The last line is only a count; a run without steps prints nothing.
report_summary() {
  ((STEPS_WANTED)) || return 0
  local passed=${#STEPS_DONE[@]} failed=0 skipped line
  printf '\n=== summary (%d s)\n' "$((SECONDS - RUN_BEGAN))"
  for line in "${STEPS_DONE[@]}"; do say "$line"; done
  if [[ -n $STEP_NOW ]]; then
    failed=1
    printf '%-9s FAILED  %5d s\n' "$STEP_NOW" "$((SECONDS - STEP_BEGAN))"
  fi
  skipped=$((STEPS_WANTED - passed - failed))
  if ((skipped)); then
    say "$passed passed, $failed failed, $skipped skipped"
  else
    say "$passed passed, $failed failed"
  fi
}
