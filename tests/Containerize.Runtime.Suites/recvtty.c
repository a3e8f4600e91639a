/* recvtty [--pid-file FILE] [--mode single|null] [--no-stdin] SOCKET: takes terminals from a runtime's console socket and reads them, what runc's tests
 * need of its contrib/cmd/recvtty. They do not wait for the socket: whatever starts more slowly comes too late. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int shows = 1;

static void *read_all(void *argument)
{
    int connection = (int)(long)argument, terminal;
    char name[4096], buffer[4096], control[CMSG_SPACE(sizeof terminal)];
    struct iovec part = { name, sizeof name };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *header;
    ssize_t count;
    if (recvmsg(connection, &message, 0) < 0 || !(header = CMSG_FIRSTHDR(&message))) {
        return NULL;
    }

    memcpy(&terminal, CMSG_DATA(header), sizeof terminal);
    close(connection);
    while ((count = read(terminal, buffer, sizeof buffer)) > 0) {
        if (shows && write(1, buffer, count) < 0) {
            break;
        }
    }

    close(terminal);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *pid_file = NULL;
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--pid-file") && i + 1 < argc) {
            pid_file = argv[++i];
        } else if (!strcmp(argv[i], "--mode") && i + 1 < argc) {
            shows = !strcmp(argv[++i], "single");
        } else if (argv[i][0] != '-') {
            strncpy(address.sun_path, argv[i], sizeof address.sun_path - 1);
        }
    }

    signal(SIGPIPE, SIG_IGN);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 16) < 0) {
        perror(address.sun_path);
        return 1;
    }

    if (pid_file) {
        FILE *file = fopen(pid_file, "w");
        if (!file || fprintf(file, "%d", getpid()) < 0 || fclose(file)) {
            perror(pid_file);
            return 1;
        }
    }

    for (;;) {
        pthread_t thread;
        int connection = accept(server, NULL, NULL);
        if (connection < 0 || pthread_create(&thread, NULL, read_all, (void *)(long)connection)) {
            return 1;
        }

        if (shows) {
            pthread_join(thread, NULL);
            return 0;
        }

        pthread_detach(thread);
    }
}
