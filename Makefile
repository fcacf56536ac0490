# make setup      puts the command at .venv/bin/alliances
# make serve      publishes the facts if there is no release yet, and serves them (PORT=8000)
# make test       runs all tests in parallel (ARGS="-k name" for some; REQUIRE_ALL=1: a skip is a failure)
# make check      format, lint, types, facts
# make benchmark  measures against other software (ARGS="publish" for one part)
# make lock       resolves the dependencies of pyproject.toml anew

PORT ?= 8000
ARGS ?=
PYTHON_IN := .venv/bin/python

.DEFAULT_GOAL := setup
.PHONY: setup serve test check benchmark lock dev

setup:
	@.ci/setup runtime

dev:
	@.ci/setup dev

serve: setup
	@exec .venv/bin/alliances serve --port $(PORT)

test: dev
	@exec $(PYTHON_IN) -m pytest -n auto --dist worksteal $(ARGS)

check: dev
	$(PYTHON_IN) -m ruff format --check .
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m mypy
	.venv/bin/alliances check

benchmark: dev
	@exec $(PYTHON_IN) -m tests.benchmarks $(ARGS)

# Names no index and no local folder, whatever pip is told elsewhere: the hashes are those of the public registry.
LOCK = env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
	--strip-extras --no-config --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: dev
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
