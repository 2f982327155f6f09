/* bench_policy: microseconds for one judgement by 500 rules, of which the last decides; and for reading the file. Prints one line. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/policy.h"

enum { RULES = 500, ROUNDS = 20000, READS = 50 };

static void put_rules(struct buf *out)
{
	int i;

	for (i = 0; i < RULES - 1; i++) {
		if (i % 4 == 0)
			buf_printf(out, "allow exec session=sbx_%d command=\"npm run step-%d\" cwd=/workspace/site timeout=120\n", i, i);
		else if (i % 4 == 1)
			buf_printf(out, "allow exec agent=builder-%d command=\"make target-%d\"\n", i, i);
		else if (i % 4 == 2)
			buf_printf(out, "allow exec command=\"git fetch origin-%d\"\n", i);
		else
			buf_printf(out, "hold click session=cmp_%d box=0,0,640,480 time=22:00-06:00\n", i);
	}
	buf_puts(out, "allow exec command=\"npm test\" cwd=/workspace/site\n");
}

int main(void)
{
	const struct policy_moment now = { 12 * 60, 20260701 };
	struct policy_found f = { .rule = NULL };
	struct policy *p = NULL;
	struct action *a;
	int64_t begin, judged, read;
	struct buf text;
	int i;

	buf_init(&text, POLICY_FILE_MAX);
	put_rules(&text);
	begin = clock_boot_us();
	for (i = 0; i < READS; i++) {
		policy_free(p);
		if (policy_parse("bench", text.data, text.len, &p, NULL) < 0)
			return 1;
	}
	read = clock_boot_us() - begin;
	if (policy_probe("POST", "/sandboxes/sbx_7f2c/exec", "{\"command\":\"npm test\",\"cwd\":\"/workspace/site\"}", "clerk", &a, NULL) < 0)
		return 1;
	begin = clock_boot_us();
	for (i = 0; i < ROUNDS; i++)
		policy_judge(p, a, NULL, &now, &f);
	judged = clock_boot_us() - begin;
	if (!f.rule || f.rule->line != RULES)
		return 1;
	printf("one action by %d rules: %.1f us; reading them: %.0f us\n", RULES, (double)judged / ROUNDS, (double)read / READS);
	action_free(a);
	policy_free(p);
	buf_release(&text);
	return 0;
}
