/* test_http_tls: an upstream whose certificate nobody vouches for gets no byte of the request. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#define ERR_STATE OPENSSL_ERR_STATE	/* OpenSSL has a type of our error's name */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#undef ERR_STATE
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/http.h"

struct tls {
	SSL_CTX *ctx;
	int fd, port;
	pthread_t thread;
	int handshakes, requests;
};

/* One of our own, for 127.0.0.1: right in all but who signed it. */
static void make_certificate(SSL_CTX *ctx)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_add_ext(cert, names, -1);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, key), 1);
	X509_EXTENSION_free(names);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* One connection, answered well. */
static void *serve(void *arg)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	struct tls *t = arg;
	int fd = accept(t->fd, NULL, NULL);
	SSL *ssl = SSL_new(t->ctx);
	char in[4096];

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		t->handshakes++;
		if (SSL_read(ssl, in, sizeof(in)) > 0) {
			t->requests++;
			SSL_write(ssl, answer, sizeof(answer) - 1);
			SSL_shutdown(ssl);
		}
	}
	SSL_free(ssl);
	close(fd);
	return NULL;
}

static void start(struct tls *t)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	memset(t, 0, sizeof(*t));
	t->ctx = SSL_CTX_new(TLS_server_method());
	make_certificate(t->ctx);
	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(t->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(t->fd, 4), 0);
	assert_int_equal(getsockname(t->fd, (struct sockaddr *)&a, &len), 0);
	t->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&t->thread, NULL, serve, t), 0);
}

static void stop(struct tls *t)
{
	pthread_join(t->thread, NULL);
	close(t->fd);
	SSL_CTX_free(t->ctx);
}

/* The server is a good one: who does not ask for a signature gets an answer. So it is the certificate that the next test is about. */
static void the_server_works(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\n\r\n";
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct tls t;
	char in[256];

	(void)state;
	start(&t);
	a.sin_port = htons((uint16_t)t.port);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	SSL_set_fd(ssl, fd);
	assert_int_equal(SSL_connect(ssl), 1);
	assert_int_equal(SSL_write(ssl, request, sizeof(request) - 1), sizeof(request) - 1);
	assert_true(SSL_read(ssl, in, sizeof(in)) > 0);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	stop(&t);
	assert_int_equal(t.requests, 1);
}

struct outcome {
	bool done;
	enum http_outcome outcome;
	char error[300];
};

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct outcome *o = arg;

	(void)c;
	o->done = true;
	o->outcome = r->outcome;
	snprintf(o->error, sizeof(o->error), "%s", r->error);
}

static void an_unknown_certificate_gets_nothing(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };
	struct outcome o;
	struct http *h;
	uv_loop_t loop;
	char url[64];
	struct tls t;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(hosts); i++) {
		struct http_spec s = { .method = "POST", .url = url, .body = "secret", .body_len = 6, .once = true, .timeout_ms = 5000, .on_done = on_done, .arg = &o };

		o.done = false;
		start(&t);
		snprintf(url, sizeof(url), "https://%s:%d/act", hosts[i], t.port);
		uv_loop_init(&loop);
		h = http_new(&loop);
		http_start(h, &s);
		while (!o.done)
			uv_run(&loop, UV_RUN_ONCE);
		http_free(h, NULL, NULL);
		uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&loop), 0);
		stop(&t);
		if (o.outcome != HTTP_NOT_SENT || !strstr(o.error, "certificate"))
			fail_msg("%s: outcome %d: %s", hosts[i], o.outcome, o.error);
		assert_int_equal(t.requests, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_server_works), cmocka_unit_test(an_unknown_certificate_gets_nothing) };

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
