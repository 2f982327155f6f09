/*
 * test_sse: the WHATWG rules for event streams, one row or more for each sentence of them, each run whole, cut in two at every byte, byte by byte, and with
 * every kind of line end; then what is ours: limits, faults and their places, bounded memory, resuming, writing.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/sse.h"

#define TEXT(t) t, sizeof(t) - 1	/* with the NULs in it */
#define BOM "\xef\xbb\xbf"
#define FFFD "\xef\xbf\xbd"

/*
 * What comes of a stream: [type|last id|data] for an event, (text) for a comment, {what} for a fault. A row that has no CR of its own is
 * run with LF, CR and CRLF for its line ends; what an event's data is made of is always joined by LF.
 */
struct row {
	const char *rule, *text;
	size_t len;
	const char *want;
	const char *id;		/* the last id at the end; NULL: "" */
	int64_t retry;		/* 0: never told */
};

static const struct row rows[] = {
	/* The form of a stream. */
	{ "an empty stream is one", TEXT(""), .want = "" },
	{ "a stream may be nothing but line ends", TEXT("\n\n\n"), .want = "" },
	{ "an event is lines and a line end", TEXT("data: a\n\n"), .want = "[message||a]" },
	{ "events follow each other", TEXT("data: a\n\ndata: b\n\n"), .want = "[message||a][message||b]" },
	{ "an event may have no fields", TEXT("data: a\n\n\n\ndata: b\n\n"), .want = "[message||a][message||b]" },
	{ "a comment is a colon and any characters", TEXT(": hello: you\ndata: a\n\n"), .want = "( hello: you)[message||a]" },
	{ "a comment may be empty", TEXT(":\n\n:\n\n"), .want = "()()" },
	{ "a comment may stand inside an event", TEXT("event: x\n:in between\ndata: a\n:\ndata: b\n\n"), .want = "(in between)()[x||a\nb]" },
	{ "a field is a name, a colon, one space or none, and a value", TEXT("data: a\ndata:b\n\n"), .want = "[message||a\nb]" },
	{ "a field may have no colon", TEXT("data\n\n"), .want = "[message||]" },
	{ "a field's value may be empty", TEXT("data:\n\ndata: \n\n"), .want = "[message||][message||]" },
	{ "any character but a line end may be in a value", TEXT("data: \t\x01\x7f\v\f\xc2\x85\xe2\x80\xa8|\n\n"), .want = "[message||\t\x01\x7f\v\f\xc2\x85\xe2\x80\xa8|]" },
	{ "a NUL too", TEXT("data: a\0b\n\n"), .want = "[message||a\\0b]" },

	/* Decoding. */
	{ "the stream is UTF-8", TEXT("event: \xc3\xa9\nid: \xe2\x82\xac\ndata: \xf0\x9f\x98\x80\n\n"), .want = "[\xc3\xa9|\xe2\x82\xac|\xf0\x9f\x98\x80]", .id = "\xe2\x82\xac" },
	{ "what is no UTF-8 is U+FFFD", TEXT("data: a\xff" "b\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||a" FFFD "b]" },
	{ "one for each longest begin of a character", TEXT("data: \xe2\x82\xf0\x9f\x98\x41\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||" FFFD FFFD "A]" },
	{ "one for each byte that begins none", TEXT("data: \x80\xc0\xaf\xf8\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||" FFFD FFFD FFFD FFFD "]" },
	{ "a surrogate is three", TEXT("data: \xed\xa0\x80\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||" FFFD FFFD FFFD "]" },
	{ "an overlong line end ends no line", TEXT("data: a\xc0\x8a" "data: b\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||a" FFFD FFFD "data: b]" },
	{ "a line end ends a character that is not whole", TEXT("data: \xe2\x82\ndata: \xac\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[message||" FFFD "\n" FFFD "]" },
	{ "in a type and an id too", TEXT("event: \xff\nid: \xfe\ndata: a\n\n"), .want = "{broken UTF-8 is read as U+FFFD}[" FFFD "|" FFFD "|a]", .id = FFFD },
	{ "in a comment too", TEXT(":\xff\n"), .want = "{broken UTF-8 is read as U+FFFD}(" FFFD ")" },
	{ "what is ignored is broken for nobody", TEXT("other: \xff\ndata: a\n\n"), .want = "[message||a]" },
	{ "one mark at the very begin is not of the stream", TEXT(BOM "data: a\n\n"), .want = "[message||a]" },
	{ "one before a comment, one before a line end", TEXT(BOM ":c\n" "\n"), .want = "(c)" },
	{ "a mark alone", TEXT(BOM "\n"), .want = "" },
	{ "only one mark", TEXT(BOM BOM "data: a\n\n" "data: b\n\n"), .want = "[message||b]" },
	{ "only at the begin", TEXT("data: a\n\n" BOM "data: b\n\ndata: " BOM "c\n\n"), .want = "[message||a][message||" BOM "c]" },
	{ "half a mark is none", TEXT("\xef\xbb" "data: a\n\ndata: b\n\n"), .want = "[message||b]" },
	{ "half a mark and a line end", TEXT("\xef\xbb\ndata: b\n\n"), .want = "[message||b]" },
	{ "a mark's first byte and another", TEXT("\xef" "data: a\n\ndata: b\n\n"), .want = "[message||b]" },

	/* Lines. */
	{ "a line ends with LF, with CR, or with both", TEXT("data: a\ndata: b\rdata: c\r\ndata: d\n\n"), .want = "[message||a\nb\nc\nd]" },
	{ "CR LF is one end, not two", TEXT("data: a\r\ndata: b\r\n\r\n"), .want = "[message||a\nb]" },
	{ "CR CR is two", TEXT("data: a\r\rdata: b\r\r"), .want = "[message||a][message||b]" },
	{ "LF CR is two", TEXT("data: a\n\rdata: b\n\r"), .want = "[message||a][message||b]" },
	{ "CR LF LF is two", TEXT("data: a\r\n\ndata: b\r\n\n"), .want = "[message||a][message||b]" },
	{ "CR CR LF is two", TEXT("data: a\r\r\ndata: b\r\r\n"), .want = "[message||a][message||b]" },
	{ "a CR inside a line ends it", TEXT("data: a\rb: c\n\n"), .want = "[message||a]" },

	/* The buffers. */
	{ "all begin empty", TEXT("\ndata\n\n"), .want = "[message||]" },
	{ "lines are taken in their order", TEXT("data: a\nevent: x\ndata: b\nid: 1\n\n"), .want = "[x|1|a\nb]", .id = "1" },

	/* A line. */
	{ "an empty line gives the event", TEXT("event: x\ndata: a\n\n"), .want = "[x||a]" },
	{ "a line of blanks is not empty", TEXT("data: a\n \ndata: b\n\n"), .want = "[message||a\nb]" },
	{ "a line that begins with a colon is ignored", TEXT(":data: a\n\n: data: a\n\n"), .want = "(data: a)( data: a)" },
	{ "the name goes up to the first colon", TEXT("data: a: b\ndata:: c\n\n"), .want = "[message||a: b\n: c]" },
	{ "one space behind it is not of the value", TEXT("data:a\ndata: b\ndata:  c\n\n"), .want = "[message||a\nb\n c]" },
	{ "a tab is", TEXT("data:\ta\n\n"), .want = "[message||\ta]" },
	{ "so are blanks at the end", TEXT("data: a  \nevent: x \n\n"), .want = "[x ||a  ]" },
	{ "a space before the colon is of the name", TEXT("data : a\n\ndata: b\n\n"), .want = "[message||b]" },
	{ "a space before the name too", TEXT(" data: a\n\n"), .want = "" },
	{ "a line without a colon is all name", TEXT("data\nevent\nid\n\n"), .want = "[message||]" },
	{ "all of it", TEXT("data a\ndatab\nevent x\ndata: c\n\n"), .want = "[message||c]" },

	/* The end of the stream. */
	{ "what is unfinished is dropped: no line end", TEXT("data: a"), .want = "" },
	{ "what is unfinished is dropped: no empty line", TEXT("data: a\n"), .want = "" },
	{ "what is unfinished is dropped: the id too", TEXT("id: 1\n\nid: 2\ndata: a\n"), .want = "", .id = "1" },
	{ "but not what was before", TEXT("data: a\n\ndata: b\n"), .want = "[message||a]" },

	/* Fields. */
	{ "names are compared as they are", TEXT("Data: a\nDATA: a\nEvent: x\nID: 1\nRetry: 5\ndata: b\n\n"), .want = "[message||b]" },
	{ "event: sets the type", TEXT("event: x\ndata: a\n\n"), .want = "[x||a]" },
	{ "event: whatever stands there is the type, a NUL too", TEXT("event: go\0on\ndata: a\n\nevent: \0\ndata: b\n\ndata: c\n\n"), .want = "[go\\0on||a][\\0||b][message||c]" },
	{ "event: the last one counts", TEXT("event: x\nevent: y\ndata: a\n\n"), .want = "[y||a]" },
	{ "event: an empty one sets it back", TEXT("event: x\nevent\ndata: a\n\nevent: x\nevent:\ndata: b\n\n"), .want = "[message||a][message||b]" },
	{ "event: is no name of ours", TEXT("event: message\ndata: a\n\nevent: error\ndata: b\n\nevent: open\ndata: c\n\n"), .want = "[message||a][error||b][open||c]" },
	{ "data: is added, with a line end", TEXT("data: a\ndata: b\ndata: c\n\n"), .want = "[message||a\nb\nc]" },
	{ "data: an empty one too", TEXT("data\ndata\n\ndata:\ndata: \ndata: a\ndata\n\n"), .want = "[message||\n][message||\n\na\n]" },
	{ "id: sets the last id", TEXT("id: 7\ndata: a\n\n"), .want = "[message|7|a]", .id = "7" },
	{ "id: the last one counts", TEXT("id: 1\nid: 2\ndata: a\n\n"), .want = "[message|2|a]", .id = "2" },
	{ "id: an empty one sets it back", TEXT("id: 1\ndata: a\n\nid\ndata: b\n\nid: 2\ndata: c\n\nid:\ndata: d\n\n"), .want = "[message|1|a][message||b][message|2|c][message||d]" },
	{ "id: with a NUL is ignored", TEXT("id: 1\ndata: a\n\nid: a\0b\ndata: b\n\nid: \0\ndata: c\n\n"),
	  .want = "[message|1|a]{an id with a NUL in it is not used}[message|1|b]{an id with a NUL in it is not used}[message|1|c]", .id = "1" },
	{ "id: one with a NUL behind one without", TEXT("id: 1\nid: \0\ndata: a\n\n"), .want = "{an id with a NUL in it is not used}[message|1|a]", .id = "1" },
	{ "id: a space in it stays", TEXT("id:  a b \ndata: c\n\n"), .want = "[message| a b |c]", .id = " a b " },
	{ "retry: digits set the time", TEXT("retry: 1234\n"), .want = "", .retry = 1234 },
	{ "retry: at once, without an event", TEXT("retry: 12\n:\n"), .want = "()", .retry = 12 },
	{ "retry: the last one counts", TEXT("retry: 5\nretry:70\n"), .want = "", .retry = 70 },
	{ "retry: in base ten", TEXT("retry: 010\n"), .want = "", .retry = 10 },
	{ "retry: nothing but digits: a sign", TEXT("retry: 8\nretry: +5\nretry: -5\n"), .want = "", .retry = 8 },
	{ "retry: nothing but digits: blanks", TEXT("retry: 8\nretry:  5\nretry: 5 \nretry:\t5\n"), .want = "", .retry = 8 },
	{ "retry: nothing but digits: others", TEXT("retry: 8\nretry: 5.0\nretry: 5s\nretry: 0x5\nretry: 1e3\nretry: \xd9\xa5\nretry: 5\0\n"), .want = "", .retry = 8 },
	{ "retry: no digits at all", TEXT("retry: 8\nretry\nretry:\nretry: \n"), .want = "", .retry = 8 },
	{ "retry: whole lines only", TEXT("retry: 8\nretry: 99"), .want = "", .retry = 8 },
	{ "other fields are ignored", TEXT("foo: bar\ndata: a\ndataa: b\ndat: c\nid2: d\neven: e\nevents: f\n\n"), .want = "[message||a]" },
	{ "a name with a NUL is another", TEXT("data\0: a\nda\0ta: b\n\n"), .want = "" },
	{ "fields alone give no event", TEXT("foo\n\nfoo: bar\n\n"), .want = "" },

	/* Giving the event. */
	{ "the last id is set even without data", TEXT("id: 7\n\ndata: b\n\n"), .want = "[message|7|b]", .id = "7" },
	{ "the last id stays until it is set again", TEXT("id: 7\ndata: a\n\ndata: b\n\nevent: x\ndata: c\n\nid: 8\ndata: d\n\n"),
	  .want = "[message|7|a][message|7|b][x|7|c][message|8|d]", .id = "8" },
	{ "the id behind an event's empty line is the next one's", TEXT("data: a\n\nid: 7\n\ndata: b\n\n"), .want = "[message||a][message|7|b]", .id = "7" },
	{ "without data there is no event, and no type for the next", TEXT("event: x\n\ndata: a\n\n"), .want = "[message||a]" },
	{ "one line end is taken from the data", TEXT("data: a\ndata\n\n"), .want = "[message||a\n]" },
	{ "the type is message where none is given", TEXT("data: a\n\n"), .want = "[message||a]" },
	{ "type and data are empty again after it", TEXT("event: x\ndata: a\n\ndata: b\n\n\n"), .want = "[x||a][message||b]" },
	{ "events keep their order", TEXT("id: 3\ndata: c\n\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"), .want = "[message|3|c][message|1|a][message|2|b]", .id = "2" },
};

static void put_text(struct buf *out, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i])
			buf_putc(out, text[i]);
		else
			buf_puts(out, "\\0");
	}
}

static void on_event(const struct sse_event *ev, void *arg)
{
	assert_int_equal(ev->data[ev->data_len], '\0');
	assert_int_equal(ev->type[ev->type_len], '\0');
	buf_putc(arg, '[');
	put_text(arg, ev->type, ev->type_len);
	buf_printf(arg, "|%s|", ev->id);
	put_text(arg, ev->data, ev->data_len);
	buf_putc(arg, ']');
}

static void on_comment(const char *text, size_t len, void *arg)
{
	buf_putc(arg, '(');
	put_text(arg, text, len);
	buf_putc(arg, ')');
}

static void on_fault(const char *what, uint64_t byte, void *arg)
{
	(void)byte;
	buf_printf(arg, "{%s}", what);
}

static void start(struct sse *s, size_t event_max, struct buf *out)
{
	buf_init(out, SIZE_MAX - 1);
	sse_init(s, event_max, on_event, out);
	s->on_comment = on_comment;
	s->on_fault = on_fault;
	s->nul_types = true;
}

static void stop(struct sse *s, struct buf *out)
{
	sse_release(s);
	buf_release(out);
}

/* A piece of memory of its own, so that a byte too far is seen. */
static void feed(struct sse *s, const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	sse_feed(s, copy, len);
	free(copy);
}

static void expect(const struct row *r, const struct sse *s, const struct buf *out, const char *how, size_t cut)
{
	int64_t retry = r->retry ? r->retry : -1;

	if (strcmp(buf_cstr(out), r->want) != 0 || strcmp(buf_cstr(&s->id), r->id ? r->id : "") != 0 || s->retry_ms != retry)
		fail_msg("%s (%s, cut at %zu): %s, last id \"%s\", retry %lld", r->rule, how, cut, buf_cstr(out), buf_cstr(&s->id), (long long)s->retry_ms);
}

static void run_row(const struct row *r, const char *text, size_t len, const char *how)
{
	struct buf out;
	struct sse s;
	size_t cut, i;

	for (cut = 0; cut <= len; cut++) {	/* whole, where one piece is empty */
		start(&s, 1000, &out);
		feed(&s, text, cut);
		feed(&s, text + cut, len - cut);
		expect(r, &s, &out, how, cut);
		stop(&s, &out);
	}
	start(&s, 1000, &out);
	for (i = 0; i < len; i++)
		feed(&s, text + i, 1);
	expect(r, &s, &out, how, i);
	stop(&s, &out);
}

static void each_rule_at_every_cut(void **state)
{
	static const char *const ends[] = { "\n", "\r", "\r\n" };
	struct buf text;
	size_t i, k, e;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		for (e = 0; e < ARRAY_LEN(ends); e++) {
			buf_init(&text, 4096);
			for (k = 0; k < rows[i].len; k++) {
				if (rows[i].text[k] == '\n' && !memchr(rows[i].text, '\r', rows[i].len))
					buf_puts(&text, ends[e]);
				else
					buf_putc(&text, rows[i].text[k]);
			}
			run_row(&rows[i], buf_cstr(&text), text.len, e == 0 ? "LF" : e == 1 ? "CR" : "CRLF");
			buf_release(&text);
		}
	}
}

/* The two cuts of a stream with a bit of everything. */
static void three_pieces(void **state)
{
	static const char text[] = BOM ":c\r\nevent: x\r\ndata: \xe2\x82\xac\r\ndata\r\nid: 1\r\n\r\nretry: 9\rdata:b\n\r\nid\ndata: \xff\n\n";
	static const char want[] = "(c)[x|1|\xe2\x82\xac\n][message|1|b]{broken UTF-8 is read as U+FFFD}[message||" FFFD "]";
	size_t len = sizeof(text) - 1, first, second;
	struct buf out;
	struct sse s;

	(void)state;
	for (first = 0; first <= len; first++) {
		for (second = first; second <= len; second++) {
			start(&s, 1000, &out);
			feed(&s, text, first);
			feed(&s, text + first, second - first);
			feed(&s, text + second, len - second);
			if (strcmp(buf_cstr(&out), want) != 0 || s.retry_ms != 9)
				fail_msg("cut at %zu and %zu: %s", first, second, buf_cstr(&out));
			stop(&s, &out);
		}
	}
}

static void two_returns_end_an_event_at_once(void **state)
{
	struct buf out;
	struct sse s;

	(void)state;
	start(&s, 100, &out);
	feed(&s, "data: a\r\r", 9);
	assert_string_equal(buf_cstr(&out), "[message||a]");	/* without a look at what follows */
	feed(&s, "", 0);
	feed(&s, "\ndata: b\r\n\r", 12);
	assert_string_equal(buf_cstr(&out), "[message||a][message||b]");
	stop(&s, &out);
}

static void large_numbers_stay_large(void **state)
{
	char digits[400] = "retry: ";
	struct sse s;

	(void)state;
	memset(digits + 7, '9', 300);
	strcpy(digits + 307, "\n");
	sse_init(&s, 1000, on_event, NULL);
	sse_feed(&s, digits, strlen(digits));
	assert_true(s.retry_ms > 1000000000);	/* not wrapped round */
	sse_release(&s);
}

/* ---- limits ---- */

static void fill(struct buf *out, const char *begin, char c, size_t n, const char *end)
{
	buf_puts(out, begin);
	while (n-- > 0)
		buf_putc(out, c);
	buf_puts(out, end);
}

#define TOO_LONG "{an event of over 1500 bytes is left out}"

/* What is over a limit, and what is just not: the same however it was cut, and what follows is read. */
static void limits_at_every_cut(void **state)
{
	static const struct { const char *begin; char c; size_t n; const char *end, *want; uint64_t dropped; } limits[] = {
		{ "data: ", 'x', 1501, "\n\ndata: b\n\n", TOO_LONG "[message||b]", 1 },
		{ "data: ", 'x', 9000, "\n\ndata: b\n\n", TOO_LONG "[message||b]", 1 },
		{ "data: ", 'x', 9000, "\ndata: more\nevent: y\n\ndata: b\n\n", TOO_LONG "[message||b]", 1 },
		{ "data: a\nid: 7\ndata: ", 'x', 1499, "\n\ndata: b\n\n", TOO_LONG "[message|7|b]", 1 },
		{ "data: ", 'x', 9000, "", TOO_LONG, 1 },	/* told although its end never comes */
		{ "data: ", '\xff', 1501, "\n\ndata: b\n\n", TOO_LONG "[message||b]", 1 },
		{ "other: ", 'x', 9000, "\ndata: b\n\n", "[message||b]", 0 },
		{ "", 'x', 9000, ": y\ndata: b\n\n", "[message||b]", 0 },
		{ "data", 'x', 9000, ": y\ndata: b\n\n", "[message||b]", 0 },
		{ "retry: 5", '0', 9000, "\ndata: b\n\n", "[message||b]", 0 },
		{ "event: ", 'x', 4097, "\ndata: b\n\ndata: c\n\n", "{an event whose type is over 4096 bytes long is left out}[message||c]", 1 },
		{ "event: ", 'x', 9000, "\ndata: b\n\ndata: c\n\n", "{an event whose type is over 4096 bytes long is left out}[message||c]", 1 },
		{ "event: ", '\xff', 1366, "\ndata: b\n\ndata: c\n\n", "{broken UTF-8 is read as U+FFFD}{an event whose type is over 4096 bytes long is left out}[message||c]", 1 },
		{ "id: ", '\xff', 1366, "\ndata: b\n\ndata: c\n\n", "{broken UTF-8 is read as U+FFFD}{an event whose id is over 4096 bytes long is left out}[message||c]", 1 },
		{ "id: 1\n\nid: 2\nid: ", 'x', 4097, "\ndata: b\n\ndata: c\n\n", "{an event whose id is over 4096 bytes long is left out}[message|2|c]", 1 },
		{ "id: ", 'x', 9000, "\nevent: \xff\ndata: b\n\ndata: c\n\n", "{an event whose id is over 4096 bytes long is left out}{broken UTF-8 is read as U+FFFD}[message||c]", 1 },
	};
	struct buf text, out;
	struct sse s;
	size_t i, cut, step;

	(void)state;
	for (i = 0; i < ARRAY_LEN(limits); i++) {
		buf_init(&text, 65536);
		fill(&text, limits[i].begin, limits[i].c, limits[i].n, limits[i].end);
		for (cut = 0; cut <= text.len; cut += cut < 40 || (cut > 1480 && cut < 1530) || (cut > 4080 && cut < 4130) || text.len - cut < 40 ? 1 : 29) {
			start(&s, 1500, &out);
			feed(&s, text.data, cut);
			feed(&s, text.data + cut, text.len - cut);
			if (strcmp(buf_cstr(&out), limits[i].want) != 0 || s.dropped != limits[i].dropped || s.retry_ms != -1)
				fail_msg("row %zu cut at %zu: %.200s, %d dropped", i, cut, buf_cstr(&out), (int)s.dropped);
			stop(&s, &out);
		}
		for (step = 1; step < 1500; step = step * 3 + 1) {
			start(&s, 1500, &out);
			for (cut = 0; cut < text.len; cut += step)
				feed(&s, text.data + cut, step < text.len - cut ? step : text.len - cut);
			assert_string_equal(buf_cstr(&out), limits[i].want);
			stop(&s, &out);
		}
		buf_release(&text);
	}
}

/* Who reads a type as a C string must not take one for another. */
static void a_nul_in_a_type_is_for_those_who_ask(void **state)
{
	static const char text[] = "event: go\0on\ndata: a\n\ndata: c\n\n";
	struct buf out;
	struct sse s;
	size_t cut;

	(void)state;
	for (cut = 0; cut < sizeof(text) - 1; cut++) {
		start(&s, 1500, &out);
		s.nul_types = false;
		feed(&s, text, cut);
		feed(&s, text + cut, sizeof(text) - 1 - cut);
		assert_string_equal(buf_cstr(&out), "{an event whose type has a NUL in it is left out}[message||c]");
		assert_int_equal(s.dropped, 1);
		stop(&s, &out);
	}
}

#define ENDLESS "{a line of over 1048576 bytes, and of no event: its begin alone is read}"

/* A line of which nothing is kept is told of while it still comes, once, however it was cut. */
static void endless_lines_are_told(void **state)
{
	static const struct { const char *begin; size_t n; const char *end, *want; } lines[] = {
		{ "other: ", 1048569, "\ndata: b\n\n", "[message||b]" }, { "other: ", 1048570, "\ndata: b\n\n", ENDLESS "[message||b]" }, { "other: ", 4000000, "", ENDLESS },
		{ "", 1048577, "\r\rdata: b\r\r", ENDLESS "[message||b]" }, { "data: a\n\nretry: ", 2000000, "\n", "[message||a]" ENDLESS },
		{ "event: ", 2000000, "\ndata: b\n\ndata: c\n\n", ENDLESS "{an event whose type is over 4096 bytes long is left out}[message||c]" },
		{ "data: ", 1400000, "\n\ndata: b\n\n", "{an event of over 1300000 bytes is left out}[message||b]" }, { "data: ", 1200000, "\n\n", NULL },
	};
	static const size_t cuts[] = { 0, 1, 5, 6, 7, 100, 1048575, 1048576, 1048577, 1048578, 1048600, SIZE_MAX };
	struct buf text, out;
	struct sse s;
	size_t i, k, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		buf_init(&text, 8000000);
		fill(&text, lines[i].begin, 'x', lines[i].n, lines[i].end);
		for (k = 0; k < ARRAY_LEN(cuts); k++) {
			cut = cuts[k] < text.len ? cuts[k] : text.len;
			start(&s, 1300000, &out);
			feed(&s, text.data, cut);
			feed(&s, text.data + cut, text.len - cut);
			if (lines[i].want ? strcmp(buf_cstr(&out), lines[i].want) != 0 : out.len != lines[i].n + strlen("[message||]"))
				fail_msg("row %zu cut at %zu: %.200s", i, cut, buf_cstr(&out));
			stop(&s, &out);
		}
		buf_release(&text);
	}
}

/* Exactly as long as may be. */
static void just_within_the_limits(void **state)
{
	static const struct { const char *begin; size_t n; const char *end; } rows_within[] = {
		{ "data: ", 1500, "\n\n" }, { "data: a\ndata: ", 1498, "\n\n" }, { "data: a\nevent: ", 4096, "\n\n" }, { "data: a\nid: ", 4096, "\n\n" }, { "data: a\nid:", 4096, "\n\n" },
	};
	struct buf text, out;
	struct sse s;
	size_t i, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows_within); i++) {
		buf_init(&text, 65536);
		fill(&text, rows_within[i].begin, 'x', rows_within[i].n, rows_within[i].end);
		for (cut = 0; cut <= text.len; cut += 7) {
			start(&s, 1500, &out);
			feed(&s, text.data, cut);
			feed(&s, text.data + cut, text.len - cut);
			if (out.len < rows_within[i].n || out.data[0] != '[' || s.dropped)
				fail_msg("row %zu cut at %zu: %.200s", i, cut, buf_cstr(&out));
			stop(&s, &out);
		}
		buf_release(&text);
	}
}

/* The first KiB, and no half character. */
static void long_comments(void **state)
{
	struct buf text, out;
	struct sse s;
	size_t i, cut;

	(void)state;
	for (i = 0; i < 4; i++) {
		buf_init(&text, 65536);
		fill(&text, ":", 'x', 1024 - i, "");
		fill(&text, "\xe2\x82\xac", '\xff', 6000, "\ndata: b\n\n");
		for (cut = 0; cut <= text.len; cut += 13) {
			start(&s, 1500, &out);
			feed(&s, text.data, cut);
			feed(&s, text.data + cut, text.len - cut);
			if (out.len != (i == 3 ? 1024 : 1024 - i) + 2 + strlen("[message||b]") || out.data[0] != '(')
				fail_msg("%zu before the end, cut at %zu: %zu, %s", i, cut, out.len, buf_cstr(&out));
			stop(&s, &out);
		}
		buf_release(&text);
	}
}

static size_t kept(const struct sse *s)
{
	return s->line.cap + s->data.cap + s->type.cap + s->id.cap + s->id_next.cap;
}

/* Lines that never end, comments without end, large events: bounded while they come, and given back. */
static void memory_is_bounded(void **state)
{
	static const char *const starts[] = { ":", "data: ", "event: ", "id: ", "retry: ", "other: ", "x" };
	enum { EVENT = 1 << 20 };
	struct buf out, piece;
	struct sse s;
	size_t i, k;

	(void)state;
	buf_init(&piece, 65536);
	fill(&piece, "", 'x', 65536, "");
	for (i = 0; i < ARRAY_LEN(starts); i++) {
		start(&s, EVENT, &out);
		sse_feed(&s, starts[i], strlen(starts[i]));
		for (k = 0; k < 256; k++)
			sse_feed(&s, piece.data, piece.len);
		assert_true(kept(&s) <= EVENT + 3 * 12300 + 4200);
		sse_feed(&s, "\n\n", 2);
		assert_true(kept(&s) <= 65536 + 3 * 12300 + 4200);
		sse_feed(&s, "data: b\n\n", 9);
		assert_string_equal(out.data + out.len - 12, "[message||b]");
		stop(&s, &out);
	}
	sse_init(&s, EVENT, on_event, NULL);
	for (k = 0; k < 100000; k++)
		sse_feed(&s, ": still here\n", 13);
	assert_true(kept(&s) < 8192);
	sse_release(&s);
	buf_release(&piece);
}

/* ---- faults ---- */

static void on_place(const char *what, uint64_t byte, void *arg)
{
	buf_printf(arg, "%llu %.12s;", (unsigned long long)byte, what);
}

/* Where each is: the line, or the very byte; counted from the begin of the connection, mark and all. */
static void faults_tell_the_byte(void **state)
{
	static const struct { const char *text; size_t len; const char *want; } places[] = {
		{ TEXT("data: a\xff" "b\xff\n\n"), "7 broken UTF-8;" },
		{ TEXT("data:\xff\n\n"), "5 broken UTF-8;" },
		{ TEXT("data: a\ndata: \xff\ndata: \xff\n\ndata: \xff\n\n"), "14 broken UTF-8;31 broken UTF-8;" },
		{ TEXT(BOM "data: a\r\n\r\nid: \xff\r\nevent: \xff\r\n\r\n"), "18 broken UTF-8;" },
		{ TEXT(": a\xff\n:b\n:\xff\n"), "3 broken UTF-8;9 broken UTF-8;" },
		{ TEXT("\ndata: a\nid: \0\n\n"), "9 an id with a;" },
		{ TEXT("data: a\n\ndata: 012345678901\n\ndata: a\n\n"), "9 an event of ;" },
		{ TEXT("data: a\n\ndata: 0123\ndata: 012345\ndata: 0\n\n"), "20 an event of ;" },
		{ TEXT("event: \0\nid: \0\ndata: \xff\n\n"), "0 an event who;9 an id with a;" },
	};
	struct buf out;
	struct sse s;
	size_t i, cut, step;

	(void)state;
	for (i = 0; i < ARRAY_LEN(places); i++) {
		for (step = 1; step <= places[i].len; step++) {
			start(&s, 10, &out);
			s.nul_types = false;
			s.on_event = on_event;
			s.on_comment = on_comment;
			s.on_fault = on_place;
			for (cut = 0; cut < places[i].len; cut += step)
				feed(&s, places[i].text + cut, step < places[i].len - cut ? step : places[i].len - cut);
			/* The events among them are for other tests. */
			while (strpbrk(buf_cstr(&out), "[(")) {
				char *from = strpbrk(out.data, "[("), *to = from + strcspn(from, "])") + 1;

				memmove(from, to, strlen(to) + 1);
			}
			if (strcmp(buf_cstr(&out), places[i].want) != 0)
				fail_msg("row %zu in steps of %zu: %s", i, step, buf_cstr(&out));
			stop(&s, &out);
		}
	}
	start(&s, 10, &out);
	s.nul_types = false;
	s.on_fault = on_place;
	feed(&s, "data: 012345678901", 18);
	sse_reconnect(&s);
	feed(&s, ":\nid: \0\n", 8);
	assert_string_equal(buf_cstr(&out), "0 an event of ;()2 an id with a;");	/* a new connection begins at 0 */
	stop(&s, &out);
}

/* ---- connections ---- */

static void resuming(void **state)
{
	static const char first[] = "retry: 7\nid: 9\ndata: a\n\nevent: x\nid: 10\ndata: half";
	struct buf out;
	struct sse s;
	size_t cut;

	(void)state;
	for (cut = 24; cut < sizeof(first); cut++) {	/* broken off in each byte behind the first event */
		start(&s, 100, &out);
		feed(&s, first, cut);
		sse_reconnect(&s);
		assert_string_equal(buf_cstr(&s.id), "9");
		feed(&s, BOM "data: b\n\n", 12);
		assert_string_equal(buf_cstr(&out), "[message|9|a][message|9|b]");
		assert_int_equal(s.retry_ms, 7);
		stop(&s, &out);
	}
	start(&s, 100, &out);
	feed(&s, "\xef\xbb", 2);
	sse_reconnect(&s);
	feed(&s, "data: a\r", 8);
	sse_reconnect(&s);
	feed(&s, "\ndata: b\n\n", 10);
	assert_string_equal(buf_cstr(&out), "[message||b]");
	sse_reconnect(&s);
	sse_set_id(&s, "evt_1");
	feed(&s, "data: c\n\nid\n\n", 13);
	assert_string_equal(buf_cstr(&out), "[message||b][message|evt_1|c]");
	assert_string_equal(buf_cstr(&s.id), "");
	stop(&s, &out);
}

static void written_is_read(void **state)
{
	static const char *const datas[] = { "", "a", "a\nb", "a\r\nb", "\n", "x\n" };
	static const char *const back[] = { "", "a", "a\nb", "a\nb", "\n", "x\n" };
	struct buf text, out;
	struct sse s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(datas); i++) {
		char want[64];

		buf_init(&text, 1000);
		assert_int_equal(sse_write(&text, "t", "5", datas[i], strlen(datas[i])), 0);
		start(&s, 100, &out);
		feed(&s, text.data, text.len);
		snprintf(want, sizeof(want), "[t|5|%s]", back[i]);
		assert_string_equal(buf_cstr(&out), want);
		buf_release(&text);
		stop(&s, &out);
	}
}

static void note_own(const struct sse_event *ev, void *arg)
{
	buf_printf(arg, "%s%s ", ev->data, ev->own_id ? "+" : "-");
}

/* Only an event that was given an id can be known by it when it comes again. */
static void whose_id_it_is(void **state)
{
	static const char text[] = "data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid: 1\ndata: d\n\nid: 2\n\ndata: e\n\nid\ndata: f\n\nid: x\0y\ndata: g\n\ndata: h\n\n";
	struct buf got;
	struct sse s;

	(void)state;
	buf_init(&got, 4096);
	sse_init(&s, 1000, note_own, &got);
	sse_feed(&s, text, sizeof(text) - 1);
	assert_string_equal(buf_cstr(&got), "a- b+ c- d+ e- f+ g- h- ");
	sse_release(&s);
	buf_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_rule_at_every_cut), cmocka_unit_test(three_pieces), cmocka_unit_test(two_returns_end_an_event_at_once),
					    cmocka_unit_test(large_numbers_stay_large), cmocka_unit_test(limits_at_every_cut), cmocka_unit_test(a_nul_in_a_type_is_for_those_who_ask), cmocka_unit_test(endless_lines_are_told), cmocka_unit_test(just_within_the_limits),
					    cmocka_unit_test(long_comments), cmocka_unit_test(memory_is_bounded), cmocka_unit_test(faults_tell_the_byte),
					    cmocka_unit_test(resuming), cmocka_unit_test(whose_id_it_is), cmocka_unit_test(written_is_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
