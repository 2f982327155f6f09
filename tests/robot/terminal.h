/*
 * terminal: a program in a pty of its own before libvterm, which keeps its screen and answers its queries. Both directions may be late, as over a slow
 * link: what the program writes is on the screen DELAY ms later, what is typed or answered reaches it DELAY ms later.
 */
#ifndef ASSENT_ROBOT_TERMINAL_H
#define ASSENT_ROBOT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/robot/grammar.h"

struct terminal;

struct terminal_spec {
	int columns, rows;
	int delay_ms;
	const char *capture;	/* file for the program's bytes; NULL: not kept */
	const char *name;	/* TERM; NULL: xterm-256color */
	char **argv;
	void (*on_screen)(struct terminal *t, void *arg);	/* behind each piece that was drawn; may be NULL */
	void *arg;
};

/* A fault of the machine ends the test's program. */
struct terminal *terminal_open(const struct terminal_spec *spec);
/* Lets time pass. false: the program has ended. */
bool terminal_run(struct terminal *t, int ms);
void terminal_type(struct terminal *t, const char *bytes, size_t len);
/* A row's text as UTF-8, blanks at its end left out; at most size - 1 bytes. */
void terminal_row(const struct terminal *t, int y, char *into, size_t size);
bool terminal_shows(const struct terminal *t, const char *text);
void terminal_resize(struct terminal *t, int columns, int rows);
/* The program is told of this size; the screen stays as it is. */
void terminal_tell_size(struct terminal *t, int columns, int rows);
/* For so long nothing is read or answered; what was typed reaches the program all the same. */
void terminal_stall(struct terminal *t, int ms);
/* To the program in the foreground, and to no other one of its group. */
void terminal_signal(struct terminal *t, int number);
int terminal_rows(const struct terminal *t);
int terminal_columns(const struct terminal *t);
/* When something was last drawn, CLOCK_BOOTTIME. */
int64_t terminal_drawn_ms(const struct terminal *t);
pid_t terminal_pid(const struct terminal *t);
/* No more answers to queries, from now on. */
void terminal_be_silent(struct terminal *t);
const struct grammar *terminal_grammar(const struct terminal *t);
/* Ends the program, if it runs still, and returns its wait status. */
int terminal_close(struct terminal *t);

#endif
