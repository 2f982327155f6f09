/* pattern: see pattern.h. */
#include "config.h"

#include "io/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Steps; KiB; bytes. A match that needs more is given up: an operator's slip of the pen costs milliseconds. */
enum { STEPS_MAX = 1000000, DEPTH_MAX = 10000, HEAP_KIB_MAX = 4096, STACK_START = 32 * 1024, STACK_MAX = 1024 * 1024 };

struct pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	bool by_line;		/* it is not to be matched over many lines */
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A class from its "[": its length, or 0 for one that may take an LF, or that is not understood. */
static size_t plain_class(const char *p, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++) {
		if (p[i] == ']' && i > 1)
			return i + 1;
		if ((unsigned char)p[i] < ' ' || p[i] == '[' || p[i] == ']' || (i == 1 && p[i] == '^'))
			return 0;
		if (p[i] == '\\' && (++i == len || (is_word(p[i]) && !strchr("dwSh", p[i]))))
			return 0;
	}
	return 0;
}

/*
 * Is this regular expression surely found in a line among others wherever it is found in that line alone? So it is when it never looks beyond what it
 * takes, takes no LF, and never gives up a way that it has begun. Whatever is not known here is taken for a no: it is matched line by line.
 */
static bool stays_in_line(const char *p, size_t len)
{
	size_t i, n;

	for (i = 0; i < len; i++) {
		bool repeat = p[i] == '*' || p[i] == '+' || p[i] == '?' || p[i] == '}';

		if ((unsigned char)p[i] < ' ' || p[i] == '^' || p[i] == '$' || (repeat && i + 1 < len && p[i + 1] == '+'))
			return false;
		if (p[i] == '(' && i + 1 < len && (p[i + 1] == '*' || (p[i + 1] == '?' && !(i + 2 < len && p[i + 2] == ':'))))
			return false;
		if (p[i] == '\\') {
			/* A border of a word is one beside LF as it is at a line's ends. */
			if (++i == len || (is_word(p[i]) && !strchr("dwShtNbB", p[i])))
				return false;
		} else if (p[i] == '[') {
			n = plain_class(p + i, len - i);
			if (n == 0)
				return false;
			i += n - 1;
		}
	}
	return true;
}

static int compile(struct pattern *p, const char *text, size_t len, bool regex, bool ignore_case, struct err *e)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
	char why[256];
	PCRE2_SIZE at;
	int code;

	options |= regex ? PCRE2_UCP : PCRE2_LITERAL;
	if (!regex)
		options &= ~(uint32_t)PCRE2_NEVER_BACKSLASH_C;
	if (ignore_case)
		options |= PCRE2_CASELESS;
	p->code = pcre2_compile((PCRE2_SPTR)text, len, options, &code, &at, NULL);
	if (p->code)
		return 0;
	if (code == PCRE2_ERROR_NOMEMORY)
		return err_set(e, ERR_NOMEM, "out of memory");
	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
	return err_set(e, ERR_INVALID, "the pattern is not understood at byte %zu: %s", (size_t)at, why);
}

int pattern_new(const char *text, size_t len, bool regex, bool ignore_case, struct pattern **ret, struct err *e)
{
	struct pattern *p;
	int r;

	if (len == 0 || len > PATTERN_BYTES_MAX)
		return err_set(e, ERR_INVALID, "the pattern has %zu bytes; it takes 1 to %d", len, PATTERN_BYTES_MAX);
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, ERR_NOMEM, "out of memory");
	r = compile(p, text, len, regex, ignore_case, e);
	if (r < 0) {
		pattern_free(p);
		return r;
	}
	/* Where the system lets no machine code be made it is slower, and the same. */
	if (pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0)
		p->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, NULL);
	p->match = pcre2_match_data_create(1, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (!p->match || !p->limits) {
		pattern_free(p);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_depth_limit(p->limits, DEPTH_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_KIB_MAX);
	if (p->stack)
		pcre2_jit_stack_assign(p->limits, NULL, p->stack);
	p->by_line = regex && !stays_in_line(text, len);
	*ret = p;
	return 0;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_context_free(p->limits);
	pcre2_match_data_free(p->match);
	pcre2_jit_stack_free(p->stack);
	pcre2_code_free(p->code);
	free(p);
}

int pattern_match(struct pattern *p, const char *line, size_t len, struct err *e)
{
	int r = pcre2_match(p->code, (PCRE2_SPTR)line, len, 0, 0, p->match, p->limits);

	if (r >= 0)
		return 1;
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	return err_set(e, ERR_TOOBIG, "the pattern takes too many steps on a line of %zu bytes: make it simpler, above all where one repetition stands within another", len);
}

ssize_t pattern_find(struct pattern *p, const char *lines, size_t len, size_t at)
{
	int r;

	if (p->by_line)
		return -2;
	r = pcre2_match(p->code, (PCRE2_SPTR)lines, len, at, 0, p->match, p->limits);
	if (r >= 0)
		return (ssize_t)pcre2_get_ovector_pointer(p->match)[0];
	if (r == PCRE2_ERROR_NOMATCH)
		return -1;
	p->by_line = true;	/* what is too much for many lines may be little for each */
	return -2;
}
