/*
 * test_golden: whole screens against tests/golden/NAME.txt: the text, then a layer of style letters. GENERATE=1 rewrites them; read the
 * difference before you commit it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/card_state.h"
#include "tests/unit/forty.h"
#include "ui/dashboard.h"

static struct model model;
static struct dashboard dash;
static int64_t boot_ms = 1000, wall_ms = 1795525201000;

static void set_up(const char *json)
{
	struct err e = { "" };

	setenv("TZ", "UTC", 1);
	model_init(&model);
	if (model_snapshot(&model, json, strlen(json), 1000, 1795525201000, &e) != 0)
		fail_msg("%s", e.msg);
	dash_init(&dash, &model);
	dash.gate_up = true;
	dash_update(&dash, 1000);
}

static void tear_down(void)
{
	dash_release(&dash);
	model_release(&model);
}

static void compare(const char *name, int columns, int rows)
{
	char path[1000], *text = NULL;
	struct cells cells;
	struct buf got;
	size_t n = 0;
	FILE *f;

	assert_int_equal(cells_init(&cells, columns, rows), 0);
	dash_draw(&dash, &cells, boot_ms, wall_ms);
	buf_init(&got, SIZE_MAX - 1);
	assert_int_equal(cells_dump(&cells, &got), 0);
	snprintf(path, sizeof(path), "%s/tests/golden/%s.txt", getenv("ASSENT_SRC"), name);
	if (getenv("GENERATE")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(got.data, 1, got.len, f);
		fclose(f);
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing; GENERATE=1 writes it", path);
	text = calloc(1, got.len + 2);
	n = fread(text, 1, got.len + 1, f);
	fclose(f);
	if (n != got.len || memcmp(text, got.data, n) != 0)
		fail_msg("%s differs; the screen is now:\n%s", path, got.data);
	free(text);
	buf_release(&got);
	cells_release(&cells);
}

static void overview(void **state)
{
	(void)state;
	set_up(state_json);
	dash.selected = 41;
	dash_update(&dash, 1000);
	compare("overview-120x35", 120, 35);
	compare("overview-80x24", 80, 24);
	compare("overview-60x18", 60, 18);
	compare("too-small-59x17", 59, 17);
	tear_down();
}

static void card(void **state)
{
	(void)state;
	set_up(state_json);
	dash.selected = 42;
	dash.view = VIEW_CARD;
	dash_update(&dash, 1000);
	compare("card-120x35", 120, 35);
	compare("card-80x24", 80, 24);
	tear_down();
}

static const struct { const char *suffix; int columns, rows; } sizes[] = { { "60x18", 60, 18 }, { "80x24", 80, 24 }, { "120x35", 120, 35 }, { "200x60", 200, 60 } };

static void compare_sizes(const char *name, size_t from, size_t to)
{
	char path[100];
	size_t i;

	for (i = from; i <= to; i++) {
		snprintf(path, sizeof(path), "%s-%s", name, sizes[i].suffix);
		compare(path, sizes[i].columns, sizes[i].rows);
	}
}

/* Opens the card of this action; facts "": they are still looked for. */
static void open_card(int64_t id, const char *facts)
{
	dash.selected = id;
	dash.view = VIEW_CARD;
	dash.scroll = 0;
	dash_update(&dash, 1000);
	if (facts[0] && card_ask(&dash.card, dash_selected(&dash), 1000) == id)
		card_answer(&dash.card, dash_selected(&dash), 200, facts, strlen(facts), 1000);
}

static struct log_line *a_log(void)
{
	static const char *const texts[] = { "bundle 1.41 MB is over the limit of 1.00 MB", "npm ERR! code \033[31mELIFECYCLE\033[0m", "npm ERR! Exit status 1" };
	struct log_line *l = calloc(ARRAY_LEN(texts), sizeof(*l));
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++)
		l[i] = (struct log_line){ .n = (int64_t)i, .wall_ms = 1795525190000 + (int64_t)i * 1000, .stream = strdup(i ? "out" : "err"), .text = strdup(texts[i]), .len = strlen(texts[i]) };
	return l;
}

static void cards(void **state)
{
	(void)state;
	set_up(card_json);
	open_card(44, "");
	compare("card-exec-looking-120x35", 120, 35);
	open_card(44, card_exec_facts);
	dash_set_log(&dash, a_log(), 3, 3);
	compare_sizes("card-exec", 0, 3);
	dash.scroll = 8;
	compare("card-exec-end-80x24", 80, 24);
	dash.card.raw = true;
	open_card(44, card_exec_facts);
	compare("card-exec-raw-80x24", 80, 24);
	dash.card.raw = false;
	open_card(41, card_click_facts);
	compare_sizes("card-click", 0, 2);
	dash.view = VIEW_OVERVIEW;
	compare("card-click-brief-80x24", 80, 24);
	open_card(42, "");
	compare("card-type-80x24", 80, 24);
	compare("card-type-120x35", 120, 35);
	open_card(45, card_write_facts);
	compare("card-write-80x24", 80, 24);
	compare("card-write-120x35", 120, 35);
	open_card(46, "");
	compare("card-opaque-80x24", 80, 24);
	open_card(47, "");
	compare("card-edited-120x35", 120, 35);
	open_card(48, "");
	compare("card-denied-80x24", 80, 24);
	tear_down();
}

static void help(void **state)
{
	(void)state;
	set_up(state_json);
	dash.view = VIEW_HELP;
	compare("help-80x24", 80, 24);
	tear_down();
}

static void nobody_yet(void **state)
{
	(void)state;
	set_up("{\"seq\":1,\"now_boot_ms\":1000,\"now_wall_ms\":1795525201000,\"gate\":{\"base_url\":\"http://127.0.0.1:7717/api/v1\",\"live\":true,\"upstream_name\":\"local\"},"
	       "\"agents\":[],\"sessions\":[],\"actions\":[]}");
	compare("nobody-100x30", 100, 30);
	compare("nobody-60x18", 60, 18);
	tear_down();
}

static void not_live(void **state)
{
	(void)state;
	set_up(state_json);
	model.gate.live = false;
	model.gate.not_live_since_wall_ms = 1795525190000;
	free(model.gate.why);
	model.gate.why = strdup("connection \033[31mrefused");
	compare("not-live-100x30", 100, 30);
	dash.gate_up = false;
	dash.gate_down_since_wall_ms = 1795525195000;
	compare("no-gate-100x30", 100, 30);
	tear_down();
}

static void bad_screenshot(void **state)
{
	(void)state;
	set_up(state_json);
	dash.selected = 41;
	dash_update(&dash, 1000);
	snprintf(dash.screen_error, sizeof(dash.screen_error), "bad picture: the file ends too soon");
	compare("bad-screenshot-100x30", 100, 30);
	tear_down();
}

static void event(const char *type, const char *json)
{
	assert_int_equal(model_event(&model, type, json, strlen(json), 0, NULL), 0);
}

/* So many of them that most are folded, and each kind of trouble once. */
static void forty(void **state)
{
	struct input_event key = { .type = INPUT_KEY, .code = 'v' };
	struct dash_request q;
	char json[300];
	size_t i;

	(void)state;
	boot_ms = FORTY_BOOT_MS;
	wall_ms = FORTY_WALL_MS;
	set_up(forty_start);
	model.boot_offset_ms = model.wall_offset_ms = 0;
	for (i = 0; i < ARRAY_LEN(forty_events); i++)
		event(forty_events[i].type, forty_events[i].json);
	for (i = 0; i < 32; i++) {
		snprintf(json, sizeof(json), "{\"name\":\"worker-%zu\",\"connections\":%d,\"session\":\"\"}", i, i < 27);
		event("agent", json);
	}
	snprintf(dash.person, sizeof(dash.person), "ana");
	dash_update(&dash, boot_ms);
	compare("forty-60x18", 60, 18);
	compare("forty-80x24", 80, 24);
	compare("forty-120x35", 120, 35);
	compare("forty-200x60", 200, 60);
	/* One row of eight opened, two of them marked, the others filtered away; the pane of agents has the keys. */
	dash.open[dash.open_count++] = needs_likeness(model_find_action(&model, 45));
	snprintf(dash.filter, sizeof(dash.filter), "scrap");
	dash.pane = PANE_AGENTS;
	snprintf(dash.pane_agent, sizeof(dash.pane_agent), "scraper");
	for (i = 45; i <= 46; i++) {
		dash.selected = dash.seen_id = (int64_t)i;
		dash.seen_version = 1;
		dash_update(&dash, boot_ms);
		arm_drawn(&dash.arm, boot_ms);
		arm_answered(&dash.arm, boot_ms);
		dash_key(&dash, &key, boot_ms + 3000 * (int64_t)(i - 44), &q);
	}
	assert_int_equal(dash.marked_count, 2);
	dash.message[0] = '\0';
	compare("forty-opened-120x35", 120, 35);
	dash.pane = PANE_NEEDS;
	dash.filter[0] = '\0';
	compare("forty-opened-80x24", 80, 24);
	dash.prompt = PROMPT_MANY;
	compare("forty-many-60x18", 60, 18);
	dash.prompt = PROMPT_NONE;
	dash.view = VIEW_HISTORY;
	compare("history-80x24", 80, 24);
	compare("history-120x35", 120, 35);
	dash.view = VIEW_OVERVIEW;
	dash.marked_count = 0;
	dash.selected = 38;
	snprintf(dash.desk.away, sizeof(dash.desk.away), "away 49m: 12 held, 9 expired, 3 gave up, 210 by rule, 1 gap");
	notices_toggle(&dash.notices, boot_ms - 60000);
	model.gate.unattended = true;
	dash_update(&dash, boot_ms);
	compare("forty-away-80x24", 80, 24);
	compare("forty-away-120x35", 120, 35);
	tear_down();
	boot_ms = 1000;
	wall_ms = 1795525201000;
}

static void turns(void **state)
{
	static const char json[] =
		"{\"turns\":[{\"action\":39,\"turn\":\"9\",\"wall_ms\":1795525378000,\"session_name\":\"build-7\",\"what\":\"write dist/out/app.js  +4012 -0\",\"result\":\"done\",\"by\":\"rule own workspace\"},"
		"{\"action\":40,\"turn\":\"12\",\"wall_ms\":1795525421000,\"session_name\":\"build-7\",\"what\":\"exec rm -rf ../../cache\",\"result\":\"denied\",\"by\":\"ana\",\"note\":\"not the cache\"},"
		"{\"action\":41,\"turn\":\"13\",\"wall_ms\":1795525432000,\"session_name\":\"desk\\u202e-9\",\"what\":\"type \\u001b[2J\",\"result\":\"done\",\"by\":\"ben\"}],"
		"\"files_written\":[\"/workspace/site/dist/out/app.js\",\"/workspace/site/a\\nb\"],\"hosts\":[\"get.pruner.example\"]}";

	(void)state;
	set_up(state_json);
	dash.view = VIEW_TURNS;
	snprintf(dash.turns_of, sizeof(dash.turns_of), "builder");
	turns_answer(&dash, 200, json, strlen(json));
	compare("turns-60x18", 60, 18);
	compare("turns-80x24", 80, 24);
	compare("turns-120x35", 120, 35);
	compare("turns-200x60", 200, 60);
	tear_down();
}

/* Everything that a gate may tell at once: frozen, a stopped agent, one at its cap, rules, another person. */
static void busy(void)
{
	set_up(state_json);
	event("gate", "{\"live\":true,\"upstream_name\":\"local\",\"signing\":\"unsigned\",\"by_rule_per_minute\":14,\"frozen\":{\"by\":\"ana\",\"wall_ms\":1795525190000},"
		      "\"policy\":{\"file\":\"/x/policy.conf\",\"error\":\"policy.conf:3:7: unknown key\"}}");
	event("agent", "{\"name\":\"clerk\",\"session\":\"cmp_1\",\"waiting\":1,\"refused\":3,\"stopped\":{\"by\":\"ana\",\"wall_ms\":1},\"used\":{\"actions\":12},\"budget\":{\"actions\":200}}");
	event("agent", "{\"name\":\"builder\",\"session\":\"sbx_1\",\"waiting\":1,\"at_cap\":\"actions\",\"used\":{\"actions\":120},\"budget\":{\"actions\":120}}");
	event("alike", "{\"id\":3,\"verdict\":\"allow\",\"agent\":\"clerk\",\"what\":\"type by clerk in desk-1, text without Return\",\"uses\":4,\"uses_max\":10,"
		       "\"expires_boot_ms\":481000,\"made_by\":\"ana\"}");
	event("session", "{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"label\":\"shop\",\"live\":true,\"width\":1280,\"height\":800,\"takeover\":{\"by\":\"ana\",\"wall_ms\":1}}");
	event("presence", "[{\"name\":\"ben\",\"reads\":42}]");
	event("note", "{\"id\":1,\"kind\":\"agent\",\"target\":\"builder\",\"text\":\"new since Monday\",\"by\":\"ben\",\"wall_ms\":1}");
	dash_update(&dash, 1000);
}

static void frozen(void **state)
{
	struct dash_running *r = calloc(1, sizeof(*r));
	char **changed = calloc(1, sizeof(*changed));

	(void)state;
	busy();
	compare("frozen-120x35", 120, 35);
	compare("frozen-80x24", 80, 24);
	dash.view = VIEW_AGENTS;
	compare("agents-120x35", 120, 35);
	*r = (struct dash_running){ strdup("sbx_1"), strdup("build-1"), strdup("7"), strdup("npm test"), strdup("builder"), strdup("signal delete pause "), 31000 };
	changed[0] = strdup("the screen of desk-1 changed");
	dash_set_running(&dash, r, 1);
	dash_set_changed(&dash, changed, 1);
	dash.view = VIEW_FROZEN;
	compare("running-80x24", 80, 24);
	tear_down();
}

static void edited(void **state)
{
	(void)state;
	busy();
	event("action", "{\"id\":42,\"version\":2,\"state\":\"held\",\"agent\":\"builder\",\"session\":\"sbx_1\",\"session_kind\":\"sandbox\",\"session_name\":\"build-1\","
			"\"kind\":\"exec\",\"method\":\"POST\",\"path\":\"/api/v1/sandboxes/sbx_1/exec\",\"digest\":\"1\",\"plain\":\"Runs one shell command.\","
			"\"body\":\"{\\\"command\\\":\\\"rm -rf out/tmp\\\"}\",\"body_len\":28,\"held_by\":\"policy.conf:4: hold exec require=2\",\"require\":2,"
			"\"approvals\":[{\"by\":\"ben\",\"wall_ms\":1}],\"edited\":{\"by\":\"ana\",\"original\":\"{\\\"command\\\":\\\"rm -rf out\\\"}\"},"
			"\"askers\":1,\"expires_boot_ms\":600000,\"needs_person\":true}");
	dash.selected = 42;
	dash_update(&dash, 1000);
	dash.view = VIEW_CARD;
	compare("card-edited-80x24", 80, 24);
	dash.edit_id = 42;
	dash.edit_version = 2;
	editor_set(&dash.editor, dash_selected(&dash)->body);
	dash.view = VIEW_EDIT;
	compare("edit-80x24", 80, 24);
	dash.selected = 41;
	alike_form_open(&dash.form, dash_selected(&dash));
	dash.view = VIEW_ALIKE;
	compare("alike-80x24", 80, 24);
	dash.view = VIEW_OVERVIEW;
	dash.prompt = PROMPT_PASSPHRASE;
	snprintf(dash.line, sizeof(dash.line), "secret");
	compare("passphrase-80x24", 80, 24);
	tear_down();
}

/* Puts these lines of a log on the screen, as the gate would tell them. */
static void show_log(const char *session, const char *lines)
{
	struct buf path, body;

	dash.view = VIEW_LOG;
	logview_open(&dash.logs, session);
	buf_init(&path, 4096);
	buf_init(&body, SIZE_MAX - 1);
	dash_update(&dash, 1000);
	assert_true(logview_ask(&dash.logs, LOG_ASK_LINES, 1000, &path));
	buf_printf(&body, "{\"from\":0,\"first\":0,\"total\":19,\"next\":null,\"lines\":[%s]}", lines);
	logview_answer(&dash.logs, LOG_ASK_LINES, 200, buf_cstr(&body), body.len, 1000);
	assert_int_equal(dash.logs.error[0], 0);
	buf_release(&path);
	buf_release(&body);
}

#define LINE(n, stream, text) "{\"n\":" #n ",\"wall_ms\":17955252" #n "000,\"session\":\"sbx_1\",\"stream\":\"" stream "\",\"text\":\"" text "\"}"

static const char log_lines[] =
	LINE(10, "event", "exec.started npm test") "," LINE(11, "out", "> shop@1.0.0 test") "," LINE(12, "out", "\\u001b[32mok\\u001b[0m 1 \\u001b[1mcart\\u001b[22m adds") ","
	LINE(13, "out", "\\u001b[41;97mFAIL\\u001b[0m 2 cart \\u001b[38;5;208mremoves\\u001b[0m") "," LINE(14, "err", "Error: expected 1, got 2\\tat cart.js:12") ","
	LINE(15, "gap", "events: not live from 13:00:14 to 13:00:19; what is not repeated may be missing") ","
	LINE(16, "out", "hostile \\u001b[2J\\u001b]0;title\\u0007 \\u202eeman\\u202c and \\u001b[8mhidden\\u001b[0m") ","
	LINE(17, "out", "a long line that does not fit into eighty columns and so goes on in the row below it, with nothing cut off") "," LINE(18, "log", "exit 1");

static void logs(void **state)
{
	(void)state;
	set_up(state_json);
	snprintf(dash.log_of, sizeof(dash.log_of), "sbx_1");
	show_log("sbx_1", log_lines);
	snprintf(dash.logs.search.text, sizeof(dash.logs.search.text), "cart");
	dash.logs.found = 13;
	compare("log-80x24", 80, 24);
	compare("log-120x35", 120, 35);
	compare("log-60x18", 60, 18);
	dash.logs.follow = false;
	dash.logs.selecting = true;
	dash.logs.select_from = 13;
	dash.logs.select_to = 16;
	dash.logs.wrap = false;
	compare("log-chosen-80x24", 80, 24);
	dash.logs.selecting = false;
	dash.prompt = PROMPT_SEARCH;
	dash.wanted.regex = true;
	snprintf(dash.line, sizeof(dash.line), "ca.t");
	show_log("", log_lines);
	compare("log-merged-80x24", 80, 24);
	tear_down();
}

static void sessions(void **state)
{
	(void)state;
	set_up(state_json);
	event("session", "{\"id\":\"sbx_1\",\"kind\":\"sandbox\",\"name\":\"build-1\",\"state\":\"running\",\"isolation\":\"namespaces\",\"label\":\"shop\",\"agent\":\"builder\","
			 "\"live\":false,\"not_live_since_wall_ms\":1795525190000,\"log_lines\":10234,"
			 "\"doing\":{\"what\":\"npm test\",\"exec\":\"exec_7\",\"since_wall_ms\":1795525170000},\"last_event_wall_ms\":1795525189000,\"events_per_minute\":240,"
			 "\"previews\":[{\"id\":\"pv_1\",\"port\":3000,\"url\":\"https://3000-sbx1.preview.example/\\u202ex\"}],"
			 "\"snapshots\":[{\"id\":\"snap_1\",\"status\":\"ready\",\"comment\":\"before \\u001b[31mtests\",\"created_at\":\"2026-11-24T12:40:00Z\"}],"
			 "\"cost_cents\":1234,\"unknown_events\":3,\"last_unknown\":\"sandbox.moved\","
			 "\"streams\":[{\"name\":\"events\",\"state\":\"down\",\"since_wall_ms\":1795525190000,\"why\":\"it closed the connection\",\"gaps\":2},"
			 "{\"name\":\"logs\",\"state\":\"live\",\"since_wall_ms\":1795525100000,\"why\":\"\",\"gaps\":0},"
			 "{\"name\":\"readiness\",\"state\":\"absent\",\"since_wall_ms\":1795525100000,\"why\":\"it answered 404\",\"gaps\":0}]}");
	dash.view = VIEW_SESSIONS;
	snprintf(dash.listed, sizeof(dash.listed), "sbx_1");
	compare("sessions-80x24", 80, 24);
	compare("sessions-120x35", 120, 35);
	tear_down();
}

static void approvals(void **state)
{
	struct input_event down = { .type = INPUT_KEY, .code = 'j' };
	struct dash_request q;

	(void)state;
	set_up(state_json);
	event("approval", "{\"id\":\"apr_1\",\"capability\":\"computer.click\",\"fingerprint\":\"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\","
			  "\"status\":\"pending\",\"principal\":\"api_key k_7\",\"action\":41,\"inserted_at\":\"2026-11-24T12:59:58Z\",\"expires_at\":null}");
	event("approval", "{\"id\":\"apr_2\",\"capability\":\"sandbox.destroy\",\"fingerprint\":\"sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752\","
			  "\"status\":\"pending\",\"principal\":\"user u_1\",\"action\":null,\"inserted_at\":\"2026-11-24T12:58:00Z\",\"expires_at\":\"2026-11-24T13:08:00Z\"}");
	dash.selected = 41;
	dash_update(&dash, 1000);
	compare("approvals-80x24", 80, 24);
	dash_key(&dash, &down, 1000, &q);
	dash_key(&dash, &down, 1000, &q);
	dash_update(&dash, 1000);
	compare("approvals-hash-120x35", 120, 35);
	dash.prompt = PROMPT_MIOSA;
	compare("approvals-hash-80x24", 80, 24);
	dash.prompt = PROMPT_NONE;
	dash.selected = 41;
	dash.approval[0] = '\0';
	down.code = 'm';
	dash_key(&dash, &down, 1000, &q);
	dash_update(&dash, 1000);
	dash.view = VIEW_CARD;
	compare("approvals-matched-80x24", 80, 24);
	tear_down();
}

static void hostile(void **state)
{
	size_t i;

	(void)state;
	set_up(state_json);
	for (i = 0; i < model.action_count; i++) {
		struct model_action *a = model.actions[i];
		char **fields[] = { &a->agent, &a->session_name, &a->summary, &a->plain, &a->path, &a->body, &a->title, &a->result, &a->note, &a->decided_by, &a->text };
		size_t k;

		for (k = 0; k < ARRAY_LEN(fields); k++) {
			free(*fields[k]);
			*fields[k] = strdup("\033[2J\033]0;x\007\r\b\xc2\x9b" "1m\xe2\x80\xae" "gnp.\xff");
		}
	}
	compare("hostile-100x30", 100, 30);
	dash.view = VIEW_CARD;
	compare("hostile-card-100x30", 100, 30);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overview), cmocka_unit_test(card), cmocka_unit_test(cards), cmocka_unit_test(help), cmocka_unit_test(nobody_yet), cmocka_unit_test(not_live),
		cmocka_unit_test(bad_screenshot), cmocka_unit_test(frozen), cmocka_unit_test(edited), cmocka_unit_test(logs),
		cmocka_unit_test(sessions), cmocka_unit_test(approvals), cmocka_unit_test(hostile), cmocka_unit_test(forty), cmocka_unit_test(turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
