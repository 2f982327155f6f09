/*
 * fuzz_policy: a text that is taken reads the same when its rules are written out from what was kept of them, and with CRLF; what is left of a cut one is its
 * beginning, line by line. The same bytes as a command: split words, quoted and split again, are the same.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct { const char *method, *path, *body; } probes[] = {
	{ "POST", "/sandboxes/s1/exec", "{\"command\":\"npm test\",\"cwd\":\"/w\"}" },
	{ "POST", "/sandboxes/s1/exec", "{\"command\":\"a && b\"}" },
	{ "POST", "/computers/c1/desktop/click", "{\"x\":10,\"y\":20}" },
	{ "POST", "/computers/c1/desktop/click", "{\"x\":1.5,\"y\":20}" },
	{ "POST", "/computers/c1/desktop/type", "{\"text\":\"a\"}" },
	{ "POST", "/computers/c1/desktop/key", "{\"key\":\"ctrl+s\"}" },
	{ "DELETE", "/sandboxes/s1/files?path=/a", "" },
	{ "POST", "/sandboxes/s1/files/stat", "{}" },
	{ "POST", "/nowhere", "no json" },
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The number of the rule that decides each probe, counted from 0; -1 for none. */
static void judge_all(const struct policy *p, int ret[ARRAY_LEN(probes)])
{
	static struct action *actions[ARRAY_LEN(probes)];
	const struct policy_moment noon = { 12 * 60, 20260701 };
	struct policy_found f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(probes); i++) {
		if (!actions[i])
			must(policy_probe(probes[i].method, probes[i].path, probes[i].body, "clerk", &actions[i], NULL) == 0);
		policy_judge(p, actions[i], "the shop", &noon, &f);
		must(f.rule ? f.verdict == f.rule->verdict : f.verdict == POLICY_HOLD);
		ret[i] = f.rule ? (int)(f.rule - p->rules) : -1;
	}
}

static void same_rules(const struct policy *a, const struct policy *b)
{
	int of_a[ARRAY_LEN(probes)], of_b[ARRAY_LEN(probes)];
	size_t i;

	must(a->rule_count == b->rule_count && a->require_most == b->require_most);
	for (i = 0; i < a->rule_count; i++)
		must(strcmp(a->rules[i].text, b->rules[i].text) == 0 && a->rules[i].verdict == b->rules[i].verdict &&
		     a->rules[i].expires_ms == b->rules[i].expires_ms && a->rules[i].snapshot == b->rules[i].snapshot &&
		     a->rules[i].deny_unattended == b->rules[i].deny_unattended && a->rules[i].reveal == b->rules[i].reveal);
	judge_all(a, of_a);
	judge_all(b, of_b);
	must(memcmp(of_a, of_b, sizeof(of_a)) == 0);
}

static void write_again(const struct policy *p)
{
	struct policy *again;
	struct buf out;
	size_t i;

	buf_init(&out, POLICY_FILE_MAX);
	for (i = 0; i < p->rule_count; i++)
		buf_printf(&out, "%s\n", p->rules[i].text);
	must(policy_parse("again", buf_cstr(&out), out.len, &again, NULL) == 0);
	same_rules(p, again);
	policy_free(again);
	buf_release(&out);
}

static void with_crlf(const struct policy *p, const char *text, size_t len)
{
	struct policy *again;
	struct buf out;
	size_t i;

	buf_init(&out, 2 * POLICY_FILE_MAX);
	for (i = 0; i < len; i++) {
		if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
			buf_putc(&out, '\r');
		buf_putc(&out, text[i]);
	}
	if (out.len <= POLICY_FILE_MAX) {
		must(policy_parse("crlf", out.data, out.len, &again, NULL) == 0);
		same_rules(p, again);
		policy_free(again);
	}
	buf_release(&out);
}

static void cut(const struct policy *p, const char *text, size_t len)
{
	struct policy *part;
	size_t i;

	if (policy_parse("cut", text, len, &part, NULL) < 0)
		return;
	must(len == 0 || text[len - 1] == '\n');
	must(part->rule_count <= p->rule_count && part->budget_count <= p->budget_count);
	for (i = 0; i < part->rule_count; i++)
		must(strcmp(part->rules[i].text, p->rules[i].text) == 0 && part->rules[i].line == p->rules[i].line);
	policy_free(part);
}

static void split(const char *text, size_t len)
{
	struct words w, again;
	struct buf out;
	size_t i;
	const char *c;

	if (words_split(text, len, &w, NULL) < 0)
		return;
	must(w.count > 0);
	buf_init(&out, 8 * len + 64);
	for (i = 0; i < w.count; i++) {
		buf_puts(&out, " /x'");	/* in front, so that none is a word of the shell's own or a variable */
		for (c = w.items[i]; *c; c++) {
			if (*c == '\'')
				buf_puts(&out, "'\"'\"'");
			else
				buf_putc(&out, *c);
		}
		buf_putc(&out, '\'');
	}
	must(words_split(out.data, out.len, &again, NULL) == 0 && again.count == w.count);
	for (i = 0; i < w.count; i++)
		must(strcmp(again.items[i] + 2, w.items[i]) == 0);
	words_release(&again);
	words_release(&w);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct policy *p;
	struct err e = { "" };

	if (policy_parse("fuzz", text, len, &p, &e) == 0) {
		must(p->require_most >= 1 && p->require_most <= POLICY_REQUIRE_MAX);
		write_again(p);
		with_crlf(p, text, len);
		cut(p, text, len / 2);
		cut(p, text, len > 0 ? len - 1 : 0);
		policy_free(p);
	} else {
		must(!p && strncmp(e.msg, "fuzz:", 5) == 0);
	}
	split(text, len);
	return 0;
}
