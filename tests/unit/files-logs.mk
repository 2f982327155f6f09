# Logs: their bytes, the files, searching.
unit_logs = tests/unit/test_logblock tests/unit/test_logs tests/unit/test_logscan tests/unit/test_pattern
check_PROGRAMS += $(unit_logs)
TESTS += $(unit_logs)
EXTRA_DIST += tests/e2e/logs.sh
TESTS += tests/e2e/logs.sh
tests_unit_test_logs_SOURCES = tests/unit/test_logs.c tests/unit/logs_folder.c tests/unit/logs_folder.h
tests_unit_test_logscan_SOURCES = tests/unit/test_logscan.c tests/unit/logs_folder.c tests/unit/logs_folder.h
