/* logs_folder: see logs_folder.h. */
#include "config.h"

#include "unit.h"

#include "logs_folder.h"

#include <dirent.h>
#include <unistd.h>

void folder_make(struct folder *f)
{
	snprintf(f->dir, sizeof(f->dir), "/tmp/assent-logs.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	folder_open(f);
}

void folder_open(struct folder *f)
{
	assert_int_equal(uv_loop_init(&f->loop), 0);
	f->logs = logs_new(&f->loop, f->dir);
	assert_non_null(f->logs);
}

void folder_close(struct folder *f)
{
	logs_close(f->logs);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	logs_free(f->logs);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	f->logs = NULL;
}

void folder_kill(struct folder *f)
{
	size_t i;

	for (i = 0; i < f->logs->count; i++)
		buf_clear(&f->logs->items[i]->unwritten);
	folder_close(f);
}

char *folder_path(const struct folder *f, const char *name, char out[512])
{
	snprintf(out, 512, "%s/%s", f->dir, name);
	return out;
}

static int each_file(const struct folder *f, const char *tail, bool remove_it)
{
	DIR *d = opendir(f->dir);
	struct dirent *entry;
	char path[512];
	int n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		size_t len = strlen(entry->d_name), tail_len = strlen(tail);

		if (entry->d_name[0] == '.' || len < tail_len || strcmp(entry->d_name + len - tail_len, tail) != 0)
			continue;
		n++;
		if (remove_it)
			unlink(folder_path(f, entry->d_name, path));
	}
	closedir(d);
	return n;
}

int folder_files(const struct folder *f, const char *tail)
{
	return each_file(f, tail, false);
}

void folder_remove(struct folder *f)
{
	if (f->logs)
		folder_close(f);
	each_file(f, "", true);
	rmdir(f->dir);
}

static int64_t number(const struct page *p, int object, const char *key)
{
	int64_t n = -1;

	json_int(&p->doc, json_get(&p->doc, object, key), &n);
	return n;
}

void page_read(struct folder *f, const struct logscan_spec *spec, struct page *p)
{
	struct logscan *k = logscan_new(f->logs, spec);
	struct err e;
	int r;

	assert_non_null(k);
	buf_init(&p->text, SIZE_MAX - 1);
	do
		r = logscan_run(k, 0, &e);	/* a turn for each block */
	while (r == 1);
	assert_int_equal(r, 0);
	logscan_write(k, &p->text);
	logscan_free(k);
	assert_int_equal(json_parse(p->text.data, p->text.len, &p->doc, NULL), 0);
	p->from = number(p, json_root(&p->doc), "from");
	p->first = number(p, json_root(&p->doc), "first");
	p->total = number(p, json_root(&p->doc), "total");
	p->next = number(p, json_root(&p->doc), "next");
	p->count = json_size(&p->doc, json_get(&p->doc, json_root(&p->doc), "lines"));
}

void page_free(struct page *p)
{
	json_release(&p->doc);
	buf_release(&p->text);
}

static int line(const struct page *p, int i)
{
	int v = json_first(&p->doc, json_get(&p->doc, json_root(&p->doc), "lines"));

	while (i-- > 0)
		v = json_next(&p->doc, v);
	return v;
}

int64_t page_number(const struct page *p, int i)
{
	return number(p, line(p, i), "n");
}

char *page_text(const struct page *p, int i, const char *field)
{
	return json_strdup(&p->doc, json_get(&p->doc, line(p, i), field));
}

const char *page_numbers(const struct page *p, char out[8192])
{
	struct buf b;
	int i;

	buf_init(&b, 8000);
	for (i = 0; i < p->count; i++)
		buf_printf(&b, "%lld ", (long long)page_number(p, i));
	buf_printf(&b, ">%lld", (long long)p->next);
	snprintf(out, 8192, "%s", buf_cstr(&b));
	buf_release(&b);
	return out;
}
