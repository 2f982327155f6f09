/* test_png: the boxed decoder against good and hostile files, and we against a decoder that is broken or was taken over. Runs itself as the decoder. */
#include "config.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/png.h"
#include "local/pngwrite.h"
#include "tests/hostile/pictures.h"

static uv_loop_t loop;
static struct decoder *decoder;
static struct { uint8_t *rgb; int width, height; char error[300]; int calls; } result;

static void on_done(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	(void)arg;
	free(result.rgb);
	result.rgb = rgb;
	result.width = width;
	result.height = height;
	result.calls++;
	snprintf(result.error, sizeof(result.error), "%s", error);
}

static bool decode(const void *data, size_t len)
{
	struct err e = { "" };
	int before = result.calls;

	if (decoder_decode(decoder, data, len, on_done, NULL, &e) < 0)
		fail_msg("%s", e.msg);
	while (result.calls == before)
		uv_run(&loop, UV_RUN_ONCE);
	return result.rgb != NULL;
}

static bool took_too_long(void)
{
	return strstr(result.error, "longer than a second") != NULL;
}

/* As decode(), of what takes no second but on a machine that is busy: it is tried again, by another child. */
static bool decode_quick(const void *data, size_t len)
{
	int tries = 0;

	while (!decode(data, len) && took_too_long() && tries++ < 20)
		;
	return result.rgb != NULL;
}

static struct buf good(int width, int height)
{
	uint8_t *bgrx = malloc((size_t)width * (size_t)height * 4);
	struct buf b;
	size_t i;

	for (i = 0; i < (size_t)width * (size_t)height * 4; i++)
		bgrx[i] = (uint8_t)(i * 7 + i / 640);
	buf_init(&b, SIZE_MAX - 1);
	assert_int_equal(pngwrite_bgrx(&b, bgrx, width, height), 0);
	free(bgrx);
	return b;
}

static void good_pictures(void **state)
{
	struct buf b = good(64, 48);
	int x, y;

	(void)state;
	assert_true(decode_quick(b.data, b.len));
	assert_int_equal(result.width, 64);
	assert_int_equal(result.height, 48);
	for (y = 0; y < 48; y++) {
		for (x = 0; x < 64; x++) {
			size_t at = ((size_t)y * 64 + (size_t)x) * 4;

			assert_int_equal(result.rgb[(y * 64 + x) * 3], (uint8_t)((at + 2) * 7 + (at + 2) / 640));
		}
	}
	buf_release(&b);
}

/* The one child that we have; 0: none. */
static pid_t child(void)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (d && (entry = readdir(d))) {
		char path[300], text[300] = "", state;
		int parent = 0;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%.20s/stat", entry->d_name);
		f = atoi(entry->d_name) > 0 ? fopen(path, "r") : NULL;
		if (f && fgets(text, sizeof(text), f) && strrchr(text, ')') && sscanf(strrchr(text, ')'), ") %c %d", &state, &parent) == 2 && parent == getpid() && state != 'Z')
			found = atoi(entry->d_name);
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return found;
}

static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void still_works(void)
{
	struct buf b = good(200, 100);

	assert_true(decode_quick(b.data, b.len));
	assert_true(result.width == 200 && result.height == 100);
	buf_release(&b);
}

/* Whatever they are, they are shown or refused in a line; and one child lives through all of them, which no call outside of its box would let it. */
static void hostile(void **state)
{
	pid_t pid;
	size_t i;

	(void)state;
	still_works();
	pid = child();
	assert_true(hostile_picture_count >= 40);
	for (i = 0; i < hostile_picture_count; i++) {
		const struct hostile_picture *p = &hostile_pictures[i];
		struct buf b;
		bool shown;

		buf_init(&b, SIZE_MAX - 1);
		p->make(&b, p->arg);
		shown = decode(b.data, b.len);
		if (took_too_long() && p->fate != PICTURE_EITHER) {
			shown = decode_quick(b.data, b.len);
			pid = child();
		}
		if ((shown && p->fate == PICTURE_REFUSED) || (!shown && p->fate == PICTURE_SHOWN))
			fail_msg("%s: %s %s", p->name, shown ? "is shown" : "is refused:", result.error);
		if (p->fate == PICTURE_SHOWN && (result.width != p->width || result.height != p->height))
			fail_msg("%s: %dx%d", p->name, result.width, result.height);
		/* What takes too long is ended; only what may be refused may be so large. */
		if (p->fate == PICTURE_EITHER && took_too_long()) {
			still_works();
			pid = child();
			buf_release(&b);
			continue;
		}
		if (!shown && (!is_one_line(result.error) || strncmp(result.error, "bad picture: ", 13) != 0 || !result.error[13]))
			fail_msg("%s: \"%s\"", p->name, result.error);
		if (child() != pid)
			fail_msg("%s: its decoder did not live through it: %s", p->name, result.error);
		buf_release(&b);
	}
	still_works();
}

#ifndef ASSENT_SANITIZE	/* where the box is off */
static void inside_of_the_box(void **state)
{
	char path[64], line[200];
	struct dirent *entry;
	int open_files = 0, seccomp = 0, privileges = 0;
	FILE *f;
	DIR *d;

	(void)state;
	still_works();
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)child());
	d = opendir(path);
	assert_non_null(d);
	while ((entry = readdir(d)))
		open_files += entry->d_name[0] != '.';
	closedir(d);
	assert_int_equal(open_files, 1);	/* its channel: not even the terminal */
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child());
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Seccomp: %d", &seccomp);
		sscanf(line, "NoNewPrivs: %d", &privileges);
	}
	fclose(f);
	assert_int_equal(seccomp, 2);
	assert_int_equal(privileges, 1);
}
#endif

/* ---- a decoder that was taken over, or is broken: it runs in our place, in the same box ---- */

static void answer(int fd, uint32_t width, uint32_t height, uint32_t len, const char *words)
{
	uint32_t head[3] = { width, height, len };

	if (write(fd, head, sizeof(head)) != sizeof(head) || (words && write(fd, words, strlen(words)) < 0))
		_exit(1);
}

static void eat(int fd)
{
	char words[100];
	size_t mib = 0;
	char *p;

	while (mib < 4096 && (p = malloc(1 << 20))) {
		memset(p, 1, 1 << 20);
		mib++;
	}
	snprintf(words, sizeof(words), "ate %zu", mib);
	answer(fd, 0, 0, (uint32_t)strlen(words), words);
}

static _Noreturn void evil_child(const char *what, int fd)
{
	uint32_t len;
	char *data;

	decoder_box(fd);
	if (read(fd, &len, sizeof(len)) != sizeof(len) || !(data = malloc(len)))
		_exit(1);
	while (len > 0) {
		ssize_t n = read(fd, data, len);

		if (n <= 0)
			_exit(1);
		len -= (uint32_t)n;
	}
	if (strcmp(what, "open") == 0)
		open("/etc/passwd", O_RDONLY);
	else if (strcmp(what, "socket") == 0)
		socket(AF_INET, SOCK_STREAM, 0);
	else if (strcmp(what, "exec") == 0)
		execl("/bin/true", "true", (char *)NULL);
	else if (strcmp(what, "fork") == 0)
		fork();
	else if (strcmp(what, "kill") == 0)
		kill(getppid(), SIGTERM);
	else if (strcmp(what, "write") == 0)
		(void)!write(1, "\033[2J", 4);
	else if (strcmp(what, "map") == 0)
		mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else if (strcmp(what, "crash") == 0)
		*(volatile char *)(uintptr_t)fd = 0;
	else if (strcmp(what, "spin") == 0)
		for (;;)
			;
	else if (strcmp(what, "eat") == 0)
		eat(fd);
	else if (strcmp(what, "no height") == 0)
		answer(fd, 100, 0, 0, NULL);
	else if (strcmp(what, "too wide") == 0)
		answer(fd, 100000, 1, 300000, NULL);
	else if (strcmp(what, "all ones") == 0)
		answer(fd, 0xffffffff, 0xffffffff, 3, NULL);
	else if (strcmp(what, "other length") == 0)
		answer(fd, 10, 10, 299, NULL);
	else if (strcmp(what, "long words") == 0)
		answer(fd, 0, 0, 100000, NULL);
	else if (strcmp(what, "half") == 0)
		answer(fd, 1000, 1000, 3000000, "abc");
	else if (strcmp(what, "escapes") == 0)
		answer(fd, 0, 0, 11, "\033[2J\n\a\033]0;x");
	else if (strcmp(what, "twice") == 0)
		(void)!write(fd, "\0\0\0\0\0\0\0\0\3\0\0\0abc\0\0\0\0\0\0\0\0\3\0\0\0def", 30);
	/* What was forbidden would be known by this: an answer, and no death. */
	if (strstr("open socket exec fork kill write map crash", what))
		answer(fd, 0, 0, 7, "ESCAPED");
	while (read(fd, &len, sizeof(len)) > 0)
		;
	_exit(0);
}

/* The next picture gets a child of its own. */
static void retire(void)
{
	struct buf b = good(64, 48);

	if (child() > 0) {
		kill(child(), SIGKILL);
		assert_false(decode(b.data, b.len));
	}
	assert_int_equal(child(), 0);
	buf_release(&b);
}

static void evil_decoders(void **state)
{
	static const struct { const char *what, *error; } evil[] = {
#ifndef ASSENT_SANITIZE
		{ "open", "bad picture: its decoder died of it" }, { "socket", "bad picture: its decoder died of it" }, { "exec", "bad picture: its decoder died of it" },
		{ "fork", "bad picture: its decoder died of it" }, { "kill", "bad picture: its decoder died of it" }, { "write", "bad picture: its decoder died of it" },
		{ "map", "bad picture: its decoder died of it" }, { "eat", "bad picture: ate " }, { "crash", "bad picture: its decoder died of it" },
#endif
		{ "spin", "the picture took longer than a second to decode" }, { "no height", "bad picture: its decoder answered nonsense" },
		{ "too wide", "bad picture: its decoder answered nonsense" }, { "all ones", "bad picture: its decoder answered nonsense" },
		{ "other length", "bad picture: its decoder answered nonsense" }, { "long words", "bad picture: its decoder answered nonsense" },
		{ "escapes", "bad picture: ?[2J???]0;x" }, { "twice", "bad picture: its decoder answered nonsense" },
	};
	struct buf b = good(64, 48);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(evil); i++) {
		retire();
		setenv("TEST_EVIL", evil[i].what, 1);
		if (strcmp(evil[i].what, "spin") == 0)
			assert_false(decode(b.data, b.len));
		else
			assert_false(decode_quick(b.data, b.len));
		unsetenv("TEST_EVIL");
		if (strncmp(result.error, evil[i].error, strlen(evil[i].error)) != 0)
			fail_msg("%s: %s", evil[i].what, result.error);
		if (strcmp(evil[i].what, "eat") == 0)
			assert_in_range(atoi(result.error + 17), 16, 320);
		retire();
		still_works();
	}
	buf_release(&b);
}

static void one_that_was_stopped(void **state)
{
	struct buf b = good(64, 48);

	(void)state;
	still_works();
	kill(child(), SIGSTOP);
	assert_false(decode(b.data, b.len));
	assert_true(took_too_long());
	assert_int_equal(child(), 0);	/* and it is no more */
	still_works();
	buf_release(&b);
}

static void one_at_a_time(void **state)
{
	struct buf b = good(64, 48);
	struct err e;
	int before = result.calls;

	(void)state;
	assert_int_equal(decoder_decode(decoder, b.data, b.len, on_done, NULL, &e), 0);
	assert_int_equal(decoder_decode(decoder, b.data, b.len, on_done, NULL, &e), ERR_STATE);
	while (result.calls == before)
		uv_run(&loop, UV_RUN_ONCE);
	assert_true(result.rgb || took_too_long());
	buf_release(&b);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_pictures), cmocka_unit_test(hostile), cmocka_unit_test(one_at_a_time), cmocka_unit_test(one_that_was_stopped),
#ifndef ASSENT_SANITIZE
		cmocka_unit_test(inside_of_the_box),
#endif
		cmocka_unit_test(evil_decoders),
	};
	int failed;

	if (argc == 3 && strcmp(argv[1], "--decode-png") == 0 && getenv("TEST_EVIL"))
		evil_child(getenv("TEST_EVIL"), atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "--decode-png") == 0)
		decoder_child(atoi(argv[2]));
	signal(SIGPIPE, SIG_IGN);	/* as the programs do */
	uv_loop_init(&loop);
	decoder = decoder_new(&loop);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	decoder_free(decoder);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	free(result.rgb);
	return failed;
}
