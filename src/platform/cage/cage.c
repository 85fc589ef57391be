/* The side of who waits. */
#include "platform/cage/cage.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMPLAINT = 4096, TICK = 100 /* milliseconds */ };

struct pipes {
    int output[2], complaint[2];
};

static void shut(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *pipes) {
    for (int i = 0; i < 2; i++) shut(&pipes->output[i]), shut(&pipes->complaint[i]);
}

/* Signals that this program blocks or ignores are as usual in there, and the group makes all of it killable at once. */
static bool set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP) == 0
           && posix_spawnattr_setsigmask(attributes, &none) == 0 && posix_spawnattr_setsigdefault(attributes, &usual) == 0
           && posix_spawnattr_setpgroup(attributes, 0) == 0;
}

static int spawn(const struct cage_order *order, const struct pipes *pipes, pid_t *ret_pid) {
    char seconds[16], keeper[16];
    const char *arguments[CAGE_WORDS + 5] = {"theke", order->command, seconds, keeper};
    char *const environment[] = {(char *)"LC_ALL=C.UTF-8", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    snprintf(seconds, sizeof seconds, "%d", order->seconds);
    snprintf(keeper, sizeof keeper, "%d", (int)getpid());
    for (int i = 0; i < CAGE_WORDS && order->words[i]; i++) arguments[4 + i] = order->words[i];
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    bool ok = set_attributes(&attributes) && posix_spawn_file_actions_adddup2(&actions, order->file, STDIN_FILENO) == 0
              && posix_spawn_file_actions_adddup2(&actions, pipes->output[1], STDOUT_FILENO) == 0
              && posix_spawn_file_actions_adddup2(&actions, pipes->complaint[1], STDERR_FILENO) == 0
              && posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1) == 0;
    int code = ok ? posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, (char *const *)arguments, environment) : ENOMEM;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

/* Takes what has come, and passes over what is more than out may hold. False at the end of the pipe. */
static bool take(int fd, struct buffer *out, size_t limit) {
    char piece[16384];
    ssize_t got = read(fd, piece, sizeof piece);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    size_t room = limit - out->size, size = (size_t)got < room ? (size_t)got : room;
    buffer_add(out, piece, size);
    return got > 0;
}

/* Listens until the process says no more. CAGE_ENDED: it has closed its output by itself. */
static enum cage_end listen_to(const struct cage_order *order, struct pipes *pipes, struct buffer *output, struct buffer *complaint) {
    int64_t until = clock_steady() + CAGE_PATIENCE * order->seconds * SECOND;
    while (pipes->output[0] >= 0) {
        struct pollfd ends[] = {{.fd = pipes->output[0], .events = POLLIN}, {.fd = pipes->complaint[0], .events = POLLIN}};
        if (order->stopping && atomic_load(order->stopping)) return CAGE_STOPPED;
        if (clock_steady() >= until) return CAGE_LATE;
        if (poll(ends, 2, TICK) <= 0) continue;
        if (ends[1].revents && !take(pipes->complaint[0], complaint, COMPLAINT)) shut(&pipes->complaint[0]);
        if (ends[0].revents && !take(pipes->output[0], output, order->limit)) shut(&pipes->output[0]);
        if (output->size >= order->limit) return CAGE_FULL;
    }
    return CAGE_ENDED;
}

/* Who has closed its output may be about to end. It stays to be waited for, so that its number is nobody else's yet. */
static bool wait_for(pid_t pid, int64_t until, const struct cage_order *order) {
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid) return true;
        if (clock_steady() >= until || (order->stopping && atomic_load(order->stopping))) return false;
        poll(NULL, 0, 2);
    }
}

static void kill_all(pid_t pid, int *ret_status) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR) continue;
}

static void judge(int status, struct cage_answer *answer) {
    answer->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (WIFSIGNALED(status)) answer->end = WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL ? CAGE_EXHAUSTED : CAGE_KILLED;
}

bool cage_run(const struct cage_order *order, struct arena *mem, struct cage_answer *ret, struct error *err) {
    struct pipes pipes = {{-1, -1}, {-1, -1}};
    struct buffer output = {.mem = mem}, complaint = {.mem = mem};
    int status = 0;
    pid_t pid;
    if (pipe2(pipes.output, O_CLOEXEC) != 0 || pipe2(pipes.complaint, O_CLOEXEC) != 0) {
        pipes_close(&pipes);
        return error_errno(err, "making a pipe");
    }
    int code = spawn(order, &pipes, &pid);
    shut(&pipes.output[1]);
    shut(&pipes.complaint[1]);
    if (code != 0) {
        pipes_close(&pipes);
        errno = code;
        return error_errno(err, "starting a process that reads a file");
    }
    *ret = (struct cage_answer){.end = listen_to(order, &pipes, &output, &complaint)};
    if (ret->end == CAGE_ENDED && !wait_for(pid, clock_steady() + SECOND, order)) ret->end = CAGE_LATE;
    kill_all(pid, &status);
    if (ret->end == CAGE_ENDED) judge(status, ret);
    pipes_close(&pipes);
    ret->output = buffer_text(&output);
    ret->complaint = buffer_text(&complaint);
    return true;
}
