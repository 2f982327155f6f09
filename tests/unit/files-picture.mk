unit_picture = tests/unit/test_kitty tests/unit/test_picture tests/unit/test_png tests/unit/test_sixel tests/unit/test_picture_stream tests/unit/test_live
check_PROGRAMS += $(unit_picture)
TESTS += $(unit_picture)
canvas = tests/picture/canvas.c tests/picture/canvas.h
tests_unit_test_sixel_SOURCES = tests/unit/test_sixel.c $(canvas)
tests_unit_test_picture_stream_SOURCES = tests/unit/test_picture_stream.c $(canvas)
