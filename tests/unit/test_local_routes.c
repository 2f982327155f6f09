/* test_local_routes: each call that assent-local has is one that the gate knows the class of; none comes twice. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/classify.h"
#include "local/api.h"

static const struct { const struct api_route *routes; const size_t *count; } tables[] = {
	{ routes_sandbox, &routes_sandbox_count }, { routes_exec, &routes_exec_count }, { routes_computer, &routes_computer_count },
	{ routes_desktop, &routes_desktop_count }, { routes_files, &routes_files_count }, { routes_control, &routes_control_count },
	{ routes_runs, &routes_runs_count }, { routes_actions, &routes_actions_count },
};

/* A path that fits the template. */
static void fill(const char *template, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "/api/v1");

	while (*template && n < size - 4) {
		bool hole = *template == '{';

		n += (size_t)snprintf(out + n, size - n, "%c", hole ? '7' : *template);
		template += hole ? strcspn(template, "}") + 1 : 1;
	}
}

static void have_classes(void **state)
{
	struct classified c;
	char path[256];
	size_t t, i;

	(void)state;
	for (t = 0; t < ARRAY_LEN(tables); t++) {
		for (i = 0; i < *tables[t].count; i++) {
			const struct api_route *r = &tables[t].routes[i];

			/* The tail of these is one of several calls; each has its row. The other is an extension, which the gate holds as unknown. */
			if (strstr(r->template, "/processes/{*}") || strcmp(r->template, "/sandboxes/{}/snapshots/{}/events") == 0)
				continue;
			fill(r->template, path, sizeof(path));
			classify(r->method, path, &c);
			if (c.class == CLASS_UNKNOWN)
				fail_msg("%s %s has no class", http_method_name(r->method), r->template);
		}
	}
}

static void are_there_once(void **state)
{
	size_t t, i, u, k;

	(void)state;
	for (t = 0; t < ARRAY_LEN(tables); t++)
		for (i = 0; i < *tables[t].count; i++)
			for (u = 0; u <= t; u++)
				for (k = 0; k < (u == t ? i : *tables[u].count); k++)
					if (tables[t].routes[i].method == tables[u].routes[k].method && strcmp(tables[t].routes[i].template, tables[u].routes[k].template) == 0)
						fail_msg("%s is there twice", tables[t].routes[i].template);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(have_classes), cmocka_unit_test(are_there_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
