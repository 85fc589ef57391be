/* banned.h - functions that fail to compile in Theke; included by the build before every file. */
#ifndef THEKE_BASE_BANNED_H
#define THEKE_BASE_BANNED_H

#ifndef __ASSEMBLER__

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets atoi atol atoll
#pragma GCC poison strtok gmtime localtime ctime asctime tmpnam mktemp

#endif /* __ASSEMBLER__ */

#endif
