# Two commands do everything: `make demo` and `make test`. Each makes .venv first, if it is missing or out of date.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench audit env pins

demo: env
	$(BIN)/python -m bot demo

test: env
	$(BIN)/python -m pytest -n auto

check: env
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_locales.py tests/language/test_phrases.py

# Measured against aiogram too, which is no dependency of ours and lives beside the environment; without it, it is left out.
bench: env
	-test -x .venv/bench/bin/python || $(PYTHON) -m venv .venv/bench
	-.venv/bench/bin/python -m pip install --quiet aiogram==3.31.0
	$(BIN)/python -m tests.bench $(ARGS)

# Known weaknesses of the pinned dependencies; pip-audit itself is installed beside, not into, the environment.
audit: env
	@test -x .venv/audit/bin/python || $(PYTHON) -m venv .venv/audit
	@.venv/audit/bin/python -m pip install --quiet pip-audit || echo "pip-audit cannot be brought up to date from here"
	@test -x .venv/audit/bin/pip-audit || { echo "Not audited: pip-audit is not installed."; exit 3; }
	$(BIN)/python -m tests.security.audit .venv/audit/bin/pip-audit requirements.txt

env: .venv/installed

.venv/installed: requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.txt
	$(BIN)/python -c "import site, pathlib; pathlib.Path(site.getsitepackages()[0], 'tiendo.pth').write_text('$(CURDIR)\n')"
	touch $@

# Maintainers only: pin the newest versions that pyproject.toml allows (needs uv).
pins:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --upgrade pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
