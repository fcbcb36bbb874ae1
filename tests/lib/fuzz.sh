# shellcheck shell=bash
# Requests generated from the OpenAPI document by schemathesis, against a fresh wapro of each profile.

readonly FUZZ=tests/fuzz
# Cache of schemathesis between runs.
FUZZ_CACHE=${WAPRO_FUZZ_CACHE:-$HOME/.cache/wapro/fuzz}
FUZZ_PROFILES=()
FUZZ_PIDS=()
FUZZ_URLS=()
# Generated requests per operation, besides those that follow from the document.
FUZZ_EXAMPLES=${FUZZ_EXAMPLES:-3}
# The document gives four thousand requests for each operation that sends: those are only in `make fuzz-api`.
FUZZ_WHOLE=${FUZZ_WHOLE:-}
readonly FUZZ_SENDING=(send_message reply_to_conversation)
FUZZ_SEED=${FUZZ_SEED:-1}
# Seconds for one profile.
FUZZ_TIME=${FUZZ_TIME:-240}

# A folder with exactly the packages of the lock file: another lock file is another folder.
fuzz_prepare() {
  local key
  key=$(sha256sum <"$FUZZ/requirements.txt" | cut -c1-16)
  FUZZ_HOME=$FUZZ_CACHE/$key
  [[ ! -e $FUZZ_HOME/.complete ]] || return 0
  say "installing schemathesis into $FUZZ_HOME"
  rm -rf -- "$FUZZ_HOME"
  mkdir -p "$FUZZ_HOME"
  python3 -m venv "$FUZZ_HOME/venv"
  "$FUZZ_HOME/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$FUZZ/requirements.txt"
  touch "$FUZZ_HOME/.complete"
}

# One wapro of each profile, without rate limits: a 429 would say nothing about the operation.
fuzz_start() {
  local plenty=(WAPRO_API_RATE=100000 WAPRO_API_BURST=100000 WAPRO_LOG=warn)
  fuzz_start_one embedded "${plenty[@]}"
  mariadb-admin --no-defaults --socket="$MARIADB_SOCKET" create wapro_fuzz
  fuzz_start_one production "${plenty[@]}" "WAPRO_DATABASE_URL=$WAPRO_TEST_MYSQL_URL/wapro_fuzz" "WAPRO_REDIS_URL=$WAPRO_TEST_REDIS_URL"
}

fuzz_start_one() {
  APP_NAME=$1
  APP_ENV=("${@:2}")
  app_start
  FUZZ_PROFILES+=("$APP_NAME")
  FUZZ_PIDS+=("$APP_PID")
  FUZZ_URLS+=("$BASE_URL")
  APP_PID=
  APP_NAME=app
  APP_ENV=()
}

fuzz_stop() {
  local pid
  for pid in "${FUZZ_PIDS[@]}"; do end_process "$pid" 20; done
  FUZZ_PIDS=()
}

# fuzz_one PROFILE URL
fuzz_one() {
  local url=$2 id key operation some=() others=()
  export PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY="$TMP/hypothesis"
  read -r id key < <("$FUZZ_HOME/venv/bin/python" "$FUZZ/key.py" "$url") || die "$1: no key to ask with"
  export FUZZ_KEY_ID=$id
  if [[ -z $FUZZ_WHOLE ]]; then
    for operation in "${FUZZ_SENDING[@]}"; do
      some+=(--include-operation-id "$operation")
      others+=(--exclude-operation-id "$operation")
    done
    fuzz_ask "$url" "$key" --max-examples $((FUZZ_EXAMPLES * 10)) --phases examples,fuzzing "${some[@]}" || return
  fi
  fuzz_ask "$url" "$key" --max-examples "$FUZZ_EXAMPLES" "${others[@]}"
}

# fuzz_ask URL KEY ARGS…
fuzz_ask() {
  (
    cd "$FUZZ" || exit
    timeout "$FUZZ_TIME" "$FUZZ_HOME/venv/bin/schemathesis" --config-file schemathesis.toml --no-color \
      run "$1/api/openapi.json" --url "$1/api/v1" --header "Authorization: Bearer $2" --seed "$FUZZ_SEED" "${@:3}"
  )
}

# Both profiles in parallel; prints the findings.
fuzz_run() {
  local at pids=() failed=()
  for at in "${!FUZZ_PROFILES[@]}"; do
    fuzz_one "${FUZZ_PROFILES[at]}" "${FUZZ_URLS[at]}" </dev/null >"$TMP/fuzz.${FUZZ_PROFILES[at]}.log" 2>&1 &
    pids+=($!)
  done
  for at in "${!FUZZ_PROFILES[@]}"; do
    wait "${pids[at]}" || failed+=("${FUZZ_PROFILES[at]}")
  done
  for at in "${failed[@]}"; do
    warn "--- $at"
    tail -n 200 "$TMP/fuzz.$at.log" >&2
    grep -E ' (WARN|ERROR)|panicked' "$TMP/$at.log" | tail -n 20 >&2 || true
  done
  ((${#failed[@]} == 0)) || die "the document and the answers differ: ${failed[*]} (again: FUZZ_SEED=$FUZZ_SEED FUZZ_EXAMPLES=$FUZZ_EXAMPLES make fuzz-api)"
  for at in "${FUZZ_PROFILES[@]}"; do
    say "$at: $(sed -n '/^Test cases:/{n;s/^ *//p}' "$TMP/fuzz.$at.log" | paste -sd ';')"
  done
}
