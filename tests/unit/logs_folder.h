/* logs_folder: a folder of logs for a test, and what the API would say of it. */
#ifndef ASSENT_TESTS_LOGS_FOLDER_H
#define ASSENT_TESTS_LOGS_FOLDER_H

#include "gate/logscan.h"

struct folder {
	char dir[64];
	uv_loop_t loop;
	struct logs *logs;
};

void folder_make(struct folder *f);
void folder_open(struct folder *f);	/* a gate starts */
void folder_close(struct folder *f);	/* it ends in order */
void folder_remove(struct folder *f);	/* and the folder goes, with all in it */
/* As it is when a gate is killed at this moment: nothing more is written. */
void folder_kill(struct folder *f);
char *folder_path(const struct folder *f, const char *name, char out[512]);
int folder_files(const struct folder *f, const char *tail);	/* whose names end so */

/* One answer. */
struct page {
	struct buf text;
	struct json_doc doc;
	int64_t from, first, total, next;	/* next: -1 for null */
	int count;
};

void page_read(struct folder *f, const struct logscan_spec *spec, struct page *p);
void page_free(struct page *p);
int64_t page_number(const struct page *p, int i);
char *page_text(const struct page *p, int i, const char *field);	/* own */
/* "0 1 2 >3": the numbers, and where to go on. */
const char *page_numbers(const struct page *p, char out[8192]);

#endif
