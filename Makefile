# 伝わる: ふつうは make publish と make test の 2 つだけを使います。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# 待つ試験も多いので、2 コアでも 3 つのプロセスで走らせる
TESTERS ?= 3

.PHONY: publish test check bench line-demo lock clean

publish: $(VENV)/.runtime ## 付属の計画から、すべての版を out/ に作る
	$(BIN)/tsutawaru publish content/plans --out out --workers $(WORKERS)

test: check ## 静的な検査と、すべての試験
	$(BIN)/python -m pytest --numprocesses $(TESTERS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev ## 速さの測定（比は 1 回の実行の中で並べて測る）
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_books
	$(BIN)/python -m tests.bench_line
	$(BIN)/python -m tests.bench_search

line-demo: $(VENV)/.dev ## LINE の契約なしで、住民として話してみる
	$(BIN)/python -m tests.line_platform

# pip のほかに道具は要らない。錠のとおりの、要約の合うものだけを入れる。
$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 以上が要ります。" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	sh tests/system-packages.sh
	touch $@

lock: $(VENV)/.dev ## 錠を作り直す（pyproject.toml を変えたとき）
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) out var
