/* alike_form: see alike_form.h. */
#include "config.h"

#include "ui/alike_form.h"

#include <string.h>

#include "base/json.h"
#include "ui/keymap.h"

enum { USES = 10, MINUTES = 15, BOX = 20, BOX_MAX = 400 };

void alike_form_open(struct alike_form *f, const struct model_action *a)
{
	bool grave = strcmp(a->class, "lifecycle") == 0 || strcmp(a->class, "money") == 0 || strcmp(a->class, "unknown") == 0 ||
		     strcmp(a->class, "sensitive") == 0 || a->opaque;

	*f = (struct alike_form){ .id = a->id, .version = a->version, .allow = !grave, .may_allow = !grave, .has_point = a->has_point,
				  .has_text = strcmp(a->kind, "type") == 0, .x = a->x, .y = a->y, .uses = USES, .minutes = MINUTES, .session = true,
				  .box = a->has_point ? BOX : 0 };
}

static int clamp(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

enum alike_form_result alike_form_key(struct alike_form *f, uint32_t key)
{
	if (key == KEYS_ENTER)
		return ALIKE_FORM_DONE;
	if (key == KEYS_ESCAPE || key == 'q')
		return ALIKE_FORM_LEFT;
	if (key == 'w' && !f->allow)
		return ALIKE_FORM_WORDS;
	switch (key) {
	case 'A': f->allow = f->may_allow; break;
	case 'R': f->allow = false; break;
	case '+': f->uses = clamp(f->uses < 10 ? f->uses + 1 : f->uses + 10, 0, ALIKE_USES_MAX); break;
	case '-': f->uses = clamp(f->uses <= 10 ? f->uses - 1 : f->uses - 10, 0, ALIKE_USES_MAX); break;
	case '>': f->minutes = clamp(f->minutes + 15, 0, ALIKE_MINUTES_MAX); break;
	case '<': f->minutes = clamp(f->minutes - 15, 0, ALIKE_MINUTES_MAX); break;
	case 's': f->session = !f->session; break;
	case 't': f->text = f->has_text && !f->text; break;
	case 'b': f->box = !f->has_point ? 0 : f->box == 0 ? BOX : f->box * 2 > BOX_MAX ? 0 : f->box * 2; break;
	default: return ALIKE_FORM_GOES_ON;
	}
	/* An allowing rule must end by something. */
	if (f->allow && f->uses == 0 && f->minutes == 0)
		f->uses = 1;
	f->asked = false;
	f->preview[0] = '\0';
	return ALIKE_FORM_GOES_ON;
}

static void put_limit(struct jsonw *w, const char *key, int n)
{
	jw_key(w, key);
	if (n > 0)
		jw_int(w, n);
	else
		jw_null(w);
}

char *alike_form_json(const struct alike_form *f)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "verdict", f->allow ? "allow" : "refuse");
	put_limit(&w, "uses", f->uses);
	put_limit(&w, "minutes", f->minutes);
	jw_key(&w, "scope");
	jw_begin(&w, '{');
	jw_kbool(&w, "session", f->session);
	jw_kbool(&w, "text", f->text);
	jw_key(&w, "box");
	if (f->box > 0) {
		jw_begin(&w, '[');
		jw_int(&w, f->x - f->box > 0 ? f->x - f->box : 0);
		jw_int(&w, f->y - f->box > 0 ? f->y - f->box : 0);
		jw_int(&w, 2 * f->box);
		jw_int(&w, 2 * f->box);
		jw_end(&w, ']');
	} else {
		jw_null(&w);
	}
	jw_end(&w, '}');
	jw_end(&w, '}');
	return buf_take(&b);
}
