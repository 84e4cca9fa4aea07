# A thin wrapper: everything happens in dev.py, for machines without make.
#   make run PORT=8080
#   make test ARGS="tests/threads -k reply"

PYTHON ?= python3
DEV := $(PYTHON) dev.py

.DEFAULT_GOAL := help
.PHONY: help run demo test prove check bench pictures lock clean

help:
	@$(DEV) help

run demo:
	@$(DEV) $@ $(if $(PORT),--port $(PORT)) $(ARGS)

test prove check bench pictures lock clean:
	@$(DEV) $@ $(ARGS)
