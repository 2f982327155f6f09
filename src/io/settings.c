/* settings: one table of them, and the three sections of keys. What libconfuse lets pass (a setting twice) is refused here. See settings.h. */
#include "config.h"

#include "io/settings.h"

#include <confuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "core/action.h"
#include "io/textfile.h"

enum { BYTES_MAX = 65536, ACTIONS_MAX = 100, DAY_MS = 24 * 60 * 60 * 1000 };

/* A setting behind the file's last line, as libconfuse takes the end of a file for the end of a section. No file has it: it is no UTF-8. */
#define END "\xff"

enum type { TEXT, PATH, TIME, TIME_OR_NONE, THEME, PICTURE, SPACE, YES_NO };

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
	{ "takeover_idle", TIME, offsetof(struct settings, takeover_idle_ms) },
	{ "record_typed", YES_NO, offsetof(struct settings, record_typed) },
	{ "notice_command", PATH, offsetof(struct settings, notice_command) },
	{ "lock", TIME, offsetof(struct settings, lock_ms) },
	{ "arming", TIME, offsetof(struct settings, arming_ms) },
	{ "coordinates", SPACE, offsetof(struct settings, coordinates) },
	{ "theme", THEME, offsetof(struct settings, theme) },
	{ "picture", PICTURE, offsetof(struct settings, picture) },
	{ "mouse", YES_NO, offsetof(struct settings, mouse) },
};

/* libconfuse's callbacks get no pointer of ours: what is being read, while it is. */
static struct {
	const char *path;
	int lines;
	bool seen[ARRAY_LEN(table)];
	struct settings got;	/* what is taken only with the whole: phrases and keys */
	struct err *e;
} now;

/* libconfuse's word for what it does not know, with what may have been meant. */
static void unknown(cfg_t *cfg, const char *name, char *what, size_t size)
{
	const char *names[ACTIONS_MAX], *hint;
	size_t i, n = cfg_num(cfg);
	bool is_key = cfg->name && strcmp(cfg->name, "root") != 0;

	for (i = 0; i < n && i < ACTIONS_MAX && strcmp(cfg_opt_name(cfg_getnopt(cfg, (unsigned int)i)), END) != 0; i++)
		names[i] = cfg_opt_name(cfg_getnopt(cfg, (unsigned int)i));
	hint = nearest(name, names, i);
	snprintf(what, size, "no %s is called \"%.60s\"%s%s%s", is_key ? "action" : "setting", name, hint ? " (did you mean \"" : "", hint ? hint : "",
		 hint ? "\"?)" : "");
}

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[300];

	if (cfg->line > now.lines) {
		if (strcmp(cfg->name, "root") != 0)
			snprintf(what, sizeof(what), "the file ends inside of \"%s\": write a } where it ends", cfg->name);
		else
			snprintf(what, sizeof(what), "the file ends inside of a setting: write the value, the } or the quotation mark that is missing");
		err_set(now.e, ERR_INVALID, "%s:%d: %s", now.path, now.lines, what);
		return;
	}
	if (strcmp(fmt, "no such option '%s'") == 0)
		unknown(cfg, va_arg(ap, const char *), what, sizeof(what));
	else
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

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* Called when a setting has got its value. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	static const char *const themes[] = { "dark", "light", "mono", NULL }, *const pictures[] = { "auto", "sixel", "kitty", "blocks", "none", NULL },
		*const spaces[] = { "pixels", "normalised", NULL }, *const yes_no[] = { "yes", "no", NULL };
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
	else if (table[i].type == THEME && !is_one_of(text, themes))
		cfg_error(cfg, "\"%s\" is dark, light or mono", opt->name);
	else if (table[i].type == PICTURE && !is_one_of(text, pictures))
		cfg_error(cfg, "\"%s\" is auto, sixel, kitty, blocks or none", opt->name);
	else if (table[i].type == SPACE && !is_one_of(text, spaces))
		cfg_error(cfg, "\"%s\" is pixels or normalised", opt->name);
	else if (table[i].type == YES_NO && !is_one_of(text, yes_no))
		cfg_error(cfg, "\"%s\" is yes or no", opt->name);
	else
		now.seen[i] = true;
	return now.seen[i] && !now.e->msg[0] ? 0 : -1;
}

/* One line, that says something. */
static bool is_phrase(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return i > 0 && i <= SETTINGS_PHRASE_BYTES_MAX;
}

static void free_phrases(struct settings *s)
{
	while (s->phrase_count > 0)
		free(s->phrases[--s->phrase_count]);
}

/* Called with each phrase that comes to the list, and once more at its end. */
static int on_phrases(cfg_t *cfg, cfg_opt_t *opt)
{
	size_t n = cfg_opt_size(opt);
	const char *text = cfg_opt_getnstr(opt, (unsigned int)n - 1);

	if (n == now.got.phrase_count && strcmp(text, now.got.phrases[n - 1]) == 0)
		return 0;
	if (n != now.got.phrase_count + 1)
		cfg_error(cfg, "\"phrases\" stands here twice");
	else if (n > SETTINGS_PHRASES_MAX)
		cfg_error(cfg, "\"phrases\" is a list of 1 to %d phrases", SETTINGS_PHRASES_MAX);
	else if (!is_phrase(text))
		cfg_error(cfg, "phrase %zu is no line of 1 to %d bytes", n, SETTINGS_PHRASE_BYTES_MAX);
	else
		now.got.phrases[now.got.phrase_count++] = strdup(text);
	return now.e->msg[0] ? -1 : 0;
}

static void add_name(struct settings_keys *k, const char *name)
{
	char **more = realloc(k->names, (k->count + 1) * sizeof(*more));

	if (more) {
		k->names = more;
		k->names[k->count++] = strdup(name);
	}
}

/* Names with commas between them. */
static void split_names(struct settings_keys *k, const char *text)
{
	char *copy = strdup(text), *rest = copy, *name;
	size_t n;

	while (copy && text[0] && (name = strsep(&rest, ","))) {
		name += strspn(name, " \t");
		for (n = strlen(name); n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t');)
			name[--n] = '\0';
		add_name(k, name);
	}
	free(copy);
}

static const char *const sections[SETTINGS_SECTIONS] = { "keys", "log_keys", "hand_keys" };

/* Called when an action has got its keys. */
static int on_keys(cfg_t *cfg, cfg_opt_t *opt)
{
	struct settings_keys *more;
	size_t section, i;

	for (section = 0; strcmp(cfg->name, sections[section]) != 0; section++)
		;
	for (i = 0; i < now.got.key_count; i++) {
		if (now.got.keys[i].section == section && strcmp(now.got.keys[i].action, opt->name) == 0) {
			cfg_error(cfg, "\"%s\" stands here twice, also in line %d", opt->name, now.got.keys[i].line);
			return -1;
		}
	}
	more = realloc(now.got.keys, (now.got.key_count + 1) * sizeof(*more));
	if (!more)
		return -1;
	now.got.keys = more;
	more += now.got.key_count++;
	*more = (struct settings_keys){ .section = section, .action = strdup(opt->name), .line = cfg->line };
	split_names(more, cfg_opt_getnstr(opt, 0));
	return 0;
}

static void free_keys(struct settings *s)
{
	size_t i, n;

	for (i = 0; i < s->key_count; i++) {
		for (n = 0; n < s->keys[i].count; n++)
			free(s->keys[i].names[n]);
		free(s->keys[i].names);
		free(s->keys[i].action);
	}
	free(s->keys);
	s->keys = NULL;
	s->key_count = 0;
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
		} else if (table[i].type == YES_NO) {
			*(bool *)field = strcmp(text, "yes") == 0;
		} else {
			free(*(char **)field);
			*(char **)field = strdup(text);
		}
	}
	free_phrases(s);
	memcpy(s->phrases, now.got.phrases, sizeof(s->phrases));
	s->phrase_count = now.got.phrase_count;
	free_keys(s);
	s->keys = now.got.keys;
	s->key_count = now.got.key_count;
	now.got = (struct settings){ 0 };
}

static void list_actions(cfg_opt_t *opts, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count && i < ACTIONS_MAX; i++)
		opts[i] = (cfg_opt_t)CFG_STR(names[i], NULL, CFGF_NODEFAULT);
	opts[i] = (cfg_opt_t)CFG_END();
}

static void watch_actions(cfg_t *cfg, const char *section, const char *const *names, size_t count)
{
	char name[100];
	size_t i;

	for (i = 0; i < count && i < ACTIONS_MAX; i++) {
		snprintf(name, sizeof(name), "%s|%s", section, names[i]);
		cfg_set_validate_func(cfg, name, on_keys);
	}
}

/* How many lines the text has; it gets END as one more. */
static int add_end(struct buf *text)
{
	int lines = 0;
	size_t i;

	text->max += strlen("\n" END "=" END);
	if (buf_cstr(text)[text->len - 1] != '\n')
		buf_putc(text, '\n');
	for (i = 0; i < text->len; i++)
		lines += buf_cstr(text)[i] == '\n';
	buf_puts(text, END "=" END);
	return lines;
}

static int parse(const char *path, const struct settings_actions *a, const struct buf *text, struct settings *s)
{
	cfg_opt_t opts[ARRAY_LEN(table) + 3 + SETTINGS_SECTIONS], keys[SETTINGS_SECTIONS][ACTIONS_MAX + 1];
	FILE *f = fmemopen((void *)(uintptr_t)buf_cstr(text), text->len, "r");
	cfg_t *cfg;
	size_t i, k;
	int r;

	for (k = 0; k < SETTINGS_SECTIONS; k++)
		list_actions(keys[k], a->names[k], a->counts[k]);
	for (i = 0; i < ARRAY_LEN(table); i++)
		opts[i] = (cfg_opt_t)CFG_STR(table[i].name, NULL, CFGF_NODEFAULT);
	opts[i++] = (cfg_opt_t)CFG_STR_LIST("phrases", NULL, CFGF_NODEFAULT);
	for (k = 0; k < SETTINGS_SECTIONS; k++)
		opts[i++] = (cfg_opt_t)CFG_SEC(sections[k], keys[k], CFGF_NONE);
	opts[i++] = (cfg_opt_t)CFG_STR(END, NULL, CFGF_NODEFAULT);
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
	cfg_set_validate_func(cfg, "phrases", on_phrases);
	for (k = 0; k < SETTINGS_SECTIONS; k++)
		watch_actions(cfg, sections[k], a->names[k], a->counts[k]);
	r = cfg_parse_fp(cfg, f) == CFG_SUCCESS ? 0 : ERR_INVALID;
	if (r == 0 && cfg_size(cfg, END) == 0)
		r = err_set(now.e, ERR_INVALID, "%s:%d: the file ends inside of a comment: write a */ where it ends", path, now.lines);
	if (r == 0)
		take(cfg, s);
	else if (!now.e->msg[0])
		err_set(now.e, ERR_INVALID, "%s:%d: it cannot be read here", path, cfg->line);
	free_keys(&now.got);
	free_phrases(&now.got);
	cfg_free(cfg);
	fclose(f);
	return r;
}

void settings_init(struct settings *s)
{
	*s = (struct settings){ .answer_within_ms = 25000, .hold_ms = ACTION_HOLD_MS, .takeover_idle_ms = 5 * 60 * 1000, .lock_ms = 10 * 60 * 1000, .arming_ms = 1500, .mouse = true };
}

int settings_read(const char *path, const struct settings_actions *a, struct settings *s, struct err *e)
{
	struct buf text;
	int r = textfile_read(path, BYTES_MAX, &text, e);

	if (r == 0 && (!utf8_valid(buf_cstr(&text), text.len) || memchr(buf_cstr(&text), '\0', text.len)))
		r = err_set(e, ERR_INVALID, "%s: it is no text in UTF-8", path);
	if (r == 0 && text.len > 0) {
		memset(&now, 0, sizeof(now));
		now.path = path;
		now.e = e;
		now.lines = add_end(&text);
		e->msg[0] = '\0';
		r = parse(path, a, &text, s);
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
	free(s->theme);
	free(s->picture);
	free(s->coordinates);
	free_phrases(s);
	free_keys(s);
	free(s->notice_command);
	*s = (struct settings){ 0 };
}
