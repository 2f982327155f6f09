unit_ui = tests/unit/test_safetext tests/unit/test_detect tests/unit/test_input tests/unit/test_hand tests/unit/test_keymap tests/unit/test_arm tests/unit/test_theme tests/unit/test_golden tests/unit/test_screens tests/unit/test_vterm tests/unit/test_dashboard tests/unit/test_dash_list tests/unit/test_dash_log tests/unit/test_dash_panes tests/unit/test_decide tests/unit/test_editor tests/unit/test_sgr tests/unit/test_logview tests/unit/test_needs tests/unit/test_kept tests/unit/test_notices tests/unit/test_diff tests/unit/test_card
check_PROGRAMS += $(unit_ui)
TESTS += $(unit_ui)
EXTRA_DIST += tests/unit/unit.h tests/unit/click.h tests/unit/dash_keys.h tests/unit/dash_rig.h tests/unit/failing_sync.h tests/unit/model_rig.h
# Each view in a state that it can be in: for golden files, and for terminals.
screens = tests/screens/screens.c tests/screens/screens.h tests/screens/overview.c tests/screens/cards.c tests/screens/views.c tests/screens/hand.c \
	tests/unit/state.h tests/unit/card_state.h tests/unit/forty.h
tests_unit_test_golden_SOURCES = tests/unit/test_golden.c $(screens)
tests_unit_test_screens_SOURCES = tests/unit/test_screens.c tests/screens/looks.c tests/screens/looks.h $(screens)
check_PROGRAMS += tests/screens/painter
tests_screens_painter_SOURCES = tests/screens/painter.c tests/screens/looks.c tests/screens/looks.h $(screens)
TESTS += tests/e2e/screens_terminals.sh tests/e2e/hand_keys.sh tests/e2e/hand_mouse.sh tests/e2e/hand_run.sh tests/e2e/hand_cells.sh
TESTS += tests/e2e/terminal.sh tests/e2e/terminal_still.sh tests/e2e/card.sh tests/e2e/logview.sh tests/e2e/overview.sh tests/e2e/standstill.sh tests/e2e/ownkeys.sh tests/e2e/status.sh tests/e2e/approvals_keys.sh
EXTRA_DIST += tests/e2e/hand_keys.sh tests/e2e/hand_mouse.sh tests/e2e/hand_run.sh tests/e2e/hand_cells.sh tests/e2e/hand_lib.sh
