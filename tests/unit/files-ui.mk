unit_ui = tests/unit/test_safetext tests/unit/test_input tests/unit/test_keymap tests/unit/test_arm tests/unit/test_theme tests/unit/test_golden tests/unit/test_vterm tests/unit/test_dashboard tests/unit/test_editor tests/unit/test_sgr tests/unit/test_logview tests/unit/test_needs tests/unit/test_notices tests/unit/test_diff tests/unit/test_card
check_PROGRAMS += $(unit_ui)
TESTS += $(unit_ui)
TESTS += tests/e2e/terminal.sh tests/e2e/terminal_still.sh tests/e2e/card.sh tests/e2e/logview.sh tests/e2e/overview.sh tests/e2e/ownkeys.sh tests/e2e/status.sh tests/e2e/approvals_keys.sh
