#!/usr/bin/env bash
# Runs all tests: every step, one step, or only the services for a test at hand.
#
#   tests/run.sh                          everything, as CI runs it
#   tests/run.sh --only tests             one step (may be given several times)
#   tests/run.sh --only tests -- consent  …and, for `tests`, what to hand to the test runner
#   tests/run.sh --services -- CMD…       MariaDB and Redis for the time CMD runs
#   tests/run.sh --app -- CMD…            a fresh wapro, its address in BASE_URL, for the time CMD runs
#   tests/run.sh --list                   the steps
#
# Starts its own MariaDB and Redis on free ports of 127.0.0.1, with data in a temporary folder, and always stops them by
# process id. A server that already runs on this machine is never touched.
set -euo pipefail
# Each job gets its own process group, so that a step can be stopped with everything it started.
set -m

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
cd "$ROOT"

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/wapro/target}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}

# shellcheck source=tests/lib/report.sh
. tests/lib/report.sh
# shellcheck source=tests/lib/tools.sh
. tests/lib/tools.sh
# shellcheck source=tests/lib/services.sh
. tests/lib/services.sh
# shellcheck source=tests/lib/app.sh
. tests/lib/app.sh
# shellcheck source=tests/lib/clients.sh
. tests/lib/clients.sh
# shellcheck source=tests/lib/fuzz.sh
. tests/lib/fuzz.sh
# shellcheck source=tests/lib/steps.sh
. tests/lib/steps.sh

usage() {
  sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
}

# Runs the given command, with the caller's terminal if there is one.
run_command() {
  if [[ -t 0 ]]; then
    set +m
    "$@"
  else
    "$@" <&0 &
    JOB_PID=$!
    wait_for_job
  fi
}

main() {
  local mode=all only=()
  while (($#)); do
    case $1 in
      --only)
        mode=only
        only+=("${2:?--only wants the name of a step; see --list}")
        shift
        ;;
      --services) mode=services ;;
      --app) mode=app ;;
      --list) mode=list ;;
      -h | --help) mode=help ;;
      --)
        shift
        break
        ;;
      *)
        usage >&2
        die "unknown argument: $1"
        ;;
    esac
    shift
  done

  case $mode in
    help) usage && return ;;
    list) printf '%s\n' "${STEPS[@]}" && return ;;
  esac

  # The server embeds this folder: it must exist for cargo, built or not.
  mkdir -p web/dist
  TMP=$(mktemp -d "${TMPDIR:-/tmp}/wapro-test.XXXXXX")
  trap 'on_exit $?' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  case $mode in
    services)
      (($#)) || die "--services wants a command: tests/run.sh --services -- CMD…"
      need_services
      services_start
      run_command "$@"
      ;;
    app)
      (($#)) || die "--app wants a command: tests/run.sh --app -- CMD…"
      need_build_tools
      need_browser
      app_prepare
      app_start
      run_command "$@"
      ;;
    only)
      local name
      for name in "${only[@]}"; do
        is_step "$name" || die "no step is called '$name'; there are: ${STEPS[*]}"
      done
      EXTRA_ARGS=("$@")
      need_for "${only[@]}"
      run_steps "${only[@]}"
      ;;
    all)
      EXTRA_ARGS=("$@")
      need_for "${STEPS[@]}"
      run_steps "${STEPS[@]}"
      ;;
  esac
}

# Runs on every exit: stops what was started, removes temporary files, prints the summary.
on_exit() {
  local status=$1
  trap - EXIT
  trap '' INT TERM HUP
  set +e +m
  stop_job 2>/dev/null
  app_stop
  fuzz_stop
  simulator_stop
  services_stop
  tools_restore
  [[ -z ${TMP:-} ]] || rm -rf -- "$TMP"
  report_summary
  exit "$status"
}

main "$@"
