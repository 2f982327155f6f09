/* unlock: see unlock.h. */
#include "config.h"

#include "cmd/unlock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/cmd.h"

void unlock_init(struct unlock *u, const char *file, int64_t lock_ms)
{
	*u = (struct unlock){ .file = file ? strdup(file) : path_config("operator.key"), .lock_ms = lock_ms };
	if (!u->file || identity_card_of(u->file, &u->card, NULL) < 0)
		u->card.name[0] = '\0';
}

void unlock_release(struct unlock *u)
{
	unlock_lock(u);
	free(u->file);
	*u = (struct unlock){ 0 };
}

bool unlock_has_identity(const struct unlock *u)
{
	return u->card.name[0] != '\0';
}

int unlock_open(struct unlock *u, const char *passphrase, int64_t now_boot_ms, struct err *e)
{
	struct identity *i;
	int r;

	if (!u->file)
		return err_set(e, ERR_NOTFOUND, "no home directory, and so no operator's key");
	r = identity_open(u->file, passphrase, &i, e);
	if (r < 0)
		return r;
	unlock_lock(u);
	u->identity = i;
	u->card = *identity_card(i);
	u->key_boot_ms = now_boot_ms;
	return 0;
}

int64_t unlock_until(const struct unlock *u)
{
	return u->identity && u->lock_ms > 0 ? u->key_boot_ms + u->lock_ms : INT64_MAX;
}

bool unlock_is_open(struct unlock *u, int64_t now_boot_ms)
{
	if (now_boot_ms >= unlock_until(u))
		unlock_lock(u);
	return u->identity != NULL;
}

void unlock_key_pressed(struct unlock *u, int64_t now_boot_ms)
{
	if (unlock_is_open(u, now_boot_ms))
		u->key_boot_ms = now_boot_ms;
}

void unlock_lock(struct unlock *u)
{
	identity_close(u->identity);
	u->identity = NULL;
}

int unlock_sign(struct unlock *u, const char *method, const char *target, const char *body, int64_t now_boot_ms, int64_t now_wall_ms, struct buf *out,
		struct err *e)
{
	struct signature s = { .time_ms = now_wall_ms };
	struct json_doc d;
	struct buf text;
	int r;

	if (!unlock_is_open(u, now_boot_ms))
		return err_set(e, ERR_DENIED, "the operator's key is locked");
	if (!body || !body[0])
		body = "{}";
	snprintf(s.name, sizeof(s.name), "%s", u->card.name);
	r = json_parse(body, strlen(body), &d, e);
	if (r < 0)
		return r;
	buf_init(&text, 65536);
	r = signed_text(&text, method, target, now_wall_ms, &d, e);
	if (r == 0)
		r = identity_sign(u->identity, buf_cstr(&text), text.len, s.value, e);
	if (r == 0)
		r = signed_write(out, &d, &s, e);
	buf_release(&text);
	json_release(&d);
	return r;
}
