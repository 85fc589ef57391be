/* What a process can still do that has shut itself in. Each test asks from within. */
#include "platform/cage/cage.h"

#include "tests/test.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The status of a process that shuts itself in and then does this; its exit code is what that gives. */
static int status_inside(int (*deed)(void)) {
    pid_t keeper = getpid(), pid = fork();
    int status = -1;
    if (pid == 0) _exit(cage_shut(1, keeper) ? deed() : 99);
    EXPECT(waitpid(pid, &status, 0) == pid);
    return status;
}

static int read_the_system(void) {
    int fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0 ? 7 : 1;
}

/* Which of these succeeded, 0 for none. */
static int try_to_get_out(void) {
    const struct rlimit more = {1000, 1000};
    const bool got_out[] = {
        open("/tmp/theke-cage", O_WRONLY | O_CREAT, 0600) >= 0, open("/usr/bin/env", O_RDWR) >= 0, socket(AF_INET, SOCK_STREAM, 0) >= 0,
        socket(AF_UNIX, SOCK_DGRAM, 0) >= 0, kill(getppid(), 0) == 0, fcntl(STDOUT_FILENO, F_SETOWN, getppid()) == 0,
        fcntl(STDOUT_FILENO, F_SETFL, O_ASYNC) == 0, setrlimit(RLIMIT_NOFILE, &more) == 0, chdir("/") == 0, unlink("/tmp/theke-cage") == 0,
        unshare(0) == 0,
    };
    for (int i = 0; i < (int)COUNT_OF(got_out); i++)
        if (got_out[i]) return i + 1;
    return 0;
}

static int start_another(void) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    return pid >= 0;
}

static int compute_for_ever(void) {
    for (volatile unsigned i = 0;; i++) continue;
    return 0;
}

TEST(inside_the_system_can_be_read) {
    int status = status_inside(read_the_system);
    EXPECT(WIFEXITED(status));
    EXPECT_INT(WEXITSTATUS(status), 7);
}

TEST(inside_nothing_can_be_changed_and_nobody_reached) {
    int status = status_inside(try_to_get_out);
    EXPECT(WIFEXITED(status));
    EXPECT_INT(WEXITSTATUS(status), 0);
    status = status_inside(start_another);
    EXPECT(WIFEXITED(status));
    EXPECT_INT(WEXITSTATUS(status), 0);
}

TEST(inside_the_time_ends) {
    int status = status_inside(compute_for_ever);
    EXPECT(WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU));
}

TEST(who_is_kept_by_somebody_else_is_not_let_in) {
    pid_t pid = fork();
    int status = -1;
    if (pid == 0) _exit(cage_shut(1, getpid()) ? 1 : 0);
    EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    EXPECT_INT(WEXITSTATUS(status), 0);
}
