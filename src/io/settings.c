/* settings: one table of them. What libconfuse lets pass (a setting twice) is refused here. See settings.h. */
#include "config.h"

#include "io/settings.h"

#include <confuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/action.h"
#include "io/textfile.h"

enum { BYTES_MAX = 65536, DAY_MS = 24 * 60 * 60 * 1000 };

enum type { TEXT, PATH, TIME, TIME_OR_NONE };

static const struct setting {
	const char *name;
	enum type type;
	size_t offset;
} table[] = {
	{ "listen", TEXT, offsetof(struct settings, listen) },
	{ "upstream", TEXT, offsetof(struct settings, upstream) },
	{ "key_file", PATH, offsetof(struct settings, key_file) },
	{ "policy", PATH, offsetof(struct settings, policy) },
	{ "state", PATH, offsetof(struct settings, state) },
	{ "answer_within", TIME_OR_NONE, offsetof(struct settings, answer_within_ms) },
	{ "hold_time", TIME, offsetof(struct settings, hold_ms) },
	{ "lock", TIME, offsetof(struct settings, lock_ms) },
};

/* libconfuse's callbacks get no pointer of ours: what is being read, while it is. */
static struct {
	const char *path;
	bool seen[ARRAY_LEN(table)];
	struct err *e;
} now;

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[300];

	vsnprintf(what, sizeof(what), fmt, ap);
	err_set(now.e, ERR_INVALID, "%s:%d: %s", now.path, cfg->line, what);
}

/* "30s", "5m", "2h"; at most a day. */
static int read_time(const char *text, int64_t *ret)
{
	size_t n = strspn(text, "0123456789");
	int64_t unit = text[n] == 's' ? 1000 : text[n] == 'm' ? 60000 : text[n] == 'h' ? 3600000 : 0;
	long long count = n > 0 && n < 7 ? strtoll(text, NULL, 10) : 0;

	if (unit == 0 || text[n + 1] || count < 1 || count > DAY_MS / unit)
		return -1;
	*ret = count * unit;
	return 0;
}

/* Called when a setting has got its value. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);
	int64_t ms;
	size_t i;

	for (i = 0; strcmp(table[i].name, opt->name) != 0; i++)
		;
	if (now.seen[i])
		cfg_error(cfg, "\"%s\" stands here twice", opt->name);
	else if (!text || !text[0])
		cfg_error(cfg, "\"%s\" has no value", opt->name);
	else if (table[i].type == PATH && text[0] != '/')
		cfg_error(cfg, "\"%s\" is a path that begins with /", opt->name);
	else if (table[i].type == TIME && read_time(text, &ms) < 0)
		cfg_error(cfg, "\"%s\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"", opt->name);
	else if (table[i].type == TIME_OR_NONE && strcmp(text, "none") != 0 && read_time(text, &ms) < 0)
		cfg_error(cfg, "\"%s\" is a time of at most a day, as \"25s\", or \"none\"", opt->name);
	else
		now.seen[i] = true;
	return now.seen[i] && !now.e->msg[0] ? 0 : -1;
}

static void take(cfg_t *cfg, struct settings *s)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		void *field = (char *)s + table[i].offset;
		const char *text = now.seen[i] ? cfg_getstr(cfg, table[i].name) : NULL;

		if (!text)
			continue;
		if (table[i].type == TIME || table[i].type == TIME_OR_NONE) {
			*(int64_t *)field = 0;
			read_time(text, field);
		} else {
			free(*(char **)field);
			*(char **)field = strdup(text);
		}
	}
}

static int parse(const char *path, const struct buf *text, struct settings *s)
{
	cfg_opt_t opts[ARRAY_LEN(table) + 1];
	FILE *f = fmemopen((void *)(uintptr_t)buf_cstr(text), text->len, "r");
	cfg_t *cfg;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++)
		opts[i] = (cfg_opt_t)CFG_STR(table[i].name, NULL, CFGF_NODEFAULT);
	opts[i] = (cfg_opt_t)CFG_END();
	cfg = f ? cfg_init(opts, CFGF_NONE) : NULL;
	if (!cfg) {
		if (f)
			fclose(f);
		return err_set(now.e, ERR_NOMEM, "out of memory");
	}
	cfg_set_error_function(cfg, on_error);
	for (i = 0; i < ARRAY_LEN(table); i++)
		cfg_set_validate_func(cfg, table[i].name, on_value);
	r = cfg_parse_fp(cfg, f) == CFG_SUCCESS ? 0 : ERR_INVALID;
	if (r == 0)
		take(cfg, s);
	else if (!now.e->msg[0])
		err_set(now.e, ERR_INVALID, "%s:%d: it cannot be read here", path, cfg->line);
	cfg_free(cfg);
	fclose(f);
	return r;
}

void settings_init(struct settings *s)
{
	*s = (struct settings){ .answer_within_ms = 25000, .hold_ms = ACTION_HOLD_MS, .lock_ms = 10 * 60 * 1000 };
}

int settings_read(const char *path, struct settings *s, struct err *e)
{
	struct buf text;
	int r = textfile_read(path, BYTES_MAX, &text, e);

	if (r == 0 && (!utf8_valid(buf_cstr(&text), text.len) || memchr(buf_cstr(&text), '\0', text.len)))
		r = err_set(e, ERR_INVALID, "%s: it is no text in UTF-8", path);
	if (r == 0 && text.len > 0) {
		memset(&now, 0, sizeof(now));
		now.path = path;
		now.e = e;
		e->msg[0] = '\0';
		r = parse(path, &text, s);
	}
	buf_release(&text);
	return r;
}

void settings_release(struct settings *s)
{
	free(s->listen);
	free(s->upstream);
	free(s->key_file);
	free(s->policy);
	free(s->state);
	*s = (struct settings){ 0 };
}
