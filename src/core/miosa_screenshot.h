/* miosa_screenshot: the picture in the answer to a screenshot: PNG as it is, or base64 in JSON. Pure. */
#ifndef ASSENT_MIOSA_SCREENSHOT_H
#define ASSENT_MIOSA_SCREENSHOT_H

#include "base/buf.h"
#include "base/err.h"

/* Does it begin as a PNG does? Nothing else of it is looked at. */
bool miosa_is_png(const void *data, size_t len);
/* Appends the picture's PNG bytes. ERR_INVALID: there is none, and the answer's own words where it has some; ERR_TOOBIG, ERR_NOMEM. */
int miosa_screenshot(const char *body, size_t len, int status, struct buf *png, struct err *e);

#endif
