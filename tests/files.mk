# Tests, benches, fuzzers: each part of the program lists its own.
if TESTS_POSSIBLE
include tests/unit/files-core.mk
include tests/unit/files-gate.mk
include tests/unit/files-local.mk
include tests/unit/files-desktop.mk
include tests/unit/files-ui.mk
include tests/unit/files-picture.mk
include tests/unit/files-demo.mk
endif
