/* cmd: the subcommands of assent, and what they share. */
#ifndef ASSENT_CMD_H
#define ASSENT_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/settings.h"

enum exit_code { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3, EXIT_REFUSED = 4 };

/* argv[0] is the command's own name. Each returns an exit code and has said why on standard error. */
int cmd_dashboard(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_agent(int argc, char **argv);
int cmd_operator(int argc, char **argv);
int cmd_budget(int argc, char **argv);
int cmd_alike(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_queue(int argc, char **argv);
int cmd_session(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_decide(int argc, char **argv);
int cmd_freeze(int argc, char **argv);
int cmd_unfreeze(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_completion(int argc, char **argv);
/* doctor_record.c, for assent doctor: --look-at-record DIR prints what it found: lines of finding, what and text, a tab between them. */
int cmd_look_at_record(int argc, char **argv);
/* plain.c: the dashboard as lines, at this socket. An exit code. */
int plain_run(const char *socket);

/* main.c: the table of them, in the order of the help. */
struct command {
	const char *name, *arguments, *help;
	int (*run)(int argc, char **argv);	/* NULL: assent-gate has it */
};
const struct command *commands(size_t *ret_count);

/* start.c: what both programs begin with: the charset, signals; where it is the picture decoder's child that was started, it does not return. */
void program_start(int argc, char **argv);
/* start.c: "assent NAME: message" with what is foreign made safe; returns code. */
int complain(const char *command, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * gate_program.c: assent-gate, the program with what needs libcurl or SQLite: beside this one, as in a build tree, else where it is installed. Its arguments
 * are those of assent itself.
 */
void gate_program(char *path, size_t size);
int gate_program_exec(char **argv);	/* returns only where there is none: an exit code, and why was said */
/* gate_program.c: NAME in the folder of the program that runs. false: there is none that may be run. */
bool path_beside(const char *name, char *path, size_t size);

/* paths.c: what assent.conf says: read before any command begins; no file is fine. After an error in the keys all else counts. */
int settings_load(struct err *e);
const struct settings *settings(void);
struct keymap;
const struct keymap *settings_keymap(void);	/* with the keys of that file */
void settings_forget(void);
/* Where things are when no option says so. Own strings; NULL when out of memory or without a home. */
char *path_state_dir(const char *option);
/* Where a gate of this user listens: $XDG_RUNTIME_DIR/assent/operator.sock, else STATE/run/operator.sock. */
char *path_own_socket(const char *option, const char *state_dir);
/* Where a gate is asked: there, or, when there is none and this machine's gate is in strong mode, at /run/assent/operator.sock. */
char *path_socket(const char *option, const char *state_dir);
/* $XDG_CONFIG_HOME/assent/NAME, else ~/.config/assent/NAME. */
char *path_config(const char *name);
/* The rules' file: as named by an option or by assent.conf, else policy.conf beside that. */
char *path_policy(const char *option);
/* The folder of the file, 0700. */
int path_make_parent(const char *path, struct err *e);

/* Where agents of this machine ask: agent.sock beside operator.sock; beside any other name, that with ".agent" behind it. */
char *path_agent_socket(const char *operator_socket);

/* policy.c: a file of rules. *ret NULL, and ERR_NOTFOUND or what is wrong with it. */
struct policy;
int policy_read_file(const char *path, struct policy **ret, struct err *e);

/* address.c: ADDRESS:PORT, or PORT; beyond loopback only where has_names. ERR_INVALID. */
int address_read(const char *text, bool has_names, char host[64], int *port, struct err *e);
int address_check_name(const char *name, struct err *e);
/* Raises the limit of open files as far as it goes: how many connections of agents that allows. ERR_IO when it is too few. */
int address_connections(int *ret, struct err *e);

/* group.c: for --operator-group; a name or a number. ERR_NOTFOUND, ERR_NOMEM. */
struct operator_group;
int group_read(const char *name, struct operator_group *ret, struct err *e);

/* passphrase.c: from this descriptor (its first line), else from ASSENT_PASSPHRASE_FD, else at the terminal without echo. into is to be wiped. */
int ask_passphrase(const char *prompt, int fd, char *into, size_t size, struct err *e);

/*
 * call.c: one call of the operator API, waited for. 0 and the status, or ERR_IO when nobody answers at the socket. Where the gate asks for a signature and
 * this person has an identity, asks for the passphrase and signs.
 */
int call_gate_unsigned(const char *socket, const char *method, const char *path, const char *body, int *ret_status, struct buf *answer, struct err *e);
int call_gate(const char *socket, const char *method, const char *path, const char *body, int *ret_status, struct buf *answer, struct err *e);
/* The message of an error answer, else its status. */
void call_error(const struct buf *answer, int status, struct err *e);

/* spawn_gate.c: somebody takes connections there. Costs less than a call; what is wrong with a gate that does not answer, its client says. */
bool gate_listens(const char *socket);
/* spawn_gate.c: starts `assent gate` as a process of its own and waits until it answers. args: further arguments, NULL-terminated. ERR_IO with
 * the gate's own words. */
int spawn_gate(const char *socket, const char *state_dir, const char *const *args, struct err *e);

#endif
