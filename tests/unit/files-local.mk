check_PROGRAMS += tests/unit/test_local_files tests/unit/test_local_multipart tests/unit/test_local_step tests/unit/test_local_routes
TESTS += tests/unit/test_local_files tests/unit/test_local_multipart tests/unit/test_local_step tests/unit/test_local_routes tests/e2e/local.sh tests/e2e/local_authority.sh tests/e2e/local_computer.sh tests/e2e/local_exec.sh tests/e2e/local_runs.sh tests/e2e/local_sessions.sh
EXTRA_DIST += tests/e2e/local.sh tests/e2e/local_authority.sh tests/e2e/local_computer.sh tests/e2e/local_exec.sh tests/e2e/local_runs.sh tests/e2e/local_sessions.sh
