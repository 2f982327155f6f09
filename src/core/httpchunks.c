/* httpchunks: chunked bodies, cut at any byte; no extensions, no trailers. See httpmsg.h. */
#include "config.h"

#include "core/httpmsg.h"

enum chunk_state { CHUNK_SIZE, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_DATA_CR, CHUNK_DATA_LF, CHUNK_END_CR, CHUNK_END_LF, CHUNK_DONE };

void http_chunks_init(struct http_chunks *c)
{
	*c = (struct http_chunks){ .state = CHUNK_SIZE };
}

static int chunk_size_byte(struct http_chunks *c, char ch, struct err *e)
{
	int v = http_hex(ch);

	if (v >= 0 && c->line_len < 15) {
		c->left = c->left << 4 | (uint64_t)v;
		c->line_len++;
	} else if (ch == '\r' && c->line_len > 0) {
		c->state = CHUNK_SIZE_LF;
	} else {
		return err_set(e, ERR_INVALID, "a chunk's size is not a plain hexadecimal number (extensions are refused)");
	}
	return 0;
}

int http_chunks_feed(struct http_chunks *c, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e)
{
	static const struct { enum chunk_state state; char want; enum chunk_state next; } fixed[] = {
		{ CHUNK_DATA_CR, '\r', CHUNK_DATA_LF }, { CHUNK_DATA_LF, '\n', CHUNK_SIZE },
		{ CHUNK_END_CR, '\r', CHUNK_END_LF }, { CHUNK_END_LF, '\n', CHUNK_DONE },
	};
	size_t i = 0, k;

	while (i < len && c->state != CHUNK_DONE) {
		if (c->state == CHUNK_DATA) {
			size_t n = len - i < c->left ? len - i : (size_t)c->left;
			int r = buf_append(out, data + i, n);

			if (r < 0)
				return err_set(e, r, "the body is longer than %zu bytes", out->max);
			i += n;
			c->left -= n;
			if (c->left == 0)
				c->state = CHUNK_DATA_CR;
			continue;
		}
		if (c->state == CHUNK_SIZE) {
			int r = chunk_size_byte(c, data[i++], e);

			if (r < 0)
				return r;
			continue;
		}
		if (c->state == CHUNK_SIZE_LF) {
			if (data[i++] != '\n')
				return err_set(e, ERR_INVALID, "a chunk's size line does not end with CR LF");
			c->state = c->left > 0 ? CHUNK_DATA : CHUNK_END_CR;
			c->line_len = 0;
			continue;
		}
		for (k = 0; k < ARRAY_LEN(fixed); k++)
			if ((enum chunk_state)c->state == fixed[k].state)
				break;
		if (data[i++] != fixed[k].want)
			return err_set(e, ERR_INVALID, "a chunk does not end where its size says (trailers are refused)");
		c->state = fixed[k].next;
	}
	*ret_used = i;
	return c->state == CHUNK_DONE ? 1 : 0;
}
