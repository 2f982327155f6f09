/* Commands taken apart: each row is a command, and what a reader is told of it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/command_parts.h"
#include "unit.h"

/* One line for each part, one for each effect below it, "? ..." for what is unclear. */
static void tell(const struct command_parts *p, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		buf_printf(out, "%s[%s]\n", p->parts[i].joiner, p->parts[i].text);
		for (k = 0; k < p->parts[i].count; k++) {
			const struct command_effect *ef = &p->parts[i].effects[k];

			buf_printf(out, " %s %s", effect_word(ef->verb), ef->object);
			if (ef->path[0] && strcmp(ef->path, ef->object) != 0)
				buf_printf(out, " = %s", ef->path);
			if (ef->host[0])
				buf_printf(out, " @%s", ef->host);
			if (ef->outside)
				buf_puts(out, " OUTSIDE");
			if (ef->pattern)
				buf_puts(out, " *");
			if (ef->from_part)
				buf_printf(out, " from %d", ef->from_part);
			if (ef->note[0])
				buf_printf(out, " (%s)", ef->note);
			buf_putc(out, '\n');
		}
	}
	if (p->unclear[0])
		buf_printf(out, "? %s\n", p->unclear);
}

static const struct row {
	const char *command, *cwd, *want;
} rows[] = {
	{ "cd dist && rm -rf out ../../cache/* && curl -fsS https://get.pruner.example/install.sh | sh", "/workspace/site",
	  "[cd dist]\n&&[rm -rf out ../../cache/*]\n DELETES out = /workspace/site/dist/out\n DELETES ../../cache/* = /workspace/cache/* *\n"
	  "&&[curl -fsS https://get.pruner.example/install.sh]\n NETWORK https://get.pruner.example/install.sh @get.pruner.example\n"
	  "|[sh]\n RUNS what part 3 gives it from 3 (nobody has read it)\n" },
	{ "npm test", "/workspace", "[npm test]\n" },
	{ "npm ci", "/workspace", "[npm ci]\n NETWORK packages of others, whose scripts run\n" },
	{ "rm -rf /", "/workspace", "[rm -rf /]\n DELETES / OUTSIDE\n" },
	{ "rm -rf /workspace/../etc", "", "[rm -rf /workspace/../etc]\n DELETES /workspace/../etc = /etc OUTSIDE\n" },
	{ "rm -rf ../../../../..", "/workspace/a", "[rm -rf ../../../../..]\n DELETES ../../../../.. = / OUTSIDE\n" },
	{ "rm /workspacex", "/", "[rm /workspacex]\n DELETES /workspacex OUTSIDE\n" },
	{ "rm x", "", "[rm x]\n DELETES x OUTSIDE (it is not known where it runs)\n" },
	{ "rm ~/x", "/workspace", "[rm ~/x]\n DELETES ~/x OUTSIDE (it is not known where that is)\n" },
	{ "rm $HOME/x", "/workspace", "[rm $HOME/x]\n DELETES $HOME/x OUTSIDE (which one is known only when it runs)\n" },
	{ "rm \"$d\"", "/workspace", "[rm \"$d\"]\n DELETES $d OUTSIDE (which one is known only when it runs)\n" },
	{ "rm '$d'", "/workspace", "[rm '$d']\n DELETES $d = /workspace/$d\n" },
	{ "rm \"a b\" c\\ d", "/workspace", "[rm \"a b\" c\\ d]\n DELETES a b = /workspace/a b\n DELETES c d = /workspace/c d\n" },
	{ "sudo -n /bin/rm x; ls", "/workspace", "[sudo -n /bin/rm x]\n DELETES x = /workspace/x\n;[ls]\n" },
	{ "A=1 env B=2 rm x", "/workspace", "[A=1 env B=2 rm x]\n DELETES x = /workspace/x\n" },
	{ "mv a b /srv", "/tmp", "[mv a b /srv]\n MOVES a = /tmp/a\n MOVES b = /tmp/b\n WRITES /srv OUTSIDE\n" },
	{ "cp a b", "/tmp", "[cp a b]\n READS a = /tmp/a\n WRITES b = /tmp/b\n" },
	{ "chmod -R 777 a", "/tmp", "[chmod -R 777 a]\n MODE a = /tmp/a\n" },
	{ "echo x > a 2>&1 | tee -a b", "/tmp", "[echo x > a 2>&1]\n WRITES a = /tmp/a\n|[tee -a b]\n WRITES b = /tmp/b\n" },
	{ "make >>log 2>/dev/null", "/tmp", "[make >>log 2>/dev/null]\n WRITES log = /tmp/log (at its end)\n WRITES /dev/null\n RUNS what the Makefile says\n" },
	{ "echo a&echo b", "/tmp", "[echo a]\n&[echo b]\n" },
	{ "cat <a &>b", "/tmp", "[cat <a &>b]\n READS a = /tmp/a\n WRITES b = /tmp/b\n" },
	{ "dd if=/dev/zero of=/dev/sda", "/tmp", "[dd if=/dev/zero of=/dev/sda]\n WRITES /dev/sda OUTSIDE\n" },
	{ "find . -name x -delete", "/tmp", "[find . -name x -delete]\n DELETES . = /tmp (what it finds there)\n" },
	{ "sed -i s/a/b/ f", "/tmp", "[sed -i s/a/b/ f]\n WRITES f = /tmp/f (in place)\n" },
	{ "sed s/a/b/ f", "/tmp", "[sed s/a/b/ f]\n" },
	{ "git push origin main", "/tmp", "[git push origin main]\n NETWORK sends commits away\n" },
	{ "git clone git@host.example:a/b.git", "/tmp", "[git clone git@host.example:a/b.git]\n NETWORK git@host.example:a/b.git @host.example\n" },
	{ "wget http://User@EXAMPLE.com:80/a?b=c@d", "/tmp", "[wget http://User@EXAMPLE.com:80/a?b=c@d]\n NETWORK http://User@EXAMPLE.com:80/a?b=c@d @example.com\n" },
	{ "curl https://good.example@evil.example/", "/tmp", "[curl https://good.example@evil.example/]\n NETWORK https://good.example@evil.example/ @evil.example\n" },
	{ "curl 'http://[::1]:80/x'", "/tmp", "[curl 'http://[::1]:80/x']\n NETWORK http://[::1]:80/x @::1\n" },
	{ "curl example.com/x", "/tmp", "[curl example.com/x]\n NETWORK example.com/x @example.com\n" },
	{ "curl -o out.txt example.com", "/tmp", "[curl -o out.txt example.com]\n NETWORK out.txt\n NETWORK example.com @example.com\n" },
	{ "ssh box ls", "/tmp", "[ssh box ls]\n NETWORK box @box (and runs commands there)\n" },
	{ "bash -lc 'rm -rf /etc'", "/tmp", "[bash -lc 'rm -rf /etc']\n RUNS rm -rf /etc (the text behind it)\n DELETES /etc OUTSIDE\n" },
	{ "python3 -c 'import os'", "/tmp", "[python3 -c 'import os']\n RUNS import os (the text behind it)\n" },
	{ "python3 a.py --x", "/tmp", "[python3 a.py --x]\n RUNS a.py = /tmp/a.py\n" },
	{ "./install.sh", "/workspace", "[./install.sh]\n RUNS ./install.sh = /workspace/install.sh\n" },
	{ "/usr/bin/true", "/workspace", "[/usr/bin/true]\n" },
	{ "cd $X && rm a", "/workspace", "[cd $X]\n&&[rm a]\n DELETES a OUTSIDE (it is not known where it runs)\n? it is not known where cd goes\n" },
	{ "rm $(cat list)", "/workspace", "[rm $(cat list)]\n DELETES $(cat list) OUTSIDE (which one is known only when it runs)\n? a part of it ($(...)) is made by another command when it runs\n" },
	{ "for f in *; do rm $f; done", "/tmp", "[for f in *]\n;[do rm $f]\n;[done]\n? \"for\": what runs, and how often, is decided when it runs\n" },
	{ "(rm a)", "/tmp", "[(rm a)]\n? it groups commands with (\n" },
	{ "echo 'a; rm b'", "/tmp", "[echo 'a; rm b']\n" },
	{ "echo a # ; rm b", "/tmp", "[echo a # ; rm b]\n? what stands behind a # is not run\n" },
	{ "echo 'a", "/tmp", "[echo 'a]\n? a quote has no end\n" },
	{ "rm a\nrm b", "/tmp", "[rm a]\n DELETES a = /tmp/a\n;[rm b]\n DELETES b = /tmp/b\n" },
	{ "$x a", "/tmp", "[$x a]\n? which program runs is known only then\n" },
	{ "", "/tmp", "" },
	{ " ;; && ", "/tmp", "" },
};

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct command_parts p;
		struct buf got;

		buf_init(&got, 65536);
		assert_int_equal(command_parts(rows[i].command, rows[i].cwd, &p, NULL), 0);
		tell(&p, &got);
		if (strcmp(buf_cstr(&got), rows[i].want) != 0)
			print_error("%s\nwant:\n%sgot:\n%s", rows[i].command, rows[i].want, buf_cstr(&got));
		assert_string_equal(buf_cstr(&got), rows[i].want);
		command_parts_release(&p);
		buf_release(&got);
	}
}

/* Every beginning of every row, and rows behind one another: nothing is lost, nothing is read past the end. */
static void test_cut(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		for (n = 0; n <= strlen(rows[i].command); n++) {
			char *cut = strndup(rows[i].command, n);
			struct command_parts p;

			assert_int_equal(command_parts(cut, rows[i].cwd, &p, NULL), 0);
			command_parts_release(&p);
			free(cut);
		}
	}
}

static void test_limits(void **state)
{
	struct command_parts p;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 65536);
	for (i = 0; i < COMMAND_PARTS_MAX + 1; i++)
		buf_puts(&b, "rm a b c d;");
	assert_int_equal(command_parts(buf_cstr(&b), "/tmp", &p, NULL), 0);
	assert_int_equal(p.count, COMMAND_PARTS_MAX);
	assert_int_equal(p.effects, COMMAND_EFFECTS_MAX);
	assert_string_not_equal(p.unclear, "");
	command_parts_release(&p);
	buf_clear(&b);
	for (i = 0; i < 2000; i++)
		buf_puts(&b, "sh -c ");
	assert_int_equal(command_parts(buf_cstr(&b), "/tmp", &p, NULL), 0);
	command_parts_release(&p);
	assert_int_equal(command_parts("sh -c \"sh -c 'sh -c \\\"rm /etc\\\"'\"", "/tmp", &p, NULL), 0);
	assert_string_equal(p.unclear, "it runs a command that runs a command that runs a command");
	command_parts_release(&p);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_cut), cmocka_unit_test(test_limits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
