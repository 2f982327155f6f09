# Tests, benches, fuzzers.
