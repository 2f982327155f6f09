/* unit: what every cmocka test includes, in the order that it wants. */
#ifndef ASSENT_TESTS_UNIT_H
#define ASSENT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#endif
