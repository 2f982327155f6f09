/* signed: see signed.h. */
#include "config.h"

#include "core/signed.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

enum { MEMBERS_MAX = 64, NAME_MAX_BYTES = 64 };

static const char own_member[] = "signature";

struct member {
	char *name;		/* own */
	char hash[DIGEST_HEX + 1];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* The names that calls have: nothing in them can look like another line. */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_BYTES && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static int read_members(const struct json_doc *d, struct member *members, size_t *ret_count, struct err *e)
{
	int key;

	*ret_count = 0;
	for (key = json_type(d, json_root(d)) == JSON_OBJECT ? json_first(d, json_root(d)) : JSON_NONE; key != JSON_NONE; key = json_next(d, key)) {
		struct member *m = &members[*ret_count];
		const char *raw;
		size_t len;

		if (json_str_is(d, key, own_member))
			continue;
		if (*ret_count == MEMBERS_MAX)
			return err_set(e, ERR_INVALID, "more members than any call has");
		m->name = json_strdup(d, key);
		if (!m->name || !name_ok(m->name)) {
			free(m->name);
			return err_set(e, ERR_INVALID, "a member with a name that no call has");
		}
		raw = json_raw(d, json_value(d, key), &len);
		digest_hex(raw, len, m->hash);
		++*ret_count;
	}
	return 0;
}

int signed_text(struct buf *out, const char *method, const char *target, int64_t time_ms, const struct json_doc *d, struct err *e)
{
	struct member *members = calloc(MEMBERS_MAX, sizeof(*members));
	size_t count = 0, i;
	int r;

	if (!members)
		return err_set(e, ERR_NOMEM, "out of memory");
	r = read_members(d, members, &count, e);
	if (r == 0) {
		qsort(members, count, sizeof(*members), by_name);
		buf_printf(out, "assent-operator/1\n%s %s\n%lld\n", method, target, (long long)time_ms);
		for (i = 0; i < count; i++)
			buf_printf(out, "%s:%s\n", members[i].name, members[i].hash);
		if (buf_failed(out))
			r = err_set(e, ERR_NOMEM, "out of memory");
	}
	for (i = 0; i < count; i++)
		free(members[i].name);
	free(members);
	return r;
}

int signed_read(const struct json_doc *d, struct signature *ret, struct err *e)
{
	int v = json_get(d, json_root(d), own_member);
	char *name = json_strdup(d, json_get(d, v, "operator")), *text = json_strdup(d, json_get(d, v, "value"));
	struct buf value;
	bool ok;

	*ret = (struct signature){ 0 };
	buf_init(&value, SIGNATURE_BYTES + 2);
	ok = json_size(d, v) == 3 && json_int(d, json_get(d, v, "time_ms"), &ret->time_ms) == 0 && name && name[0] && strlen(name) < sizeof(ret->name) &&
	     text && strlen(text) == SIGNATURE_TEXT && base64_decode(&value, text, SIGNATURE_TEXT) == 0 && value.len == SIGNATURE_BYTES;
	if (ok) {
		memcpy(ret->name, name, strlen(name) + 1);
		memcpy(ret->value, value.data, SIGNATURE_BYTES);
	}
	buf_release(&value);
	free(name);
	free(text);
	if (v == JSON_NONE)
		return err_set(e, ERR_NOTFOUND, "there is no signature");
	return ok ? 0 : err_set(e, ERR_INVALID, "the signature is not {\"operator\", \"time_ms\", \"value\": 64 bytes in base64}");
}

int signed_write(struct buf *out, const struct json_doc *d, const struct signature *s, struct err *e)
{
	const char *raw;
	struct jsonw w;
	struct buf text;
	size_t len;

	if (json_type(d, json_root(d)) != JSON_OBJECT || json_get(d, json_root(d), own_member) != JSON_NONE)
		return err_set(e, ERR_INVALID, "only an object without a signature can be signed");
	/* The members stay as they are, byte for byte: their bytes are what is signed. */
	raw = json_raw(d, json_root(d), &len);
	buf_append(out, raw, len - 1);
	buf_puts(out, json_size(d, json_root(d)) > 0 ? ",\"signature\":" : "\"signature\":");
	buf_init(&text, SIGNATURE_TEXT + 1);
	base64_encode(&text, s->value, SIGNATURE_BYTES);
	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_kstr(&w, "operator", s->name);
	jw_kint(&w, "time_ms", s->time_ms);
	jw_kstr(&w, "value", buf_cstr(&text));
	jw_end(&w, '}');
	buf_putc(out, '}');
	buf_release(&text);
	return buf_failed(out) ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}
