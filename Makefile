# `make` alone lists the targets.

export CARGO_TARGET_DIR ?= $(HOME)/.cache/wapro/target
# Variables of the command line (make bench ROUNDS=5, make screenshots ONLY=inbox) reach the recipe automatically. An `export` of
# such a name would pass on an empty value when it is not set, which is not the same.
NODE_AT_LEAST := 20
WEB_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' -not -name '*.log' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test fmt lint openapi bench portal-bench screenshots corpus clients fuzz-api e2e clean-data tools web web-deps

help: ## this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: tools ## build what changed and start the demo with its data in ./data (ARGS="…" for more options)
	@mkdir -p web/dist
	@echo "Building the portal (npm; its output goes to web/build.log) beside the server (cargo). The first time takes a few minutes, later ones seconds."
	@{ $(MAKE) --no-print-directory -s web >web/build.log 2>&1 && echo "portal: ready"; } || { echo "portal: FAILED, as follows"; cat web/build.log; exit 1; } & portal=$$!; \
	cargo build --bin wapro; server=$$?; \
	kill -0 $$portal 2>/dev/null && echo "cargo is done; waiting for the portal"; \
	wait $$portal && exit $$server
	@cargo run --quiet --bin wapro -- run --demo $(ARGS)

test: ## everything: format, portal, lints, tests on both databases, API document, Chromium
	@tests/run.sh

fmt: ## format the Rust sources
	cargo fmt --all

lint: web-deps ## rustfmt and clippy as CI has them, licences and bans (with cargo-deny), ESLint and TypeScript
	tests/run.sh --only fmt --only clippy
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; else echo "cargo-deny is not here (cargo install cargo-deny --locked): licences and bans not checked"; fi
	cd web && npm run --silent lint && node_modules/.bin/tsc -b

openapi: web-deps ## regenerate openapi/openapi.json, operations.txt, roles.txt, the portal's types and its English for the server's sentences and findings
	@mkdir -p web/dist
	cargo run --bin wapro -- openapi --write
	WRITE_TERMS=1 cargo test -q -p sentences -p cloud-api the_portals_english_is_generated
	cd web && npm run --silent gen

bench: ## benchmarks in a release build, ten minutes at most (ONLY=send,ingest for some parts; BACKLOG=1000000, ROUNDS=5, …)
	@mkdir -p web/dist
	cargo build --release -p server -p bench
	MARIADB_SYNC=on MARIADB_BUFFER_POOL=$${MARIADB_BUFFER_POOL:-2G} tests/run.sh --services -- "$(CARGO_TARGET_DIR)/release/bench" $(ARGS)

portal-bench: ## how fast the portal is with 10,000 conversations and a thread of 20,000 messages (CONVERSATIONS=1000 MESSAGES=2000)
	tests/run.sh --app -- npm --prefix web run portal-bench

screenshots: ## screenshots of every screen, against a fresh server (ONLY=inbox,numbers for some of them)
	tests/run.sh --app -- npm --prefix web run screenshots

corpus: ## replay a folder of recorded payloads: make corpus WAPRO_CORPUS=/path
	@test -d "$(WAPRO_CORPUS)" || { echo "WAPRO_CORPUS must name the folder of payloads: make corpus WAPRO_CORPUS=/path"; exit 1; }
	WAPRO_CORPUS="$(abspath $(WAPRO_CORPUS))" tests/run.sh --only tests -- corpus --success-output immediate

clients: ## released client libraries (pywa, kapso, whatsapp-api-js) pass every call against the simulator
	tests/run.sh --only clients

fuzz-api: ## generated requests for every operation, on both profiles (FUZZ_EXAMPLES=30 of each, FUZZ_SEED=1)
	FUZZ_WHOLE=1 FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-30} FUZZ_TIME=$${FUZZ_TIME:-1200} tests/run.sh --only fuzz

e2e: ## user journeys in Chromium, against a fresh server
	tests/run.sh --only e2e

clean-data: ## delete everything that `make run` stored in ./data
	rm -rf data

tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "a C compiler (cc) is missing; on Debian: apt-get install build-essential"; exit 1; }
	@command -v npm >/dev/null && command -v node >/dev/null || { echo "node and npm are missing: install Node.js $(NODE_AT_LEAST) or newer from https://nodejs.org"; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < $(NODE_AT_LEAST) ? 1 : 0)' || { echo "Node.js $(NODE_AT_LEAST) or newer is needed; this one is $$(node --version)"; exit 1; }

web: web/dist/index.html
web-deps: web/node_modules/.installed

# npm ci only when the lock file changed: it empties the folder, this stamp with it.
web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run build
	@touch $@
