/* gatkit, the program: finds the verb, runs it, and makes sure that what it wrote has arrived. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

static bool asks(const char *argument, const char *brief, const char *name)
{
    return !strcmp(argument, brief) || !strcmp(argument, name);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *verb = argv[1];
    if (asks(verb, "-h", "--help")) print_help(stdout);
    else if (asks(verb, "-V", "--version")) print_version();
    else if (*verb == '-') return option_unknown(verb);
    else {
        const gat_command *command = command_find(verb);
        return command ? command_run(command, argc - 1, argv + 1) : command_unknown(verb);
    }
    return EXIT_DONE;
}

/* A result that could not be written is a failure, whatever the verb thought of itself. */
static int close_output(int code)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fclose(stdout)) failed = true;
    if (!failed) return code;
    if (errno != EPIPE)
        fprintf(stderr, "gatkit: cannot write to standard output%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

/* A closed standard stream would give its number to the next file opened, and a message would land in it.
 * The stand-in is read-only, so writing to it fails as it should. */
static void fill_streams(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) return;
}

int main(int argc, char **argv)
{
    fill_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, not a silent end */
    return close_output(run(argc, argv));
}
