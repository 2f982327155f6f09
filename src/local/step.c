/* step: see step.h. */
#include "config.h"

#include "local/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/keyname.h"

/* What is left of a line. */
struct words {
	const char *at, *end;
};

/* The next word; its length, 0 at the end. */
static size_t word(struct words *w, const char **ret)
{
	while (w->at < w->end && *w->at == ' ')
		w->at++;
	*ret = w->at;
	while (w->at < w->end && *w->at != ' ')
		w->at++;
	return (size_t)(w->at - *ret);
}

static int number(const char **p, const char *end, int most, int *ret)
{
	int n = 0;

	if (*p == end || **p < '0' || **p > '9')
		return -1;
	while (*p < end && **p >= '0' && **p <= '9') {
		n = n * 10 + (*(*p)++ - '0');
		if (n > most)
			return -1;
	}
	*ret = n;
	return 0;
}

/* X,Y */
static int point(struct words *w, int *x, int *y, struct err *e)
{
	const char *p, *end;
	size_t n = word(w, &p);

	end = p + n;
	if (number(&p, end, 65535, x) < 0 || p == end || *p++ != ',' || number(&p, end, 65535, y) < 0 || p != end)
		return err_set(e, ERR_INVALID, "a point is two whole numbers with a comma between them, as 100,200");
	return 0;
}

static int is_end(struct words *w, struct err *e)
{
	const char *p;

	return word(w, &p) == 0 ? 0 : err_set(e, ERR_INVALID, "there is more on the line than this step has: \"%.*s\"", (int)(w->end - p < 60 ? w->end - p : 60), p);
}

static int parse_click(struct words *w, struct step *s, struct err *e)
{
	static const char *const buttons[] = { "left", "middle", "right" };
	const char *button;
	int x, y, r = point(w, &x, &y, e);
	size_t n, i;

	if (r < 0)
		return r;
	buf_printf(&s->input, "{\"x\":%d,\"y\":%d", x, y);
	n = strcmp(s->tool, "click") == 0 ? word(w, &button) : 0;
	for (i = 0; n > 0 && i < ARRAY_LEN(buttons); i++)
		if (strlen(buttons[i]) == n && memcmp(buttons[i], button, n) == 0)
			break;
	if (n > 0 && i == ARRAY_LEN(buttons))
		return err_set(e, ERR_INVALID, "the button must be left, middle or right");
	if (n > 0)
		buf_printf(&s->input, ",\"button\":\"%s\"", buttons[i]);
	buf_putc(&s->input, '}');
	return is_end(w, e);
}

static int parse_drag(struct words *w, struct step *s, struct err *e)
{
	int x, y, x2, y2, r = point(w, &x, &y, e);

	if (r == 0)
		r = point(w, &x2, &y2, e);
	if (r < 0)
		return r;
	buf_printf(&s->input, "{\"from_x\":%d,\"from_y\":%d,\"to_x\":%d,\"to_y\":%d}", x, y, x2, y2);
	return is_end(w, e);
}

static int parse_scroll(struct words *w, struct step *s, struct err *e)
{
	static const char *const directions[] = { "up", "down", "left", "right" };
	const char *p, *end;
	size_t n = word(w, &p), i;
	int clicks = 3;

	for (i = 0; i < ARRAY_LEN(directions); i++)
		if (strlen(directions[i]) == n && memcmp(directions[i], p, n) == 0)
			break;
	if (i == ARRAY_LEN(directions))
		return err_set(e, ERR_INVALID, "the direction must be up, down, left or right");
	n = word(w, &p);
	end = p + n;
	if (n > 0 && (number(&p, end, 100, &clicks) < 0 || p != end || clicks < 1))
		return err_set(e, ERR_INVALID, "the number of clicks must be 1 to 100");
	buf_printf(&s->input, "{\"direction\":\"%s\",\"clicks\":%d}", directions[i], clicks);
	return is_end(w, e);
}

/* The rest of the line behind one blank, as it stands. */
static int rest(struct words *w, const char **ret, size_t *ret_len, struct err *e)
{
	if (w->at < w->end)
		w->at++;
	*ret = w->at;
	*ret_len = (size_t)(w->end - w->at);
	return *ret_len > 0 ? 0 : err_set(e, ERR_INVALID, "something must stand behind it");
}

static void put_text(struct step *s, const char *key, const char *text, size_t len)
{
	struct jsonw w;

	jw_init(&w, &s->input);
	jw_begin(&w, '{');
	jw_key(&w, key);
	jw_strn(&w, text, len);
	jw_end(&w, '}');
}

static int parse_type(struct words *w, struct step *s, struct err *e)
{
	const char *text;
	size_t len;
	int r = rest(w, &text, &len, e);

	if (r == 0)
		put_text(s, "text", text, len);
	return r;
}

static int parse_key(struct words *w, struct step *s, struct err *e)
{
	struct keychord chord;
	const char *text;
	char name[128];
	size_t len;
	int r = rest(w, &text, &len, e);

	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1), text);
	r = keyname_parse(name, &chord, e);
	if (r == 0)
		put_text(s, "key", name, strlen(name));
	return r;
}

static int parse_screenshot(struct words *w, struct step *s, struct err *e)
{
	buf_puts(&s->input, "{}");
	return is_end(w, e);
}

static int parse_wait(struct words *w, struct step *s, struct err *e)
{
	const char *p, *stop;
	char text[16], *end;
	size_t n = word(w, &p);
	double seconds;

	snprintf(text, sizeof(text), "%.*s", (int)(n < sizeof(text) ? n : sizeof(text) - 1), p);
	stop = text + strspn(text, "0123456789.");
	seconds = strtod(text, &end);
	if (n == 0 || n >= sizeof(text) || *stop || *end || seconds * 1000 > STEP_WAIT_MAX_MS)
		return err_set(e, ERR_INVALID, "the time must be 0 to %d seconds", STEP_WAIT_MAX_MS / 1000);
	s->wait_ms = (int)(seconds * 1000);
	buf_printf(&s->input, "{\"ms\":%d}", s->wait_ms);
	return is_end(w, e);
}

static int parse_run(struct words *w, struct step *s, struct err *e)
{
	const char *text;
	size_t len;
	int r = rest(w, &text, &len, e);

	if (r < 0)
		return r;
	s->text = strndup(text, len);
	put_text(s, "command", text, len);
	return s->text ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static const struct { const char *tool; enum step_kind kind; int (*parse)(struct words *w, struct step *s, struct err *e); } tools[] = {
	{ "click", STEP_CLICK, parse_click }, { "double-click", STEP_CLICK, parse_click }, { "right-click", STEP_CLICK, parse_click },
	{ "move", STEP_POINT, parse_click }, { "drag", STEP_POINT, parse_drag }, { "scroll", STEP_POINT, parse_scroll },
	{ "type", STEP_TYPE, parse_type }, { "key", STEP_TYPE, parse_key }, { "screenshot", STEP_SCREENSHOT, parse_screenshot },
	{ "wait", STEP_WAIT, parse_wait }, { "run", STEP_RUN, parse_run },
};

int step_parse(const char *line, size_t len, struct step *ret, struct err *e)
{
	struct words w = { line, line + len };
	const char *name;
	size_t n = word(&w, &name), i;
	int r;

	for (i = 0; i < ARRAY_LEN(tools); i++)
		if (strlen(tools[i].tool) == n && memcmp(tools[i].tool, name, n) == 0)
			break;
	if (i == ARRAY_LEN(tools))
		return err_set(e, ERR_INVALID, "\"%.*s\" is no step: there is no model here, and steps are click, double-click, right-click, move, drag, scroll, "
			       "type, key, screenshot, wait and run", (int)(n < 40 ? n : 40), name);
	*ret = (struct step){ .kind = tools[i].kind, .tool = tools[i].tool };
	buf_init(&ret->input, SIZE_MAX - 1);
	r = tools[i].parse(&w, ret, e);
	if (r == 0 && buf_failed(&ret->input))
		r = err_set(e, ERR_NOMEM, "out of memory");
	if (r < 0)
		step_release(ret);
	return r;
}

void step_release(struct step *s)
{
	buf_release(&s->input);
	free(s->text);
	s->text = NULL;
}

/* The NUL behind the text ends it at the latest. */
static bool blank(const char *line, size_t len)
{
	return strspn(line, " \t\r\n") >= len;
}

int steps_parse(const char *text, struct step **ret, size_t *ret_count, struct err *e)
{
	struct step *steps = calloc(STEPS_MAX, sizeof(*steps));
	struct err why;
	size_t count = 0, line = 0;
	int r = steps ? 0 : err_set(e, ERR_NOMEM, "out of memory");

	while (r == 0 && *text) {
		size_t n = strcspn(text, "\n"), len = n > 0 && text[n - 1] == '\r' ? n - 1 : n;

		line++;
		if (!blank(text, len) && count == STEPS_MAX)
			r = err_set(e, ERR_INVALID, "there are more than %d steps", STEPS_MAX);
		else if (!blank(text, len) && (r = step_parse(text, len, &steps[count++], &why)) < 0)
			err_set(e, r, "line %zu: %.400s", line, why.msg);
		text += n + (text[n] == '\n');
	}
	if (r == 0 && count == 0)
		r = err_set(e, ERR_INVALID, "there is no step in it");
	if (r == 0) {
		*ret = steps;
		*ret_count = count;
	} else if (steps) {
		steps_free(steps, count);
	}
	return r;
}

void steps_free(struct step *s, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		step_release(&s[i]);
	free(s);
}
