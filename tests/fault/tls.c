/*
 * tls: a server with a certificate of its own making, for tests of who the gate takes for its upstream.
 *
 * usage: tls DIR NAME ADDRESS PORT
 * DIR/cert.pem    the certificate, for NAME, signed by nobody but itself; who trusts it trusts this server
 * DIR/port        written when it listens (PORT 0: any free one)
 * DIR/connections one line for each connection, DIR/requests one for each request that came through
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *dir;

static void die(const char *what)
{
	fprintf(stderr, "tls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static FILE *open_file(const char *name, const char *mode)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, mode);
	if (!f)
		die(path);
	return f;
}

static void note(const char *name, const char *text)
{
	FILE *f = open_file(name, "a");

	fprintf(f, "%s\n", text);
	fclose(f);
}

static void extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static void make_certificate(SSL_CTX *ctx, const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	char names[300];
	FILE *f;

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), getpid());
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	snprintf(names, sizeof(names), "DNS:%s", name);
	extend(cert, NID_subject_alt_name, names);
	extend(cert, NID_basic_constraints, "critical,CA:TRUE");
	if (X509_sign(cert, key, EVP_sha256()) <= 0 || SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		die("certificate");
	f = open_file("cert.pem", "w");
	PEM_write_X509(f, cert);
	fclose(f);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* A head, and the body that it announces: at most one buffer full. */
static bool read_request(SSL *ssl, char *in, size_t size)
{
	size_t len = 0, want = 0;
	char *end = NULL, *line;
	int n;

	while (!end || len < want) {
		n = len < size - 1 ? SSL_read(ssl, in + len, (int)(size - 1 - len)) : 0;
		if (n <= 0)
			return false;
		len += (size_t)n;
		in[len] = '\0';
		end = strstr(in, "\r\n\r\n");
		line = strcasestr(in, "\r\nContent-Length:");
		want = end ? (size_t)(end - in) + 4 + (line ? strtoul(line + 17, NULL, 10) : 0) : 0;
	}
	return true;
}

static void serve(SSL_CTX *ctx, int fd)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"data\":[]}";
	static char in[65536];
	SSL *ssl = SSL_new(ctx);

	note("connections", "one");
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && read_request(ssl, in, sizeof(in))) {
		in[strcspn(in, "\r")] = '\0';
		note("requests", in);
		SSL_write(ssl, answer, sizeof(answer) - 1);
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int s, fd, yes = 1;
	char port[16];
	SSL_CTX *ctx;

	if (argc != 5 || inet_pton(AF_INET, argv[3], &a.sin_addr) != 1)
		return 2;
	dir = argv[1];
	a.sin_port = htons((uint16_t)atoi(argv[4]));
	signal(SIGPIPE, SIG_IGN);
	ctx = SSL_CTX_new(TLS_server_method());
	make_certificate(ctx, argv[2]);
	s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(s, 16) < 0 || getsockname(s, (struct sockaddr *)&a, &len) < 0)
		die("listen");
	snprintf(port, sizeof(port), "%d", ntohs(a.sin_port));
	note("port", port);
	while ((fd = accept(s, NULL, NULL)) >= 0) {
		serve(ctx, fd);
		close(fd);
	}
	die("accept");
	return 1;
}
