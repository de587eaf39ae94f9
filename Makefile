# One short verb per task, the same for people and for CI. Needs Python 3.11+, make and a C library; the rest is fetched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PIP := PIP_USER=0 $(BIN)/python -m pip --disable-pip-version-check
PIP_INSTALL := $(PIP) install --quiet -c constraints.txt
# uv, which pip installs, takes half a minute for what takes pip three. But it does not read pip's configuration. Where
# that replaces PyPI by another index, or by none, and where uv fails, pip installs all.
UV_INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt
PIP_REPLACES_PYPI := $(PIP) --verbose config list | grep -E '[.](index-url|no-index)=' >/dev/null
# The cases recorded on AWS. Where nobody says where they are and they are not at the usual place, the tests that need
# them are skipped, loudly; a named folder must be there.
STEPLOOM_CONFORMANCE ?= ../shared/conformance
export STEPLOOM_CONFORMANCE
STEPLOOM_REFERENCE ?= ../shared/reference
export STEPLOOM_REFERENCE
# Where this is set, each of many processes compiles all modules anew, which takes a third of what it takes to start.
unexport PYTHONDONTWRITEBYTECODE
ifeq ($(origin STEPLOOM_CONFORMANCE)$(wildcard $(STEPLOOM_CONFORMANCE)/cases),file)
export STEPLOOM_CONFORMANCE_OPTIONAL := 1
define NO_CONFORMANCE
@echo "## NO CONFORMANCE DATA at $(STEPLOOM_CONFORMANCE): the cases recorded on AWS are NOT checked in this run." >&2
endef
endif
# The table of answers to JSONPaths, likewise.
ifeq ($(wildcard $(STEPLOOM_REFERENCE)/jsonpath-jayway-cases.json),)
define NO_REFERENCE
@echo "## NO REFERENCE DATA at $(STEPLOOM_REFERENCE): the table of JSONPath answers is NOT checked in this run." >&2
endef
endif

# The AWS SDK for JavaScript and Temporal's for TypeScript, for the tests of other clients and of an example. Where there
# is no npm, or it cannot install, they are skipped, loudly.
NODE_FOLDERS := tests/clients/javascript examples/services/gifts
NODE_STAMPS := $(NODE_FOLDERS:%=%/node_modules/.installed)
ifeq ($(shell command -v npm),)
define NO_JAVASCRIPT
@echo "## NO NPM: the AWS SDK for JavaScript and Temporal's for TypeScript are NOT checked in this run." >&2
endef
else
define NO_JAVASCRIPT
@for stamp in $(NODE_STAMPS); do test -f $$stamp || \
    echo "## NPM DID NOT INSTALL $${stamp%/node_modules*}: what needs it is NOT checked in this run." >&2; done
endef
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test lint typecheck conformance bench proto docs clean

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

setup: $(STAMP) ## Make .venv from the pinned dependencies

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) $(NEW_ENOUGH) || { echo "steploom needs Python 3.11 or later" >&2; exit 1; }
	@if { test -L $(BIN)/python || test -e $(BIN)/python; } && ! $(BIN)/python $(NEW_ENOUGH) 2>/dev/null; then echo \
	    "The Python of $(VENV) does not run, or is older than 3.11: remove $(VENV) (make clean), and try again." >&2; \
	    exit 1; fi
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)  # also where one was left half made
	@echo "Installing steploom and its tools into $(VENV): this takes about a minute."
	@if $(PIP_REPLACES_PYPI) || ! { $(PIP_INSTALL) uv && $(UV_INSTALL) -e '.[dev]'; }; then \
	    echo "pip alone installs them: this takes a few minutes." >&2; $(PIP_INSTALL) -e '.[dev]'; fi
	touch $@

demo: $(STAMP) ## Run the order pipeline from start to end, over boto3 and gRPC
	$(BIN)/python examples/run_demo.py

dev: $(STAMP) ## Run everything on this machine (steploom dev)
	$(BIN)/steploom dev

test: $(STAMP) $(NODE_STAMPS) ## Run the tests
	$(NO_CONFORMANCE)
	$(NO_REFERENCE)
	$(NO_JAVASCRIPT)
	$(BIN)/pytest -n 3 --dist loadscope
	$(NO_CONFORMANCE)
	$(NO_REFERENCE)
	$(NO_JAVASCRIPT)

# A machine without npm or registry goes on without: the test says so.
%/node_modules/.installed: %/package.json
	@cd $* && rm -rf node_modules && command -v npm >/dev/null && npm install --ignore-scripts \
	    --no-package-lock --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=30000 && \
	    touch node_modules/.installed || true

lint: $(STAMP) ## Check style, formatting, import contracts and YAML
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	git ls-files '*.yml' '*.yaml' | xargs -r $(BIN)/yamllint --strict

typecheck: $(STAMP) ## Check types (mypy, strict)
	$(BIN)/mypy

conformance: $(STAMP) ## Replay the cases recorded on AWS, and hold the failures against the list
	$(BIN)/python -m tests.support.conformance $(CASES)

bench: $(STAMP) ## Measure against hand-written Temporal workflows, and what goes through the HTTP door
	$(BIN)/python -m benchmarks

proto: $(STAMP) ## Generate the gRPC modules from api/proto
	$(BIN)/python -m api.proto.generate

docs: $(STAMP) ## Write the pages that are made from the code
	$(BIN)/steploom config --markdown > docs/configuration.md
	$(BIN)/python -m api.service.operations_page .

clean: ## Remove what the other commands made
	rm -rf $(NODE_FOLDERS:%=%/node_modules) $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
