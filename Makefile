# SPDX-License-Identifier: Apache-2.0
# Two commands do everything on a fresh Debian 12: `make run` and `make test`. The rest is for those who change things.
MAKEFLAGS += --no-print-directory
DATA ?= var
LISTEN ?= 127.0.0.1:8080

.PHONY: all run test journeys check bench fuzz smoke clean build/tongban
all: build/tongban

# ninja knows what is out of date, so it is asked every time.
build/tongban:
	@tools/deps build
	@tools/build build

run: build/tongban
	@build/tongban init --data $(DATA) --demo
	@build/tongban serve --data $(DATA) --listen $(LISTEN)

test: build/tongban
	@tools/deps build test
	@tools/build build tests
	@tools/test build --no-suite journeys

# Every page in Chromium, and the main job with and without JavaScript: minutes, so not part of `make test`.
journeys: build/tongban
	@tools/deps build test
	@tools/build build tests
	@tests/journeys/run build

smoke: build/tongban
	@tests/smoke/run build/tongban

check:
	@tools/deps build test check
	@tools/check/run

bench:
	@tools/deps build test check
	@tools/bench

fuzz:
	@tools/deps build test check
	@tools/fuzz

clean:
	@rm -rf build build-*
