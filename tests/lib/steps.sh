# shellcheck shell=bash
# The steps, cheapest first.

readonly STEPS=(fmt web clippy build tests clients openapi fuzz e2e)
EXTRA_ARGS=()
JOB_PID=

step_fmt() { # the sources are formatted
  cargo fmt --all --check
}

step_web() { # the portal has no lint, builds, and its own tests pass
  make --no-print-directory -s web-deps
  npm --prefix web run --silent lint
  npm --prefix web run --silent build
  npm --prefix web test
}

step_clippy() { # no lint, in any target
  cargo clippy --locked --workspace --all-targets -- -D warnings
}

step_build() { # the server binary
  cargo build --locked -p server --bin wapro
}

step_tests() { # every test of the workspace, on both profiles
  # nextest runs no documentation tests, and one of them checks that a query without its tenant does not compile.
  cargo test --locked --quiet --doc -p kernel
  if cargo nextest --version >/dev/null 2>&1; then
    # Tests with many seeds may take hours; all others are killed after four minutes.
    local profile=default
    [ -z "${FAULT_SEEDS:-}" ] || profile=long
    cargo nextest run --profile "$profile" --locked --workspace "${EXTRA_ARGS[@]}"
  else
    say "cargo-nextest is not here; cargo test does it more slowly"
    cargo test --locked --workspace --no-fail-fast "${EXTRA_ARGS[@]}"
  fi
}

step_clients() { # released client libraries pass every call against the simulator
  clients_walk
}

step_openapi() { # the API document and the portal's types are those of the code
  make --no-print-directory -s web-deps
  cargo run --quiet --locked -p server --bin wapro -- openapi --check
  (cd web && npm run --silent gen -- --check) ||
    die "web/src/api/schema.d.ts is not what openapi/openapi.json says; run 'make openapi' and commit"
}

step_fuzz() { # generated requests find no fault, no status and no shape that the API document does not have
  fuzz_run
}

step_e2e() { # a person's journeys, in Chromium against a fresh server
  (cd web && npm run --silent e2e)
}

# Services that must outlive a step are started here, in the script's own process.
before_step() {
  case $1 in
    tests) services_start ;;
    clients)
      start_job simulator_prepare
      wait_for_job
      clients_prepare
      simulator_start
      ;;
    fuzz)
      start_job app_prepare
      wait_for_job
      fuzz_prepare
      services_start
      fuzz_start
      ;;
    e2e)
      start_job app_prepare
      wait_for_job
      app_start
      ;;
  esac
}

after_step() {
  case $1 in
    tests) services_stop ;;
    clients) simulator_stop ;;
    fuzz)
      fuzz_stop
      services_stop
      ;;
    e2e) app_stop ;;
  esac
}

# The first line of a step is its title.
step_title() { sed -n "s/^step_$1() { # //p" tests/lib/steps.sh; }

is_step() { [[ " ${STEPS[*]} " == *" $1 "* ]]; }

need_for() {
  need_build_tools
  local step
  for step in "$@"; do
    case $step in
      tests) need_services && need_clock ;;
      clients) need_python ;;
      fuzz) need_services && need_python ;;
      e2e) need_browser ;;
    esac
  done
}

run_steps() {
  STEPS_WANTED=$#
  local step
  for step in "$@"; do
    step_begins "$step" "$(step_title "$step")"
    before_step "$step"
    start_job "step_$step"
    if ! wait_for_job; then
      [[ $step != e2e ]] || app_log
      die "step $step failed; again with: tests/run.sh --only $step"
    fi
    after_step "$step"
    step_ends
  done
}

# A step runs as a background job, so that signals are handled at once, not when the step is over. Starting and
# waiting are two commands, because bash forgets `set -e` in whatever is called from a condition.
start_job() {
  (
    trap - EXIT INT TERM HUP
    "$@"
  ) </dev/null &
  JOB_PID=$!
}

wait_for_job() {
  local status=0
  wait "$JOB_PID" || status=$?
  JOB_PID=
  return "$status"
}

# Stops the job with everything it started: it has its own process group.
stop_job() {
  [[ -n $JOB_PID ]] || return 0
  kill -TERM -- "-$JOB_PID" 2>/dev/null
  local deadline=$((SECONDS + 10))
  while kill -0 -- "-$JOB_PID" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
  kill -KILL -- "-$JOB_PID" 2>/dev/null
  wait "$JOB_PID" 2>/dev/null
  JOB_PID=
}
