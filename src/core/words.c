/* words: the strict splitter. See words.h. */
#include "config.h"

#include "core/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* What acts outside quotes, and what still does inside double ones. */
static const char acts[] = ";&|<>$`\\(){}*?[]~#!", acts_in_double[] = "$`\\!";

/* Words that are no program where a command begins. */
static const char *const own_words[] = {
	"if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "select", "in", "function", "time", "coproc",
};

struct splitter {
	const char *text;
	size_t len, pos;
	struct words *out;
	struct buf word;
	bool any;		/* the word has begun, even if it is empty: '' */
	size_t quoted_at;	/* bytes of the word that stood before its first quote; SIZE_MAX when it has none */
	bool began;		/* the program's name was found: what follows are arguments */
};

void words_release(struct words *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->items[i]);
	free(w->items);
	*w = (struct words){ 0 };
}

bool words_equal(const struct words *a, const struct words *b)
{
	size_t i;

	for (i = 0; a->count == b->count && i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return a->count == b->count;
}

static int in_the_way(const struct splitter *s, struct err *e)
{
	unsigned char c = (unsigned char)s->text[s->pos];

	if (c == '\n')
		return err_set(e, ERR_INVALID, "a line break at byte %zu", s->pos + 1);
	if (c < 0x20 || c == 0x7f)
		return err_set(e, ERR_INVALID, "a control character at byte %zu", s->pos + 1);
	return err_set(e, ERR_INVALID, "\"%c\" at byte %zu", c, s->pos + 1);
}

/* Bytes of NAME in NAME=... and NAME+=..., 0 when the word is none of that kind. */
static size_t name_length(const char *word)
{
	size_t n = 0;

	if (!isalpha((unsigned char)word[0]) && word[0] != '_')
		return 0;
	while (isalnum((unsigned char)word[n]) || word[n] == '_')
		n++;
	return word[n] == '=' || (word[n] == '+' && word[n + 1] == '=') ? n : 0;
}

/* The first words decide what the command is. */
static int check_beginning(struct splitter *s, const char *word, struct err *e)
{
	size_t name = name_length(word), i;

	if (s->began)
		return 0;
	if (name > 0 && word[name] == '+')
		return err_set(e, ERR_INVALID, "NAME+=VALUE, which not every shell takes for a program");
	if (name > 0)
		return s->quoted_at <= name ? err_set(e, ERR_INVALID, "a quoted NAME=VALUE, which the shell takes for a program") : 0;
	s->began = true;
	for (i = 0; i < ARRAY_LEN(own_words); i++)
		if (strcmp(own_words[i], word) == 0)
			return err_set(e, ERR_INVALID, "\"%s\", a word of the shell's own", word);
	return 0;
}

static int end_word(struct splitter *s, struct err *e)
{
	char **more, *own;
	int r;

	if (!s->any)
		return 0;
	r = check_beginning(s, buf_cstr(&s->word), e);
	if (r < 0)
		return r;
	more = realloc(s->out->items, (s->out->count + 1) * sizeof(*more));
	if (more)
		s->out->items = more;
	own = more && !buf_failed(&s->word) ? strdup(buf_cstr(&s->word)) : NULL;
	if (!own)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->out->items[s->out->count++] = own;
	buf_clear(&s->word);
	s->any = false;
	s->quoted_at = SIZE_MAX;
	return 0;
}

/* From an opening quote to behind its closing one. */
static int take_quoted(struct splitter *s, struct err *e)
{
	size_t begin = s->pos;
	char quote = s->text[s->pos];

	s->any = true;
	if (s->quoted_at == SIZE_MAX)
		s->quoted_at = s->word.len;
	for (s->pos++; s->pos < s->len && s->text[s->pos] != quote; s->pos++) {
		if (s->text[s->pos] == '\0' || (quote == '"' && strchr(acts_in_double, s->text[s->pos])))
			return in_the_way(s, e);
		buf_putc(&s->word, s->text[s->pos]);
	}
	if (s->pos == s->len)
		return err_set(e, ERR_INVALID, "a quote without its end at byte %zu", begin + 1);
	s->pos++;
	return 0;
}

static int split(struct splitter *s, struct err *e)
{
	int r = 0;

	while (r == 0 && s->pos < s->len) {
		char c = s->text[s->pos];

		if (c == ' ' || c == '\t') {
			r = end_word(s, e);
			s->pos++;
		} else if (c == '\'' || c == '"') {
			r = take_quoted(s, e);
		} else if ((unsigned char)c < 0x20 || c == 0x7f || strchr(acts, c)) {
			r = in_the_way(s, e);
		} else {
			s->any = true;
			buf_putc(&s->word, c);
			s->pos++;
		}
	}
	if (r == 0)
		r = end_word(s, e);
	return r == 0 && s->out->count == 0 ? err_set(e, ERR_INVALID, "no word") : r;
}

int words_split(const char *text, size_t len, struct words *ret, struct err *e)
{
	struct splitter s = { .text = text, .len = len, .out = ret, .quoted_at = SIZE_MAX };
	int r;

	*ret = (struct words){ 0 };
	if (!utf8_valid(text, len))
		return err_set(e, ERR_INVALID, "bytes that are no UTF-8");
	buf_init(&s.word, len);
	r = split(&s, e);
	buf_release(&s.word);
	if (r < 0)
		words_release(ret);
	return r;
}
