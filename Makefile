# The project's commands. Each sets up what it needs first; a second set-up takes a moment.

.PHONY: help setup demo test check bench fuzz debug generate

help:            ## show this list
	@grep -E '^[a-z]+: +##|^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup:           ## install everything the project needs
	@scripts/setup

demo: setup      ## compile schemas/, exchange messages between the languages, look at the bytes
	@scripts/demo

test: setup      ## run every test: Python, Rust and OCaml
	@scripts/test

check: setup     ## lint, types, import rules, fresh generated code
	@scripts/check

bench: setup     ## measure
	@scripts/bench

fuzz: setup      ## look for inputs that break a decoder (SECONDS=60)
	@scripts/fuzz $(or $(SECONDS),60)

debug:           ## test the native codec and the bus in a debug build of CPython
	@scripts/test-debug-interpreter

generate: setup  ## rewrite generated/ and the runtimes' own control messages from schemas/
	@scripts/generate
