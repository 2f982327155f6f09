/* logsave: see logsave.h. The text as the gate tells it, a line each, with whatever stands in it. */
#include "config.h"

#include "cmd/logsave.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { PAGE = 1000 };

static struct {
	struct dashboard *dash;		/* NULL: nothing is written */
	struct client *client;
	struct log_filter filter;
	char name[DASH_WORDS_MAX];
	int fd;
	int64_t next, end, lines;	/* numbers: the page to come, where the log ended when it was begun (-1: not known yet) */
} save;

static void ask(void)
{
	struct buf path;

	buf_init(&path, 16384);
	log_filter_path(&save.filter, NULL, save.next, PAGE, false, &path);
	if (!client_read(save.client, CLIENT_READ_FILE, buf_cstr(&path)))
		logsave_stop("the gate does not answer");
	buf_release(&path);
}

void logsave_begin(struct dashboard *d, struct client *c, const char *name)
{
	int64_t now = clock_boot_ms();

	if (save.dash)
		return;
	save.fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (save.fd < 0) {
		if (errno == EEXIST)
			dash_say(d, now, "%.120s is there already, and is not written over", name);
		else
			dash_say(d, now, "%.120s cannot be written: %s", name, strerror(errno));
		return;
	}
	save.dash = d;
	save.client = c;
	save.filter = d->logs.filter;
	snprintf(save.name, sizeof(save.name), "%s", name);
	save.next = save.lines = 0;
	save.end = -1;
	d->saving_since_ms = now;
	snprintf(d->saving, sizeof(d->saving), "writing %.120s ...", name);
	ask();
}

static void finish(void)
{
	client_read_stop(save.client, CLIENT_READ_FILE);
	save.dash->saving[0] = '\0';
	save.dash = NULL;
}

void logsave_stop(const char *why)
{
	if (!save.dash)
		return;
	close(save.fd);
	dash_say(save.dash, clock_boot_ms(), "%.100s has the first %lld lines and no more: %.100s", save.name, (long long)save.lines, why ? why : "you ended it");
	finish();
}

static bool write_all(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(save.fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_page(const struct log_page *p)
{
	struct buf text;
	bool ok = true;
	size_t i;

	buf_init(&text, SIZE_MAX - 1);
	for (i = 0; i < p->count && p->lines[i].n < save.end; i++) {
		buf_append(&text, p->lines[i].text, p->lines[i].len);
		buf_putc(&text, '\n');
		save.lines++;
	}
	ok = !buf_failed(&text) && write_all(buf_cstr(&text), text.len);
	buf_release(&text);
	return ok;
}

void logsave_page(int status, const char *body, size_t len)
{
	struct log_page page;
	struct err e;
	bool ok;

	if (!save.dash)
		return;
	if (status != 200) {
		logsave_stop(status == 0 ? body : "the gate refuses to tell more");
		return;
	}
	if (log_page_read(body, len, &page, &e) < 0) {
		logsave_stop(e.msg);
		return;
	}
	if (save.end < 0)
		save.end = page.total;	/* what comes later is not waited for */
	ok = write_page(&page);
	save.next = page.next;
	log_page_release(&page);
	if (!ok) {
		logsave_stop(strerror(errno));
	} else if (save.next >= 0 && save.next < save.end) {
		snprintf(save.dash->saving, sizeof(save.dash->saving), "writing %.100s: line %lld of %lld; Esc ends it", save.name, (long long)save.next, (long long)save.end);
		ask();
	} else if (close(save.fd) < 0) {
		dash_say(save.dash, clock_boot_ms(), "%.120s may not be whole: %s", save.name, strerror(errno));
		finish();
	} else {
		dash_say(save.dash, clock_boot_ms(), "written: %.120s, %lld line%s", save.name, (long long)save.lines, save.lines == 1 ? "" : "s");
		finish();
	}
}
