# shellcheck shell=bash
# A new wapro, as on a first start: embedded profile, empty data folder, free port.

APP_PID=
# Its name among several, and its settings as NAME=VALUE.
APP_NAME=app
APP_ENV=()
readonly APP_TRIES=5
readonly APP_WAIT=60

web_is_built() { make --no-print-directory -s web; }

# Builds server and portal, and takes a copy of the binary: another checkout may share the target folder.
app_prepare() {
  web_is_built
  cargo build --locked -p server --bin wapro
  cp -- "$CARGO_TARGET_DIR/debug/wapro" "$TMP/wapro"
}

app_start() {
  local port try name clean=()
  # Without the developer's own settings.
  for name in "${!WAPRO_@}"; do clean+=(-u "$name"); done
  for ((try = 1; try <= APP_TRIES; try++)); do
    port=$(free_port)
    BASE_URL=http://127.0.0.1:$port
    mkdir -p "$TMP/$APP_NAME.$try"
    (
      cd "$TMP/$APP_NAME.$try" || exit
      exec env "${clean[@]}" WAPRO_LISTEN="127.0.0.1:$port" WAPRO_PUBLIC_URL="$BASE_URL" WAPRO_METRICS_LISTEN= \
        WAPRO_DATA_DIR="$TMP/$APP_NAME.$try/data" "${APP_ENV[@]}" "$TMP/wapro" run --demo
    ) </dev/null >"$TMP/$APP_NAME.log" 2>&1 &
    APP_PID=$!
    if until_ready "$APP_PID" "$APP_WAIT" app_answers; then
      say "wapro on $BASE_URL"
      WAPRO_DATA_DIR=$TMP/$APP_NAME.$try/data
      CHROMIUM=${CHROMIUM:-$(chromium_path || true)}
      export BASE_URL CHROMIUM WAPRO_DATA_DIR
      return 0
    fi
    grep -qi 'address already in use\|address in use' "$TMP/$APP_NAME.log" || break
    end_process "$APP_PID" 10
  done
  app_log
  die "wapro did not come up: no 200 from $BASE_URL/readyz; the end of its log is above"
}

app_answers() {
  node -e 'fetch(process.argv[1], {signal: AbortSignal.timeout(2000)})
    .then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$BASE_URL/readyz"
}

# Its warnings and errors, and its exit status.
app_log() {
  [[ -s $TMP/$APP_NAME.log ]] || return 0
  grep -E ' (WARN|ERROR)|panicked' "$TMP/$APP_NAME.log" | tail -n 40 >&2 || true
  tail -n 20 "$TMP/$APP_NAME.log" >&2
}

app_stop() {
  [[ -n $APP_PID ]] || return 0
  end_process "$APP_PID" 20
  APP_PID=
}
