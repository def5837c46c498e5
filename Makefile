# make run    the main job: workloads -> slices -> a picture, on a simulated node; installs what it needs
# make demo   a simulated node at work and its web page: prints the address and the token
# make test   everything CI needs
# make test-kubernetes  of it the node agent in a real Kubernetes on this machine (as root; ten minutes to build the first time)
# make check  the inner loop: format, build with sanitizers, unit tests, lint of changed files
# make build  release build: build/bin/septet and build/lib/libnvidia-ml.so.1
# make web    the dashboard alone: build/web
# make bench  benchmarks with their budgets
# make bench-plan  the planner's bars: ours, peers, bounds
# make bench-lab  the lab's bars: ours, peers, bounds; the same bytes on every run
# make bench-agent  the node agent beside NVIDIA's device plugin, one run
# make bench-web  what the HTTP side of the agent costs, beside NVIDIA's device plugin, one run
# make fuzz   30 s of each fuzz harness
# make tsan   ThreadSanitizer over the tests that change GPUs side by side
.PHONY: run demo web test test-kubernetes check check-fast build dev bench bench-plan bench-lab bench-agent bench-web fuzz tsan lint format clean deps
export SEPTET_LAUNCHER := $(shell command -v ccache 2>/dev/null)

run: build
	@scripts/main_job.sh

demo: build
	@scripts/demo.sh

build: deps web
	@cmake --preset release >build/release.log 2>&1 || { cat build/release.log; exit 1; }
	@cmake --build build/release

deps:
	@mkdir -p build
	@scripts/install_deps.sh build

web: deps
	@scripts/build_web.sh

dev: web
	@scripts/install_deps.sh test
	@cmake --preset dev >build/dev.log 2>&1 || { cat build/dev.log; exit 1; }
	@cmake --build build/dev

test: build dev
	@scripts/test.sh

test-kubernetes: build
	@scripts/install_deps.sh test
	@tests/e2e/kubernetes/run.sh

check: dev
	@scripts/check.sh

check-fast: dev
	@ctest --test-dir build/dev -LE 'slow|conformance' --output-on-failure -j2

bench: build
	@scripts/install_deps.sh test
	@scripts/bench.sh

bench-plan:
	@scripts/install_deps.sh test
	@scripts/bench_plan.sh

bench-lab:
	@scripts/install_deps.sh test
	@scripts/bench_lab.sh

bench-agent: build
	@scripts/install_deps.sh test
	@scripts/bench_agent.sh

bench-web: build
	@scripts/install_deps.sh test
	@scripts/bench_web.sh

fuzz:
	@scripts/install_deps.sh test
	@scripts/fuzz.sh

tsan:
	@scripts/install_deps.sh test
	@scripts/tsan.sh

lint:
	@scripts/lint.sh --all

format:
	@git ls-files -co --exclude-standard -- '*.cpp' '*.h' | xargs clang-format-16 -i

clean:
	@rm -rf build
