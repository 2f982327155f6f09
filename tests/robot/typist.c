/*
 * typist: types at random into the dashboard, as the operator of a gate that a crowd of agents asks, and records what its terminal showed when.
 *
 * usage: typist SOCKET PORT COUNT PER_SECOND DELAY_MS SEED LOG PROGRAM [ARGUMENT...]
 *        at least COUNT actions are asked for; DELAY_MS: how late both directions of the terminal are.
 *        LOG gets "S MS ID CARD" when the deciding line shows another action (0: none; CARD: that id stands elsewhere on the screen too), "K MS KEY" for each
 *        key as it is pressed, "C MS ID" when a person who waits for one that stays pressed a yes at its READY, "L MS ID" when it never got READY,
 *        "M MS ID" when another one was selected meanwhile by itself.
 *        Times are CLOCK_BOOTTIME.
 *
 *        typist --check LOG DELAY_MS MIN_APPROVED MIN_DENIED MIN_WAITED_FOR: standard input has the gate's decisions, "BOOT_MS ID approved|denied" a line, in order. Each must
 *        have a key of its own that was pressed while that very id was shown; a yes also for 500 ms before it. Each C must have been approved, and there is no L and no M.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "tests/robot/crowd.h"
#include "tests/robot/terminal.h"
#include "tests/robot/typist.h"
#include "tests/robot/typist_check.h"

enum { LEAST_ROUNDS = 6, LONG = 1000, A_ROUND = 25, STEADY_MS = 20000, TRIES = 12 };

static unsigned long long state;
static FILE *record;
static long long shown;
static int delay_ms;
static bool ready;
static char word[64];	/* what a prompt wants typed; "" for none */

static int chance(int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)((state >> 33) % (unsigned long long)below);
}

/* ---- what the terminal shows ---- */

/* The number behind this, in this row; 0 for none. */
static long long number_behind(const char *row, const char *before)
{
	const char *p = strstr(row, before);

	return p ? strtoll(p + strlen(before), NULL, 10) : 0;
}

/* Which action would be decided now, as the screen says: in its last row, or on top where a form or an editor is open. */
static long long deciding(const char *last, const char *top)
{
	char *end;
	long long id = strtoll(last, &end, 10);

	if (id > 0 && (strncmp(end, " READY", 6) == 0 || strncmp(end, " wait", 5) == 0))
		return id;
	if (strstr(last, " of a kind: type "))
		return TYPIST_TOGETHER;
	if ((id = number_behind(last, "to approve ")) > 0 || (id = number_behind(last, "deny ")) > 0)
		return id;
	if ((id = number_behind(top, "ALLOW ")) > 0 || (id = number_behind(top, "REFUSE ")) > 0)
		return id;
	return number_behind(top, "EDIT THE BODY OF ");
}

static bool stands_elsewhere(const struct terminal *t, long long id)
{
	char row[4096], number[32];
	const char *p;
	int y;

	snprintf(number, sizeof(number), "%lld", id);
	for (y = 1; y < terminal_rows(t) - 1; y++) {
		terminal_row(t, y, row, sizeof(row));
		for (p = strstr(row, number); p; p = strstr(p + 1, number))
			if ((p == row || p[-1] < '0' || p[-1] > '9') && (p[strlen(number)] < '0' || p[strlen(number)] > '9'))
				return true;
	}
	return false;
}

static void look(struct terminal *t, void *arg)
{
	char last[4096], top[4096];
	const char *p;
	long long id;

	(void)arg;
	terminal_row(t, terminal_rows(t) - 1, last, sizeof(last));
	terminal_row(t, 1, top, sizeof(top));
	id = deciding(last, top);
	ready = strstr(last, " READY") != NULL;
	word[0] = '\0';
	p = strstr(last, " type ");
	if (p && strstr(last, "(Esc: no)"))
		sscanf(p + 6, "%63s", word);
	if (id == shown)
		return;
	shown = id;
	fprintf(record, "S %lld %lld %d\n", (long long)clock_boot_ms(), id, id > 0 && stands_elsewhere(t, id));
}

/* ---- typing ---- */

static void press(struct terminal *t, const char *key)
{
	fprintf(record, "K %lld %d\n", (long long)clock_boot_ms(), (unsigned char)key[0]);
	terminal_type(t, key, strlen(key));
}

/* Everything that a keyboard, a mouse or a paste may send. Leaving is left out, but for q. */
static void any_key(struct terminal *t)
{
	static const char *const special[] = {
		"\033[A", "\033[B", "\033[C", "\033[D", "\033[5~", "\033[6~", "\033[H", "\033[F", "\033OA", "\033[3~", "\033[15~", "\033x", "\033a", "\033[1;5A",
		"\033[I", "\033[O", "\033[<0;10;10M", "\033[<0;10;10m", "\033[<2;40;20M", "\033[<64;5;5M", "\033[<35;60;24M", "\033[<0;4;24M", "\033[<0;4;24m",
		"\033[M !!", "\033[?62;4c", "\033[6;20;10t", "\033[?2;0;800;600S", "\033P1$r0m\033\\", "\033]11;rgb:0/0/0\033\\", "\xc3\xa9", "\xe4\xb8\xad", "\xff", "\xe2\x80\xae",
	};
	static const char often[] = "aaaaaaadddnnnnnjjkkle\r\r ";
	char key[2] = "";
	int what = chance(100);

	if (what < 45) {
		key[0] = often[chance((int)sizeof(often) - 1)];
		press(t, key);
	} else if (what < 80) {
		do
			key[0] = (char)(1 + chance(126));
		while (key[0] == 3 || key[0] == 26 || key[0] == 28 || key[0] == 'Q' || (key[0] == 'q' && chance(20)));
		press(t, key);
	} else if (what < 95) {
		press(t, special[chance(ARRAY_LEN(special))]);
	} else {
		press(t, chance(2) ? "\033[200~aaaa\rdddd\rn a\r\033[201~" : "\033[200~y\033[0n\r exec\r\033[201~");
	}
}

static void back(struct terminal *t)
{
	press(t, "\033");
	terminal_run(t, 80);
	press(t, "\033");
	terminal_run(t, 80);
}

static void storm(struct terminal *t)
{
	int i;

	for (i = 10 + chance(60); i > 0; i--) {
		any_key(t);
		terminal_run(t, chance(50));
	}
	/* A filter or a mode that it left behind would leave the rest of the run little to do: most times it is left, and opened anew. */
	if (chance(4)) {
		back(t);
		press(t, "q");
		terminal_run(t, 400 + 2 * delay_ms);
	}
}

/* Another one, and then a yes or a no after a while: too early, just in time, late. */
static void eager(struct terminal *t, const char *key, int most_ms)
{
	press(t, chance(3) ? "j" : "n");
	terminal_run(t, chance(most_ms));
	if (chance(3) == 0) {
		press(t, chance(2) ? "k" : "n");
		terminal_run(t, chance(most_ms));
	}
	press(t, key);
}

/* One and then another, and a yes as soon as that one is there: what the terminal answered about the first is nothing about the second. */
static void hasty(struct terminal *t)
{
	int64_t end = clock_boot_ms() + 2500;
	long long before;

	press(t, "n");
	terminal_run(t, 40 + chance(600));
	press(t, "j");
	before = shown;
	while ((shown == before || shown <= 0) && clock_boot_ms() < end)
		terminal_run(t, 5);
	terminal_run(t, 200 + chance(320));
	press(t, "a");
	terminal_run(t, 20);
}

/* What the last row asks for is typed, or said once more. */
static void say_again(struct terminal *t)
{
	if (word[0]) {
		press(t, word);
		terminal_run(t, chance(200));
		press(t, "\r");
	} else if (chance(2)) {
		press(t, "a");
	}
}

/* As a person does it: another one, until it is ready. */
static void patient(struct terminal *t)
{
	int64_t end = clock_boot_ms() + 2500 + 2 * delay_ms;
	long long id;

	press(t, chance(3) ? "j" : "n");
	terminal_run(t, 150 + 2 * delay_ms);
	if (chance(3) == 0) {
		press(t, "\r");
		terminal_run(t, 100);
	}
	id = shown;
	while (!(ready && shown == id && id > 0) && clock_boot_ms() < end)
		terminal_run(t, 20);
	terminal_run(t, chance(60));
	press(t, "a");
	terminal_run(t, 100 + chance(300) + 2 * delay_ms);
	say_again(t);
	terminal_run(t, 100);
}

/* The number of the command on this action's card, which stands below its id; -1: another kind of command, or no card. */
static long long command_on_card(const struct terminal *t, long long id)
{
	char row[4096];
	const char *p;
	int y, near = 0;

	for (y = 1; id > 0 && y < terminal_rows(t) - 1; y++) {
		terminal_row(t, y, row, sizeof(row));
		near = strtoll(row, NULL, 10) == id ? 3 : near - 1;
		p = near > 0 ? strstr(row, "echo ") : NULL;
		if (p)
			return strtoll(p + 5, NULL, 10);
	}
	return -1;
}

/* Stands in the last row that a yes is asked for once more? */
static bool asks_again(const struct terminal *t, long long id)
{
	return ready && shown == id && !terminal_shows(t, "APPROVED");
}

/*
 * As a person who takes their time over one question, while others come and leave: it has to get READY, and the yes at its READY counts. Only of one whose
 * agent stays can that be said.
 */
static void steady(struct terminal *t)
{
	const char *way = chance(3) ? "j" : "k";
	char row[4096];
	long long id = 0;
	int64_t end;
	int i;

	back(t);
	for (i = 0; i < TRIES && !crowd_stays(command_on_card(t, id)); i++) {
		press(t, i % 4 == 3 ? "n" : way);	/* n goes to the risky ones first, of which there are always some */
		terminal_run(t, 200 + 2 * delay_ms);
		id = shown > 0 ? shown : 0;
	}
	if (i == TRIES)
		return;
	for (end = clock_boot_ms() + STEADY_MS; !(ready && shown == id) && shown == id && clock_boot_ms() < end;)
		terminal_run(t, 20);
	if (shown <= 0)	/* it left: its agent may have been stopped before */
		return;
	if (shown != id) {
		fprintf(record, "M %lld %lld\n", (long long)clock_boot_ms(), id);
		return;
	}
	if (!ready) {
		terminal_row(t, terminal_rows(t) - 1, row, sizeof(row));
		printf("never READY: %s\n", row);
	}
	fprintf(record, "%c %lld %lld\n", ready ? 'C' : 'L', (long long)clock_boot_ms(), id);
	for (i = 0; i < 3 && asks_again(t, id); i++) {
		press(t, "a");
		terminal_run(t, 600 + 3 * delay_ms);
	}
}

/* As a person at work: one question after the other, of those whose agents wait; a yes when it is ready, or a no at once. */
static void fluent(struct terminal *t, int questions)
{
	const char *way = chance(2) ? "j" : "k";
	long long id;
	int64_t end;

	back(t);
	while (questions-- > 0) {
		press(t, way);
		terminal_run(t, 120 + 2 * delay_ms);
		id = shown;
		if (!crowd_stays(command_on_card(t, id)))
			continue;
		if (chance(3) == 0) {
			press(t, "d");
			continue;
		}
		for (end = clock_boot_ms() + 2500 + 2 * delay_ms; !(ready && shown == id) && shown == id && clock_boot_ms() < end;)
			terminal_run(t, 20);
		if (shown != id)
			continue;
		press(t, "a");
		terminal_run(t, 120 + 2 * delay_ms);
		if (shown == id)
			say_again(t);
	}
}

/* A paste once a yes would count: it decides nothing. */
static void pasting(struct terminal *t)
{
	static const char *const pastes[] = { "\033[200~a\033[201~", "\033[200~d\ra\r\033[201~" };
	int64_t end;
	size_t i;

	back(t);
	for (i = 0; i < ARRAY_LEN(pastes); i++) {
		press(t, "j");
		terminal_run(t, 200 + 2 * delay_ms);
		for (end = clock_boot_ms() + 2500 + 2 * delay_ms; !ready && clock_boot_ms() < end;)
			terminal_run(t, 20);
		press(t, pastes[i]);
		terminal_run(t, 600 + 2 * delay_ms);
	}
}

static int type(int argc, char **argv)
{
	struct terminal_spec spec = { .columns = 100, .rows = 30, .delay_ms = atoi(argv[5]), .on_screen = look, .argv = argv + 8 };
	int count = atoi(argv[3]), per_second = atoi(argv[4]), restarts = 0, rounds = 0;
	int least = LEAST_ROUNDS + (count > LONG ? count / A_ROUND : 0);	/* of a long run, so that hundreds are decided however slow the machine is */
	static const int first[] = { 9, 12, 10, 8, 3, 5 };	/* however short the run is */
	struct terminal *t = NULL;
	int64_t end;
	pid_t crowd;

	(void)argc;
	delay_ms = spec.delay_ms;
	state = strtoull(argv[6], NULL, 10);
	record = fopen(argv[7], "we");
	if (!record)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	crowd = fork();
	if (crowd == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		crowd_run(argv[1], atoi(argv[2]), per_second);
		_exit(0);
	}
	for (end = clock_boot_ms() + 1000LL * count / per_second + 500; clock_boot_ms() < end || rounds < least; rounds++) {
		if (!t) {
			t = terminal_open(&spec);
			terminal_run(t, 300 + 2 * spec.delay_ms);
		}
		switch (rounds < (int)ARRAY_LEN(first) ? first[rounds] : chance(15)) {
		case 0: storm(t); break;
		case 1: case 2: eager(t, "a", 1600 + 2 * spec.delay_ms); break;
		case 3: eager(t, "d", 700 + spec.delay_ms); break;
		case 4: eager(t, "D1\r", 700 + spec.delay_ms); break;
		case 5: case 6: hasty(t); break;
		case 9: case 11: steady(t); break;
		case 10: pasting(t); break;
		case 12: case 13: case 14: fluent(t, delay_ms ? 4 : 8); break;
		default: patient(t); break;
		}
		if (chance(2) == 0)
			back(t);
		if (!terminal_run(t, 20)) {	/* it was left by a key */
			terminal_close(t);
			t = NULL;
			restarts++;
		}
	}
	if (t)
		terminal_close(t);
	kill(crowd, SIGKILL);
	waitpid(crowd, NULL, 0);
	fclose(record);
	printf("%d rounds, %d restarts\n", rounds, restarts);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 7 && strcmp(argv[1], "--check") == 0)
		return typist_check(argv);
	return argc > 8 ? type(argc, argv) : 2;
}
