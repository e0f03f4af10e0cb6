# What people do with Hitori. Every check that CI makes runs by one of these.

GO       ?= go
PROGRAM  := bin/hitori
LINTER   := bin/golangci-lint
LINTER_VERSION := v2.15.0

.PHONY: help build web demo serve test test-go test-web e2e audit race lint fuzz bench chaos generate check-generated clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: web/dist/index.html ## the program, with the web app inside, as bin/hitori
	$(GO) build -trimpath -ldflags="-s -w" -o $(PROGRAM) ./cmd/hitori

web: ## the web app, which the program carries inside
	rm -f web/dist/index.html
	$(MAKE) web/dist/index.html

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

WEB_SOURCES := $(shell git ls-files web ':!web/e2e' ':!web/dist' 2>/dev/null)

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	@touch web/dist/.keep

demo: build ## a simulated shop to look at; ARGS="--customers 100000" for more
	$(PROGRAM) demo $(ARGS)

serve: build ## the program on data/
	$(PROGRAM) serve $(ARGS)

test: test-go test-web ## all tests; engines that are not named by HITORI_TEST_… are said not to be tested

test-go: ## the tests of the program
	$(GO) vet ./...
	$(GO) test -timeout 45m $(TESTFLAGS) ./...
	@for v in HITORI_TEST_POSTGRES_URL HITORI_TEST_CLICKHOUSE_URL HITORI_TEST_CLICKHOUSE_NODES; do \
		printenv $$v >/dev/null || echo "not tested: what $$v would name is not set"; done

test-web: web/node_modules/.package-lock.json ## types, style and components of the web app
	cd web && npm run check

e2e: build ## the whole web app in a real browser (Chromium); ARGS="find merge" for some stories
	cd web && HITORI_BIN=$(CURDIR)/$(PROGRAM) npm run e2e -- $(ARGS)

audit: web/node_modules/.package-lock.json ## known holes in what we depend on
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.8.0 ./...
	cd web && npm audit --omit=dev

race: ## the tests of what runs concurrently, with the race detector
	$(GO) test -race -short -timeout 20m ./service ./collect/... ./unify/... ./access/... ./store/stream/...

fuzz: ## each fuzz target for FUZZTIME (10s)
	@git grep -n '^func Fuzz' -- '*_test.go' | sed -E 's|/?([^/]*):[0-9]+:func (Fuzz[A-Za-z]+).*|/ \2|' | while read -r folder target; do \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),10s) "./$$folder" || exit 1; done

lint: $(LINTER) check-generated ## style, import rules and generated files
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these"; exit 1; }
	$(LINTER) run

$(LINTER):
	GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VERSION)

generate: web/node_modules/.package-lock.json ## docs/events.md, docs/openapi.json and the web app's client
	$(GO) run ./cmd/docs docs
	cd web && npm run client -- ../docs/openapi.json

check-generated: generate
	git diff --exit-code -- docs/events.md docs/openapi.json web/src/api/schema.d.ts

bench: ## the figures of bench/RESULTS.md, measured here
	$(GO) run ./bench $(ARGS)

chaos: ## 200 kills on both engine pairs, and every fault test at length
	HITORI_CHAOS_KILLS=200 $(GO) test -timeout 3h -count=1 -run 'Killed|Fault|FullDisk|Cluster' ./app ./store/... -v

clean: ## what was built here
	rm -rf bin
