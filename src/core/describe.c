/* describe: sentences, coordinates and risk words. See describe.h. */
#include "config.h"

#include "core/describe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"

static const struct risk_rule rules[] = {
	{ "deletes", "command", "rm" },
	{ "deletes", "command", "rmdir" },
	{ "deletes", "command", "unlink" },
	{ "deletes", "command", "shred" },
	{ "deletes", "command", "truncate" },
	{ "deletes", "command", "mkfs" },
	{ "deletes", "command", "dd" },
	{ "deletes", "command", "DROP" },
	{ "deletes", "command", "drop" },
	{ "deletes", "kind", "delete" },
	{ "deletes", "kind", "delete files" },
	{ "network", "command", "curl" },
	{ "network", "command", "wget" },
	{ "network", "command", "ssh" },
	{ "network", "command", "scp" },
	{ "network", "command", "nc" },
	{ "network", "command", "git" },
	{ "runs fetched code", "command", "| sh" },
	{ "runs fetched code", "command", "| bash" },
	{ "as root", "command", "sudo" },
	{ "as root", "command", "su" },
	{ "outside /workspace", "path", "a path with .. or an absolute one that is not below /workspace, /tmp or /opt/apps" },
	{ "sends a form", "key", "Return" },
	{ "sends a form", "key", "Enter" },
	{ "publishes", "kind", "deploy" },
	{ "publishes", "kind", "expose" },
	{ "publishes", "kind", "publish" },
	{ "publishes", "kind", "share" },
	{ "lifecycle", "class", "lifecycle" },
	{ "money or access", "class", "money" },
	{ "reveals secrets", "class", "sensitive" },
	{ "not known", "class", "unknown" },
	{ "cannot be inspected", "body", "not JSON in UTF-8, with a key twice, encoded, or longer than 1 MiB" },
};

const struct risk_rule *describe_risk_rules(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rules);
	return rules;
}

static void add_risk(struct action *a, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(a->risks) - 1 && a->risks[i]; i++)
		if (strcmp(a->risks[i], word) == 0)
			return;
	if (i < ARRAY_LEN(a->risks) - 1)
		a->risks[i] = word;
}

static void add_matching(struct action *a, const char *where, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].where, where) == 0 && strcmp(rules[i].match, value) == 0)
			add_risk(a, rules[i].word);
}

static void add_named(struct action *a, const char *where)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].where, where) == 0)
			add_risk(a, rules[i].word);
}

static bool is_inside(const char *path)
{
	static const char *const roots[] = { "/workspace", "/tmp", "/opt/apps", "/usr", "/bin", "/dev/null" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(roots); i++) {
		size_t n = strlen(roots[i]);

		if (strncmp(path, roots[i], n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return true;
	}
	return false;
}

static void judge_path(struct action *a, const char *path)
{
	const char *p = path;

	for (; (p = strstr(p, "..")) != NULL; p += 2)
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			add_named(a, "path");
	if (path[0] == '/' && !is_inside(path))
		add_named(a, "path");
}

/* Splits roughly, on the safe side: whatever could be a word of a command is looked up as one. */
static void judge_command(struct action *a, const char *command)
{
	static const char blanks[] = " \t\r\n;&()<>\"'`$={}";
	char word[256];
	bool after_pipe = false;

	while (*command) {
		size_t n = strcspn(command, " \t\r\n;&|()<>\"'`$={}");
		const char *base;

		if (n > 0 && n < sizeof(word)) {
			memcpy(word, command, n);
			word[n] = '\0';
			base = strrchr(word, '/') && strncmp(word, "/", 1) == 0 && strstr(word, "bin/") ? strrchr(word, '/') + 1 : word;
			add_matching(a, "command", base);
			if (after_pipe) {
				char piped[260] = "| ";

				memcpy(piped + 2, base, strlen(base) + 1);
				add_matching(a, "command", piped);
			}
			judge_path(a, word);
			after_pipe = false;
		}
		command += n;
		if (*command == '|')
			after_pipe = true;
		else if (*command && !strchr(blanks, *command))
			after_pipe = false;
		if (*command)
			command++;
	}
}

struct parsed {
	struct json_doc doc;
	bool is_json;
	int root;
};

static char *get_text(const struct parsed *p, const char *key)
{
	return json_strdup(&p->doc, json_get(&p->doc, p->root, key));
}

static bool get_number(const struct parsed *p, const char *key, int *ret)
{
	double d;

	if (json_double(&p->doc, json_get(&p->doc, p->root, key), &d) < 0 || d < -1e6 || d > 1e6)
		return false;
	*ret = (int)d;
	return true;
}

/* The first of the two spellings that is there. */
static bool get_either(const struct parsed *p, const char *one, const char *other, int *ret)
{
	return get_number(p, one, ret) || get_number(p, other, ret);
}

static void find_points(struct action *a, const struct parsed *p)
{
	if (a->session_kind != SESSION_COMPUTER || !strstr(a->path, "/desktop/"))
		return;
	a->has_point = get_either(p, "x", "start_x", &a->x) && get_either(p, "y", "start_y", &a->y);
	if (!a->has_point)
		a->has_point = get_either(p, "from_x", "x1", &a->x) && get_either(p, "from_y", "y1", &a->y);
	a->has_second = a->has_point && (get_either(p, "end_x", "to_x", &a->x2) || get_either(p, "x2", "x2", &a->x2)) &&
			(get_either(p, "end_y", "to_y", &a->y2) || get_either(p, "y2", "y2", &a->y2));
}

static char *join_keys(const struct parsed *p, const char *key)
{
	int keys = json_get(&p->doc, p->root, key), k;
	struct buf b;

	if (json_type(&p->doc, keys) == JSON_STRING)
		return json_strdup(&p->doc, keys);
	if (json_size(&p->doc, keys) == 0)
		return NULL;
	buf_init(&b, 4096);
	for (k = json_first(&p->doc, keys); k != JSON_NONE; k = json_next(&p->doc, k)) {
		if (b.len > 0)
			buf_putc(&b, '+');
		json_str(&p->doc, k, &b);
	}
	return buf_take(&b);
}

static bool kind_is(const struct action *a, const char *kind)
{
	return strcmp(a->kind, kind) == 0;
}

/* The text that matters: what is typed, pressed or run. */
static char *find_text(const struct action *a, const struct parsed *p)
{
	static const char *const fields[] = { "command", "code", "text", "app", "content" };
	size_t i;

	if (kind_is(a, "key") || kind_is(a, "hotkey") || kind_is(a, "key down") || kind_is(a, "key up")) {
		char *chord = join_keys(p, "keys");

		return chord ? chord : join_keys(p, "key");
	}
	for (i = 0; i < ARRAY_LEN(fields); i++)
		if (json_type(&p->doc, json_get(&p->doc, p->root, fields[i])) == JSON_STRING)
			return get_text(p, fields[i]);
	/* A command as a list of words. */
	if (json_type(&p->doc, json_get(&p->doc, p->root, "command")) == JSON_ARRAY) {
		char *words = join_keys(p, "command"), *w;

		for (w = words; w && *w; w++)
			if (*w == '+')
				*w = ' ';
		return words;
	}
	return NULL;
}

static void judge_key(struct action *a)
{
	const char *last;

	if (!a->text)
		return;
	last = strrchr(a->text, '+');
	add_matching(a, "key", last && last[1] ? last + 1 : a->text);
	if (strcasecmp(a->text, "return") == 0 || strcasecmp(a->text, "enter") == 0)
		add_matching(a, "key", "Return");
}

static void judge_paths(struct action *a, const struct parsed *p)
{
	int files = json_get(&p->doc, p->root, "files"), f;
	char *path = get_text(p, "path");

	if (path)
		judge_path(a, path);
	free(path);
	for (f = json_first(&p->doc, files); f != JSON_NONE; f = json_next(&p->doc, f)) {
		path = json_strdup(&p->doc, json_get(&p->doc, f, "path"));
		if (path)
			judge_path(a, path);
		free(path);
	}
}

static void judge(struct action *a, const struct parsed *p)
{
	add_matching(a, "class", action_class_name(a->class));
	add_matching(a, "kind", a->kind);
	if (!p->is_json && a->body_len > 0)
		add_named(a, "body");
	if (kind_is(a, "key") || kind_is(a, "hotkey"))
		judge_key(a);
	else if (kind_is(a, "type") && a->text && strpbrk(a->text, "\r\n"))
		add_matching(a, "key", "Return");
	if (strncmp(a->kind, "exec", 4) == 0 || kind_is(a, "start process") || kind_is(a, "launch"))
		judge_command(a, a->text ? a->text : "");
	judge_paths(a, p);
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static const char *button_word(const struct parsed *p)
{
	int v = json_get(&p->doc, p->root, "button");

	return json_str_is(&p->doc, v, "right") ? "right " : json_str_is(&p->doc, v, "middle") ? "middle " : "left ";
}

/* The first line, short, for a row of a list. */
static void put_short(struct buf *out, const char *text, size_t max)
{
	size_t n = strcspn(text, "\r\n");
	bool cut = text[n] != '\0';

	if (n > max) {
		n = max;
		cut = true;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	buf_append(out, text, n);
	if (cut)
		buf_puts(out, "...");
}

static void summarise(const struct action *a, const struct parsed *p, struct buf *out)
{
	char *path;

	if (kind_is(a, "click"))
		buf_printf(out, "%sclick", button_word(p));
	else
		buf_puts(out, a->kind);
	if (a->has_second)
		buf_printf(out, " %d,%d to %d,%d", a->x, a->y, a->x2, a->y2);
	else if (a->has_point)
		buf_printf(out, " %d,%d", a->x, a->y);
	if (kind_is(a, "type") && a->text) {
		buf_printf(out, " %zu characters", characters(a->text));
	} else if (a->text && !kind_is(a, "write")) {
		buf_putc(out, ' ');
		put_short(out, a->text, 60);
	}
	path = get_text(p, "path");
	if (path && !a->has_point) {
		buf_putc(out, ' ');
		put_short(out, path, 60);
	}
	free(path);
	if (kind_is(a, "write files"))
		buf_printf(out, " %d files", json_size(&p->doc, json_get(&p->doc, p->root, "files")));
	if (kind_is(a, "unknown"))
		buf_printf(out, " %s %s", http_method_name(a->method), a->path);
}

static void put_where(const struct action *a, const char *session_name, struct buf *out)
{
	if (a->session_kind == SESSION_NONE)
		return;
	buf_printf(out, " %s %s %s", a->session_kind == SESSION_COMPUTER ? "on" : "in",
		   a->session_kind == SESSION_COMPUTER ? "computer" : "sandbox", session_name[0] ? session_name : a->session);
	if (session_name[0])
		buf_printf(out, " (%s)", a->session);
}

static void put_exec(const struct action *a, const struct parsed *p, const char *session_name, struct buf *out)
{
	char *cwd = get_text(p, "cwd");
	int seconds;

	buf_puts(out, kind_is(a, "exec python") ? "Runs Python code" : "Runs one shell command");
	put_where(a, session_name, out);
	if (cwd)
		buf_printf(out, ", in %s", cwd);
	if (get_number(p, "timeout", &seconds))
		buf_printf(out, ", for at most %d s", seconds);
	buf_putc(out, '.');
	free(cwd);
}

static void put_other(const struct action *a, const struct parsed *p, const char *session_name, struct buf *out)
{
	char *path = get_text(p, "path");
	int n;

	if (kind_is(a, "click")) {
		buf_printf(out, "%s click", json_str_is(&p->doc, json_get(&p->doc, p->root, "button"), "right") ? "Right" :
			   json_str_is(&p->doc, json_get(&p->doc, p->root, "button"), "middle") ? "Middle" : "Left");
	} else if (kind_is(a, "type")) {
		buf_printf(out, "Types %zu characters", a->text ? characters(a->text) : 0);
	} else if (kind_is(a, "key") || kind_is(a, "hotkey")) {
		buf_printf(out, "Presses %s", a->text ? a->text : "a key");
	} else if (kind_is(a, "write")) {
		buf_printf(out, "Writes the file %s", path ? path : "named in the body");
	} else if (kind_is(a, "write files")) {
		n = json_size(&p->doc, json_get(&p->doc, p->root, "files"));
		buf_printf(out, "Writes %d file%s", n, n == 1 ? "" : "s");
	} else if (kind_is(a, "expose") && get_number(p, "port", &n)) {
		buf_printf(out, "Makes port %d reachable from outside", n);
	} else if (kind_is(a, "deploy")) {
		buf_printf(out, "Publishes %s", path ? path : "the workspace");
	} else if (kind_is(a, "unknown")) {
		buf_printf(out, "A request that assent does not know: %s %s", http_method_name(a->method), a->path);
	} else {
		buf_putc(out, (char)(a->kind[0] >= 'a' && a->kind[0] <= 'z' ? a->kind[0] - 'a' + 'A' : a->kind[0]));
		buf_puts(out, a->kind + 1);
	}
	if (a->has_second)
		buf_printf(out, " from %d,%d to %d,%d", a->x, a->y, a->x2, a->y2);
	else if (a->has_point)
		buf_printf(out, " at %d,%d", a->x, a->y);
	put_where(a, session_name, out);
	buf_putc(out, '.');
	free(path);
}

int describe(struct action *a, const char *session_name)
{
	struct parsed p = { .root = JSON_NONE };
	struct buf plain, summary;

	if (a->body_len > 0 && a->body_len <= DESCRIBE_BODY_MAX && json_parse(a->body, a->body_len, &p.doc, NULL) == 0) {
		p.is_json = true;
		p.root = json_root(&p.doc);
	}
	memset(a->risks, 0, sizeof(a->risks));
	find_points(a, &p);
	free(a->text);
	a->text = find_text(a, &p);
	judge(a, &p);
	buf_init(&plain, 16384);
	buf_init(&summary, 1024);
	summarise(a, &p, &summary);
	if (strncmp(a->kind, "exec", 4) == 0)
		put_exec(a, &p, session_name, &plain);
	else
		put_other(a, &p, session_name, &plain);
	json_release(&p.doc);
	free(a->plain);
	free(a->summary);
	a->plain = buf_take(&plain);
	a->summary = buf_take(&summary);
	return a->plain && a->summary ? 0 : ERR_NOMEM;
}
