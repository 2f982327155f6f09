/* state: a gate's snapshot for the dashboard's tests, written by hand after docs/OPERATOR.md. */
#ifndef ASSENT_TESTS_STATE_H
#define ASSENT_TESTS_STATE_H

#define ACTION(id, st, agent, sid, skind, sname, kind, plain, summary, method, path, body, extra) \
	"{\"id\":" #id ",\"version\":1,\"state\":\"" st "\",\"agent\":\"" agent "\",\"session\":\"" sid "\",\"session_kind\":\"" skind "\",\"session_name\":\"" sname "\"," \
	"\"kind\":\"" kind "\",\"class\":\"acts\",\"method\":\"" method "\",\"path\":\"" path "\",\"query\":\"\",\"headers\":[[\"content-type\",\"application/json\"]]," \
	"\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"plain\":\"" plain "\",\"summary\":\"" summary "\"," \
	"\"body_len\":25,\"body\":\"" body "\",\"body_base64\":null,\"held_by\":\"default: no rule names it\",\"arrived_wall_ms\":1795525200000,\"arrived_boot_ms\":0," \
	"\"out_boot_ms\":600000,\"askers\":1,\"joined\":0" extra "}"

static const char state_json[] =
	"{\"seq\":10,\"now_boot_ms\":1000,\"now_wall_ms\":1795525201000,"
	"\"gate\":{\"version\":\"0.1.0\",\"pid\":7,\"listen\":\"127.0.0.1:7717\",\"base_url\":\"http://127.0.0.1:7717/api/v1\",\"upstream\":\"http://127.0.0.1:7718\","
	"\"upstream_name\":\"local\",\"live\":true,\"not_live_since_wall_ms\":null,\"not_live_why\":\"\",\"state_dir\":\"/x\"},"
	"\"agents\":[{\"name\":\"clerk\",\"connections\":1,\"actions\":3,\"waiting\":1,\"refused\":0,\"session\":\"cmp_1\"},"
	"{\"name\":\"builder\",\"connections\":1,\"actions\":2,\"waiting\":1,\"refused\":0,\"session\":\"sbx_1\"}],"
	"\"sessions\":[{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"state\":\"running\",\"isolation\":\"namespaces\",\"width\":1280,\"height\":800,\"live\":true,"
	"\"log_lines\":2,\"screen_seq\":1,\"agent\":\"clerk\",\"controls\":[]},"
	"{\"id\":\"sbx_1\",\"kind\":\"sandbox\",\"name\":\"build-1\",\"state\":\"running\",\"isolation\":\"namespaces\",\"width\":0,\"height\":0,\"live\":false,"
	"\"not_live_since_wall_ms\":1795525190000,\"log_lines\":0,\"screen_seq\":0,\"agent\":\"builder\",\"controls\":[]}],"
	"\"actions\":["
	ACTION(38, "unknown", "clerk", "cmp_1", "computer", "desk-1", "click", "Left click at 90,412 on computer desk-1 (cmp_1).", "left click 90,412", "POST",
	       "/api/v1/computers/cmp_1/desktop/click", "{\\\"x\\\":90,\\\"y\\\":412}", ",\"needs_person\":true,\"result\":\"SENT, NO ANSWER\",\"ended_wall_ms\":1795525150000,\"decided_by\":\"ana\",\"x\":90,\"y\":412") ","
	ACTION(39, "denied", "builder", "sbx_1", "sandbox", "build-1", "exec", "Runs one shell command in sandbox build-1 (sbx_1).", "exec curl x", "POST",
	       "/api/v1/sandboxes/sbx_1/exec", "{\\\"command\\\":\\\"curl x\\\"}", ",\"needs_person\":false,\"result\":\"denied\",\"note\":\"not that host\",\"ended_wall_ms\":1795525160000,\"decided_by\":\"ana\"") ","
	ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "click", "Left click at 812,447 on computer desk-1 (cmp_1).", "left click 812,447", "POST",
	       "/api/v1/computers/cmp_1/desktop/click", "{\\\"x\\\":812,\\\"y\\\":447}", ",\"needs_person\":true,\"x\":812,\"y\":447,\"title\":\"Press Send\"") ","
	ACTION(42, "held", "builder", "sbx_1", "sandbox", "build-1", "exec", "Runs one shell command in sandbox build-1 (sbx_1).", "exec rm -rf out", "POST",
	       "/api/v1/sandboxes/sbx_1/exec", "{\\\"command\\\":\\\"rm -rf out\\\"}", ",\"needs_person\":true,\"text\":\"rm -rf out\",\"risks\":[\"deletes\"]")
	"]}";

#endif
