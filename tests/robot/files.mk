# Robots before a real terminal's screen: hostile texts, a typist, one who reads only what stands there.
TESTS += tests/e2e/hostile_text.sh tests/e2e/typist.sh tests/e2e/newcomer.sh
robot_terminal = tests/robot/terminal.c tests/robot/terminal.h tests/robot/grammar.c tests/robot/grammar.h
check_PROGRAMS += tests/robot/drive tests/robot/tell_texts tests/robot/typist
tests_robot_drive_SOURCES = tests/robot/drive.c tests/robot/texts.c tests/robot/texts.h $(robot_terminal)
tests_robot_tell_texts_SOURCES = tests/robot/tell_texts.c tests/robot/texts.c tests/robot/texts.h
tests_robot_typist_SOURCES = tests/robot/typist.c tests/robot/typist.h tests/robot/typist_check.c tests/robot/typist_check.h tests/robot/crowd.c tests/robot/crowd.h tests/fault/wire.c tests/fault/storm.h $(robot_terminal)
EXTRA_DIST += tests/e2e/hostile_text.sh tests/e2e/typist.sh tests/e2e/newcomer.sh tests/corpus/hostile-text/texts.txt

robot: check-programs
	ROBOT_ACTIONS=10000 ASSENT_SHOW=1 ASSENT_TEST_SECONDS=5400 ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(srcdir)/tests/run' plain tests/e2e/typist.sh tests/e2e/newcomer.sh
.PHONY: robot
