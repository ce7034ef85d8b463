# Everything is reached from here; `make` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

RASA := .venv/rasa/bin/python
WEB := .venv/web/bin/python
MODEL := models/vagvisaren.tar.gz
LEARNT_FROM := config.yml domain.yml data/rules.yml $(wildcard data/languages/*.yml data/concepts/*.yml data/examples/*/*.txt bot/nlu/*.py) bot/text.py
QUIET_RASA := RASA_TELEMETRY_ENABLED=false PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3

.PHONY: help setup check train encoder test run eval bench shell lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/rasa/.dev .venv/web/.dev ## make both environments from pinned, hashed requirements

run: .venv/rasa/.ready .venv/web/.ready .venv/web/.checked $(MODEL) ## set up what is missing and start it on http://localhost:8000
	@$(WEB) -m bot.preflight
	@PATH="$(CURDIR)/.venv/web/bin:$$PATH" exec .venv/web/bin/honcho start

check: setup ## lint, types, content, Rasa's own validation
	$(WEB) -m ruff check .
	$(WEB) -m ruff format --check .
	$(WEB) -m mypy bot actions
	.venv/web/bin/hadolint --ignore DL3008 Dockerfile
	$(WEB) -m bot.check
	$(QUIET_RASA) $(RASA) -m rasa data validate --fail-on-warnings

train: .venv/rasa/.ready $(MODEL) ## train the model, if the data has changed

encoder: .venv/rasa/.encoder ## install what a sentence encoder needs (NLU_ENCODER in .env)

test: setup check $(MODEL) ## everything: checks, tests of both environments, a real browser, Rasa's stories
	$(QUIET_RASA) $(RASA) -m pytest tests/rasa
	$(QUIET_RASA) $(RASA) -m rasa test core --model $(MODEL) --stories tests/rasa/stories.yml --fail-on-prediction-errors --no-plot --out .rasa/results
	$(WEB) -m pytest tests --ignore tests/rasa --ignore tests/e2e -n 2 --dist loadfile
	$(WEB) -m pytest tests/e2e

eval: setup $(MODEL) ## play the evaluation sets through the public API and print what was right and wrong
	$(WEB) -m tests.nlu.evaluate --write docs/quality/understanding.md
	$(QUIET_RASA) $(RASA) -m tests.nlu.risk docs/quality/risk.svg
	$(RASA) -m tests.nlu.learning docs/quality/learning.svg

bench: setup $(MODEL) ## measure speed and memory of the running stack
	$(RASA) -m benchmarks.concepts
	$(WEB) -m benchmarks.answer
	$(WEB) -m benchmarks.live_facts
	$(WEB) -m benchmarks.page
	$(WEB) -m benchmarks.desk

shell: .venv/rasa/.ready $(MODEL) ## talk to Rasa in the terminal
	$(QUIET_RASA) $(RASA) -m rasa shell --model $(MODEL)

lock: ## resolve requirements/*.in anew into pinned, hashed requirements
	deploy/lock.sh

.venv/rasa/.ready: requirements/rasa.txt
	@deploy/setup.sh .venv/rasa 3.10 $<
	@touch $@

.venv/web/.ready: requirements/web.txt
	@deploy/setup.sh .venv/web "$${WEB_PYTHON:-3.11}" $<
	@touch $@

.venv/web/.checked: domain.yml $(wildcard data/*.yml data/*/*.yml data/examples/*/*.txt data/lacking/*.txt) | .venv/web/.ready
	@$(WEB) -m bot.check
	@touch $@

.venv/rasa/.encoder: requirements/rasa-encoder.txt .venv/rasa/.ready
	@deploy/setup.sh .venv/rasa 3.10 requirements/rasa.txt $<
	@touch $@

.venv/rasa/.dev: requirements/rasa-dev.txt .venv/rasa/.encoder
	@deploy/setup.sh .venv/rasa 3.10 requirements/rasa.txt $<
	@touch $@

.venv/web/.dev: requirements/web-dev.txt .venv/web/.ready
	@deploy/setup.sh .venv/web "$${WEB_PYTHON:-3.11}" requirements/web.txt $<
	@touch $@

$(MODEL): $(LEARNT_FROM) | .venv/rasa/.ready
	@echo "Training the model (two to four minutes; only when the data has changed)"
	$(QUIET_RASA) $(RASA) -m rasa train --skip-validation --fixed-model-name vagvisaren --out models
	@touch $@
