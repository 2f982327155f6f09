/* card_request: the request on the card: what is run, typed or written in a box, all else of it beside; or its raw bytes. Never cut. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ui/card_page.h"

bool card_is_write(const struct model_action *a)
{
	return strcmp(a->kind, "write") == 0;
}

static bool is_exec(const struct model_action *a)
{
	return strncmp(a->kind, "exec", 4) == 0 || strcmp(a->kind, "start process") == 0;
}

/*
 * How many bytes, and of which characters there are any that are not what one expects. Returns how much that is to be seen. Tabs are as common as
 * line breaks in a file; what is typed or run goes elsewhere with one.
 */
static enum style count_words(const struct card_box *box, bool file, bool wide, char *out, size_t size)
{
	const struct safetext_counts *n = &box->counts;
	size_t controls = n->controls - box->tabs;
	const struct { size_t count; const char *words; } counts[] = {
		{ box->breaks, box->breaks == 1 ? "line break" : "line breaks" }, { box->tabs, file ? box->tabs == 1 ? "tab" : "tabs" : box->tabs == 1 ? "TAB" : "TABS" },
		{ n->non_ascii, "not ASCII" }, { controls, "CONTROL" },
		{ n->invisible, "INVISIBLE" }, { n->invalid, "BROKEN" },
	};
	bool plain = !n->non_ascii && !controls && !n->invalid;
	size_t i, at;

	at = (size_t)snprintf(out, size, "%zu byte%s%s", n->bytes, n->bytes == 1 ? "" : "s", !plain ? "" : wide ? ", all plain ASCII" : ", plain ASCII");
	for (i = 0; i < ARRAY_LEN(counts); i++)
		if (counts[i].count)
			at += (size_t)snprintf(out + at, size - at, ", %zu %s", counts[i].count, counts[i].words);
	if (wide)
		snprintf(out + at, size - at, ", all of it shown");
	if (controls || n->invisible || n->invalid)
		return STYLE_ALERT;
	return n->non_ascii || (box->tabs && !file) ? STYLE_WAIT : STYLE_TITLE;
}

/* One row of a frame's upper or lower edge, across the card. */
static void put_edge(struct page *p, bool upper, const char *title, enum style style)
{
	const char *left = p->d->unicode ? upper ? "┌" : "└" : "+", *right = p->d->unicode ? upper ? "┐" : "┘" : "+";

	if (page_shows(p)) {
		cells_line(p->c, p->r.x, p->y, p->r.width, NULL, p->d->unicode);
		cells_put(p->c, &p->r, p->r.x, p->y, STYLE_BORDER, left);
		cells_put(p->c, &p->r, p->r.x + p->r.width - 1, p->y, STYLE_BORDER, right);
		if (title[0])
			cells_putf(p->c, &p->r, p->r.x + 2, p->y, style, " %s ", title);
	}
	p->y++;
}

/* The request's line in a box's lower edge, where there is little room and it fits whole. */
static void put_request_edge(struct page *p)
{
	const struct model_action *a = p->a;
	char text[120];
	int n = snprintf(text, sizeof(text), "%s %s  %lld B (%s raw)", a->method, a->path, (long long)a->body_len, dash_key_of(p->d, INTENT_RAW).text), i;

	p->request_told = !p->wide && p->k->body.box_count == 1 && p->k->body.json && !a->query[0] && n < (int)sizeof(text) && n <= p->r.width - 6;
	for (i = 0; p->request_told && i < n; i++)
		p->request_told = text[i] >= ' ' && text[i] < 0x7f;
	put_edge(p, false, p->request_told ? text : "", p->request_told ? STYLE_NORMAL : STYLE_BORDER);
}

static void put_box(struct page *p, const struct card_box *b)
{
	bool file = strncmp(p->a->kind, "write", 5) == 0;
	const char *what = is_exec(p->a) ? "COMMAND" : file ? "CONTENT" : "TEXT";
	enum safetext_kind kind = is_exec(p->a) ? SAFETEXT_IDENT : SAFETEXT_PROSE;
	char counts[160], title[200];
	enum style style = count_words(b, file, p->wide, counts, sizeof(counts));
	int first;

	snprintf(title, sizeof(title), "%s%s%s%s", p->wide ? what : "", p->wide ? "  " : "", counts, b->decoded ? ", base64 in the body" : "");
	if (b->name[0]) {
		page_begin(p, "file");
		page_foreign(p, STYLE_BOLD, SAFETEXT_IDENT, b->name);
		page_end(p);
	}
	if (p->brief) {
		if (style != STYLE_TITLE)
			page_row(p, style, title);
		page_text(p, p->left, p->right, STYLE_BOLD, kind, b->text, b->len);
		return;
	}
	if (p->wide) {
		page_row(p, style, title);
		title[0] = '\0';
	}
	put_edge(p, true, title, style);
	first = p->y;
	page_text(p, p->r.x + 2, p->r.x + p->r.width - 2, STYLE_BOLD, kind, b->text, b->len);
	/* The sides, where they are on the screen: a text may have a million rows. */
	for (first = first < p->r.y ? p->r.y : first; first < p->y && first < p->r.y + p->r.height; first++) {
		cells_put(p->c, &p->r, p->r.x, first, STYLE_BORDER, p->d->unicode ? "│" : "|");
		cells_put(p->c, &p->r, p->r.x + p->r.width - 1, first, STYLE_BORDER, p->d->unicode ? "│" : "|");
	}
	put_request_edge(p);
}

/* That a command gets no environment and no input of its own is told, not left to be guessed. */
static void put_absent(struct page *p)
{
	const struct card_body *b = &p->k->body;

	if (!is_exec(p->a) || !b->json || p->k->raw)
		return;
	if (!strstr(b->rest, "\"env"))
		page_own(p, STYLE_DIM, "env none   ");
	if (!strstr(b->rest, "\"stdin\""))
		page_own(p, STYLE_DIM, "stdin none");
}

/* What a JSON request says about itself anyway. */
static bool is_plain_header(const struct page *p, const char *header)
{
	return p->k->body.json && !p->k->raw && strcasecmp(header, "content-type: application/json") == 0;
}

static void put_headers(struct page *p)
{
	size_t i;

	for (i = 0; !p->brief && i < MODEL_HEADERS && p->a->headers[i]; i++) {
		if (is_plain_header(p, p->a->headers[i]))
			continue;
		page_begin(p, i == 0 ? "headers" : "");
		page_foreign(p, STYLE_DIM, SAFETEXT_IDENT, p->a->headers[i]);
		page_end(p);
	}
}

static void put_line(struct page *p)
{
	const struct model_action *a = p->a;
	bool raw = p->k->raw || !p->k->body.json;
	size_t i;

	if (p->request_told)
		return;
	page_begin(p, p->brief ? "" : "request");
	if (p->brief)
		p->x = p->from = p->left;
	page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, a->method);
	page_own(p, STYLE_NORMAL, " ");
	page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, a->path);
	if (a->query[0]) {
		page_own(p, STYLE_BOLD, "?");
		page_foreign(p, STYLE_BOLD, SAFETEXT_IDENT, a->query);
	}
	if (p->brief && !raw && p->k->body.flat && p->k->body.rest[0]) {
		page_own(p, STYLE_NORMAL, "   ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, p->k->body.rest);
	}
	for (i = 0; p->brief && i < MODEL_HEADERS && a->headers[i]; i++) {
		if (is_plain_header(p, a->headers[i]))
			continue;
		page_own(p, STYLE_NORMAL, "   ");
		page_foreign(p, STYLE_DIM, SAFETEXT_IDENT, a->headers[i]);
	}
	if (!p->brief) {
		page_ownf(p, STYLE_DIM, p->wide ? "  %lld bytes" : "  %lld B", (long long)a->body_len);
		if (p->k->body.json)
			page_ownf(p, STYLE_DIM, " (%s %s)", keymap_first(p->d->keys, KEYMAP_MAIN, INTENT_RAW).text, p->k->raw ? "laid out" : "raw");
		if (p->wide)
			page_digest(p, STYLE_DIM);
	}
	page_end(p);
}

static void put_with(struct page *p)
{
	page_begin(p, "with");
	page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, p->k->body.rest);
	if (p->k->body.rest[0])
		page_own(p, STYLE_NORMAL, "   ");
	put_absent(p);
	page_end(p);
}

/* The body's own bytes, or all of it that is not in the box. */
static void put_body(struct page *p)
{
	const struct model_action *a = p->a;
	const struct card_body *b = &p->k->body;
	bool raw = p->k->raw || !b->json;

	if (a->opaque)
		page_row(p, STYLE_ALERT, "OPAQUE: over 1 MiB; its first bytes in hexadecimal, nobody has read the rest, and no rule has");
	else if (a->body_base64[0])
		page_row(p, STYLE_ALERT, "NOT TEXT: base64 of its first 64 KiB");
	if (b->unusual)
		page_row(p, STYLE_ALERT, "the body has UNUSUAL CHARACTERS");
	if (a->body_cut)
		page_row(p, STYLE_ALERT, "the body has a NUL: what stands behind it is not shown, so that it cannot be approved here");
	if (raw && b->json)
		page_text(p, p->left + 2 * !p->brief, p->right, STYLE_NORMAL, SAFETEXT_PROSE, a->body, strlen(a->body));
	else if (b->flat && p->brief)
		;	/* behind the path */
	else if (b->flat && (b->rest[0] || is_exec(a)))
		put_with(p);
	else if (b->rest[0])
		page_text(p, p->left + 2 * !p->brief, p->right, STYLE_NORMAL, SAFETEXT_PROSE, b->rest, strlen(b->rest));
}

void card_put_request(struct page *p)
{
	size_t i;

	for (i = 0; i < p->k->body.box_count && !p->k->raw; i++)
		put_box(p, &p->k->body.boxes[i]);
	put_line(p);
	put_headers(p);
	put_body(p);
	p->request_end = p->y;
}

/* What a person changed: the bytes that differ, between what stands alike before and behind them. */
void card_put_edited(struct page *p)
{
	const char *old = p->a->original, *new = p->a->body;
	size_t old_len = strlen(old), new_len = strlen(new), head = 0, tail = 0;

	if (!p->a->edited_by[0])
		return;
	while (head < old_len && head < new_len && old[head] == new[head])
		head++;
	while (head > 0 && ((unsigned char)old[head] & 0xc0) == 0x80)
		head--;	/* whole characters */
	while (tail < old_len - head && tail < new_len - head && old[old_len - 1 - tail] == new[new_len - 1 - tail])
		tail++;
	while (tail > 0 && ((unsigned char)old[old_len - tail] & 0xc0) == 0x80)
		tail--;
	p->x = p->from = p->left;
	page_own(p, STYLE_ALERT, "EDITED by ");
	page_foreign(p, STYLE_ALERT, SAFETEXT_PROSE, p->a->edited_by);
	page_ownf(p, STYLE_ALERT, ", from byte %zu of the body:", head);
	page_end(p);
	cells_put(p->c, &p->r, p->left + 1, p->y, STYLE_RISKY, old_len - head - tail > 0 ? "-" : "- nothing");
	page_text(p, p->left + 3, p->right, STYLE_RISKY, SAFETEXT_PROSE, old + head, old_len - head - tail);
	cells_put(p->c, &p->r, p->left + 1, p->y, STYLE_GOOD, new_len - head - tail > 0 ? "+" : "+ nothing");
	page_text(p, p->left + 3, p->right, STYLE_GOOD, SAFETEXT_PROSE, new + head, new_len - head - tail);
}
