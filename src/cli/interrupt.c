/* The one process-wide variable of the program: a signal handler can reach nothing else. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

static void note_signal(int number)
{
    (void)number;
    seen = 1;
}

/* Watched even where a script's `&` left SIGINT ignored: whoever sends it then means this process. */
void interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_seen(void) { return seen != 0; }
