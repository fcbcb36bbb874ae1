# shellcheck shell=bash
# Our own MariaDB and Redis, while this script runs.

MARIADB_PID=
# Root's access to the running MariaDB.
MARIADB_SOCKET=
REDIS_PID=
readonly SERVICE_TRIES=5
readonly SERVICE_WAIT=60

# A free port below the range of outgoing connections. Two runs may still choose the same one: the second server then
# fails to bind, and is started again on another.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

alive() { [[ -n $1 ]] && kill -0 "$1" 2>/dev/null; }

# until_ready PID SECONDS CHECK…: true once CHECK holds, false when the process died or the time is over.
until_ready() {
  local pid=$1 deadline=$((SECONDS + $2))
  shift 2
  while ((SECONDS < deadline)); do
    alive "$pid" || return 1
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  return 1
}

# Ends one process that we started: SIGTERM, then SIGKILL after SECONDS.
end_process() {
  local pid=$1 deadline=$((SECONDS + ${2:-20}))
  alive "$pid" || return 0
  kill -TERM "$pid" || true
  while alive "$pid" && ((SECONDS < deadline)); do sleep 0.1; done
  if alive "$pid"; then kill -KILL "$pid" || true; fi
  wait "$pid" || true
} 2>/dev/null # where bash says how its jobs ended

services_start() {
  local began=$SECONDS
  mariadb_start
  redis_start
  say "MariaDB on 127.0.0.1:$MARIADB_PORT, Redis on 127.0.0.1:$REDIS_PORT, ready in $((SECONDS - began)) s"
}

services_stop() {
  # Their data is temporary, so do not wait for MariaDB to shut down cleanly.
  end_process "$REDIS_PID" 5
  end_process "$MARIADB_PID" 20
  REDIS_PID=
  MARIADB_PID=
}

mariadb_start() {
  [[ -z $MARIADB_PID ]] || return 0
  local dir user password try sync=()
  # The tests kill processes, never the machine, so nothing needs to reach the disk: each new table would wait for it. A benchmark
  # measures a database that does wait (MARIADB_SYNC=on).
  [[ ${MARIADB_SYNC:-off} == on ]] || sync=(--innodb-flush-method=nosync --debug-no-sync --skip-innodb-doublewrite --innodb-file-per-table=0 --innodb-stats-persistent=0)
  # Each start has new data: an earlier step's would keep that step's password.
  dir=$(mktemp -d "$TMP/mariadb.XXXXXX")
  user=$(id -un)
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  mariadb-install-db --no-defaults --datadir="$dir/data" --user="$user" --auth-root-authentication-method=socket \
    --auth-root-socket-user="$user" --skip-test-db --skip-name-resolve >"$dir/install.log" 2>&1 ||
    { tail -n 30 "$dir/install.log" >&2 && die "mariadb-install-db failed"; }
  (
    umask 077
    printf '%s\n' "CREATE USER IF NOT EXISTS 'wapro'@'127.0.0.1' IDENTIFIED BY '$password';" \
      "GRANT ALL PRIVILEGES ON *.* TO 'wapro'@'127.0.0.1' WITH GRANT OPTION;" >"$dir/init.sql"
  )
  for ((try = 1; try <= SERVICE_TRIES; try++)); do
    MARIADB_PORT=$(free_port)
    mariadbd --no-defaults --user="$user" --datadir="$dir/data" --init-file="$dir/init.sql" \
      --socket="$dir/socket" --pid-file="$dir/pid" --bind-address=127.0.0.1 --port="$MARIADB_PORT" \
      --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size="${MARIADB_BUFFER_POOL:-256M}" --character-set-server=utf8mb4 \
      --max-connections=500 --skip-log-bin --skip-name-resolve "${sync[@]}" </dev/null >"$dir/log" 2>&1 &
    MARIADB_PID=$!
    if MYSQL_PWD=$password until_ready "$MARIADB_PID" "$SERVICE_WAIT" mariadb-admin --no-defaults --protocol=tcp \
      --host=127.0.0.1 --port="$MARIADB_PORT" --user=wapro --connect-timeout=2 status; then
      MARIADB_SOCKET=$dir/socket
      export WAPRO_TEST_MYSQL_URL="mysql://wapro:$password@127.0.0.1:$MARIADB_PORT"
      return 0
    fi
    end_process "$MARIADB_PID" 10
  done
  MARIADB_PID=
  tail -n 30 "$dir/log" >&2
  die "MariaDB did not become ready in $SERVICE_TRIES tries; its log is above"
}

redis_start() {
  [[ -z $REDIS_PID ]] || return 0
  local dir try
  dir=$(mktemp -d "$TMP/redis.XXXXXX")
  for ((try = 1; try <= SERVICE_TRIES; try++)); do
    REDIS_PORT=$(free_port)
    redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$dir" --save '' --appendonly no --daemonize no \
      </dev/null >"$dir/log" 2>&1 &
    REDIS_PID=$!
    if until_ready "$REDIS_PID" "$SERVICE_WAIT" redis_is_ours; then
      export WAPRO_TEST_REDIS_URL="redis://127.0.0.1:$REDIS_PORT"
      return 0
    fi
    end_process "$REDIS_PID" 5
  done
  REDIS_PID=
  tail -n 30 "$dir/log" >&2
  die "Redis did not become ready in $SERVICE_TRIES tries; its log is above"
}

# It has no password that identifies it, so check its process id.
redis_is_ours() {
  redis-cli -h 127.0.0.1 -p "$REDIS_PORT" info server 2>/dev/null | tr -d '\r' | grep -qx "process_id:$REDIS_PID"
}
