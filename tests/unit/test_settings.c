/* settings: assent.conf: what is taken, and what every error says. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "io/settings.h"

static char path[4096];
static const char *const names[] = { "approve", "deny", "next" }, *const log_names[] = { "copy", "next" };
static const struct settings_actions actions = { { names, log_names, log_names }, { ARRAY_LEN(names), ARRAY_LEN(log_names), ARRAY_LEN(log_names) } };

static void write_file(const char *text, size_t len)
{
	FILE *f;

	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void all(void **state)
{
	static const char text[] = "# where agents ask\nlisten = \"127.0.0.1:7000\"\nupstream=https://api.example\nkey_file = /etc/assent/key\n"
				   "policy = \"/etc/assent/policy.conf\"\nstate = /var/lib/assent\nanswer_within = none\nhold_time = 5m\nlock = 2h\nnotice_command = /usr/local/bin/call-me\n"
				   "arming = 3s\ntheme = light\ncoordinates = normalised\npicture = kitty\nmouse = no\n";
	struct settings s;
	struct err e;

	(void)state;
	settings_init(&s);
	assert_int_equal(s.answer_within_ms, 25000);
	assert_int_equal(s.hold_ms, 600000);
	assert_int_equal(s.lock_ms, 600000);
	assert_int_equal(s.arming_ms, 1500);
	assert_null(s.theme);
	assert_null(s.coordinates);
	assert_true(s.mouse);
	write_file(text, sizeof(text) - 1);
	assert_int_equal(settings_read(path, &actions, &s, &e), 0);
	assert_string_equal(s.listen, "127.0.0.1:7000");
	assert_string_equal(s.upstream, "https://api.example");
	assert_string_equal(s.key_file, "/etc/assent/key");
	assert_string_equal(s.policy, "/etc/assent/policy.conf");
	assert_string_equal(s.state, "/var/lib/assent");
	assert_int_equal(s.answer_within_ms, 0);
	assert_int_equal(s.hold_ms, 300000);
	assert_int_equal(s.lock_ms, 7200000);
	assert_string_equal(s.notice_command, "/usr/local/bin/call-me");
	assert_int_equal(s.arming_ms, 3000);
	assert_string_equal(s.theme, "light");
	assert_string_equal(s.picture, "kitty");
	assert_string_equal(s.coordinates, "normalised");
	assert_false(s.mouse);
	settings_release(&s);
}

static void little(void **state)
{
	static const char *const texts[] = { "", "\n", "# nothing\n", "answer_within = \"55s\"\n" };
	struct settings s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		settings_init(&s);
		write_file(texts[i], strlen(texts[i]));
		assert_int_equal(settings_read(path, &actions, &s, &e), 0);
		assert_null(s.listen);
		assert_int_equal(s.answer_within_ms, i == 3 ? 55000 : 25000);
		settings_release(&s);
	}
	unlink(path);
	settings_init(&s);
	assert_int_equal(settings_read(path, &actions, &s, &e), ERR_NOTFOUND);
	assert_int_equal(s.hold_ms, 600000);
}

static void keys_and_phrases(void **state)
{
	static const char text[] = "keys {\n\tapprove = y\n\tdeny = \"n,F2 , Comma\"\n}\nphrases = {\"Not this host.\", no,\n\t\"\303\274\"}\nlog_keys { next = \"\" }\nhand_keys { next = N }\n";
	struct settings s;
	struct err e;

	(void)state;
	settings_init(&s);
	assert_int_equal(s.phrase_count, 0);
	write_file(text, sizeof(text) - 1);
	assert_int_equal(settings_read(path, &actions, &s, &e), 0);
	assert_int_equal(s.key_count, 4);
	assert_string_equal(s.keys[0].action, "approve");
	assert_int_equal(s.keys[0].line, 2);
	assert_int_equal(s.keys[0].count, 1);
	assert_string_equal(s.keys[0].names[0], "y");
	assert_int_equal(s.keys[0].section, 0);
	assert_int_equal(s.keys[1].line, 3);
	assert_int_equal(s.keys[1].count, 3);
	assert_string_equal(s.keys[1].names[1], "F2");
	assert_string_equal(s.keys[1].names[2], "Comma");
	assert_int_equal(s.keys[2].section, 1);
	assert_int_equal(s.keys[3].section, 2);
	assert_string_equal(s.keys[2].action, "next");
	assert_int_equal(s.keys[2].count, 0);
	assert_int_equal(s.phrase_count, 3);
	assert_string_equal(s.phrases[0], "Not this host.");
	assert_string_equal(s.phrases[2], "\303\274");
	settings_release(&s);
}

static const struct { const char *text, *error; } errors[] = {
	{ "listen = a\nlissten = b\n", ":2: no setting is called \"lissten\" (did you mean \"listen\"?)" },
	{ "xyz = b\n", ":1: no setting is called \"xyz\"" },
	{ "keys {\n\taprove = y\n}\n", ":2: no action is called \"aprove\" (did you mean \"approve\"?)" },
	{ "keys {\n\tcopy = y\n}\n", ":2: no action is called \"copy\"" },
	{ "keys {\n\tapprove = y\n\tapprove = z\n}\n", ":3: \"approve\" stands here twice, also in line 2" },
	{ "keys { approve = y }\nkeys {\napprove = z }\n", ":3: \"approve\" stands here twice, also in line 1" },
	{ "keys = y\n", ":1: " },
	{ "approve = y\n", ":1: no setting is called \"approve\"" },
	{ "keys {\n\tapprove = \"y, z\n", ":" },
	{ "phrases = {a,b,c,d,e,f,g,h,i,j}\n", ":1: \"phrases\" is a list of 1 to 9 phrases" },
	{ "phrases = {a, \"\"}\n", ":1: phrase 2 is no line of 1 to 200 bytes" },
	{ "phrases = {\"a\\nb\"}\n", ":1: phrase 1 is no line of 1 to 200 bytes" },
	{ "keys { approve = {y, z} }\n", ":1: " },
	{ "phrases = {a, b}\nphrases = {a, b}\n", ":2: \"phrases\" stands here twice" },
	{ "phrases = {a}\nphrases = {b}\n", ":2: \"phrases\" stands here twice" },
	{ "lock = 5m\n\nlock = 6m\n", ":3: \"lock\" stands here twice" },
	{ "lock = 5\n", ":1: \"lock\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"" },
	{ "theme = solarized\n", ":1: \"theme\" is dark, light or mono" }, { "picture = png\n", ":1: \"picture\" is auto, sixel, kitty, blocks or none" },
	{ "coordinates = percent\n", ":1: \"coordinates\" is pixels or normalised" },
	{ "mouse = maybe\n", ":1: \"mouse\" is yes or no" },
	{ "arming = 0s\n", ":1: \"arming\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"" },
	{ "lock = none\n", ":1: \"lock\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"" },
	{ "hold_time = 25h\n", ":1: \"hold_time\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"" },
	{ "hold_time = 0s\n", ":1: \"hold_time\" is a time of at most a day, as \"30s\", \"10m\" or \"2h\"" },
	{ "answer_within = 1x\n", ":1: \"answer_within\" is a time of at most a day, as \"25s\", or \"none\"" },
	{ "notice_command = beep\n", ":1: \"notice_command\" is a path that begins with /" },
	{ "state = lib\n", ":1: \"state\" is a path that begins with /" },
	{ "listen = \"\"\n", ":1: \"listen\" has no value" },
	{ "include(\"/etc/passwd\")\n", ":1: " },
	{ "listen\n", ":" },
	{ "listen = \"a\n", ":" },
	{ "listen = {a, b}\n", ":1: " },
	{ "}\n", ":1: " },
	{ "keys {\n\tapprove = y\n", ":2: the file ends inside of \"keys\": write a } where it ends" },
	{ "keys {\n\tapprove = y", ":2: the file ends inside of \"keys\": write a } where it ends" },
	{ "lock = 5m\nkeys {", ":2: the file ends inside of \"keys\": write a } where it ends" },
	{ "log_keys { next = x # }\n", ":1: the file ends inside of \"log_keys\": write a } where it ends" },
	{ "hand_keys { next =\n", ":1: the file ends inside of \"hand_keys\": write a } where it ends" },
	{ "keys { approve = \"y }\n", ":1: the file ends inside of \"keys\": write a } where it ends" },
	{ "phrases = {\n", ":1: the file ends inside of a setting: write the value, the } or the quotation mark that is missing" },
	{ "phrases = {a\n\n", ":2: the file ends inside of a setting: " },
	{ "phrases = {a,", ":1: the file ends inside of a setting: " },
	{ "phrases = {a, \"b }\n", ":1: the file ends inside of a setting: " },
	{ "lock =\n", ":1: the file ends inside of a setting: " },
	{ "lock\n", ":1: the file ends inside of a setting: " },
	{ "phrases\n", ":1: the file ends inside of a setting: " },
	{ "keys\n", ":1: the file ends inside of a setting: " },
	{ "/* keys {\n", ":1: the file ends inside of a comment: write a */ where it ends" },
};

static void every_error(void **state)
{
	char want[4200];
	struct settings s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		settings_init(&s);
		write_file(errors[i].text, strlen(errors[i].text));
		if (settings_read(path, &actions, &s, &e) != ERR_INVALID)
			fail_msg("%s is taken", errors[i].text);
		snprintf(want, sizeof(want), "%s%s", path, errors[i].error);
		if (strncmp(e.msg, want, strlen(want)) != 0)
			fail_msg("%s\n got %s\nwant %s", errors[i].text, e.msg, want);
		assert_null(s.listen);
		assert_null(s.state);
		assert_int_equal(s.lock_ms, 600000);
		assert_int_equal(s.key_count, 0);
		assert_int_equal(s.phrase_count, 0);
	}
}

static void files(void **state)
{
	struct settings s;
	struct err e;

	(void)state;
	settings_init(&s);
	write_file("lock = 5m\0\n", 11);
	assert_int_equal(settings_read(path, &actions, &s, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "no text in UTF-8"));
	write_file("lock = 5m\n", 10);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(settings_read(path, &actions, &s, &e), ERR_DENIED);
	assert_non_null(strstr(e.msg, "can be written by everyone"));
	assert_int_equal(settings_read("/", &actions, &s, &e), ERR_DENIED);
	assert_string_equal(e.msg, "/ is no plain file");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all), cmocka_unit_test(little), cmocka_unit_test(keys_and_phrases), cmocka_unit_test(every_error), cmocka_unit_test(files) };

	snprintf(path, sizeof(path), "%s/assent.conf", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
