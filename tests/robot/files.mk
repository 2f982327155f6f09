# Robots before a real terminal's screen: hostile texts, a typist, one who reads only what stands there.
TESTS += tests/e2e/hostile_text.sh
robot_terminal = tests/robot/terminal.c tests/robot/terminal.h tests/robot/grammar.c tests/robot/grammar.h
check_PROGRAMS += tests/robot/drive tests/robot/tell_texts
tests_robot_drive_SOURCES = tests/robot/drive.c tests/robot/texts.c tests/robot/texts.h $(robot_terminal)
tests_robot_tell_texts_SOURCES = tests/robot/tell_texts.c tests/robot/texts.c tests/robot/texts.h
EXTRA_DIST += tests/e2e/hostile_text.sh tests/corpus/hostile-text/texts.txt
