/*
 * model_own: what the files of the model share. Its lists, and how a snapshot and events change them, are in model.c; the rows of an object's fields in
 * model_fields.c, an action's and a session's inner lists in model_action.c and model_parts.c, finding in model_find.c. Pure.
 */
#ifndef ASSENT_CORE_MODEL_OWN_H
#define ASSENT_CORE_MODEL_OWN_H

#include <stddef.h>

#include "core/model.h"

/* A field of a JSON object: "a.b" is b of the object a. */
struct model_field {
	const char *key;
	enum { TEXT_FIELD, INT_FIELD, BOOL_FIELD } type;
	size_t offset;
};

/* All fields of one kind of object that are read as they stand. */
struct model_table {
	const struct model_field *fields;
	size_t count;
};

extern const struct model_table model_action_fields, model_agent_fields, model_session_fields, model_stream_fields, model_preview_fields,
	model_snapshot_of_fields, model_approval_fields, model_alike_fields, model_note_fields, model_person_fields, model_gate_fields;

static inline void *model_at(void *object, size_t offset)
{
	return (char *)object + offset;
}

/* Own. Absent and null become "", so that nobody has to ask. A text with U+0000 is cut there. NULL: out of memory. */
char *model_text(const struct json_doc *d, int v);
/* Is it an integer? *ret is 0 where it is none. */
bool model_int(const struct json_doc *d, int v, int64_t *ret);
/* Each field of the object anew, from the JSON object v; what is not there becomes "", 0, false. */
void model_read_fields(void *object, const struct model_table *t, const struct json_doc *d, int v);
/* Its texts, not the object itself. */
void model_free_texts(void *object, const struct model_table *t);

/* All of an action anew, whose id is known. */
void model_read_action(struct model_action *a, const struct json_doc *d, int v);
void model_free_lists(struct model_action *a);	/* what of it is no text of the table */
/* The lists of a session anew. ERR_NOMEM: as far as they came. */
int model_read_parts(struct model_session *s, const struct json_doc *d, int v);
void model_free_parts(struct model_session *s);
/* model_screens.c: what changed on an action's screen. */
void model_read_changed(struct model_action *a, const struct json_doc *d, int v);
/* model_alike.c: when a rule was used last. */
void model_read_uses(struct model_alike *a, const struct json_doc *d, int v);

/* Where an action of this id stands in m->actions, or would. */
size_t model_place_of_action(const struct model *m, int64_t id);
/* Where a session of this id stands in m->by_id, or would. */
size_t model_place_of_session(const struct model *m, const char *id);

#endif
