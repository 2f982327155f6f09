check_PROGRAMS += tests/unit/test_local_files tests/unit/test_local_multipart
TESTS += tests/unit/test_local_files tests/unit/test_local_multipart tests/e2e/local.sh tests/e2e/local_authority.sh tests/e2e/local_computer.sh tests/e2e/local_exec.sh
EXTRA_DIST += tests/e2e/local.sh tests/e2e/local_authority.sh tests/e2e/local_computer.sh tests/e2e/local_exec.sh
