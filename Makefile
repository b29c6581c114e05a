# Each target does its own set-up; Python 3.11 and make are enough.
VENV ?= .venv
ARGS ?=
# A worker for each core, from two to eight; each has a PostgreSQL, a browser and a data folder of its own.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -ge 2 ] || n=2; [ $$n -le 8 ] || n=8; echo $$n)
PARALLEL ?= -n $(WORKERS) --dist worksteal
# What keeps something is run a second time, on PostgreSQL; what only looks at pages, and forms by themselves, is not.
STORED = tests/web $(addprefix tests/browser/test_,$(addsuffix .py,whole_loop write_first export_import sharing sharing_hosted hosted therapists_week)) --deselect tests/web/test_ways_between_pages.py --deselect tests/web/test_hostile_forms.py

.PHONY: help run test test-postgresql test-without-sentences fuzz check bench languages learn lock dist standalone test-standalone test-container docs notebook pictures clean

help:
	@echo "make run    start Reattune on this machine and open the browser (ARGS='--port 8123' to pass options); installs"
	@echo "            the sentence model too: 31 MB, pure NumPy"
	@echo "make test   run every test, in a real browser too"
	@echo "make fuzz   10,000 hostile inputs for each importer, for restore, for each form and for letters"
	@echo "make check  ruff and mypy"
	@echo "make bench  print the measured ratios"
	@echo "make learn  learn the weights of danger anew from training/sentences"
	@echo "make languages  take new sentences of the screens into the catalogues of every language"
	@echo "make dist   wheel and source distribution, twice to the same bytes, with their bill of materials and checksums"
	@echo "make standalone      one file with its own Python, in dist; make test-standalone tries it in a bare Debian, offline"
	@echo "make test-container  build the container, and upgrade it in place from the version before (needs podman)"
	@echo "make docs   the site of docs/, in site/; make pictures and make notebook renew what it shows"
	@echo "make lock   renew the locked requirement files (needs uv)"

run:
	@sh scripts/set_up_environment.sh $(VENV) requirements/run.txt
	@$(VENV)/bin/reattune $(ARGS)

test:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@sh scripts/install_test_tools.sh $(VENV)
	@$(VENV)/bin/python -m pytest $(PARALLEL) $(ARGS)
	@$(MAKE) --no-print-directory test-postgresql

# Everything that keeps something, once more on a real PostgreSQL from its wheel; and as if the extra `sentences` were
# not installed, so that the pages are tried once without it too.
test-postgresql:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@REATTUNE_TEST_STORE=postgresql REATTUNE_TEST_WITHOUT_SENTENCES=yes $(VENV)/bin/python -m pytest $(PARALLEL) $(ARGS) $(STORED)

# What reads words, once as if the extra `sentences` were not installed; the pages are tried so on PostgreSQL.
READS = tests/reflection tests/text tests/training tests/proof
test-without-sentences:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@REATTUNE_TEST_WITHOUT_SENTENCES=yes $(VENV)/bin/python -m pytest $(PARALLEL) $(ARGS) $(READS)

# Ten times as many hostile inputs as `make test` tries: 10,000 for each importer, for restore, for each form and for letters.
fuzz:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@REATTUNE_FUZZ=10000 $(VENV)/bin/python -m pytest $(ARGS) -s tests/exchange/test_hostile.py tests/web/test_hostile.py tests/web/test_hostile_forms.py tests/web/test_hostile_letters.py tests/web/test_letterbox.py

check:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy

# Takes new sentences into every catalogue; docs/languages.md says how a language is written.
languages:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -m scripts.languages update

bench:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -m bench $(ARGS)

learn:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -m training.danger $(ARGS)

lock:
	@sh scripts/lock_requirements.sh
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -m scripts.bill_of_materials

dist:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -m scripts.bill_of_materials check
	@$(VENV)/bin/python -m scripts.dist $(or $(ARGS),dist)

standalone:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@sh scripts/build_standalone.sh $(VENV) $(or $(ARGS),dist)

# Loads nothing from outside; opens from the disk: site/index.html.
docs:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --strict && echo "site/index.html"

# The researchers' notebook with what it prints today.
notebook:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@$(VENV)/bin/python -W ignore -m scripts.run_notebook

# Of today's screens, for README and docs/.
pictures:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@sh scripts/install_test_tools.sh $(VENV)
	@REATTUNE_PICTURES=yes $(VENV)/bin/python -m pytest -q tests/browser/test_pictures.py

# In a root of its own with nothing but Debian's smallest system, without a network, as nobody.
test-standalone: standalone
	@sh scripts/install_test_tools.sh $(VENV)
	@command -v debootstrap >/dev/null || { echo "THE ONE FILE WAS NOT TRIED. Run: sudo apt install debootstrap"; exit 1; }
	@bare=$${REATTUNE_BARE_ROOT:-$$(mktemp -d)}; \
	    [ -d "$$bare/usr" ] || debootstrap --variant=minbase bookworm "$$bare" >"$$bare.log" || { tail "$$bare.log"; exit 1; }; \
	    REATTUNE_BARE_ROOT="$$bare" REATTUNE_TEST_STANDALONE=$(or $(ARGS),dist) unshare --net \
	    sh -c 'ip link set lo up && exec $(VENV)/bin/python -m pytest -s tests/browser/test_standalone.py'

# The version before: what landed when German was offered.
BEFORE ?= 380ea77
test-container:
	@sh scripts/set_up_environment.sh $(VENV) requirements/dev.txt
	@sh scripts/install_test_tools.sh $(VENV)
	@sh scripts/build_containers.sh $(BEFORE)
	@REATTUNE_TEST_CONTAINER=yes REATTUNE_TEST_STORE=postgresql $(VENV)/bin/python -m pytest -s tests/browser/test_container.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache test-results build dist site
