unit_core = tests/unit/test_base tests/unit/test_json tests/unit/test_fingerprint tests/unit/test_httpmsg tests/unit/test_httpanswer tests/unit/test_classify tests/unit/test_mask tests/unit/test_miosa tests/unit/test_sse tests/unit/test_command_parts tests/unit/test_reconnect tests/unit/test_server tests/unit/test_spool
check_PROGRAMS += $(unit_core)
TESTS += tests/unit/docs.sh tests/unit/includes.sh tests/unit/mutants.sh $(unit_core)
check_PROGRAMS += tests/unit/test_redirect
TESTS += tests/unit/test_redirect
