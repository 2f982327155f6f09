/* accessible: see accessible.h. The only file of assent-local that knows D-Bus. */
#include "config.h"

#include "local/accessible.h"

#include <dbus/dbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"

#define REGISTRY "org.a11y.atspi.Registry"
#define ROOT "/org/a11y/atspi/accessible/root"
#define ACCESSIBLE "org.a11y.atspi.Accessible"

/* An answer is asked for behind a card that a person reads. A JSON reader takes 64 levels; each node has two. */
enum { ALL_MS = 2000, CALL_MS = 300, NODES_MAX = 5000, DEPTH_MAX = 28, BYTES_MAX = 4 * 1024 * 1024, SCREEN = 0 };

struct walk {
	DBusConnection *bus;
	int64_t end_ms;
	int nodes;
	bool late;	/* one program did not answer, or said something else: what it has is left out */
};

/* Of libatspi's enumeration: what is of use to a person. */
static const struct { int bit; const char *word; } states[] = {
	{ 1, "active" }, { 4, "checked" }, { 7, "editable" }, { 8, "enabled" }, { 10, "expanded" }, { 12, "focused" }, { 16, "modal" }, { 20, "pressed" },
	{ 23, "selected" }, { 25, "showing" }, { 30, "visible" },
};
enum { BIT_SHOWING = 25 };

bool accessible_available(void)
{
#ifdef ASSENT_SANITIZE	/* a sanitizer's memory does not fit into a computer, where the tree is read */
	return false;
#else
	return access(ACCESSIBLE_DAEMON, X_OK) == 0 && access(ACCESSIBLE_REGISTRY, X_OK) == 0 && access(ACCESSIBLE_CONFIG, R_OK) == 0;
#endif
}

/* The answer, to be unreferenced; NULL for none in time. message is unreferenced. */
static DBusMessage *call(struct walk *w, DBusMessage *message)
{
	int64_t left = w->end_ms - clock_boot_ms();
	DBusMessage *answer = NULL;

	if (!message)
		abort();
	if (left > 0)
		answer = dbus_connection_send_with_reply_and_block(w->bus, message, left < CALL_MS ? (int)left : CALL_MS, NULL);
	dbus_message_unref(message);
	w->late |= !answer;
	return answer;
}

static DBusMessage *method(const char *name, const char *path, const char *interface, const char *member)
{
	return dbus_message_new_method_call(name, path, interface, member);
}

/* A property that is a string; own, "" where there is none. */
static char *get_name(struct walk *w, const char *name, const char *path)
{
	const char *interface = ACCESSIBLE, *property = "Name", *text = "";
	DBusMessage *m = method(name, path, DBUS_INTERFACE_PROPERTIES, "Get"), *answer;
	DBusMessageIter it, inner;
	char *copy;

	if (!m || !dbus_message_append_args(m, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING, &property, DBUS_TYPE_INVALID))
		abort();
	answer = call(w, m);
	if (answer && dbus_message_iter_init(answer, &it) && dbus_message_iter_get_arg_type(&it) == DBUS_TYPE_VARIANT) {
		dbus_message_iter_recurse(&it, &inner);
		if (dbus_message_iter_get_arg_type(&inner) == DBUS_TYPE_STRING)
			dbus_message_iter_get_basic(&inner, &text);
	}
	copy = strdup(text);
	if (!copy)
		abort();
	if (answer)
		dbus_message_unref(answer);
	return copy;
}

static void put_role(struct walk *w, const char *name, const char *path, struct jsonw *out)
{
	DBusMessage *answer = call(w, method(name, path, ACCESSIBLE, "GetRoleName"));
	const char *role = "";

	if (answer)
		dbus_message_get_args(answer, NULL, DBUS_TYPE_STRING, &role, DBUS_TYPE_INVALID);
	jw_kstr(out, "role", role);
	if (answer)
		dbus_message_unref(answer);
}

/* Without the interface there are no bounds; that is no failure. */
static void put_bounds(struct walk *w, const char *name, const char *path, struct jsonw *out)
{
	dbus_uint32_t kind = SCREEN;
	DBusMessage *m = method(name, path, "org.a11y.atspi.Component", "GetExtents"), *answer;
	static const char *const keys[] = { "x", "y", "width", "height" };
	DBusMessageIter it, inner;
	dbus_int32_t n[4] = { 0 };
	bool before = w->late;
	int i = 0;

	if (!m || !dbus_message_append_args(m, DBUS_TYPE_UINT32, &kind, DBUS_TYPE_INVALID))
		abort();
	answer = call(w, m);
	w->late = before;
	if (answer && dbus_message_iter_init(answer, &it) && dbus_message_iter_get_arg_type(&it) == DBUS_TYPE_STRUCT) {
		dbus_message_iter_recurse(&it, &inner);
		for (; i < 4 && dbus_message_iter_get_arg_type(&inner) == DBUS_TYPE_INT32; i++) {
			dbus_message_iter_get_basic(&inner, &n[i]);
			dbus_message_iter_next(&inner);
		}
	}
	if (i == 4 && n[2] > 0 && n[3] > 0) {
		jw_key(out, "bounds");
		jw_begin(out, '{');
		for (i = 0; i < 4; i++)
			jw_kint(out, keys[i], n[i]);
		jw_end(out, '}');
	}
	if (answer)
		dbus_message_unref(answer);
}

/* Returns whether what is below it can be seen. */
static bool put_states(struct walk *w, const char *name, const char *path, struct jsonw *out)
{
	DBusMessage *answer = call(w, method(name, path, ACCESSIBLE, "GetState"));
	const dbus_uint32_t *words = NULL;
	bool seen, none = true;
	int count = 0;
	size_t i;

#define HAS(bit) ((bit) / 32 < count && (words[(bit) / 32] >> ((bit) % 32) & 1))
	if (answer && !dbus_message_get_args(answer, NULL, DBUS_TYPE_ARRAY, DBUS_TYPE_UINT32, &words, &count, DBUS_TYPE_INVALID))
		count = 0;
	jw_key(out, "states");
	jw_begin(out, '[');
	for (i = 0; i < ARRAY_LEN(states); i++)
		if (HAS(states[i].bit))
			jw_str(out, states[i].word);
	jw_end(out, ']');
	seen = HAS(BIT_SHOWING);
#undef HAS
	for (i = 0; i < (size_t)count; i++)
		none = none && words[i] == 0;	/* as of the registry's root, and of programs */
	if (answer)
		dbus_message_unref(answer);
	return seen || none;
}

static void put_node(struct walk *w, const char *name, const char *path, int depth, struct jsonw *out);

static void put_children(struct walk *w, const char *name, const char *path, int depth, struct jsonw *out)
{
	DBusMessage *answer = call(w, method(name, path, ACCESSIBLE, "GetChildren"));
	DBusMessageIter it, list, one;

	jw_key(out, "children");
	jw_begin(out, '[');
	if (answer && dbus_message_iter_init(answer, &it) && dbus_message_iter_get_arg_type(&it) == DBUS_TYPE_ARRAY) {
		dbus_message_iter_recurse(&it, &list);
		for (; dbus_message_iter_get_arg_type(&list) == DBUS_TYPE_STRUCT && !w->late; dbus_message_iter_next(&list)) {
			const char *child = NULL, *child_path = NULL;

			dbus_message_iter_recurse(&list, &one);
			if (dbus_message_iter_get_arg_type(&one) == DBUS_TYPE_STRING)
				dbus_message_iter_get_basic(&one, &child);
			if (dbus_message_iter_next(&one) && dbus_message_iter_get_arg_type(&one) == DBUS_TYPE_OBJECT_PATH)
				dbus_message_iter_get_basic(&one, &child_path);
			if (child && child[0] && dbus_validate_bus_name(child, NULL) && child_path && strcmp(child_path, "/org/a11y/atspi/null") != 0)
				put_node(w, child, child_path, depth + 1, out);
		}
	}
	jw_end(out, ']');
	if (answer)
		dbus_message_unref(answer);
}

/* What hangs, has too much or is too deep is left out whole: of a part of a window nobody knows what lies on top. */
static void put_node(struct walk *w, const char *name, const char *path, int depth, struct jsonw *out)
{
	size_t before = out->out->len;
	bool comma = out->comma, program = depth == 1;
	char *text;

	if (++w->nodes > NODES_MAX || depth > DEPTH_MAX)
		w->late = true;
	if (w->late)
		return;
	jw_begin(out, '{');
	put_role(w, name, path, out);
	text = get_name(w, name, path);
	jw_kstr(out, "name", text);
	free(text);
	put_bounds(w, name, path, out);
	if (put_states(w, name, path, out))
		put_children(w, name, path, depth, out);
	jw_end(out, '}');
	if (program && w->late) {
		out->out->len = before;
		out->comma = comma;
		w->late = false;
	}
}

static int fail(const char *what, const DBusError *e)
{
	fprintf(stdout, "%s%s%s\n", what, dbus_error_is_set(e) ? ": " : "", dbus_error_is_set(e) ? e->message : "");
	return 1;
}

int accessible_main(void)
{
	struct walk w = { .end_ms = clock_boot_ms() + ALL_MS };
	struct jsonw out;
	struct buf b;
	DBusError e;
	bool whole;

	dbus_error_init(&e);
	w.bus = dbus_connection_open_private(ACCESSIBLE_BUS, &e);
	if (!w.bus || !dbus_bus_register(w.bus, &e))
		return fail("the computer's accessibility bus cannot be reached", &e);
	dbus_connection_set_exit_on_disconnect(w.bus, FALSE);
	buf_init(&b, BYTES_MAX);
	jw_init(&out, &b);
	put_node(&w, REGISTRY, ROOT, 0, &out);
	whole = !w.late && !buf_failed(&b) && clock_boot_ms() < w.end_ms;
	if (whole)
		fwrite(b.data, 1, b.len, stdout);
	buf_release(&b);
	return whole ? 0 : fail("the accessibility tree could not be read in time, or is too large", &e);
}
