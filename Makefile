# Two commands matter: `make run` shows the demo, `make test` proves everything. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MESSAGES := src/frontdesk/locale/de/LC_MESSAGES/django
# More than cores: a third of the tests' time is waiting for servers and browsers.
TEST_PROCESSES ?= 3
export PYTHONPATH := src:sdk/python/src

.PHONY: help run check test bench soak screenshots lock messages clean
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@scripts/install "$(PYTHON)" $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml # it holds all of the other lock too
	@scripts/install "$(PYTHON)" $(VENV) requirements-dev.lock
	@touch $(VENV)/.runtime $@

$(MESSAGES).mo: $(MESSAGES).po $(VENV)/.runtime
	@$(BIN)/python -m scripts.messages compile

$(MESSAGES).po:
	@$(BIN)/python -m scripts.messages update

run: $(VENV)/.runtime $(MESSAGES).mo ## start the demo vendor (PORT, FRONTDESK_DATA)
	@$(BIN)/frontdesk demo run

check: $(VENV)/.dev ## the static part of the tests
	@scripts/check $(BIN)

test: $(VENV)/.dev $(MESSAGES).mo ## everything that must hold
	@scripts/system-packages
	@scripts/check $(BIN)
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile -m "not soak" --cov --cov-report=term:skip-covered $(ARGS)
	@$(if $(ARGS),,scripts/coverage $(BIN))

bench: $(VENV)/.dev ## measure what is said to be fast
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.desk
	@$(BIN)/python -m benchmarks.community
	@$(BIN)/python -m benchmarks.live

soak: $(VENV)/.dev ## long races, chaos, a million rows
	@$(BIN)/python -m pytest -m soak --timeout 3600 $(ARGS)

screenshots: $(VENV)/.dev ## the main pages as pictures, in screenshots/
	@$(BIN)/python -m scripts.screenshots

messages: $(VENV)/.dev ## bring the translations' catalogue up to date
	@$(BIN)/python -m scripts.messages update

lock: ## resolve the dependencies anew
	@scripts/lock

clean: ## remove what make made here (never the data)
	@rm -rf $(VENV) .mypy_cache .ruff_cache htmlcov .coverage
