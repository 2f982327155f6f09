/* form_access: see form_access.h. The application is ".../root", its window ".../0", the controls ".../1" and on. */
#include "config.h"

#include "form_access.h"

#include <dbus/dbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE "/org/a11y/atspi/accessible/"
#define NOTHING "/org/a11y/atspi/null"
#define REGISTRY "org.a11y.atspi.Registry"
#define ACCESSIBLE "org.a11y.atspi.Accessible"
#define COMPONENT "org.a11y.atspi.Component"
#define APPLICATION "org.a11y.atspi.Application"

enum { ROOT = -1, STATE_ENABLED = 8, STATE_FOCUSABLE = 11, STATE_FOCUSED = 12, STATE_SENSITIVE = 24, STATE_SHOWING = 25, STATE_VISIBLE = 30 };

static struct {
	const struct access_source *source;
	DBusConnection *bus;
	struct access_control controls[ACCESS_CONTROLS_MAX];	/* as they are at the question that is answered */
	int count;
} a11y;

static const char *role_name(enum access_role role)
{
	switch (role) {
	case ACCESS_FRAME: return "frame";
	case ACCESS_LABEL: return "label";
	case ACCESS_LIST: return "list";
	case ACCESS_PANEL: return "panel";
	case ACCESS_BUTTON: return "push button";
	case ACCESS_APPLICATION: return "application";
	case ACCESS_ENTRY: return "entry";
	}
	return "unknown";
}

static void put_reference(DBusMessageIter *it, const char *name, const char *path)
{
	DBusMessageIter one;

	dbus_message_iter_open_container(it, DBUS_TYPE_STRUCT, NULL, &one);
	dbus_message_iter_append_basic(&one, DBUS_TYPE_STRING, &name);
	dbus_message_iter_append_basic(&one, DBUS_TYPE_OBJECT_PATH, &path);
	dbus_message_iter_close_container(it, &one);
}

static void put_own(DBusMessageIter *it, int n)
{
	char path[80];

	if (n == ROOT)
		snprintf(path, sizeof(path), BASE "root");
	else
		snprintf(path, sizeof(path), BASE "%d", n);
	put_reference(it, dbus_bus_get_unique_name(a11y.bus), path);
}

static enum access_role role_of(int n)
{
	return n == ROOT ? ACCESS_APPLICATION : n == 0 ? ACCESS_FRAME : a11y.controls[n - 1].role;
}

static const char *name_of(int n)
{
	return n == ROOT ? "assent-form" : n == 0 ? a11y.source->title : a11y.controls[n - 1].name;
}

static int children_of(int n)
{
	return n == ROOT ? 1 : n == 0 ? a11y.count : 0;
}

static void put_states(DBusMessageIter *it, int n)
{
	dbus_uint32_t words[2] = { 1U << STATE_ENABLED | 1U << STATE_SENSITIVE | 1U << STATE_SHOWING | 1U << STATE_VISIBLE, 0 };
	const dbus_uint32_t *p = words;
	DBusMessageIter list;

	if (n > 0 && a11y.controls[n - 1].role == ACCESS_ENTRY)
		words[0] |= 1U << STATE_FOCUSABLE;
	if (n > 0 && a11y.controls[n - 1].focused)
		words[0] |= 1U << STATE_FOCUSED;
	dbus_message_iter_open_container(it, DBUS_TYPE_ARRAY, "u", &list);
	dbus_message_iter_append_fixed_array(&list, DBUS_TYPE_UINT32, &p, 2);
	dbus_message_iter_close_container(it, &list);
}

static void put_children(DBusMessageIter *it, int n)
{
	DBusMessageIter list;
	int i;

	dbus_message_iter_open_container(it, DBUS_TYPE_ARRAY, "(so)", &list);
	for (i = 0; i < children_of(n); i++)
		put_own(&list, n == ROOT ? 0 : i + 1);
	dbus_message_iter_close_container(it, &list);
}

static void put_interfaces(DBusMessageIter *it, int n)
{
	const char *names[] = { ACCESSIBLE, n == ROOT ? APPLICATION : COMPONENT };
	DBusMessageIter list;
	size_t i;

	dbus_message_iter_open_container(it, DBUS_TYPE_ARRAY, "s", &list);
	for (i = 0; i < 2; i++)
		dbus_message_iter_append_basic(&list, DBUS_TYPE_STRING, &names[i]);
	dbus_message_iter_close_container(it, &list);
}

static void put_extents(DBusMessageIter *it, int n, dbus_uint32_t kind)
{
	const struct access_control whole = { .width = a11y.source->width, .height = a11y.source->height }, *c = n == 0 ? &whole : &a11y.controls[n - 1];
	dbus_int32_t r[4] = { c->x, c->y, c->width, c->height };
	DBusMessageIter one;
	int i, x = 0, y = 0;

	if (kind == 0)		/* on the screen; else in the window */
		a11y.source->origin(&x, &y);
	r[0] += x;
	r[1] += y;
	dbus_message_iter_open_container(it, DBUS_TYPE_STRUCT, NULL, &one);
	for (i = 0; i < 4; i++)
		dbus_message_iter_append_basic(&one, DBUS_TYPE_INT32, &r[i]);
	dbus_message_iter_close_container(it, &one);
}

static void put_variant(DBusMessageIter *it, const char *type, const void *value)
{
	DBusMessageIter v;

	dbus_message_iter_open_container(it, DBUS_TYPE_VARIANT, type, &v);
	dbus_message_iter_append_basic(&v, type[0], value);
	dbus_message_iter_close_container(it, &v);
}

/* false: there is no such property. */
static bool put_property(DBusMessageIter *it, int n, const char *property)
{
	const char *name = name_of(n), *empty = "", *toolkit = "assent-form", *locale = "C";
	dbus_int32_t count = children_of(n), id = 0;
	DBusMessageIter v;

	if (strcmp(property, "Name") == 0) {
		put_variant(it, "s", &name);
	} else if (strcmp(property, "ChildCount") == 0) {
		put_variant(it, "i", &count);
	} else if (strcmp(property, "Parent") == 0) {
		dbus_message_iter_open_container(it, DBUS_TYPE_VARIANT, "(so)", &v);
		if (n == ROOT)
			put_reference(&v, REGISTRY, BASE "root");
		else
			put_own(&v, n == 0 ? ROOT : 0);
		dbus_message_iter_close_container(it, &v);
	} else if (strcmp(property, "Description") == 0 || strcmp(property, "AccessibleId") == 0) {
		put_variant(it, "s", &empty);
	} else if (strcmp(property, "ToolkitName") == 0 || strcmp(property, "Version") == 0 || strcmp(property, "AtspiVersion") == 0) {
		put_variant(it, "s", &toolkit);
	} else if (strcmp(property, "Locale") == 0) {
		put_variant(it, "s", &locale);
	} else if (strcmp(property, "Id") == 0) {
		put_variant(it, "i", &id);
	} else {
		return false;
	}
	return true;
}

/* What is asked of one object; false: it knows no such question. */
static bool answer(DBusMessage *m, DBusMessageIter *it, int n)
{
	const char *member = dbus_message_get_member(m), *interface = NULL, *property = NULL, *text;
	dbus_uint32_t number;

	if (strcmp(member, "Get") == 0)
		return dbus_message_get_args(m, NULL, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING, &property, DBUS_TYPE_INVALID) && put_property(it, n, property);
	if (strcmp(member, "GetChildren") == 0) {
		put_children(it, n);
	} else if (strcmp(member, "GetRole") == 0) {
		number = (dbus_uint32_t)role_of(n);
		dbus_message_iter_append_basic(it, DBUS_TYPE_UINT32, &number);
	} else if (strcmp(member, "GetRoleName") == 0 || strcmp(member, "GetLocalizedRoleName") == 0) {
		text = role_name(role_of(n));
		dbus_message_iter_append_basic(it, DBUS_TYPE_STRING, &text);
	} else if (strcmp(member, "GetState") == 0) {
		put_states(it, n);
	} else if (strcmp(member, "GetInterfaces") == 0) {
		put_interfaces(it, n);
	} else if (strcmp(member, "GetApplication") == 0) {
		put_own(it, ROOT);
	} else if (strcmp(member, "GetExtents") == 0 && n != ROOT) {
		if (!dbus_message_get_args(m, NULL, DBUS_TYPE_UINT32, &number, DBUS_TYPE_INVALID))
			return false;
		put_extents(it, n, number);
	} else {
		return false;
	}
	return true;
}

/* ROOT, a number, or less than ROOT: there is no such object. */
static int object_of(const char *path)
{
	char *end;
	long n;

	if (!path || strncmp(path, BASE, strlen(BASE)) != 0)
		return ROOT - 1;
	path += strlen(BASE);
	if (strcmp(path, "root") == 0)
		return ROOT;
	n = strtol(path, &end, 10);
	return *path && !*end && n >= 0 && n <= a11y.count ? (int)n : ROOT - 1;
}

static DBusHandlerResult on_message(DBusConnection *bus, DBusMessage *m, void *arg)
{
	DBusMessage *reply;
	DBusMessageIter it;
	int n;

	(void)arg;
	if (dbus_message_get_type(m) != DBUS_MESSAGE_TYPE_METHOD_CALL)
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	a11y.count = (int)a11y.source->controls(a11y.controls);
	n = object_of(dbus_message_get_path(m));
	reply = dbus_message_new_method_return(m);
	if (!reply)
		abort();
	dbus_message_iter_init_append(reply, &it);
	if (n < ROOT || !answer(m, &it, n)) {
		dbus_message_unref(reply);
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	dbus_connection_send(bus, reply, NULL);
	dbus_message_unref(reply);
	return DBUS_HANDLER_RESULT_HANDLED;
}

/* The registry takes the application among its children. */
static void embed(void)
{
	DBusMessage *m = dbus_message_new_method_call(REGISTRY, BASE "root", "org.a11y.atspi.Socket", "Embed");
	DBusMessageIter it;

	if (!m)
		abort();
	dbus_message_iter_init_append(m, &it);
	put_own(&it, ROOT);
	dbus_message_set_no_reply(m, TRUE);
	dbus_connection_send(a11y.bus, m, NULL);
	dbus_message_unref(m);
	dbus_connection_flush(a11y.bus);
}

int access_open(const struct access_source *s)
{
	const char *address = getenv("AT_SPI_BUS_ADDRESS");
	int fd = -1;

	a11y.source = s;
	a11y.bus = address ? dbus_connection_open_private(address, NULL) : NULL;
	if (!a11y.bus || !dbus_bus_register(a11y.bus, NULL))
		return -1;
	dbus_connection_set_exit_on_disconnect(a11y.bus, FALSE);
	if (!dbus_connection_add_filter(a11y.bus, on_message, NULL, NULL) || !dbus_connection_get_unix_fd(a11y.bus, &fd))
		return -1;
	embed();
	return fd;
}

void access_handle(void)
{
	if (!dbus_connection_read_write(a11y.bus, 0))
		return;
	while (dbus_connection_dispatch(a11y.bus) == DBUS_DISPATCH_DATA_REMAINS)
		;
	dbus_connection_flush(a11y.bus);
}
