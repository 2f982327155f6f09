/* command_effects: programs that are known, and what their words mean. See command_effects.h and command_parts.h. */
#include "config.h"

#include "core/command_effects.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Which of a program's words are its objects. */
enum objects {
	ALL,		/* each that is no option */
	BUT_FIRST,	/* each but the first: chmod 755 a b */
	LAST,		/* the last: cp a b target */
	BUT_LAST,	/* mv's sources */
	FIRST,		/* sh script arguments */
	NAMED,		/* a word NAME=value: dd of=file */
	NONE,		/* what it does has no object */
};

static const struct program {
	const char *name;
	enum effect_verb verb;
	enum objects objects;
	const char *extra;	/* the option or word that it takes to do this; NAMED: the name; NULL: always */
	const char *note;
} programs[] = {
	{ "rm", EFFECT_DELETES, ALL, NULL, "" }, { "rmdir", EFFECT_DELETES, ALL, NULL, "" }, { "unlink", EFFECT_DELETES, ALL, NULL, "" },
	{ "shred", EFFECT_DELETES, ALL, NULL, "" }, { "truncate", EFFECT_DELETES, ALL, NULL, "their content" }, { "mkfs", EFFECT_DELETES, LAST, NULL, "a whole disk" },
	{ "find", EFFECT_DELETES, FIRST, "-delete", "what it finds there" }, { "find", EFFECT_RUNS, FIRST, "-exec", "a command on what it finds there" },
	{ "git", EFFECT_DELETES, NONE, "clean", "files that git does not know" }, { "git", EFFECT_DELETES, NONE, "reset", "changes that are not committed, with --hard" },
	{ "mv", EFFECT_MOVES, BUT_LAST, NULL, "" }, { "mv", EFFECT_WRITES, LAST, NULL, "" },
	{ "cp", EFFECT_READS, BUT_LAST, NULL, "" }, { "cp", EFFECT_WRITES, LAST, NULL, "" }, { "install", EFFECT_WRITES, LAST, NULL, "" }, { "ln", EFFECT_WRITES, LAST, NULL, "" },
	{ "tee", EFFECT_WRITES, ALL, NULL, "" }, { "touch", EFFECT_WRITES, ALL, NULL, "" }, { "mkdir", EFFECT_WRITES, ALL, NULL, "" },
	{ "sed", EFFECT_WRITES, BUT_FIRST, "-i", "in place" }, { "perl", EFFECT_WRITES, BUT_FIRST, "-i", "in place" }, { "dd", EFFECT_WRITES, NAMED, "of", "" },
	{ "tar", EFFECT_WRITES, NONE, "-x", "what the archive holds, where it runs" }, { "unzip", EFFECT_WRITES, NONE, NULL, "what the archive holds, where it runs" },
	{ "patch", EFFECT_WRITES, NONE, NULL, "the files that the patch names" },
	{ "chmod", EFFECT_MODE, BUT_FIRST, NULL, "" }, { "chown", EFFECT_MODE, BUT_FIRST, NULL, "" }, { "chgrp", EFFECT_MODE, BUT_FIRST, NULL, "" },
	{ "cat", EFFECT_READS, ALL, NULL, "" },
	{ "curl", EFFECT_NETWORK, ALL, NULL, "" }, { "wget", EFFECT_NETWORK, ALL, NULL, "" }, { "ssh", EFFECT_NETWORK, FIRST, NULL, "and runs commands there" },
	{ "scp", EFFECT_NETWORK, ALL, NULL, "" }, { "sftp", EFFECT_NETWORK, FIRST, NULL, "" }, { "rsync", EFFECT_NETWORK, ALL, NULL, "" }, { "nc", EFFECT_NETWORK, FIRST, NULL, "" },
	{ "git", EFFECT_NETWORK, NONE, "push", "sends commits away" }, { "git", EFFECT_NETWORK, NONE, "fetch", "" }, { "git", EFFECT_NETWORK, NONE, "pull", "" },
	{ "git", EFFECT_NETWORK, LAST, "clone", "" },
	{ "npm", EFFECT_NETWORK, NONE, "install", "packages of others, whose scripts run" }, { "npm", EFFECT_NETWORK, NONE, "i", "packages of others, whose scripts run" },
	{ "npm", EFFECT_NETWORK, NONE, "ci", "packages of others, whose scripts run" }, { "npm", EFFECT_NETWORK, NONE, "publish", "publishes the package" },
	{ "npx", EFFECT_NETWORK, FIRST, NULL, "a package of others, which is run" }, { "yarn", EFFECT_NETWORK, NONE, "add", "packages of others" },
	{ "pip", EFFECT_NETWORK, NONE, "install", "packages of others, whose scripts run" }, { "pip3", EFFECT_NETWORK, NONE, "install", "packages of others, whose scripts run" },
	{ "apt", EFFECT_NETWORK, NONE, "install", "packages" }, { "apt-get", EFFECT_NETWORK, NONE, "install", "packages" }, { "cargo", EFFECT_NETWORK, NONE, "install", "packages of others" },
	{ "go", EFFECT_NETWORK, NONE, "get", "packages of others" },
	{ "source", EFFECT_RUNS, FIRST, NULL, "" }, { ".", EFFECT_RUNS, FIRST, NULL, "" }, { "make", EFFECT_RUNS, NONE, NULL, "what the Makefile says" },
	{ "kill", EFFECT_DELETES, NONE, NULL, "running processes" }, { "pkill", EFFECT_DELETES, NONE, NULL, "running processes" }, { "killall", EFFECT_DELETES, NONE, NULL, "running processes" },
};

/* Run the file that is named first, or else what they are given. */
static const char *const interpreters[] = { "sh", "bash", "dash", "zsh", "ksh", "python", "python3", "perl", "ruby", "node", "php" };
/* Only start another program. */
static const char *const prefixes[] = { "sudo", "doas", "env", "nohup", "exec", "time", "nice", "xargs", "command", "timeout", "setsid" };

const char *effect_word(enum effect_verb v)
{
	static const char *const words[] = { [EFFECT_DELETES] = "DELETES", [EFFECT_WRITES] = "WRITES", [EFFECT_MOVES] = "MOVES", [EFFECT_MODE] = "MODE",
					     [EFFECT_READS] = "READS", [EFFECT_NETWORK] = "NETWORK", [EFFECT_RUNS] = "RUNS" };

	return words[v];
}

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

/* ---- paths and hosts ---- */

/* The absolute path without dots. false: where it lies is not known. */
static bool resolve(const char *dir, const char *path, char *out, size_t size)
{
	char joined[8192], *segment, *rest;
	size_t len = 0;

	if (path[0] == '~' || (path[0] != '/' && dir[0] != '/'))
		return false;
	if (snprintf(joined, sizeof(joined), "%s/%s", path[0] == '/' ? "" : dir, path) >= (int)sizeof(joined))
		return false;
	out[0] = '\0';
	for (segment = strtok_r(joined, "/", &rest); segment; segment = strtok_r(NULL, "/", &rest)) {
		if (strcmp(segment, ".") == 0)
			continue;
		if (strcmp(segment, "..") == 0) {
			while (len > 0 && out[--len] != '/')
				;
			out[len] = '\0';
			continue;
		}
		if (len + strlen(segment) + 2 > size)
			return false;
		len += (size_t)snprintf(out + len, size - len, "/%s", segment);
	}
	if (len == 0)
		snprintf(out, size, "/");
	return true;
}

static bool is_below(const char *path, const char *root)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* https://user@HOST:port/..., user@HOST:path, HOST:path, HOST. "" when it does not look like one. */
static void find_host(const char *word, bool bare, char *out, size_t size)
{
	const char *p = strstr(word, "://"), *at, *end;

	out[0] = '\0';
	if (p) {
		p += 3;
	} else {
		end = strchr(word, ':');
		at = strchr(word, '@');
		if (!bare && !(end && end > word && word[0] != '/' && word[0] != '.') && !(at && !strchr(word, '/')))
			return;
		p = word;
	}
	end = p + strcspn(p, "/?#");
	at = memrchr(p, '@', (size_t)(end - p));
	if (at)
		p = at + 1;
	if (*p == '[') {
		end = strchrnul(p, ']');
		p++;
	} else {
		end = p + strcspn(p, ":/?#");
	}
	snprintf(out, size, "%.*s", (int)(end - p), p);
	for (; *out; out++)
		*out = (char)tolower((unsigned char)*out);
}

/* ---- adding ---- */

static int add(struct command_parts *out, size_t part, const struct command_effect *like, const char *object, const char *path, const char *host)
{
	struct command_part *p = &out->parts[part];
	struct command_effect *more, *ef;

	if (out->effects == COMMAND_EFFECTS_MAX) {
		command_unclear(out, "it does more than %d things", COMMAND_EFFECTS_MAX);
		return 0;
	}
	more = realloc(p->effects, (p->count + 1) * sizeof(*more));
	if (!more)
		return ERR_NOMEM;
	p->effects = more;
	ef = &more[p->count];
	*ef = *like;
	ef->object = strdup(object);
	ef->path = strdup(path);
	ef->host = strdup(host);
	if (!ef->object || !ef->path || !ef->host) {
		free(ef->object);
		free(ef->path);
		free(ef->host);
		return ERR_NOMEM;
	}
	p->count++;
	out->effects++;
	return 0;
}

/* bare: without :// and @ too it is a host. */
static int add_object(struct command_parts *out, size_t part, const struct command_place *place, enum effect_verb verb, const struct command_word *w,
		      const char *text, bool bare, const char *note)
{
	struct command_effect ef = { .verb = verb, .note = note, .pattern = w->pattern && verb != EFFECT_NETWORK };
	char path[4096] = "", host[256] = "";

	if (verb == EFFECT_NETWORK) {
		find_host(text, bare, host, sizeof(host));
		return add(out, part, &ef, text, "", host);
	}
	if (w->made)
		ef.note = "which one is known only when it runs";
	else if (!resolve(place->dir, text, path, sizeof(path)))
		ef.note = place->dir[0] ? "it is not known where that is" : "it is not known where it runs";
	ef.outside = path[0] ? !is_below(path, "/workspace") && !is_below(path, "/tmp") && strcmp(path, "/dev/null") != 0 : true;
	return add(out, part, &ef, text, path, "");
}

/* ---- the words of a program ---- */

static bool has_word(const struct command_words *w, size_t from, const char *extra)
{
	size_t i, n = strlen(extra);

	for (i = from + 1; i < w->count; i++) {
		if (strcmp(w->items[i].text, extra) == 0)
			return true;
		/* -i.bak, -xzf: a letter among others; long ones stand alone. */
		if (extra[0] == '-' && n == 2 && w->items[i].text[0] == '-' && w->items[i].text[1] != '-' && strchr(w->items[i].text, extra[1]))
			return true;
	}
	return false;
}

static bool is_object(const struct command_words *w, size_t i)
{
	return !w->items[i].redirection && !(i > 0 && w->items[i - 1].redirection) && w->items[i].text[0] != '-';
}

static int add_program(struct command_parts *out, size_t part, const struct command_place *place, const struct command_words *w, size_t at,
		       const struct program *p)
{
	struct command_effect ef = { .verb = p->verb, .note = "" };
	size_t i, first = 0, last = 0, n = 0;
	int r = 0;

	if (p->objects == NONE)
		return add(out, part, &ef, p->note[0] ? p->note : w->items[at].text, "", "");
	for (i = at + 1; i < w->count; i++) {
		if (!is_object(w, i))
			continue;
		first = n++ == 0 ? i : first;
		last = i;
	}
	for (i = at + 1; r == 0 && n > 0 && i < w->count; i++) {
		const char *text = w->items[i].text, *equal = strchr(text, '=');

		if (!is_object(w, i))
			continue;
		if ((p->objects == BUT_FIRST && i == first) || (p->objects == LAST && (i != last || n < 2)) || (p->objects == BUT_LAST && i == last) ||
		    (p->objects == FIRST && i != first))
			continue;
		if (p->objects == NAMED && (!equal || strncmp(text, p->extra, strlen(p->extra)) != 0 || text + strlen(p->extra) != equal))
			continue;
		/* The word behind an option may be its value, as in curl -o out.txt. */
		r = add_object(out, part, place, p->verb, &w->items[i], p->objects == NAMED ? equal + 1 : text,
			       p->objects == FIRST || (strchr(text, '.') && (i == at + 1 || w->items[i - 1].text[0] != '-')), p->note);
	}
	return r;
}

static int run_text(struct command_parts *out, size_t part, const struct command_place *place, const char *text, int depth)
{
	struct command_parts parts;
	size_t i, k;
	int r;

	if (depth == 0) {
		command_unclear(out, "it runs a command that runs a command that runs a command");
		return 0;
	}
	r = command_parts_inner(text, place->dir, depth - 1, &parts);
	for (i = 0; r == 0 && i < parts.count; i++)
		for (k = 0; r == 0 && k < parts.parts[i].count; k++) {
			const struct command_effect *ef = &parts.parts[i].effects[k];
			struct command_effect like = *ef;

			like.from_part = 0;	/* its own numbers */
			r = add(out, part, &like, ef->object, ef->path, ef->host);
		}
	if (r == 0 && parts.unclear[0])
		command_unclear(out, "%s", parts.unclear);
	command_parts_release(&parts);
	return r;
}

/* A shell, python and their like: a file, a text, or what the pipe gives. */
static int add_interpreter(struct command_parts *out, size_t part, const struct command_place *place, const struct command_words *w, size_t at, int depth)
{
	struct command_effect ef = { .verb = EFFECT_RUNS, .note = "" };
	bool shell = strstr(w->items[at].text, "sh") != NULL;
	char object[64];
	size_t i;
	int r;

	for (i = at + 1; i < w->count; i++) {
		const char *text = w->items[i].text;

		if (text[0] == '-' && (text[1] == 'c' || text[1] == 'e' || (shell && text[1] && text[2] == 'c')) && i + 1 < w->count) {
			ef.note = "the text behind it";
			r = add(out, part, &ef, w->items[i + 1].text, "", "");
			return r == 0 && shell ? run_text(out, part, place, w->items[i + 1].text, depth) : r;
		}
		if (is_object(w, i))
			return add_object(out, part, place, EFFECT_RUNS, &w->items[i], text, false, "");
	}
	if (part > 0 && out->parts[part].joiner[0] == '|' && out->parts[part].joiner[1] != '|') {
		ef.from_part = (int)part;
		ef.note = "nobody has read it";
		snprintf(object, sizeof(object), "what part %zu gives it", part);
		return add(out, part, &ef, object, "", "");
	}
	return add(out, part, &ef, "what it is given", "", "");
}

static int add_redirections(struct command_parts *out, size_t part, const struct command_place *place, const struct command_words *w)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i + 1 < w->count; i++) {
		const char *mark = w->items[i].text;
		size_t n = strlen(mark);

		if (!w->items[i].redirection || mark[n - 1] == '&' || strcmp(mark, "<<") == 0 || strcmp(mark, "<<<") == 0)
			continue;
		r = add_object(out, part, place, strchr(mark, '>') ? EFFECT_WRITES : EFFECT_READS, &w->items[i + 1], w->items[i + 1].text, false,
			       strstr(mark, ">>") ? "at its end" : "");
	}
	return r;
}

static void change_dir(struct command_parts *out, struct command_place *place, const struct command_words *w, size_t at)
{
	char dir[sizeof(place->dir)];
	bool known = at + 1 < w->count && !w->items[at + 1].made && resolve(place->dir, w->items[at + 1].text, dir, sizeof(dir));

	snprintf(place->dir, sizeof(place->dir), "%s", known ? dir : "");
	if (!known)
		command_unclear(out, "it is not known where cd goes");
}

/* Where the program's name stands: behind NAME=value, sudo and their like. */
static size_t find_program(const struct command_words *w)
{
	size_t at = 0;

	while (at < w->count) {
		const char *text = w->items[at].text, *slash = strrchr(text, '/'), *equal = strchr(text, '=');
		bool assigns = equal && equal > text && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == (size_t)(equal - text);
		bool prefix = is_one_of(slash ? slash + 1 : text, prefixes, ARRAY_LEN(prefixes));

		if (!assigns && !prefix)
			break;
		at++;
		while (prefix && at < w->count && (w->items[at].text[0] == '-' || isdigit((unsigned char)w->items[at].text[0])))
			at++;
	}
	return at;
}

static int judge(struct command_parts *out, size_t part, struct command_place *place, const struct command_words *w, int depth)
{
	static const char *const own_words[] = { "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "function", "eval" };
	size_t at = find_program(w), i;
	const char *name, *slash;
	int r = add_redirections(out, part, place, w);

	if (r < 0 || at >= w->count)
		return r;
	slash = strrchr(w->items[at].text, '/');
	name = slash ? slash + 1 : w->items[at].text;
	if (is_one_of(name, own_words, ARRAY_LEN(own_words)))
		command_unclear(out, "\"%s\": what runs, and how often, is decided when it runs", name);
	if (w->items[at].made)
		command_unclear(out, "which program runs is known only then");
	if (strcmp(name, "cd") == 0 || strcmp(name, "pushd") == 0) {
		change_dir(out, place, w, at);
		return 0;
	}
	if (is_one_of(name, interpreters, ARRAY_LEN(interpreters)))
		r = add_interpreter(out, part, place, w, at, depth);
	else if (slash && !strstr(w->items[at].text, "bin/"))
		r = add_object(out, part, place, EFFECT_RUNS, &w->items[at], w->items[at].text, false, "");
	for (i = 0; r == 0 && i < ARRAY_LEN(programs); i++)
		if (strcmp(programs[i].name, name) == 0 && (programs[i].objects == NAMED || !programs[i].extra || has_word(w, at, programs[i].extra)))
			r = add_program(out, part, place, w, at, &programs[i]);
	return r;
}

int command_effects_find(struct command_parts *out, size_t i, struct command_place *place, int depth)
{
	struct command_words w;
	int r = command_words_take(out, out->parts[i].text, &w);

	if (r == 0)
		r = judge(out, i, place, &w, depth);
	command_words_release(&w);
	return r;
}
