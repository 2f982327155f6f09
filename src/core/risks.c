/* risks: the table of rules, and how they are looked for. See risks.h. */
#include "config.h"

#include "core/risks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/keyname.h"

static const struct risk_rule rules[] = {
	{ "deletes", "command", "rm" },
	{ "deletes", "command", "rmdir" },
	{ "deletes", "command", "unlink" },
	{ "deletes", "command", "shred" },
	{ "deletes", "command", "truncate" },
	{ "deletes", "command", "mkfs" },
	{ "deletes", "command", "dd" },
	{ "deletes", "command", "drop" },
	{ "deletes", "command", "delete" },
	{ "deletes", "command", "-delete" },
	{ "deletes", "kind", "delete" },
	{ "deletes", "kind", "delete files" },
	{ "network", "command", "curl" },
	{ "network", "command", "wget" },
	{ "network", "command", "ssh" },
	{ "network", "command", "scp" },
	{ "network", "command", "rsync" },
	{ "network", "command", "nc" },
	{ "network", "command", "git" },
	{ "runs fetched code", "pipe", "sh" },
	{ "runs fetched code", "pipe", "bash" },
	{ "runs fetched code", "pipe", "dash" },
	{ "runs fetched code", "pipe", "zsh" },
	{ "runs fetched code", "pipe", "python" },
	{ "runs fetched code", "pipe", "python3" },
	{ "runs fetched code", "pipe", "perl" },
	{ "runs fetched code", "pipe", "node" },
	{ "as root", "command", "sudo" },
	{ "as root", "command", "su" },
	{ "as root", "command", "doas" },
	{ "outside /workspace", "path", "a path with .. or an absolute one that is not below /workspace, /tmp or /opt/apps" },
	{ "sends a form", "key", "Return" },
	{ "sends a form", "key", "KP_Enter" },
	{ "sends a form", "key", "Linefeed" },
	{ "publishes", "command", "publish" },
	{ "publishes", "kind", "deploy" },
	{ "publishes", "kind", "expose" },
	{ "publishes", "kind", "publish" },
	{ "publishes", "kind", "share" },
	{ "lifecycle", "class", "lifecycle" },
	{ "money or access", "class", "money" },
	{ "reveals secrets", "class", "sensitive" },
	{ "not known", "class", "unknown" },
	{ "odd coordinates", "place", "negative, or with a fraction" },
	{ "label", "label", "order" },
	{ "label", "label", "buy" },
	{ "label", "label", "purchase" },
	{ "label", "label", "checkout" },
	{ "label", "label", "pay" },
	{ "label", "label", "payment" },
	{ "label", "label", "subscribe" },
	{ "label", "label", "transfer" },
	{ "label", "label", "send" },
	{ "label", "label", "submit" },
	{ "label", "label", "publish" },
	{ "label", "label", "delete" },
	{ "label", "label", "remove" },
	{ "label", "label", "erase" },
	{ "label", "label", "confirm" },
	{ RISK_HIDDEN, "body", "not JSON in UTF-8, with a key twice, a NUL in a text, coordinates that are no numbers or contradict each other, or longer than 1 MiB" },
};

const struct risk_rule *risk_rules(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rules);
	return rules;
}

static void add(struct action *a, const char *word)
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
		if (strcmp(rules[i].where, where) == 0 && strcasecmp(rules[i].match, value) == 0)
			add(a, rules[i].word);
}

static void add_all(struct action *a, const char *where)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].where, where) == 0)
			add(a, rules[i].word);
}

static void judge_path(struct action *a, const char *path)
{
	static const char *const roots[] = { "/workspace", "/tmp", "/opt/apps", "/dev/null" };
	const char *p = path;
	size_t i, n;

	for (; (p = strstr(p, "..")) != NULL; p += 2)
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			add_all(a, "path");
	if (path[0] == '~')
		add_all(a, "path");
	if (path[0] != '/')
		return;
	for (i = 0; i < ARRAY_LEN(roots); i++) {
		n = strlen(roots[i]);
		if (strncmp(path, roots[i], n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return;
	}
	add_all(a, "path");
}

/* What only starts another program: what is behind it counts as the program. */
static bool is_prefix(const char *program)
{
	static const char *const prefixes[] = { "sudo", "doas", "env", "nohup", "exec", "time", "nice", "xargs" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(prefixes); i++)
		if (strcmp(prefixes[i], program) == 0)
			return true;
	return false;
}

/*
 * Splits roughly, on the safe side: whatever could be a word of a command is looked up as one. A program's own path is no path that
 * the command works on.
 */
static int judge_command(struct action *a, const char *command)
{
	bool first = true, piped = false;

	while (*command) {
		size_t n = strcspn(command, " \t\r\n;&|()<>\"'`$={}\\,");

		if (n > 0) {
			char *word = strndup(command, n), *slash;
			const char *name;

			if (!word)
				return ERR_NOMEM;
			slash = strrchr(word, '/');
			name = slash && (first || strstr(word, "bin/")) ? slash + 1 : word;
			add_matching(a, "command", name);
			if (first && piped)
				add_matching(a, "pipe", name);
			if (!first || !slash || !strstr(word, "bin/"))
				judge_path(a, word);
			first = first && (is_prefix(name) || name[0] == '-');
			free(word);
		}
		command += n;
		if (!*command)
			break;
		if (strchr("|;&(`\n", *command)) {
			first = true;
			piped = command[0] == '|' && command[1] != '|';
			command += command[0] == '|' && (command[1] == '|' || command[1] == '&');
		}
		command++;
	}
	return 0;
}

/* A command as one text, or as a list of words. */
static int judge_command_value(struct action *a, const struct json_doc *doc, int v)
{
	struct buf b;
	size_t i;
	int k, r;

	buf_init(&b, 2 * 1024 * 1024);
	if (json_type(doc, v) == JSON_STRING)
		json_str(doc, v, &b);
	for (k = json_type(doc, v) == JSON_ARRAY ? json_first(doc, v) : JSON_NONE; k != JSON_NONE; k = json_next(doc, k)) {
		json_str(doc, k, &b);
		buf_putc(&b, ' ');
	}
	for (i = 0; i < b.len; i++)
		if (b.data[i] == '\0')
			b.data[i] = ';';	/* what is behind it is judged too */
	r = buf_failed(&b) ? ERR_NOMEM : judge_command(a, buf_cstr(&b));
	buf_release(&b);
	return r;
}

/* Every text of the body that is run, wherever it stands, and not only the one that is shown first. */
static int judge_commands(struct action *a, const struct json_doc *doc, int root)
{
	static const char *const fields[] = { "command", "code", "app", "start_command", "install_command", "runtime_command", "args" };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_LEN(fields); i++)
		r = judge_command_value(a, doc, json_get(doc, root, fields[i]));
	if (r == 0 && strcmp(a->kind, "write stdin") == 0)
		r = judge_command_value(a, doc, json_get(doc, root, "data"));
	return r;
}

static void judge_path_value(struct action *a, const struct json_doc *doc, int v)
{
	char *path = json_strdup(doc, v);

	if (path)
		judge_path(a, path);
	free(path);
}

static void judge_paths(struct action *a, const struct json_doc *doc, int root)
{
	static const char *const fields[] = { "path", "cwd", "dir", "working_dir", "from", "to", "source", "destination" };
	int list, f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++)
		judge_path_value(a, doc, json_get(doc, root, fields[i]));
	list = json_get(doc, root, "files");
	for (f = json_type(doc, list) == JSON_ARRAY ? json_first(doc, list) : JSON_NONE; f != JSON_NONE; f = json_next(doc, f))
		judge_path_value(a, doc, json_get(doc, f, "path"));
	list = json_get(doc, root, "paths");
	for (f = json_type(doc, list) == JSON_ARRAY ? json_first(doc, list) : JSON_NONE; f != JSON_NONE; f = json_next(doc, f))
		judge_path_value(a, doc, f);
	if (a->headers[HEADER_REMOTE_PATH])
		judge_path(a, a->headers[HEADER_REMOTE_PATH]);
}

/* Is a key of the chord one of the table's? Compared as keysyms, so by whatever name it goes; one that we do not know, by its name. */
static void judge_key(struct action *a, const char *text)
{
	struct keychord chord, rule;
	size_t i;
	int k;

	if (keyname_parse(text, &chord, NULL) < 0) {
		const char *last = strrchr(text, '+');

		add_matching(a, "key", last ? last + 1 : text);
		return;
	}
	for (i = 0; i < ARRAY_LEN(rules); i++) {
		if (strcmp(rules[i].where, "key") != 0 || keyname_parse(rules[i].match, &rule, NULL) < 0)
			continue;
		for (k = 0; k < chord.count; k++)
			if (chord.keysyms[k] == rule.keysyms[0])
				add(a, rules[i].word);
	}
}

static void judge_keys(struct action *a, const struct json_doc *doc, int root)
{
	int keys = json_get(doc, root, "keys"), k = json_get(doc, root, "key");
	char *text = json_strdup(doc, k != JSON_NONE ? k : keys);

	if (strstr(a->kind, "key") && text)
		judge_key(a, text);
	free(text);
	if (strstr(a->kind, "key") && json_type(doc, keys) == JSON_ARRAY) {
		for (k = json_first(doc, keys); k != JSON_NONE; k = json_next(doc, k)) {
			text = json_strdup(doc, k);
			if (text)
				judge_key(a, text);
			free(text);
		}
	}
	text = strcmp(a->kind, "type") == 0 ? json_strdup(doc, json_get(doc, root, "text")) : NULL;
	if (text && strpbrk(text, "\r\n"))
		add_matching(a, "key", "Return");
	free(text);
}

/* A text that ends early for a reader of C strings. */
static bool has_nul(const struct json_doc *doc, int root)
{
	size_t len;
	const char *raw = json_raw(doc, root, &len);

	return memmem(raw, len, "\\u0000", 6) != NULL;
}

/* Words are letters; everything else is between them. */
const char *risks_in_label(const char *label)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t i, n;

	for (label += strcspn(label, letters); *label; label += n, label += strcspn(label, letters)) {
		n = strspn(label, letters);
		for (i = 0; i < ARRAY_LEN(rules); i++)
			if (strcmp(rules[i].where, "label") == 0 && strlen(rules[i].match) == n && strncasecmp(rules[i].match, label, n) == 0)
				return rules[i].match;
	}
	return NULL;
}

int risks_of_command(const char *text, const char *ret[ACTION_RISKS])
{
	struct action a = { 0 };
	int r = judge_command(&a, text);

	memcpy(ret, a.risks, sizeof(a.risks));
	return r;
}

int risks_find(struct action *a, const struct json_doc *doc, int root, bool hidden, bool odd)
{
	memset(a->risks, 0, sizeof(a->risks));
	add_matching(a, "class", action_class_name(a->class));
	add_matching(a, "kind", a->kind);
	if (hidden || action_is_opaque(a) || (root == JSON_NONE && a->body_len > 0) || has_nul(doc, root))
		add_all(a, "body");
	if (odd)
		add_all(a, "place");
	judge_keys(a, doc, root);
	judge_paths(a, doc, root);
	return judge_commands(a, doc, root);
}
