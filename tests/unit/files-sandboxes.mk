check_PROGRAMS += tests/unit/test_trail tests/unit/test_fault tests/unit/test_copytree
TESTS += tests/unit/test_trail tests/unit/test_fault tests/unit/test_copytree tests/e2e/local_again.sh tests/e2e/local_streams.sh tests/e2e/local_copies.sh tests/e2e/local_env.sh
EXTRA_DIST += tests/e2e/local_again.sh tests/e2e/local_streams.sh tests/e2e/local_copies.sh tests/e2e/local_env.sh
