/* The side of who reads. */
#include "platform/cage/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- How much ---------------------------------------------------------------------------------------------------------------- */

static bool limit(__rlimit_resource_t what, rlim_t value) {
    const struct rlimit hard = {value, value};
    return setrlimit(what, &hard) == 0;
}

/* The sanitizers reserve more address space than any limit would leave. */
static bool limit_memory(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return limit(RLIMIT_AS, (rlim_t)1 << 30);
#endif
}

static bool limit_all(int seconds) {
    return limit(RLIMIT_CPU, (rlim_t)seconds) && limit(RLIMIT_NOFILE, 32) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit_memory();
}

/* --- Which files ------------------------------------------------------------------------------------------------------------- */

enum { LOOK = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
       READ_ONE = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE,
       EVERYTHING = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };

/* Programs, libraries and what they read of the system: fonts, character sets. Nothing of these is a secret. */
static const struct place {
    const char *path;
    uint64_t access;
} places[] = {
    {"/usr", LOOK},      {"/lib", LOOK},          {"/lib64", LOOK},           {"/etc/ld.so.cache", READ_ONE}, {"/etc/ld.so.preload", READ_ONE},
    {"/etc/fonts", LOOK}, {"/etc/xpdf", LOOK},    {"/etc/locale.alias", READ_ONE}, {"/dev/null", READ_ONE},   {"/dev/urandom", READ_ONE},
};

static void allow(int ruleset, const struct place *place) {
    struct landlock_path_beneath_attr rule = {.allowed_access = place->access, .parent_fd = open(place->path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

static bool shut_files(void) {
    const struct landlock_ruleset_attr attributes = {.handled_access_fs = EVERYTHING};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) return errno == ENOSYS || errno == EOPNOTSUPP;
    for (size_t i = 0; i < COUNT_OF(places); i++) allow(ruleset, &places[i]);
    bool ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return ok;
}

/* --- Which calls of the kernel ----------------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* its calls are not listed: nothing is let in */
#endif

/* All that reading, computing, loading a library and starting the one program need. The process and thread it is stay the same. */
static const int allowed[] = {
    SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs,
    SYS_getdents64, SYS_readlinkat, SYS_faccessat, SYS_faccessat2, SYS_getcwd, SYS_dup, SYS_mmap, SYS_mprotect, SYS_munmap, SYS_mremap,
    SYS_madvise, SYS_brk, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_execve, SYS_exit, SYS_exit_group,
    SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_futex, SYS_getrandom, SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
    SYS_sched_getaffinity, SYS_sched_yield, SYS_sysinfo, SYS_uname, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid,
    SYS_getegid, SYS_getrusage, SYS_fadvise64, SYS_ppoll,
#if defined(__x86_64__)
    SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_arch_prctl, SYS_poll, SYS_time,
#endif
};

struct program {
    struct sock_filter at[2 * COUNT_OF(allowed) + 60];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter step) {
    program->at[program->count++] = step;
}

static void load(struct program *program, size_t offset) {
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void answer(struct program *program, uint32_t what) {
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

/* The low half of an argument; both machines are little-endian. */
static size_t argument(int index) {
    return offsetof(struct seccomp_data, args) + (size_t)index * sizeof(uint64_t);
}

/* Opening is for reading: whatever would write, create or cut is refused. */
static void allow_reading(struct program *program, int call, int flags) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4));
    load(program, argument(flags));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1));
    answer(program, SECCOMP_RET_ERRNO | EACCES);
    answer(program, SECCOMP_RET_ALLOW);
}

/* Nothing of it that would have the kernel send signals to somebody when a pipe moves. */
static void allow_descriptors(struct program *program) {
    static const uint32_t commands[] = {F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC};
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, (uint8_t)(2 * COUNT_OF(commands) + 2)));
    load(program, argument(1));
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, commands[i], 0, 1));
        answer(program, SECCOMP_RET_ALLOW);
    }
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

/* Limits can be read; they are at their hardest already, but root could raise them. */
static void allow_reading_limits(struct program *program) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 6));
    load(program, argument(2));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3));
    load(program, argument(2) + sizeof(uint32_t));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1));
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

static void write_program(struct program *program) {
    load(program, offsetof(struct seccomp_data, arch));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
    allow_reading(program, SYS_openat, 2);
#if defined(__x86_64__)
    allow_reading(program, SYS_open, 1);
#endif
    allow_reading_limits(program);
    allow_descriptors(program);
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1));
        answer(program, SECCOMP_RET_ALLOW);
    }
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

static bool shut_calls(void) {
    struct program program = {.count = 0};
    if (!ARCHITECTURE) return false;
    if (prctl(PR_GET_SECCOMP) < 0) return errno == EINVAL;
    write_program(&program);
    const struct sock_fprog filter = {.len = program.count, .filter = program.at};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

bool cage_shut(int seconds, pid_t keeper) {
    bool ok = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == keeper && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    if (!ok) return false;
    (void)!nice(10);
    return shut_files() && limit_all(seconds) && shut_calls();
}
