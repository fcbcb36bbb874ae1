# shellcheck shell=bash
# Released client libraries, each making all of its calls against a separate simulator.

SIMULATOR_PID=
SIMULATOR_URL=
readonly CLIENTS=tests/clients
readonly SIMULATOR_TRIES=5
readonly SIMULATOR_WAIT=60
# Cache of the libraries between runs.
CLIENTS_CACHE=${WAPRO_CLIENTS_CACHE:-$HOME/.cache/wapro/clients}

# A folder with exactly the packages of the lock files: another lock file is another folder.
clients_prepare() {
  local key
  key=$(cat "$CLIENTS/pywa/requirements.txt" "$CLIENTS/npm/package-lock.json" | sha256sum | cut -c1-16)
  CLIENTS_HOME=$CLIENTS_CACHE/$key
  [[ ! -e $CLIENTS_HOME/.complete ]] || return 0
  say "installing the client libraries into $CLIENTS_HOME"
  rm -rf -- "$CLIENTS_HOME"
  mkdir -p "$CLIENTS_HOME"
  python3 -m venv "$CLIENTS_HOME/venv"
  "$CLIENTS_HOME/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$CLIENTS/pywa/requirements.txt"
  cp -- "$CLIENTS"/npm/package.json "$CLIENTS"/npm/package-lock.json "$CLIENTS_HOME/"
  npm --prefix "$CLIENTS_HOME" ci --silent --no-audit --no-fund
  touch "$CLIENTS_HOME/.complete"
}

# The binary, without the portal: a copy, because another checkout may share the target folder.
simulator_prepare() {
  cargo build --locked -p server --bin wapro
  cp -- "$CARGO_TARGET_DIR/debug/wapro" "$TMP/wapro"
}

simulator_start() {
  local port try name clean=()
  for name in "${!WAPRO_@}"; do clean+=(-u "$name"); done
  for ((try = 1; try <= SIMULATOR_TRIES; try++)); do
    port=$(free_port)
    SIMULATOR_URL=http://127.0.0.1:$port
    (
      cd "$TMP" || exit
      # No pair limit, since the walks send many messages to one person; they advance the clock where time matters.
      exec env "${clean[@]}" WAPRO_LISTEN="127.0.0.1:$port" WAPRO_SIMULATOR__PROFILE=fast \
        WAPRO_SIMULATOR__KNOBS__PAIR_LIMIT=false WAPRO_SIMULATOR__REACH='["127.0.0.1", "localhost"]' "$TMP/wapro" simulator
    ) </dev/null >"$TMP/simulator.log" 2>&1 &
    SIMULATOR_PID=$!
    if until_ready "$SIMULATOR_PID" "$SIMULATOR_WAIT" simulator_answers; then
      say "the simulator on $SIMULATOR_URL"
      return 0
    fi
    grep -qi 'address already in use\|address in use' "$TMP/simulator.log" || break
    end_process "$SIMULATOR_PID" 10
  done
  tail -n 40 "$TMP/simulator.log" >&2
  die "the simulator did not come up on $SIMULATOR_URL; the end of its log is above"
}

simulator_answers() {
  node -e 'fetch(process.argv[1], {signal: AbortSignal.timeout(2000)})
    .then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$SIMULATOR_URL/_sim/health"
}

simulator_stop() {
  [[ -n $SIMULATOR_PID ]] || return 0
  end_process "$SIMULATOR_PID" 20
  SIMULATOR_PID=
}

# Every walk runs, even after a failed one; each counts its calls and fails when there were too few.
clients_walk() {
  local script failed=() walked=0
  for script in kapso whatsapp-api-js; do
    # Modules are resolved relative to the script.
    cp -- "$CLIENTS/npm/$script.mjs" "$CLIENTS/npm/walk.mjs" "$CLIENTS_HOME/"
    node "$CLIENTS_HOME/$script.mjs" "$SIMULATOR_URL" || failed+=("$script")
    walked=$((walked + 1))
  done
  PYTHONDONTWRITEBYTECODE=1 "$CLIENTS_HOME/venv/bin/python" "$CLIENTS/pywa/main.py" "$SIMULATOR_URL" || failed+=(pywa)
  walked=$((walked + 1))
  ((${#failed[@]} == 0)) || die "walks that stumbled: ${failed[*]}"
  say "$walked client libraries walked, none stumbled"
}
