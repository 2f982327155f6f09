/* catalog: one row for each capability. See catalog.h. */
#include "config.h"

#include "local/catalog.h"

#include <string.h>

#include "base/err.h"

#define CAPABILITY_VERSION "1.0.0"

static const struct capability capabilities[] = {
	{ "computer.bash", RISK_WRITE, "computer" },
	{ "computer.checkpoint.create", RISK_WRITE, "computer" },
	{ "computer.checkpoint.delete", RISK_DESTRUCTIVE, "computer" },
	{ "computer.checkpoint.list", RISK_READ, "computer" },
	{ "computer.checkpoint.restore", RISK_DESTRUCTIVE, "computer" },
	{ "computer.click", RISK_WRITE, "computer" },
	{ "computer.close.window", RISK_WRITE, "computer" },
	{ "computer.copy.file", RISK_WRITE, "computer" },
	{ "computer.create", RISK_WRITE, "tenant" },
	{ "computer.delete.file", RISK_DESTRUCTIVE, "computer" },
	{ "computer.destroy", RISK_DESTRUCTIVE, "computer" },
	{ "computer.double.click", RISK_WRITE, "computer" },
	{ "computer.drag", RISK_WRITE, "computer" },
	{ "computer.focus.window", RISK_WRITE, "computer" },
	{ "computer.get", RISK_READ, "computer" },
	{ "computer.get.clipboard", RISK_READ, "computer" },
	{ "computer.get.cursor.position", RISK_READ, "computer" },
	{ "computer.get.desktop.env", RISK_READ, "computer" },
	{ "computer.get.screen.size", RISK_READ, "computer" },
	{ "computer.hotkey", RISK_WRITE, "computer" },
	{ "computer.key", RISK_WRITE, "computer" },
	{ "computer.key.down", RISK_WRITE, "computer" },
	{ "computer.key.up", RISK_WRITE, "computer" },
	{ "computer.launch", RISK_WRITE, "computer" },
	{ "computer.list", RISK_READ, "tenant" },
	{ "computer.list.files", RISK_READ, "computer" },
	{ "computer.logs", RISK_READ, "computer" },
	{ "computer.maximize.window", RISK_WRITE, "computer" },
	{ "computer.minimize.window", RISK_WRITE, "computer" },
	{ "computer.mkdir", RISK_WRITE, "computer" },
	{ "computer.mouse.down", RISK_WRITE, "computer" },
	{ "computer.mouse.up", RISK_WRITE, "computer" },
	{ "computer.move.cursor", RISK_WRITE, "computer" },
	{ "computer.read.file", RISK_READ, "computer" },
	{ "computer.rename.file", RISK_WRITE, "computer" },
	{ "computer.restart", RISK_DESTRUCTIVE, "computer" },
	{ "computer.right.click", RISK_WRITE, "computer" },
	{ "computer.screenshot", RISK_READ, "computer" },
	{ "computer.scroll", RISK_WRITE, "computer" },
	{ "computer.set.clipboard", RISK_WRITE, "computer" },
	{ "computer.set.window.position", RISK_WRITE, "computer" },
	{ "computer.set.window.size", RISK_WRITE, "computer" },
	{ "computer.start", RISK_WRITE, "computer" },
	{ "computer.stat.file", RISK_READ, "computer" },
	{ "computer.stop", RISK_DESTRUCTIVE, "computer" },
	{ "computer.type", RISK_WRITE, "computer" },
	{ "computer.update", RISK_WRITE, "computer" },
	{ "computer.upload.file", RISK_WRITE, "computer" },
	{ "computer.wait", RISK_READ, "computer" },
	{ "computer.windows", RISK_READ, "computer" },
	{ "computer.write.file", RISK_WRITE, "computer" },
	{ "run.cancel", RISK_WRITE, "workspace" },
	{ "run.create", RISK_WRITE, "workspace" },
	{ "run.get", RISK_READ, "workspace" },
	{ "run.list", RISK_READ, "workspace" },
	{ "run.messages", RISK_READ, "workspace" },
	{ "sandbox.create", RISK_WRITE, "tenant" },
	{ "sandbox.deploy", RISK_WRITE, "deployment" },
	{ "sandbox.destroy", RISK_DESTRUCTIVE, "workspace" },
	{ "sandbox.exec", RISK_WRITE, "workspace" },
	{ "sandbox.expose", RISK_WRITE, "workspace" },
	{ "sandbox.get", RISK_READ, "workspace" },
	{ "sandbox.list", RISK_READ, "tenant" },
	{ "sandbox.list.files", RISK_READ, "workspace" },
	{ "sandbox.logs", RISK_READ, "workspace" },
	{ "sandbox.pause", RISK_WRITE, "workspace" },
	{ "sandbox.read.file", RISK_READ, "workspace" },
	{ "sandbox.resume", RISK_WRITE, "workspace" },
	{ "sandbox.snapshot.create", RISK_WRITE, "workspace" },
	{ "sandbox.snapshot.list", RISK_READ, "workspace" },
	{ "sandbox.snapshot.restore", RISK_DESTRUCTIVE, "workspace" },
	{ "sandbox.write.file", RISK_WRITE, "workspace" },
};

static const struct { const char *risk, *approval; } words[] = {
	[RISK_READ] = { "read", "never" }, [RISK_WRITE] = { "write", "policy" }, [RISK_DESTRUCTIVE] = { "destructive", "always" },
};

const struct capability *catalog_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(capabilities); i++)
		if (strcmp(capabilities[i].name, name) == 0)
			return &capabilities[i];
	return NULL;
}

void catalog_fingerprint(const struct capability *c, char out[FINGERPRINT_SIZE])
{
	fingerprint_capability(c->name, CAPABILITY_VERSION, out);
}

bool catalog_is_fingerprint(const char *text)
{
	return strlen(text) == FINGERPRINT_SIZE - 1 && strncmp(text, "sha256:", 7) == 0 && strspn(text + 7, "0123456789abcdef") == DIGEST_HEX;
}

void catalog_json(struct jsonw *w)
{
	char fingerprint[FINGERPRINT_SIZE];
	size_t i;

	jw_begin(w, '[');
	for (i = 0; i < ARRAY_LEN(capabilities); i++) {
		const struct capability *c = &capabilities[i];

		catalog_fingerprint(c, fingerprint);
		jw_begin(w, '{');
		jw_kstr(w, "name", c->name);
		jw_kstr(w, "version", CAPABILITY_VERSION);
		jw_kstr(w, "fingerprint", fingerprint);
		jw_kstr(w, "risk", words[c->risk].risk);
		jw_kstr(w, "scope", c->scope);
		jw_kstr(w, "approval", words[c->risk].approval);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}
