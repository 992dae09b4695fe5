# Everything is set up in .venv (and editors/vscode/node_modules); all that is needed is Python ≥ 3.11 with venv,
# node with npm, and make.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
# The platforms to package for, as VS Code names them: its extension and JetBrains' template carry wheels that differ.
VSIX_TARGETS ?= $(shell $(BIN)/python editors/vscode/wheels.py --here)

.PHONY: demo test test-long test-guards coverage mutants audit reproducible lint test-editors test-model bench bench-editors package docs site lock clean help

help:
	@echo "make demo          see it work: the real server completes in a sample project"
	@echo "make test          all fast tests"
	@echo "make lint          formatting, linters, strict type checks"
	@echo "make test-editors  real VS Code (in Chromium), Neovim, Emacs"
	@echo "make test-model    a real model behind CODESTRAL_TEST_LLAMA_URL"
	@echo "make test-long     a long day, 200 kills, many random cases: what does not fit make test"
	@echo "make test-guards   removes each guard in turn and shows that a test fails"
	@echo "make coverage      coverage by branch of the way of a keystroke; less than 95 % fails"
	@echo "make mutants       changes the product in small ways and lists what no test notices"
	@echo "make audit         known vulnerabilities of the pinned packages (needs the network)"
	@echo "make reproducible  builds the wheel twice and compares"
	@echo "make bench         all figures, into docs/numbers/"
	@echo "make bench-editors how long a user waits for ghost text, in real editors"
	@echo "make package       wheel, .vsix, archives for Neovim and JetBrains, into dist/"
	@echo "make docs          what is generated from the code: documents, editors' settings"
	@echo "make site          the documentation as a site, into site/; a link that leads nowhere fails"
	@echo "make lock          pin the development environment anew (needs uv)"

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

editors/vscode/node_modules/ready: editors/vscode/package-lock.json
	cd editors/vscode && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

demo: .venv/ready
	@$(BIN)/python -m demo

test: .venv/ready editors/vscode/node_modules/ready
	$(BIN)/python -m pytest -n $(JOBS) -q
	cd editors/vscode && npm test --silent

lint: .venv/ready editors/vscode/node_modules/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tools.check_tree
	cd editors/vscode && npm run check --silent

test-editors: .venv/ready
	tests/editors/run.sh

bench-editors: .venv/ready
	tests/editors/run.sh latency.ts --into $(CURDIR)/docs/numbers/editors.md

test-model: .venv/ready
	$(BIN)/python -m pytest -q -rs tests/model

test-long: .venv/ready
	CODESTRAL_TEST_KILLS=200 $(BIN)/python -m pytest -q -s tests/state
	CODESTRAL_TEST_LONG=1 $(BIN)/python -m pytest -q -s tests/long
	CODESTRAL_TEST_EXAMPLES=1000 $(BIN)/python -m pytest -q --timeout 3600 tests/document tests/server/test_framing.py tests/server/test_interleavings.py

test-guards: .venv/ready
	$(BIN)/python -m tests.guards

# What starts with the server's own process is counted too; processes that are killed are not.
coverage: .venv/coverage
	rm -f .coverage .coverage.*
	CODESTRAL_TEST_EXAMPLES=20 $(BIN)/coverage run -m pytest -n $(JOBS) -q --timeout 900 tests/document tests/completion tests/prompt tests/server tests/insight
	$(BIN)/coverage combine -q && $(BIN)/coverage report --fail-under=95

.venv/coverage: .venv/ready requirements-coverage.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-coverage.lock
	@touch $@

mutants: .venv/ready
	$(BIN)/python -m tests.mutants

audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	.venv-audit/bin/pip-audit --require-hashes --disable-pip -r requirements.lock

reproducible: .venv/ready
	rm -rf dist/once dist/again
	for build in once again; do SOURCE_DATE_EPOCH=1700000000 $(BIN)/python -m hatchling build -t wheel -d dist/$$build || exit 1; done
	cmp dist/once/*.whl dist/again/*.whl

bench: .venv/bench
	$(BIN)/python -m benchmarks

.venv/bench: .venv/ready requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

package: .venv/ready editors/vscode/node_modules/ready
	rm -rf dist && $(BIN)/python -m hatchling build
	for target in $(VSIX_TARGETS); do $(BIN)/python editors/vscode/wheels.py $$target && \
	  (cd editors/vscode && npm run package --silent -- --target $$target --out ../../dist/) && \
	  $(BIN)/python editors/jetbrains/template.py --zip dist $$target || exit 1; done
	$(BIN)/python -m tools.neovim_archive dist

docs: .venv/ready
	$(BIN)/python -m tools.settings_reference > docs/settings.md
	$(BIN)/python editors/vscode/manifest.py
	$(BIN)/python editors/jetbrains/template.py
	$(BIN)/python -m tools.troubleshooting > docs/troubleshooting.md
	$(BIN)/python -m tools.architecture > docs/images/architecture.svg

site: .venv/site/ready
	.venv/site/bin/zensical build --strict --clean

# In an environment of its own: what makes the site has no say in the versions that the program is tested with.
.venv/site/ready: .venv/ready requirements-site.lock
	$(PYTHON) -m venv .venv/site
	.venv/site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-site.lock
	@touch $@

lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group bench pyproject.toml -o requirements-bench.lock
	echo 'coverage==7.17.4' | uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 - -o requirements-coverage.lock
	echo 'zensical==0.0.73' | uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 - -o requirements-site.lock

clean:
	rm -rf .venv .venv-audit dist site editors/vscode/node_modules editors/vscode/dist
