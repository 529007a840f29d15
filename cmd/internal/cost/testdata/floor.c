// The least that a helper written in C would do on a hit: read the request, look at the
// configuration, read a file of one token, print the answer. It checks nothing.
//
// floor CONFIG TOKEN < REQUEST

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
	static char request[65536], token[4096], answer[8192];
	struct stat st;
	ssize_t n;
	if (argc != 3) return 2;
	while ((n = read(0, request, sizeof request)) > 0) {}
	if (stat(argv[1], &st) != 0) return 1;
	int fd = open(argv[2], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_uid != geteuid()) return 1;
	if ((n = read(fd, token, sizeof token)) < 0) return 1;
	int length = snprintf(answer, sizeof answer,
		"{\"headers\":{\"Authorization\":[\"Bearer %.*s\"]},\"expires\":\"2026-01-02T03:04:05Z\"}\n", (int)n, token);
	return write(1, answer, length) == length ? 0 : 1;
}
