# shellcheck shell=bash
# The tools that the tests need: found, installed where possible, else reported.

readonly NODE_AT_LEAST=20
POLICY_FILE=

have() { command -v "$1" >/dev/null 2>&1; }

# mariadbd is in /usr/sbin, which is not in every PATH.
case ":$PATH:" in
  *:/usr/sbin:*) ;;
  *) PATH=$PATH:/usr/sbin ;;
esac

chromium_path() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    [[ -n $name ]] && command -v "$name" 2>/dev/null && return
  done
  return 1
}

need_build_tools() {
  local missing=()
  have cargo || missing+=("cargo: the Rust toolchain, https://rustup.rs")
  have cc || missing+=("cc: a C compiler (Debian: apt-get install build-essential)")
  if ! have node || ! have npm; then
    missing+=("node and npm: Node.js $NODE_AT_LEAST or newer, https://nodejs.org")
  elif (($(node -p 'parseInt(process.versions.node)') < NODE_AT_LEAST)); then
    missing+=("Node.js $NODE_AT_LEAST or newer: this one is $(node --version)")
  fi
  ((${#missing[@]} == 0)) || die_missing "${missing[@]}"
}

# Debian's packages for missing tools; empty when none is missing.
missing_packages() {
  local want
  for want in "$@"; do
    case $want in
      services)
        have mariadbd && have mariadb-install-db && have mariadb-admin || echo mariadb-server
        have redis-server && have redis-cli || echo redis-server
        ;;
      clock)
        # For a worker with a wrong clock.
        have faketime || echo faketime
        ;;
      python)
        # Debian has venv and its pip in separate packages.
        have python3 || echo python3
        python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
        ;;
      browser)
        chromium_path >/dev/null || echo chromium
        # The screens have many scripts; without fonts they show empty boxes.
        if have dpkg-query; then
          local font
          for font in fonts-noto-core fonts-noto-color-emoji; do
            dpkg-query -W -f '${Status}' "$font" 2>/dev/null | grep -q 'ok installed' || echo "$font"
          done
        fi
        ;;
    esac
  done
}

need_packages() {
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID == 0)) && have apt-get; then
    install_packages "${missing[@]}"
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
  fi
  die_missing "apt-get install --no-install-recommends ${missing[*]}   (Debian's names; elsewhere the like of them)"
}

need_services() { need_packages services; }
need_clock() { need_packages clock; }
need_browser() { need_packages browser; }
need_python() { need_packages python; }

install_packages() {
  say "installing what the tests need: $*"
  # We start the servers: packages must not start their own.
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    POLICY_FILE=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >"$POLICY_FILE"
    chmod 755 "$POLICY_FILE"
  fi
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  "${apt[@]}" update </dev/null
  "${apt[@]}" install -y --no-install-recommends "$@" </dev/null
  tools_restore
}

tools_restore() {
  [[ -z $POLICY_FILE ]] || rm -f -- "$POLICY_FILE"
  POLICY_FILE=
}

die_missing() {
  warn "error: this machine lacks what the tests need:"
  printf '  %s\n' "$@" >&2
  exit 1
}
