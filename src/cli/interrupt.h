/* ctrl-C and termination, told to a training that then writes its checkpoint and stops. */
#ifndef GAT_CLI_INTERRUPT_H
#define GAT_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM only sets the flag; a second one ends the process at once. */
void interrupt_watch(void);

bool interrupt_seen(void);

#endif
